"""Numbers, SIMs and serial numbers, grouped as people read them out."""

from __future__ import annotations

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

#: Digits of an IMEI (3GPP TS 23.003, 6.2.1).
IMEI_DIGITS = 15
#: Digits that people keep in mind at once.
GROUP = 4


def phone_text(number: str) -> str:
    """Write a telephone number in its country's groups: "+49 1511 2345678"."""
    try:
        parsed = phonenumbers.parse(number, None)
    except NumberParseException:
        return number
    return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)


def sim_text(iccid: str) -> str:
    """Write the number of a SIM in groups of four, as it is printed on the card."""
    return " ".join(iccid[start : start + GROUP] for start in range(0, len(iccid), GROUP))


def is_imei(serial: str) -> bool:
    """Say whether a serial number has the form of a phone's IMEI."""
    return len(serial) == IMEI_DIGITS and serial.isascii() and serial.isdigit()
