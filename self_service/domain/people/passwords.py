"""Passwords: which are good enough (OWASP ASVS 5.0, V6.2), and how they are kept (argon2id).

Hashing takes a tenth of a second and 64 MiB on purpose: call it in a thread pool, never on the
event loop.

Departure from V6.2.8 ("exactly as received"): the text is brought to NFC before it is hashed and
before it is compared, because the same keys give "é" as one or as two characters depending on the
device (NIST SP 800-63B, 3.1.1.2). Nothing else is changed, cut or trimmed.
"""

from __future__ import annotations

import unicodedata
from enum import Enum
from functools import cache

import argon2

from self_service.domain.errors import N_, DomainError
from self_service.domain.people.common_passwords import is_common, squeezed

SHORTEST, LONGEST = 8, 128

#: Shorter names and words turn up in good passwords by chance.
_TELLING = 4
#: No password of `LONGEST` characters has more code points before NFC; what has is not read.
_UNREAD = 8 * LONGEST


class PasswordRejected(DomainError):
    """The password does not meet the policy; `field` is always "password"."""

    code = "password_rejected"

    def __init__(self, **data: str | int) -> None:
        super().__init__("password", **data)


class PasswordTooShort(PasswordRejected):
    """Fewer than `SHORTEST` characters."""

    code = "password_too_short"
    message = N_("Use at least {shortest} characters. Three or four words together are good.")


class PasswordTooLong(PasswordRejected):
    """More than `LONGEST` characters."""

    code = "password_too_long"
    message = N_("Use {longest} characters or fewer.")


class PasswordTooCommon(PasswordRejected):
    """Among the first that anybody would try."""

    code = "password_too_common"
    message = N_("Many people use this password, so it is tried first. Choose one of your own.")


class PasswordTelling(PasswordRejected):
    """Holds the person's e-mail name or the operator's name."""

    code = "password_telling"
    message = N_("Leave your e-mail name and our name out of the password: they are tried first.")


class PasswordUnreadable(PasswordRejected):
    """Holds half a character (a lone surrogate), which no keyboard types."""

    code = "password_unreadable"
    message = N_("This password cannot be read. Type it again.")


class Profile(Enum):
    """How much work a guess costs. `CHEAP` is for tests only."""

    STANDARD = argon2.profiles.RFC_9106_LOW_MEMORY
    CHEAP = argon2.profiles.CHEAPEST


@cache
def hasher(profile: Profile = Profile.STANDARD) -> argon2.PasswordHasher:
    """Return the hasher of `profile`; safe to share between threads."""
    return argon2.PasswordHasher.from_parameters(profile.value)


def check_password(password: object, *, email: str, operator: str) -> str:
    """Return `password` in NFC if it may be used. Any composition is allowed (V6.2.5).

    Args:
        password: whatever the form held; what is not text counts as empty.
        email: the account's address; the part before the @ must not occur in the password.
        operator: the operator's name; neither it nor a long word of it may occur.

    Raises:
        PasswordRejected: one of its subclasses, the first that applies.
    """
    text = password if isinstance(password, str) else ""
    if len(text) > _UNREAD:
        raise PasswordTooLong(longest=LONGEST)
    text = unicodedata.normalize("NFC", text)
    if len(text) < SHORTEST:
        raise PasswordTooShort(shortest=SHORTEST)
    if len(text) > LONGEST:
        raise PasswordTooLong(longest=LONGEST)
    if not _encodable(text):
        raise PasswordUnreadable
    names = [email.rpartition("@")[0].partition("+")[0], operator, *operator.split()]
    hints = [hint for hint in map(squeezed, names) if len(hint) >= _TELLING]
    if any(hint in squeezed(text) for hint in hints):
        raise PasswordTelling
    if is_common(text):
        raise PasswordTooCommon
    return text


def hash_password(password: str, profile: Profile = Profile.STANDARD) -> str:
    """Return what to store for a password that `check_password` has passed."""
    return hasher(profile).hash(unicodedata.normalize("NFC", password))


def verify_password(hashed: str, password: object, profile: Profile = Profile.STANDARD) -> bool:
    """Tell whether `password` is the one behind `hashed`, in the same time whatever was sent.

    Args:
        hashed: from `hash_password`, or "" for an account without a password.
        password: whatever the form held.
        profile: the work to feign when there is nothing to compare; that of `hashed` is in it.

    Raises:
        argon2.exceptions.InvalidHashError: `hashed` is damaged, which is nobody's typing error.
    """
    readable = isinstance(password, str) and len(password) <= _UNREAD and _encodable(password)
    if not hashed or not readable:
        verify_unknown(profile)
        return False
    try:
        return hasher(profile).verify(hashed, unicodedata.normalize("NFC", str(password)))
    except argon2.exceptions.VerifyMismatchError:
        return False


def verify_unknown(profile: Profile = Profile.STANDARD) -> None:
    """Take as long as `verify_password` does: for accounts that do not exist."""
    hasher(profile).hash("")


def needs_rehash(hashed: str, profile: Profile = Profile.STANDARD) -> bool:
    """Tell whether `hashed` was made with other parameters than today's."""
    return hasher(profile).check_needs_rehash(hashed)


def _encodable(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)
