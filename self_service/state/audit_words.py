"""The words of the record: what acts are called, and who did them."""

from __future__ import annotations

from collections.abc import Mapping

from self_service import i18n
from self_service.domain.audit import Entry
from self_service.domain.errors import N_
from self_service.models.access import Role
from self_service.state.roles import ROLES

#: What acts are called; one that is not here is shown as it is recorded.
ACTS: Mapping[str, str] = {
    "customer.opened": N_("Opened the account to help"),
    "customer.left": N_("Closed the account again"),
    "assignment.added": N_("Customer given to a dealer"),
    "assignment.removed": N_("Customer taken from a dealer"),
    "staff.added": N_("Person added"),
    "staff.role_changed": N_("Role changed"),
    "staff.disabled": N_("Access taken away"),
    "staff.enabled": N_("Access given back"),
    "account.registered": N_("Account made"),
    "account.erased": N_("Account erased"),
    "signed_in": N_("Signed in"),
    "sign_in_refused": N_("Somebody tried to sign in"),
    "confirm.by_password": N_("Confirmed who it is"),
    "confirm.by_code": N_("Confirmed who it is"),
    "settings.details_changed": N_("Personal details changed"),
    "settings.about_changed": N_("Personal details changed"),
    "settings.ways_changed": N_("Language or way of contact changed"),
    "consent.given": N_("Consent given"),
    "consent.withdrawn": N_("Consent withdrawn"),
    "member.invited": N_("Somebody invited"),
    "member.invitation_withdrawn": N_("Invitation withdrawn"),
    "member.invitation_accepted": N_("Invitation accepted"),
    "member.access_changed": N_("Access of somebody changed"),
    "member.access_removed": N_("Access of somebody taken away"),
    "contact.added": N_("Contact added"),
    "contact.changed": N_("Contact changed"),
    "contact.removed": N_("Contact removed"),
    "email.change_asked": N_("Asked to change the e-mail address"),
    "email.changed": N_("E-mail address changed"),
    "email.verified": N_("E-mail address confirmed"),
    "own_data.exported": N_("Own data downloaded"),
    "password.changed": N_("Password changed"),
    "password.reset": N_("New password chosen by mail"),
    "second_factor.codes_renewed": N_("New recovery codes made"),
    "second_factor.turned_off": N_("Second factor turned off"),
    "second_factor.turned_on": N_("Second factor turned on"),
    "security.account_connected": N_("Another sign-in connected"),
    "security.account_disconnected": N_("Another sign-in disconnected"),
    "security.passkey_added": N_("Passkey added"),
    "security.passkey_removed": N_("Passkey removed"),
    "session.ended": N_("A device signed out"),
    "session.others_ended": N_("All other devices signed out"),
    "site.added": N_("Place added"),
    "site.changed": N_("Place changed"),
    "site.closed": N_("Place closed"),
    "username.changed": N_("User name changed"),
    "basket.add": N_("Put something into the basket"),
    "basket.add_with": N_("Put something into the basket"),
    "basket.configure": N_("Changed something in the basket"),
    "basket.clear": N_("Emptied the basket"),
    "choosing.take": N_("Put something into the basket"),
    "basket.set_quantity": N_("Changed a quantity in the basket"),
    "basket.remove": N_("Took something out of the basket"),
    "basket.undo": N_("Took back a change of the basket"),
    "orders.keep_typed": N_("Filled in the order form"),
    "orders.save_details": N_("Filled in the order form"),
    "orders.keep_summary": N_("Had the contract summary made"),
    "orders.place": N_("Placed an order"),
    "orders.cancel": N_("Cancelled an order"),
    "checkout.retry": N_("Tried to pay an order again"),
}


def act_words(act: str, language: str) -> str:
    """Say what was done."""
    known = ACTS.get(act)
    return i18n.translate(language, known) if known else act


def who_words(entry: Entry, language: str) -> str:
    """Say who did it, and what this person is here."""
    role = next((name for found, name in ROLES.items() if found == entry.role), entry.role)
    told = i18n.translate(language, role)
    if not entry.actor_name:
        return told if entry.role != Role.VISITOR else i18n.translate(language, N_("The portal"))
    return f"{entry.actor_name} ({told})"


def network_words(network: str, language: str) -> str:
    """Say from which network, "" when that is not known."""
    if not network:
        return ""
    return i18n.translate(language, N_("from network {network}"), network=network)
