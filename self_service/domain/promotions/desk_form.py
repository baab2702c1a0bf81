"""Reading the form of a promotion, which anybody can send."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlmodel import Session

from self_service import clock
from self_service.domain.catalog import index as catalog_index
from self_service.domain.errors import N_, Invalid, NotFound
from self_service.domain.promotions.applying import PERCENT, RECURRING
from self_service.domain.promotions.codes import fold
from self_service.models.catalog import OfferingKind
from self_service.models.promotions import PromotionEffect
from self_service.money import exponent

#: Field -> (message, values for its places).
Faults = dict[str, tuple[str, dict[str, Any]]]

MOMENT = timedelta(seconds=1)
_MOST_MONTHS, _MOST_USES, _MOST_NAME = 60, 10_000_000, 80
_LONGEST = 300
_WHOLE_PERCENT = Decimal(100)
#: A code worth more than this is a slip.
_MOST_AMOUNT = Decimal(100_000)


def read(session: Session, form: Mapping[str, object], *, now: datetime) -> dict[str, Any]:
    """Return the columns of a new promotion.

    Args:
        session: open transaction, to look offerings up.
        form: field -> value, from anybody.
        now: instant of making; without a first day it holds from then on.

    Raises:
        Invalid: with a fault for each field that is wrong.
    """
    faults: Faults = {}
    catalog = catalog_index.current(session)
    columns = _limits(form, faults, now)
    code, name = fold(form.get("code")), _text(form, "name")
    if not code:
        faults["code"] = (N_("Use 2 to 40 letters, digits or hyphens, without spaces."), {})
    if not name or len(name) > _MOST_NAME:
        faults["name"] = (N_("Give a name of at most {most} letters."), {"most": _MOST_NAME})
    columns |= {"code": code, "name": {"en": name}, "currency": catalog.currency}
    columns |= _effect(form, catalog.currency, faults)
    columns["kinds"] = _kinds(form, faults)
    columns["offering_ids"] = _offerings(form, catalog, faults)
    columns["new_customers_only"] = _text(form, "new_customers_only") == "on"
    columns["alone"] = _text(form, "alone") == "on"
    if faults:
        raise Invalid(faults)
    return columns


def limits(form: Mapping[str, object], *, since: datetime) -> dict[str, Any]:
    """Return the columns that can be changed later; without a first day it is `since`.

    Raises:
        Invalid: with a fault for each field that is wrong.
    """
    faults: Faults = {}
    columns = _limits(form, faults, since)
    if faults:
        raise Invalid(faults)
    return columns


def _limits(form: Mapping[str, object], faults: Faults, since: datetime) -> dict[str, Any]:
    first = _day(form, "valid_from", faults)
    last = _day(form, "valid_to", faults)
    valid_from = _start(first) if first else since
    valid_to = _start(last + timedelta(days=1)) if last else None
    if valid_to is not None and valid_to <= valid_from and "valid_from" not in faults:
        faults["valid_to"] = (N_("The last day must not be before the first."), {})
    most = _number(form, "most_uses", _MOST_USES, faults)
    return {"valid_from": valid_from, "valid_to": valid_to, "most_uses": most}


def _effect(form: Mapping[str, object], currency: str, faults: Faults) -> dict[str, Any]:
    try:
        effect = PromotionEffect(_text(form, "effect"))
    except ValueError:
        faults["effect"] = (N_("Choose what the code lowers."), {})
        return {}
    values: dict[str, Any] = {"effect": effect, "percent_bp": 0, "amount_minor": 0, "months": 0}
    percent = effect in PERCENT
    digits = 2 if percent else exponent(currency)
    found = _decimal(_text(form, "value"))
    most = _WHOLE_PERCENT if percent else _MOST_AMOUNT
    if found is None or not 0 < found <= most or found.scaleb(digits) % 1:
        told = N_("Give a number above 0 and at most {most}, for example 10.")
        faults["value"] = (told, {"most": int(most)})
    else:
        values["percent_bp" if percent else "amount_minor"] = int(found.scaleb(digits))
    if effect in RECURRING:
        values["months"] = _number(form, "months", _MOST_MONTHS, faults)
    return values


def _kinds(form: Mapping[str, object], faults: Faults) -> list[OfferingKind]:
    try:
        return [OfferingKind(name) for name in _listed(form, "kinds")]
    except ValueError:
        faults["kinds"] = (N_("There is no such kind of offering."), {})
        return []


def _offerings(form: Mapping[str, object], catalog: Any, faults: Faults) -> list[str]:
    found = []
    for slug in _listed(form, "offerings"):
        try:
            found.append(str(catalog.by_slug(slug).id))
        except NotFound:
            faults["offerings"] = (N_("There is no offering {slug} in the store."), {"slug": slug})
    return found


def _listed(form: Mapping[str, object], name: str) -> list[str]:
    return [word for word in _text(form, name).replace(",", " ").split() if word]


def _text(form: Mapping[str, object], name: str) -> str:
    value = form.get(name, "")
    return value.strip()[:_LONGEST] if isinstance(value, str) else ""


def _decimal(text: str) -> Decimal | None:
    plain = text.replace(",", ".")
    digits = plain.replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit() and len(plain) <= 12):
        return None
    return Decimal(plain)


def _number(form: Mapping[str, object], name: str, most: int, faults: Faults) -> int:
    """Read a whole number; nothing is 0."""
    text = _text(form, name)
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and len(text) <= 9 and int(text) <= most):
        faults[name] = (N_("Give a whole number of at most {most}."), {"most": most})
        return 0
    return int(text)


def _day(form: Mapping[str, object], name: str, faults: Faults) -> date | None:
    text = _text(form, name)
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not 2000 <= found.year <= 2200:
        faults[name] = (N_("Give a day as year-month-day, for example 2027-03-31."), {})
        return None
    return found


def _start(day: date) -> datetime:
    """Return the first instant of a day of the operator's."""
    return datetime(day.year, day.month, day.day, tzinfo=clock.zone())
