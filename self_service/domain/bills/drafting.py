"""What a bill would be: lines, taxes, sums. Changes nothing; `writing` makes the bill of it.

Preview, single bill and bill run all come from `composed`, so they agree to the cent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlmodel import Session

from self_service.domain.bills import taxes
from self_service.domain.bills.gathering import Account, Gathered, Instalment, gather
from self_service.domain.bills.recurring import Line, owed
from self_service.domain.policy import BillPolicy
from self_service.domain.pricing import periods
from self_service.models.base import Texts
from self_service.models.bills import BillingAccount, ChargeKind, TaxCategory
from self_service.models.dunning import PurchaseStatus
from self_service.money import Money


class DraftLine(NamedTuple):
    """A line with its rounded sums; fields as of `AppliedBillingRate`, `name` as JSON."""

    kind: ChargeKind
    name: str
    detail: dict[str, Any]
    product: str | None
    charged_at: datetime
    period_start: datetime | None
    period_end: datetime | None
    micro: int
    source: str | None
    rate_id: int | None
    category: TaxCategory
    rate_bp: int
    net_minor: int
    tax_minor: int
    gross_minor: int

    @property
    def texts(self) -> Texts:
        """Return its name by language."""
        named: Texts = json.loads(self.name)
        return named


class TaxItem(NamedTuple):
    """Net and tax of a bill in one category and at one rate."""

    category: TaxCategory
    rate_bp: int
    net_minor: int
    tax_minor: int


class Charged(NamedTuple):
    """How far a product is charged once the bill is written; fields as of `ProductCharging`."""

    product: str
    charged_until: datetime
    end_settled: bool
    closed: bool


class Paid(NamedTuple):
    """Where a purchase by instalments stands then; fields as of `InstalmentPurchase`."""

    id: UUID
    billed: int
    next_at: datetime | None
    status: PurchaseStatus


@dataclass(frozen=True, slots=True)
class Draft:
    """A bill that is not written.

    Attributes:
        as_of: all that fell due until then is on it; the end of its period.
        credit_minor: of the account's credit, what would pay it.
        due_days: so long after the bill's date it is due.
        cycle_day: of the account's cycle.
        charged, pauses, instalments: what to remember when it is written.
        last: with it the last of what was charged regularly is settled: no more will come.
    """

    account: Account
    as_of: datetime
    period_start: datetime
    due_days: int
    cycle_day: int
    lines: tuple[DraftLine, ...]
    taxes: tuple[TaxItem, ...] = ()
    net_minor: int = 0
    tax_minor: int = 0
    gross_minor: int = 0
    credit_minor: int = 0
    charged: tuple[Charged, ...] = ()
    pauses: tuple[tuple[UUID, datetime], ...] = ()
    instalments: tuple[Paid, ...] = ()
    last: bool = False

    @property
    def gross(self) -> Money:
        """Return what it asks for, tax included."""
        return Money(self.gross_minor, self.account.currency)

    @property
    def to_pay(self) -> Money:
        """Return what is left to be paid once credit was used."""
        return Money(max(self.gross_minor, 0) - self.credit_minor, self.account.currency)

    def money(self, minor: int) -> Money:
        """Return a sum in its currency."""
        return Money(minor, self.account.currency)


def draft(
    session: Session,
    account: BillingAccount | UUID,
    *,
    as_of: datetime,
    policy: BillPolicy | None = None,
) -> Draft:
    """Return the bill that an account would get.

    Args:
        session: open transaction; with the account locked when the bill is to be written.
        account: whose, or its id.
        as_of: everything that falls due until this instant is in; it may lie ahead.
        policy: the operator's tax country.
    """
    account_id = account if isinstance(account, UUID) else account.id
    gathered = gather(session, [account_id.hex], as_of=as_of)
    return composed(gathered, gathered.accounts[0], as_of=as_of, policy=policy or BillPolicy())


def composed(gathered: Gathered, account: Account, *, as_of: datetime, policy: BillPolicy) -> Draft:
    """Make the draft of one of the accounts that were read. Pure."""
    cycle = gathered.cycles[account.cycle]
    scale = taxes.to_micro(1, account.currency)
    lines: list[Line] = []
    charged: list[Charged] = []
    pauses: list[tuple[UUID, datetime]] = []
    going_on = ending = 0
    for charging in gathered.chargings.get(account.key, ()):
        paused = gathered.pauses.get(charging.product, ())
        found = owed(charging, paused, timing=cycle.timing, as_of=as_of, scale=scale)
        lines += found.lines
        moved = found.charged_until, found.end_settled
        if found.closed or moved != (charging.charged_until, charging.end_settled):
            charged.append(Charged(charging.product, *moved, found.closed))
        pauses += found.pauses
        going_on += not found.end_settled
        ending += found.end_settled and not charging.end_settled
    lines += gathered.waiting.get(account.key, ())
    paid = []
    for purchase in gathered.instalments.get(account.key, ()):
        more, standing = _instalments(purchase, as_of, scale)
        lines += more
        if more:
            paid.append(standing)
        going_on += standing.status is PurchaseStatus.ACTIVE
        ending += standing.status is PurchaseStatus.SETTLED
    country = account.tax_country or policy.tax_country
    with_tax = tuple(taxed(line, account, country, gathered.rates) for line in lines)
    free = max(account.credit_minor - gathered.bound.get(account.key, 0), 0)
    return totalled(
        account,
        as_of,
        with_tax,
        cycle.due_days,
        cycle.day,
        free=free,
        charged=tuple(charged),
        pauses=tuple(pauses),
        instalments=tuple(paid),
        last=bool(ending and not going_on),
    )


def totalled(
    account: Account,
    as_of: datetime,
    lines: Sequence[DraftLine],
    due_days: int,
    cycle_day: int,
    *,
    free: int = 0,
    **remembered: Any,
) -> Draft:
    """Add lines up.

    Args:
        account: whose bill.
        as_of: end of its period.
        lines: in their order.
        due_days: so long after its date it is due.
        cycle_day: of the account's cycle.
        free: credit that may pay it, in minor units.
        **remembered: the last fields of a draft; nothing when left out.
    """
    items = _tax_items(lines)
    net, tax = sum(item.net_minor for item in items), sum(item.tax_minor for item in items)
    return Draft(
        account=account,
        as_of=as_of,
        period_start=min(account.billed_until or account.created_at, as_of),
        due_days=due_days,
        cycle_day=cycle_day,
        lines=tuple(lines),
        taxes=items,
        net_minor=net,
        tax_minor=tax,
        gross_minor=net + tax,
        credit_minor=min(free, max(net + tax, 0)),
        **remembered,
    )


def taxed(line: Line, account: Account, country: str, rates: taxes.Rates) -> DraftLine:
    """Round a line, and take its tax out of it."""
    standard_bp = rates.standard(country, line.charged_at)
    net, tax, gross, category, rate_bp = taxes.split(
        taxes.to_minor(line.micro, account.currency),
        category=line.category,
        account=account.tax_category,
        standard_bp=standard_bp,
    )
    return DraftLine(*line[:9], line.rate_id, category, rate_bp, net, tax, gross)


def _tax_items(lines: Iterable[DraftLine]) -> tuple[TaxItem, ...]:
    sums: dict[tuple[TaxCategory, int], list[int]] = {}
    for line in lines:
        key = line.category, line.rate_bp
        item = sums.get(key)
        if item is None:
            sums[key] = [line.net_minor, line.tax_minor]
        else:
            item[0] += line.net_minor
            item[1] += line.tax_minor
    return tuple(TaxItem(*key, *sums[key]) for key in sorted(sums))


def _instalments(of: Instalment, as_of: datetime, scale: int) -> tuple[list[Line], Paid]:
    """Charge the instalments that are due; what does not divide evenly is spread over them."""
    lines: list[Line] = []
    billed, due = of.billed, of.next_at
    months = 0
    while billed < of.pieces and due <= as_of:
        before, billed = of.total_minor * billed // of.pieces, billed + 1
        minor = of.total_minor * billed // of.pieces - before
        detail = {"number": billed, "count": of.pieces}
        source = f"i{of.id.hex}:{billed}"
        kind = ChargeKind.INSTALMENT
        micro = minor * scale
        line = Line(kind, of.name, detail, of.product, due, None, None, micro, source)
        lines.append(line)
        while (following := periods.add_months(of.anchor_at, months)) <= due:
            months += 1
        due = following
    left = billed < of.pieces
    status = PurchaseStatus.ACTIVE if left else PurchaseStatus.SETTLED
    return lines, Paid(of.id, billed, due if left else None, status)
