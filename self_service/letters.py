"""Wording of the mails about an account, in the language of whoever gets them.

No mail holds a name or any other words that somebody could have typed for a stranger's address.
"""

from __future__ import annotations

from datetime import date

from self_service import brand, i18n, routes, settings
from self_service.domain.errors import N_
from self_service.domain.messages import Letter

_NOT_ASKED = N_("If you did not ask for this, you need not do anything.")
_NOT_YOU = N_("If this was not you, choose a new password here and tell us:")


def verify_email(language: str, secret: str) -> Letter:
    """Ask somebody new to confirm the address."""
    return compose(
        language,
        N_("Confirm your e-mail address"),
        N_("Welcome! Please confirm that this is your e-mail address:"),
        address(language, routes.VERIFIED, link=secret),
        N_("The link works for three days. Sign in with the password that you chose."),
        _NOT_ASKED,
    )


def known_already(language: str, _: str = "") -> Letter:
    """Tell somebody who registers again that there is an account."""
    return compose(
        language,
        N_("You have an account already"),
        N_("Somebody, most likely you, wanted to register with this e-mail address."),
        N_("There is an account with it, so nothing was changed. Sign in here:"),
        address(language, routes.SIGN_IN),
        N_("If you forgot the password, choose a new one here:"),
        address(language, routes.FORGOT),
        _NOT_ASKED,
    )


def reset_password(language: str, secret: str) -> Letter:
    """Send the link under which a new password is chosen."""
    return compose(
        language,
        N_("Choose a new password"),
        N_("You can choose a new password here:"),
        address(language, routes.RESET, link=secret),
        N_("The link works once, for 30 minutes."),
        N_("If you did not ask for this, you need not do anything: your password stays."),
    )


def password_changed(language: str, _: str = "") -> Letter:
    """Tell the owner that the password is another one."""
    return compose(
        language,
        N_("Your password was changed"),
        N_("The password of your account was changed. Devices signed in before are signed out."),
        _NOT_YOU,
        address(language, routes.FORGOT),
    )


def change_email(language: str, secret: str) -> Letter:
    """Ask for a proof that the new address is the person's."""
    return compose(
        language,
        N_("Confirm your new e-mail address"),
        N_("Please confirm that you want to use this e-mail address from now on:"),
        address(language, routes.VERIFIED, link=secret),
        N_("The link works once, for three hours. Until then nothing changes."),
        _NOT_ASKED,
    )


def email_change_asked(language: str, email: str) -> Letter:
    """Tell the old address that another one is to take its place."""
    return compose(
        language,
        N_("Your e-mail address is about to change"),
        N_("A change of your e-mail address was asked for. The new one would be:"),
        email,
        N_("It changes once the new address is confirmed."),
        _NOT_YOU,
        address(language, routes.FORGOT),
    )


def email_changed(language: str, email: str) -> Letter:
    """Tell the old address that it is not the account's any more."""
    return compose(
        language,
        N_("Your e-mail address was changed"),
        N_("From now on you sign in with this e-mail address:"),
        email,
        N_("If this was not you, tell us at once."),
    )


def farewell(language: str, years: str) -> Letter:
    """Tell whoever was erased that it is done; nothing is sent to this address after it.

    Args:
        language: of the person.
        years: for how many years the law wants the orders kept, "" when there were none.
    """
    kept = N_(
        "Only what the law makes us keep about your orders stays, for {years} years after the last "
        "one. Nobody uses it for anything else."
    )
    return compose(
        language,
        N_("Your account is deleted"),
        N_("We have deleted what we knew about you, and you cannot sign in any more."),
        *([i18n.translate(language, kept, years=years)] if years else []),
        N_("This is our last mail to this address. It is forgotten once the mail is sent."),
        N_("If this was not you, tell us at once."),
    )


def invitation(language: str, secret: str) -> Letter:
    """Ask somebody to share in a customer's subscriptions; who asks is said behind the link."""
    return compose(
        language,
        N_("You are invited"),
        N_("Somebody wants to share access to a subscription with you. See whose it is here:"),
        address(language, routes.INVITATION, link=secret),
        N_("The link works once, for seven days. Nothing is shared until you accept."),
        N_("If you do not know what this is about, you need not do anything."),
    )


