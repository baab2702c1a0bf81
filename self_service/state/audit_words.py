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
    "staff.invited_again": N_("Invitation sent again"),
    "staff.role_changed": N_("Role changed"),
    "staff.disabled": N_("Access taken away"),
    "staff.enabled": N_("Access given back"),
    "promotion.added": N_("Promotion code made"),
    "promotion.changed": N_("Promotion code changed"),
    "promotion.ended": N_("Promotion code ended"),
    "promotions.count_try": N_("Promotion code tried"),
    "promotions.add": N_("Promotion code put into the basket"),
    "promotions.remove": N_("Promotion code taken out"),
    "promotions.go_without": N_("Went on without a promotion code"),
    "changes.ask": N_("Change of a subscription asked for"),
    "changes.revoke": N_("Change of a subscription called off"),
    "changes.resume": N_("Pause ended"),
    "changes.withdraw": N_("Withdrew from a contract"),
    "sim.swap": N_("New SIM asked for"),
    "sim.block_sim": N_("SIM blocked"),
    "sim.unblock_sim": N_("Block of a SIM taken back"),
    "line.restart": N_("Router restarted"),
    "line.check_line": N_("Line checked"),
    "number.chosen": N_("Another number chosen"),
    "number.porting_asked": N_("Number to be brought from another operator"),
    "number.porting_cancelled": N_("Bringing a number called off"),
    "number.port_out_code": N_("Code made to take the number away"),
    "setting.wished": N_("Setting of a service changed"),
    "content_pin.set": N_("PIN for content controls set"),
    "limit.all_set": N_("Spend limit changed"),
    "limit.roaming_set": N_("Limit for use abroad changed"),
    "limit.all_lifted": N_("Spend limit lifted once"),
    "limit.roaming_lifted": N_("Limit for use abroad lifted once"),
    "limit.alerts": N_("Alerts about usage chosen"),
    "coverage.imported": N_("Coverage loaded"),
    "usage.recycled": N_("Usage records sent round again"),
    "usage.sender_added": N_("System added that sends usage"),
    "usage.sender_closed": N_("System may not send usage any more"),
    "goods.request": N_("Swap or return asked for"),
    "goods.take_back": N_("Swap or return called off"),
    "bills.bill_now": N_("Bill made before its time"),
    "bill.pay": N_("Payment of a bill started"),
    "card.add": N_("Card saved"),
    "card.default": N_("Card chosen"),
    "card.remove": N_("Card removed"),
    "autopay.on": N_("Automatic payment switched on"),
    "autopay.off": N_("Automatic payment switched off"),
    "payments.send": N_("Link to pay sent"),
    "payment.charged_back": N_("Payment taken back by the bank"),
    "payment.charge_back_won": N_("Payment given to us again by the bank"),
    "agreement.accepted": N_("Payment agreement made"),
    "dispute.opened": N_("Line of a bill disputed"),
    "dispute.withdrawn": N_("Dispute withdrawn"),
    "dispute.accepted": N_("Dispute decided: given back"),
    "dispute.rejected": N_("Dispute decided: the charge stands"),
    "purchase.settled": N_("Instalments settled at once"),
    "tax.set": N_("Rate of tax changed"),
    "account.registered": N_("Account made"),
    "account.erased": N_("Account erased"),
    "account.retention_ended": N_("Data deleted that had to be kept for years"),
    "vouchers.create": N_("Batch of vouchers made"),
    "vouchers.void_batch": N_("Batch of vouchers made void"),
    "vouchers.void": N_("Voucher made void"),
    "vouchers.export": N_("Codes of vouchers exported"),
    "vouchers.print_confirmed": N_("Print of vouchers confirmed"),
    "vouchers.redemptions_seen": N_("Looked at who redeemed vouchers"),
    "vouchers.partner_added": N_("Web site added that sells vouchers"),
    "vouchers.partner_closed": N_("Web site may not sell vouchers any more"),
    "signed_in": N_("Signed in"),
    "sign_in_refused": N_("Somebody tried to sign in"),
    "code_refused": N_("A wrong code was typed"),
    "proof_refused": N_("A wrong password was typed to confirm"),
    "passkey_refused": N_("A passkey was refused"),
    "confirmed": N_("Confirmed who it is"),
    "settings.details_changed": N_("Personal details changed"),
    "settings.about_changed": N_("Personal details changed"),
    "settings.ways_changed": N_("Language or way of contact changed"),
    "consent.given": N_("Consent given"),
    "consent.withdrawn": N_("Consent withdrawn"),
    "sessions.ended_for": N_("Signed out everywhere by an administrator"),
    "sessions.all_ended": N_("Everybody signed out"),
    "second_factor.removed_for": N_("Authenticator app removed by an administrator"),
    "member.left": N_("Somebody gave up their access"),
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
    "site.move_planned": N_("Move planned"),
    "site.move_called_off": N_("Move called off"),
    "site.moved": N_("Moved to another address"),
    "wallet.auto_topup_set": N_("Automatic top-up set up"),
    "wallet.auto_topup_stopped": N_("Automatic top-up turned off"),
    "wallet.auto_topup_resumed": N_("Automatic top-up resumed"),
    "wallet.gift_sent": N_("Credit given to somebody"),
    "wallet.gift_undone": N_("A gift taken back"),
    "wallet.redeem": N_("Voucher redeemed"),
    "wallet.warn_below": N_("Changed when to be warned of low credit"),
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
