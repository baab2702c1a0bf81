"""Wording of the mails about an account, in the language of whoever gets them.

No mail holds a name or any other words that somebody could have typed for a stranger's address.
"""

from __future__ import annotations

from self_service import brand, i18n, routes, settings
from self_service.domain.errors import N_
from self_service.domain.messages import Letter

_NOT_ASKED = N_("If you did not ask for this, you need not do anything.")
_NOT_YOU = N_("If this was not you, choose a new password here and tell us:")


def verify_email(language: str, secret: str) -> Letter:
    """Ask somebody new to confirm the address."""
    return _letter(
        language,
        N_("Confirm your e-mail address"),
        N_("Welcome! Please confirm that this is your e-mail address:"),
        _address(language, routes.VERIFIED, link=secret),
        N_("The link works for three days. Sign in with the password that you chose."),
        _NOT_ASKED,
    )


def known_already(language: str, _: str = "") -> Letter:
    """Tell somebody who registers again that there is an account."""
    return _letter(
        language,
        N_("You have an account already"),
        N_("Somebody, most likely you, wanted to register with this e-mail address."),
        N_("There is an account with it, so nothing was changed. Sign in here:"),
        _address(language, routes.SIGN_IN),
        N_("If you forgot the password, choose a new one here:"),
        _address(language, routes.FORGOT),
        _NOT_ASKED,
    )


def reset_password(language: str, secret: str) -> Letter:
    """Send the link under which a new password is chosen."""
    return _letter(
        language,
        N_("Choose a new password"),
        N_("You can choose a new password here:"),
        _address(language, routes.RESET, link=secret),
        N_("The link works once, for 30 minutes."),
        N_("If you did not ask for this, you need not do anything: your password stays."),
    )


def password_changed(language: str, _: str = "") -> Letter:
    """Tell the owner that the password is another one."""
    return _letter(
        language,
        N_("Your password was changed"),
        N_("The password of your account was changed. Devices signed in before are signed out."),
        _NOT_YOU,
        _address(language, routes.FORGOT),
    )


def change_email(language: str, secret: str) -> Letter:
    """Ask for a proof that the new address is the person's."""
    return _letter(
        language,
        N_("Confirm your new e-mail address"),
        N_("Please confirm that you want to use this e-mail address from now on:"),
        _address(language, routes.VERIFIED, link=secret),
        N_("The link works once, for three hours. Until then nothing changes."),
        _NOT_ASKED,
    )


def email_change_asked(language: str, email: str) -> Letter:
    """Tell the old address that another one is to take its place."""
    return _letter(
        language,
        N_("Your e-mail address is about to change"),
        N_("A change of your e-mail address was asked for. The new one would be:"),
        email,
        N_("It changes once the new address is confirmed."),
        _NOT_YOU,
        _address(language, routes.FORGOT),
    )


def email_changed(language: str, email: str) -> Letter:
    """Tell the old address that it is not the account's any more."""
    return _letter(
        language,
        N_("Your e-mail address was changed"),
        N_("From now on you sign in with this e-mail address:"),
        email,
        N_("If this was not you, tell us at once."),
    )


def invitation(language: str, secret: str) -> Letter:
    """Ask somebody to share in a customer's subscriptions; who asks is said behind the link."""
    return _letter(
        language,
        N_("You are invited"),
        N_("Somebody wants to share access to a subscription with you. See whose it is here:"),
        _address(language, routes.INVITATION, link=secret),
        N_("The link works once, for seven days. Nothing is shared until you accept."),
        N_("If you do not know what this is about, you need not do anything."),
    )


def _letter(language: str, subject: str, *paragraphs: str) -> Letter:
    """Translate a letter; what is no text of ours (an address) stays as it is."""
    links = brand.current().links
    close = N_("If you need help, write to {email} or call {phone}.")
    help_ = i18n.translate(language, close, email=links.support_email, phone=links.support_phone)
    told = [i18n.translate(language, paragraph) for paragraph in paragraphs]
    subject = f"{i18n.translate(language, subject)} · {links.brand_name}"
    return Letter(subject, "\n\n".join([*told, help_, links.brand_name]) + "\n")


def _address(language: str, path: str, **query: str) -> str:
    return settings.get().public_url + routes.page(language, path, **query)