def staff_invitation(language: str, secret: str) -> Letter:
    """Welcome somebody who works here, with the link to choose the first password."""
    return compose(
        language,
        N_("Welcome to the team"),
        N_("Hello! An account was made for you, to work with our customers."),
        N_("Choose your password here:"),
        address(language, routes.RESET, link=secret),
        N_("The link works once, for seven days. After that, ask your administrator for another."),
        N_("Then you sign in with this e-mail address, here:"),
        address(language, routes.SIGN_IN),
    )


def invitation_accepted(language: str, login: str) -> Letter:
    """Tell whoever invited that the invitation was accepted."""
    return compose(
        language,
        N_("Your invitation was accepted"),
        N_("Somebody whom you invited has access now. They sign in with:"),
        login,
        N_("See who has access, change it or take it away here:"),
        address(language, routes.MEMBERS),
    )


def member_left(language: str, login: str) -> Letter:
    """Tell a customer that somebody gave up the access that they had."""
    return compose(
        language,
        N_("Somebody left"),
        N_("This person gave up the access to your subscriptions:"),
        login,
        N_("See who has access here:"),
        address(language, routes.MEMBERS),
    )


def access_removed(language: str, _: str = "") -> Letter:
    """Tell a member that some access is gone."""
    return compose(
        language,
        N_("Access was taken away"),
        N_("You do not have access any more to something that was shared with you."),
        N_("What is shared with you now stands here:"),
        address(language, routes.HOME),
    )


def move_planned(language: str, move_on: str) -> Letter:
    """Tell a customer that a move is planned, and for which day (an ISO date)."""
    told = N_("A move from one of your places is planned for {day}.")
    return compose(
        language,
        N_("Your move is planned"),
        i18n.translate(language, told, day=_day(language, move_on)),
        N_("We confirm each service at the new address."),
        N_("See the new address, or call the move off until that day, here:"),
        address(language, routes.SETTINGS),
        N_("If this was not you, tell us at once."),
    )


def move_called_off(language: str, move_on: str) -> Letter:
    """Tell a customer that a move that was planned for a day (an ISO date) is called off."""
    told = N_("The move that was planned for {day} is called off. Your place stays as it is.")
    return compose(
        language,
        N_("Your move is called off"),
        i18n.translate(language, told, day=_day(language, move_on)),
        N_("See your places here:"),
        address(language, routes.SETTINGS),
        N_("If this was not you, tell us at once."),
    )


def moved(language: str, move_on: str) -> Letter:
    """Tell a customer that the day of a move (an ISO date) has come."""
    told = N_("Your move of {day} is done: the new address is among your places now.")
    return compose(
        language,
        N_("Your new address"),
        i18n.translate(language, told, day=_day(language, move_on)),
        N_("Any service that we have not confirmed at the new address is still at the old one."),
        N_("See your places here:"),
        address(language, routes.SETTINGS),
    )


def second_factor_removed(language: str, _: str = "") -> Letter:
    """Tell somebody that an administrator removed the authenticator app."""
    return compose(
        language,
        N_("Your authenticator app was removed"),
        N_("We removed it, with its recovery codes. Signing in does not ask for a code any more."),
        N_("You can set it up again here:"),
        address(language, routes.SECURITY),
        N_("If you did not ask us for this, tell us at once."),
    )


def compose(language: str, subject: str, *paragraphs: str) -> Letter:
    """Translate a letter; what is no text of ours (an address) stays as it is."""
    links = brand.current().links
    close = N_("If you need help, write to {email} or call {phone}.")
    help_ = i18n.translate(language, close, email=links.support_email, phone=links.support_phone)
    told = [i18n.translate(language, paragraph) for paragraph in paragraphs]
    subject = f"{i18n.translate(language, subject)} · {links.brand_name}"
    return Letter(subject, "\n\n".join([*told, help_, links.brand_name]) + "\n")


def address(language: str, path: str, **query: str) -> str:
    """Return the whole address of a page of ours, for a letter."""
    return settings.get().public_url + routes.page(language, path, **query)


def _day(language: str, iso: str) -> str:
    return i18n.day(date.fromisoformat(iso), language)
