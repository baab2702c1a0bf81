"""Numbers, SIMs and serial numbers of the demo operator: made up, valid in form, nobody's.

Telephone numbers begin with +49 158 22, which no operator holds; they are mobile numbers for
`phonenumbers`. SIMs follow ITU-T E.118 (89, country, issuer, account, check digit), serial numbers
of devices are IMEIs of the type codes kept for tests (3GPP TS 23.003: reporting body 00).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from sqlmodel import Session, select

from self_service.domain.fulfilment.resources import (
    ESIM,
    LENT,
    SIM_CARD,
    goods_pool,
    luhn_digit,
    stock_up,
)
from self_service.models.catalog import ProductOffering, ProductStock
from self_service.models.subscriptions import Resource, ResourceKind

#: Resources in each pool that is not counted in pieces.
POOL = 1000
_FIRST_NUMBER = 4_915_822_104_000
_ISSUER = "894977"
_SIM_ACCOUNTS, _ESIM_ACCOUNTS = 100_000_000_000, 500_000_000_000
_DOWNLOAD = "LPA:1$smdp.tidewell.example${code}"


def seed_resources(session: Session) -> None:
    """Fill every pool that never held anything; a pool in use is left alone."""
    filled = {tuple(row) for row in session.exec(select(Resource.kind, Resource.pool).distinct())}

    def fill(
        kind: ResourceKind, pool: str, values: Iterable[str], details: Iterable[Mapping[str, str]]
    ) -> None:
        if (kind, pool) not in filled:
            stock_up(session, kind, values, pool=pool, details=details)

    numbers = (f"+{_FIRST_NUMBER + step * 7}" for step in range(POOL))
    fill(ResourceKind.MSISDN, "", numbers, ())
    fill(ResourceKind.ICCID, SIM_CARD, _iccids(_SIM_ACCOUNTS), [{"form": SIM_CARD}] * POOL)
    fill(ResourceKind.ICCID, ESIM, _iccids(_ESIM_ACCOUNTS), _profiles())
    for pool in LENT.values():
        letters = "".join(word[0] for word in pool.split("-")).upper()
        lent = (f"TW{letters}{piece:07d}" for piece in range(1, POOL + 1))
        fill(ResourceKind.SERIAL, pool, lent, ())
    rows = session.exec(
        select(ProductOffering, ProductStock).where(
            ProductStock.offering_id == ProductOffering.id, ProductStock.available > 0
        )
    )
    for offering, stock in rows.all():
        chosen = dict(part.split("=", 1) for part in stock.variant.split(";") if part)
        pool = goods_pool(stock.offering_id, chosen)
        makes = imeis if "generation" in offering.facets else serials
        made = makes(f"{offering.slug}:{stock.variant}", stock.available)
        fill(ResourceKind.SERIAL, pool, made, ())


def imeis(thing: str, count: int) -> list[str]:
    """Return made-up IMEIs of `count` pieces, the same for the same `thing` every time."""
    bodies = [f"00{_digits(thing)}{piece:04d}" for piece in range(count)]
    return [body + luhn_digit(body) for body in bodies]


def serials(thing: str, count: int) -> list[str]:
    """Return made-up serial numbers of pieces that know no network, likewise."""
    return [f"SN{_digits(thing)}{piece:04d}" for piece in range(count)]


def _digits(thing: str) -> str:
    digest = int.from_bytes(hashlib.sha256(thing.encode()).digest()[:8])
    return f"{digest % 10**8:08d}"


def _iccids(first: int) -> list[str]:
    bodies = [f"{_ISSUER}{first + step * 13:012d}" for step in range(POOL)]
    return [body + luhn_digit(body) for body in bodies]


def _profiles() -> list[dict[str, str]]:
    """Return the details of eSIM profiles: form and activation code (GSMA SGP.22, 4.1)."""
    codes = (hashlib.sha256(iccid.encode()).hexdigest()[:20] for iccid in _iccids(_ESIM_ACCOUNTS))
    return [
        {"form": ESIM, "activation_code": _DOWNLOAD.format(code=code.upper())} for code in codes
    ]
