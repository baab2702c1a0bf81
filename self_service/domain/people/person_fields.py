"""The details of a person who signs a contract, each checked as their country demands.

Pure: today and the languages on offer are arguments. Whatever a hostile form holds gives a fault
at the field, never an exception.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from self_service.domain.errors import N_, Invalid
from self_service.domain.people import typed_text
from self_service.domain.people.postal_address import (
    ADDRESS_FIELDS,
    CHOOSE,
    PostalAddress,
    check_address,
    read_country,
)
from self_service.domain.people.postal_rules import AddressField, address_fields
from self_service.domain.people.typed_text import Fault, Faulty

__all__ = [
    "AddressField",
    "PersonDetails",
    "PostalAddress",
    "address_fields",
    "check_email",
    "check_field",
    "check_person",
]

#: Age of contractual capacity nearly everywhere in Europe; the eldest person known reached 122.
ADULT, ELDEST = 18, 120

NO_GIVEN_NAME = N_("Enter the given name.")
NO_FAMILY_NAME = N_("Enter the family name.")
EMAIL = N_("Enter a complete e-mail address, like name@example.com.")
EMAIL_LETTERS = N_("Before the @, use only the letters a to z, digits and signs such as a dot.")
MOBILE = N_("Enter a mobile number that works, like {example}.")
MOBILE_WORLD = N_("Enter the mobile number with + and its country code.")
LANDLINE = N_("This is not a mobile number. Enter one that can get a text message, like {example}.")
BIRTH_DATE = N_("Enter the date of birth as year-month-day, like {example}.")
BIRTH_FUTURE = N_("This date has not come yet. Enter the day on which you were born.")
BIRTH_YOUNG = N_("You must be at least {years} years old to sign a contract.")
BIRTH_OLD = N_("Check the year: it would make you more than {years} years old.")

_DIALLED = re.compile(r"[+0-9 ()./-]+")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TEXTED = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """A person's details, clean.

    Attributes:
        email: normalised, the domain in lower case; the part before the @ as typed.
        mobile: E.164.
        language: one of those on offer.
    """

    given_name: str
    family_name: str
    email: str
    mobile: str
    birth_date: date
    language: str
    address: PostalAddress

    def as_form(self) -> dict[str, str]:
        """Return the values for the fields of a form: checking them gives the same details."""
        own: dict[str, Any] = asdict(self)
        del own["address"]
        return {**own, **self.address.as_form(), "birth_date": self.birth_date.isoformat()}


@dataclass(frozen=True, slots=True)
class _Form:
    values: Mapping[str, object]
    today: date
    languages: Collection[str]
    default_country: str

    def line(self, name: str, missing: str) -> str:
        return typed_text.line(self.values.get(name), missing=missing, longest=254)

    @property
    def region(self) -> str:
        """The country by whose habits a telephone number is read."""
        try:
            return read_country(self.values, self.default_country)
        except Faulty:
            return self.default_country


def check_person(
    form: Mapping[str, object],
    *,
    today: date,
    languages: Collection[str],
    default_country: str,
) -> PersonDetails:
    """Check all fields at once.

    Args:
        form: the names of `PersonDetails` and `PostalAddress`; values of any type.
        today: the date where the person is.
        languages: codes on offer.
        default_country: ISO 3166-1 alpha-2, used when the form names no country.

    Raises:
        Invalid: with a fault for each field that is wrong, in the order of the form.
    """
    given = _Form(form, today, languages, default_country)
    values: dict[str, Any] = {}
    faults: dict[str, Fault] = {}
    for name, check in _CHECKS.items():
        try:
            values[name] = check(given)
        except Faulty as faulty:
            faults[name] = faulty.fault
    address, address_faults = check_address(form, default_country=default_country)
    if address is None or faults:
        raise Invalid(faults | address_faults)
    return PersonDetails(address=address, **values)


def check_field(
    name: str,
    form: Mapping[str, object],
    *,
    today: date,
    languages: Collection[str],
    default_country: str,
) -> Fault | None:
    """Check one field, for the moment it is left; the others say how (country, area).

    Returns:
        The message and the values for its places; None when all is well, or there is no such field.
    """
    if name in ADDRESS_FIELDS:
        return check_address(form, default_country=default_country)[1].get(name)
    if name in tuple(_CHECKS):
        try:
            _CHECKS[name](_Form(form, today, languages, default_country))
        except Faulty as faulty:
            return faulty.fault
    return None


def read_field(name: str, form: Mapping[str, object], **given: Any) -> Any:
    """Return one field, clean; `given` is what `check_field` takes.

    Raises:
        Faulty: it is wrong.
    """
    return _CHECKS[name](_Form(form, **given))


def check_email(typed: object) -> str:
    """Check an e-mail address alone; returns it as it is kept.

    Raises:
        Invalid: it is none.
    """
    try:
        return _email(_Form({"email": typed}, date.min, (), ""))
    except Faulty as faulty:
        raise Invalid({"email": faulty.fault}) from None


def _email(form: _Form) -> str:
    typed = form.line("email", EMAIL)
    if not typed.partition("@")[0].isascii():
        # Few servers can be sent a letter there, and look-alike letters would pass for another's.
        raise Faulty(EMAIL_LETTERS)
    try:
        found = validate_email(typed, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        raise Faulty(EMAIL) from None
    return found.normalized


def _mobile(form: _Form) -> str:
    region = form.region
    example = _example_mobile(region)
    wrong = Faulty(MOBILE, example=example) if example else Faulty(MOBILE_WORLD)
    typed = typed_text.plain(form.line("mobile", ""))
    # The library would find a number between words, and turn letters into keys.
    if not _DIALLED.fullmatch(typed):
        raise wrong
    try:
        number = phonenumbers.parse(typed, region)
    except NumberParseException:
        raise wrong from None
    if number.extension or not phonenumbers.is_valid_number(number):
        raise wrong
    if phonenumbers.number_type(number) not in _TEXTED:
        raise Faulty(LANDLINE, example=example) if example else wrong
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


@lru_cache(maxsize=512)
def _example_mobile(region: str) -> str:
    """Return a mobile number of `region` as one dials it from anywhere, "" when it has none."""
    number = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL) if number else ""


def _birth_date(form: _Form) -> date:
    typed = typed_text.plain(form.line("birth_date", ""))
    try:
        # `fromisoformat` alone would also take weeks and days without hyphens.
        born = date.fromisoformat(typed if _ISO_DATE.fullmatch(typed) else "")
    except ValueError:
        raise Faulty(BIRTH_DATE, example="1990-07-31") from None
    if born > form.today:
        raise Faulty(BIRTH_FUTURE)
    age = age_on(form.today, born)
    if age < ADULT:
        raise Faulty(BIRTH_YOUNG, years=ADULT)
    if age > ELDEST:
        raise Faulty(BIRTH_OLD, years=ELDEST)
    return born


def age_on(day: date, born: date) -> int:
    """Return the completed years of life; who was born on 29 February ages on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _language(form: _Form) -> str:
    typed = form.line("language", CHOOSE)
    if typed not in form.languages:
        raise Faulty(CHOOSE)
    return typed


_CHECKS: dict[str, Callable[[_Form], Any]] = {
    "given_name": lambda form: typed_text.name(
        form.values.get("given_name"), missing=NO_GIVEN_NAME
    ),
    "family_name": lambda form: typed_text.name(
        form.values.get("family_name"), missing=NO_FAMILY_NAME
    ),
    "email": _email,
    "mobile": _mobile,
    "birth_date": _birth_date,
    "language": _language,
}
