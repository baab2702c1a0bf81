"""The operator's brand: one token file, read again when it changes, no build in between."""

from __future__ import annotations

import logging
import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from self_service import settings

log = logging.getLogger(__name__)

#: A value that may stand in a style sheet: nothing that closes a rule or loads something.
_SAFE = re.compile(r"^[\w\s#%.,()'\"-]{1,80}$")


class BadBrand(ValueError):
    """The token file says something that cannot be used; the message names it."""


@dataclass(frozen=True, slots=True)
class Links:
    """Names and addresses of the operator, as the state of the shell holds them."""

    brand_name: str
    support_phone: str
    support_email: str
    terms_url: str
    privacy_url: str
    imprint_url: str


@dataclass(frozen=True, slots=True)
class Company:
    """The operator as a company, as bills and electronic invoices name it; "" for not said.

    Attributes:
        country: ISO 3166-1 alpha-2.
        vat: VAT identification number.
        registration: number in the register of companies.
        iban: account for transfers.
    """

    name: str
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""
    vat: str = ""
    registration: str = ""
    iban: str = ""


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand, ready to use."""

    links: Links
    company: Company
    logo: Path | None
    css: str
    light: dict[str, str]
    dark: dict[str, str]


#: The last brand that could be used.
_LAST: list[Brand] = []


def current() -> Brand:
    """Return the brand as the token file has it now; a slip in it leaves the brand as it was.

    Raises:
        BadBrand: the file cannot be used, and there was no brand before.
    """
    file = settings.get().brand_file
    found = _read(file, file.stat().st_mtime_ns if file.exists() else 0)
    if isinstance(found, Brand):
        _LAST[:] = [found]
    elif not _LAST:
        raise found
    return _LAST[0]


@lru_cache(maxsize=2)
def _read(file: Path, _changed: int) -> Brand | BadBrand:
    try:
        return read(file)
    except BadBrand as fault:
        log.error("%s cannot be used: %s", file, fault)  # once for each change of the file
        return fault


def read(file: Path) -> Brand:
    """Read a token file.

    Raises:
        BadBrand: it is not there, is no TOML, or lacks something; the message names it.
    """
    try:
        tokens = tomllib.loads(file.read_text())
    except (OSError, ValueError) as fault:
        raise BadBrand(str(fault)) from fault
    try:
        return _brand(file, tokens)
    except KeyError as missing:
        raise BadBrand(f"{missing} is missing") from None
    except AttributeError as fault:
        raise BadBrand(f"a table is missing: {fault}") from None


def _brand(file: Path, tokens: dict[str, Any]) -> Brand:
    light, dark = _colours(tokens, "light"), _colours(tokens, "dark")
    shape, font = tokens.get("shape", {}), tokens.get("font", {})
    common = {
        "r1": _value("radius", shape.get("radius", "12px")),
        "r2": _value("radius_large", shape.get("radius_large", "20px")),
        "font": _value("family", f"'{font.get('family', 'Inter Variable')}'"),
    }
    logo = tokens.get("logo", "")
    return Brand(
        links=Links(
            brand_name=str(tokens["name"]),
            **{name: str(tokens.get(name, "")) for name in Links.__slots__ if name != "brand_name"},
        ),
        company=_company(tokens),
        logo=file.parent / logo if logo else None,
        css=_rule(":root", common | light) + _rule(":root.dark", dark),
        light=light,
        dark=dark,
    )


def _company(tokens: dict[str, Any]) -> Company:
    said = {name: str(value) for name, value in tokens.get("company", {}).items()}
    if unknown := said.keys() - set(Company.__slots__):
        raise BadBrand(f"company has no {', '.join(sorted(unknown))}")
    return Company(**{"name": str(tokens["name"]), **said})


def _colours(tokens: dict[str, Any], theme: str) -> dict[str, str]:
    return {name: _value(f"{theme}.{name}", value) for name, value in tokens[theme].items()}


def _value(name: str, value: Any) -> str:
    text = str(value)
    if not _SAFE.match(text):
        raise BadBrand(f"{name} = {text!r} cannot stand in a style sheet")
    return text


def _rule(selector: str, values: dict[str, str]) -> str:
    return selector + "{" + "".join(f"--{name}:{value};" for name, value in values.items()) + "}"
