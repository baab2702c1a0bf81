"""What is typed to bring a number along: checked, or refused with what would help."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat
from sqlmodel import Session, col, or_, select

from self_service import clock
from self_service.domain.errors import N_, Invalid
from self_service.domain.people import typed_text
from self_service.domain.people.typed_text import Fault, Faulty
from self_service.domain.sims import stock
from self_service.models.subscriptions import Resource, ResourceKind

T = TypeVar("T")

#: A move can be asked for from tomorrow until so many days ahead.
DAYS_AHEAD = 60
NO_NUMBER = N_("Enter the number with its country code, like +49 151 23456789.")
OURS = N_("This number is with us already.")
NO_DAY = N_("Choose a day between tomorrow and {last}.")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed: a number in E.164, who has it, what the person is known by there, a day."""

    number: str
    donor: str
    code: str
    port_on: date


def first_day(now: datetime) -> date:
    """Return the first day on which a number can move: tomorrow, in the operator's zone."""
    return now.astimezone(clock.zone()).date() + timedelta(days=1)


def last_day(now: datetime) -> date:
    """Return the last day for which it can be asked."""
    return now.astimezone(clock.zone()).date() + timedelta(days=DAYS_AHEAD)


def read(session: Session, form: Mapping[str, object], now: datetime) -> Typed:
    """Read the form.

    Raises:
        Invalid: with a fault for each field that is wrong.
    """
    faults: dict[str, Fault] = {}

    def kept(name: str, reads: Callable[[object], T], otherwise: T) -> T:
        try:
            return reads(form.get(name))
        except Faulty as faulty:
            faults[name] = faulty.fault
            return otherwise

    found = Typed(
        kept("number", lambda typed: _number(session, typed), ""),
        kept("donor", lambda typed: typed_text.line(typed, longest=60), ""),
        kept("donor_code", lambda typed: typed_text.line(typed, longest=40), ""),
        kept("port_on", lambda typed: _day(typed, now), first_day(now)),
    )
    if faults:
        raise Invalid(faults)
    return found


def _number(session: Session, typed: object) -> str:
    text = typed_text.line(typed, missing=NO_NUMBER, longest=40)
    try:
        parsed = phonenumbers.parse(text)
    except NumberParseException:
        raise Faulty(NO_NUMBER) from None
    if parsed.extension or not phonenumbers.is_valid_number(parsed):
        raise Faulty(NO_NUMBER)
    number = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    # one that came before and has left since may come again
    ours = or_(col(Resource.pool) != stock.PORTED, col(Resource.product_id).is_not(None))
    known = select(Resource.id).where(
        Resource.kind == ResourceKind.MSISDN, Resource.value == number, ours
    )
    if session.exec(known).first():
        raise Faulty(OURS)
    return number


def _day(typed: object, now: datetime) -> date:
    text = typed.strip() if isinstance(typed, str) else ""
    try:
        day = date.fromisoformat(text) if _ISO_DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or not first_day(now) <= day <= last_day(now):
        raise Faulty(NO_DAY, last=last_day(now).isoformat())
    return day
