"""Voucher codes: sixteen characters of Crockford's base 32, the last one a check character.

Fifteen characters are random (75 bits), so guessing is hopeless. The check character is a sum over
GF(32) in which every place has a weight of its own: it tells every wrong character and every two
that changed places. Who slips is told so at the field, before anything counts as a guess.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from self_service.domain.errors import N_, DomainError
from self_service.domain.people.sealing import Vault

#: Crockford's base 32: no I, L, O, U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
#: Characters between two dashes.
GROUP = 4
_RANDOM = LENGTH - 1
#: What people read into a code, and what spreads it out.
_MEANT = str.maketrans({"O": "0", "I": "1", "L": "1"})
_BETWEEN = str.maketrans("", "", "-\u2010\u2011\u2012\u2013\u2014\u2212_. \t\r\n\u00a0\u202f")
_VALUES = {char: value for value, char in enumerate(ALPHABET)}
#: A typed code is never longer than this, dashes and blanks included.
TYPED_MOST = 60


class SlipInCode(DomainError):
    """What was typed is no code: too short, too long, or the check character does not fit."""

    code = "slip_in_code"
    message = N_("Something is mistyped. A code has 16 letters and digits; compare it once more.")


def _powers() -> tuple[int, ...]:
    """Return the powers of the root of x^5 + x^2 + 1: all 31 non-zero elements of GF(32)."""
    found, element = [], 1
    for _ in range(31):
        found.append(element)
        element <<= 1
        if element & 32:
            element ^= 0b100101
    return tuple(found)


_POWERS = _powers()
_LOGS = {element: power for power, element in enumerate(_POWERS)}


def _weighed(value: int, place: int) -> int:
    return _POWERS[(_LOGS[value] + place) % 31] if value else 0


def _check(values: list[int]) -> int:
    """Return the check value of fifteen values; place 0 is the check character's own."""
    total = 0
    for place, value in enumerate(values, 1):
        total ^= _weighed(value, place)
    return total


def of_number(number: int) -> str:
    """Write a number below 2^75 as a code with its check character."""
    values = [(number >> (5 * place)) & 31 for place in reversed(range(_RANDOM))]
    return "".join(ALPHABET[value] for value in (*values, _check(values)))


def fresh() -> str:
    """Make a code that nobody can guess."""
    return of_number(secrets.randbits(5 * _RANDOM))


def new_key() -> str:
    """Make the key from which the codes of a print batch are derived."""
    return secrets.token_hex(32)


def derived(key: str, serial: int) -> str:
    """Return the code of a serial number of a print batch, the same every time."""
    made = hmac.new(bytes.fromhex(key), serial.to_bytes(8, "big"), hashlib.sha256).digest()
    return of_number(int.from_bytes(made[:10], "big") >> 5)


def read(typed: str) -> str:
    """Return the code that somebody meant: case, blanks, dashes, O, I and L do not matter.

    Raises:
        SlipInCode: it cannot be one; nothing was looked up.
    """
    folded = typed[:TYPED_MOST].translate(_BETWEEN).upper().translate(_MEANT)
    if len(folded) != LENGTH or any(char not in _VALUES for char in folded):
        raise SlipInCode("code")
    *values, check = (_VALUES[char] for char in folded)
    if _check(values) != check:
        raise SlipInCode("code")
    return folded


def grouped(code: str) -> str:
    """Write a code as it is printed: four groups of four."""
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def fingerprint(vault: Vault, code: str) -> str:
    """Return what a code is stored as."""
    return vault.fingerprint(_named(code))


def fingerprints(vault: Vault, typed: str) -> tuple[str, ...]:
    """Return what a typed code may be stored as, under the present and under older secrets.

    Raises:
        SlipInCode: it cannot be one.
    """
    return vault.fingerprints(_named(read(typed)))


def _named(code: str) -> str:
    return f"voucher {code}"
