"""What the pages about signing in say, and how a session is put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from self_service import i18n
from self_service.domain.access import SecondFactorNeeded
from self_service.domain.access.attempts import TooManyAttempts
from self_service.domain.access.sessions import SignedInDevice
from self_service.domain.errors import N_, DomainError
from self_service.domain.people import (
    credentials,
    factor_codes,
    linked_accounts,
    passkeys,
    passwords,
    second_factor,
)
from self_service.state.moments import past

#: Refusals that lead back to the security page, by code, and are said above it.
_KNOWN: tuple[type[DomainError], ...] = (
    TooManyAttempts,
    SecondFactorNeeded,
    second_factor.AlreadyOn,
    second_factor.NotOn,
    second_factor.ProposalTooOld,
    passkeys.LastWayIn,
    linked_accounts.LinkedToAnother,
)
#: Refusals on the way to the operator's provider and back.
PROVIDER_REFUSALS = {
    "provider": N_("Your sign-in there did not work. Please try again, or use your password."),
    linked_accounts.NotLinked.code: linked_accounts.NotLinked.message,
    linked_accounts.NoEmailThere.code: linked_accounts.NoEmailThere.message,
}
REFUSALS: dict[str, str] = {
    **{refused.code: refused.message for refused in _KNOWN},
    **PROVIDER_REFUSALS,
}
#: Refusals that are said at their field.
PASSWORD_FAULTS = {
    credentials.PasswordWrong.code: credentials.PasswordWrong.message,
}
NEW_PASSWORD_FAULTS = {
    passwords.PasswordTooShort.code: N_("Choose a password with at least 8 characters."),
    passwords.PasswordTooLong.code: N_("Choose a password with at most 128 characters."),
    passwords.PasswordTooCommon.code: passwords.PasswordTooCommon.message,
    passwords.PasswordTelling.code: passwords.PasswordTelling.message,
    passwords.PasswordUnreadable.code: passwords.PasswordUnreadable.message,
}
USERNAME_FAULTS = {
    credentials.UsernameUnfit.code: credentials.UsernameUnfit.message,
    credentials.UsernameTaken.code: credentials.UsernameTaken.message,
}
#: Refusals of the page that asks for a fresh proof.
PROOF_FAULTS = {
    factor_codes.FactorUnreadable.code: factor_codes.FactorUnreadable.message,
    TooManyAttempts.code: TooManyAttempts.message,
    credentials.PasswordWrong.code: N_("The password is not right."),
    factor_codes.WrongCode.code: factor_codes.WrongCode.message,
}
#: What was done, by the code in the address.
DONE = {
    "password": N_("Your password is changed. All other devices were signed out."),
    "username": N_("Your username is saved."),
    "second_factor_off": N_("Your authenticator app is removed. Your password alone signs you in."),
}


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A browser in which the person is signed in."""

    id: str
    device: str
    network: str
    since: str
    seen: str
    seen_exact: str
    current: bool


def said(words: Mapping[str, str], code: str, language: str) -> str:
    """Return what a code in the address says, "" for none and for what somebody made up."""
    return i18n.translate(language, words[code]) if code in words else ""


def device_row(device: SignedInDevice, now: datetime, language: str) -> DeviceRow:
    """Put a session into words."""
    return DeviceRow(
        id=str(device.id),
        device=_device(device.device, language),
        network=device.network,
        since=past(device.created_at, now, language),
        seen=past(device.last_seen_at, now, language),
        seen_exact=i18n.instant(device.last_seen_at, language),
        current=device.current,
    )


def _device(name: str, language: str) -> str:
    browser, on, system = name.partition(" on ")
    if not on:
        return name or i18n.translate(language, N_("Unknown device"))
    text = N_("{browser} on {system}")
    return i18n.translate(language, text, browser=browser, system=system)
