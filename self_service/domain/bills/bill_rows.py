"""The rows of bills, made of drafts: number, lines, taxes, entries of the ledger, what moves on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha1
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from self_service.domain import ledger
from self_service.domain.bills import addressees
from self_service.domain.bills.bulk import (
    Bulk,
    Native,
    document,
    instant,
    instant_or_none,
    named,
    uid,
)
from self_service.domain.bills.drafting import Draft, DraftLine
from self_service.domain.bills.reading import among, is_postgres, key, listed
from self_service.domain.outbox import EventKind
from self_service.domain.pricing import periods
from self_service.models.bills import (
    AppliedBillingRate,
    BillCategory,
    BillingAccount,
    BillState,
    BillTax,
    CustomerBill,
    ProductCharging,
    ProductPause,
    RunType,
)
from self_service.models.catalog import PeriodUnit
from self_service.models.dunning import InstalmentPurchase
from self_service.models.ledger import AccountKind, EntryKind, LedgerAccount, LedgerEntry
from self_service.models.messages import OutboxEvent

_BILL = named(
    "id number account_id customer_id sequence buyer_name buyer_address category run_type run_id "
    "order_id credited_id state status_changed_at billed_at period_start period_end due_at "
    "currency net_minor tax_minor gross_minor remaining_minor disputed_minor"
)
_LINE = named(
    "account_id bill_id product_id kind name detail source charged_at period_start period_end "
    "amount_micro tax_category tax_bp net_minor tax_minor gross_minor position"
)
_BILLED = named("bill_id tax_category tax_bp net_minor tax_minor gross_minor position id")
_TAX = named("bill_id category rate_bp net_minor tax_minor")
_ENTRY = named(
    "kind source_id line debit_id credit_id amount_minor currency debit_after_minor "
    "credit_after_minor posted_at"
)
_EVENT = named("kind key payload created_at")
_MOVED = named("last_sequence billed_until next_bill_at id")
_CHARGED = named("charged_until end_settled closed_at product_id")
_PURCHASE = named("billed next_at status status_changed_at id")
# Words as the database has them: to ask a member of an enumeration for its value takes longer.
_NORMAL, _LAST = BillCategory.NORMAL.value, BillCategory.LAST.value
_CREDIT_NOTE = BillCategory.CREDIT_NOTE.value
_ON_CYCLE, _OFF_CYCLE = RunType.ON_CYCLE.value, RunType.OFF_CYCLE.value
_VALIDATED, _SETTLED = BillState.VALIDATED.value, BillState.SETTLED.value
_SALES = EntryKind.BILL.value, EntryKind.CREDIT_NOTE.value
_SALES_TAX = EntryKind.BILL_TAX.value, EntryKind.CREDIT_NOTE_TAX.value
_MADE = EventKind.BILL_MADE.value


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why bills are written.

    Attributes:
        now: instant of writing and booking.
        billed_at: date on the bills; `now` when None.
        on_cycle: whether they are those of their account's cycle, which then moves on.
        run_id: of the bill run.
        order_id: of the order that this is the bill of; such bills move no period.
        credited_id: of the bill that this is the credit note of.
    """

    now: datetime
    billed_at: datetime | None = None
    on_cycle: bool = False
    run_id: UUID | None = None
    order_id: UUID | None = None
    credited_id: UUID | None = None


def bill_id(account_id: UUID, sequence: int) -> UUID:
    """Return a bill's id, which its account and number decide: a repeated run makes the same."""
    return UUID(bill_key(account_id.hex, sequence))


def bill_key(account: str, sequence: int) -> str:
    """Return a bill's id in hex digits, as `uuid5` makes it of the account's id and the number."""
    made = sha1(bytes.fromhex(account) + b"%d" % sequence, usedforsecurity=False).hexdigest()
    return f"{made[:12]}5{made[13:16]}{'89ab'[int(made[16], 16) & 3]}{made[17:32]}"


class Batch:
    """The rows of some bills, ready to be written."""

    def __init__(self, session: Session, drafts: Sequence[Draft], occasion: Occasion) -> None:
        self._occasion = occasion
        self._now = instant(occasion.now)
        self._billed_at = occasion.billed_at or occasion.now
        self._billed_text = instant(self._billed_at)
        reason = occasion.run_id, occasion.order_id, occasion.credited_id
        self._why = (_ON_CYCLE if occasion.on_cycle else _OFF_CYCLE, *map(uid, reason))
        # a run for a day that is over leaves people as long to pay as one on its day
        self._due_from = max(self._billed_at, periods.day_start(occasion.now))
        self._session = session
        written = [one.account for one in drafts if one.lines]
        self._balances = _balances(session, [account.ledger for account in written])
        self._buyers = addressees.of_accounts(session, [account.key for account in written])
        if occasion.credited_id is not None:  # it corrects what was sent to whoever it was then
            whose = addressees.of_bill(session, occasion.credited_id)
            self._buyers = dict.fromkeys(self._buyers, whose)
        self._houses: dict[tuple[str, str, str], str] = {}
        self.bills: list[tuple[Native, ...]] = []
        self._lines: list[tuple[Native, ...]] = []
        self._billed: list[tuple[Native, ...]] = []
        self._taxes: list[tuple[Native, ...]] = []
        self._entries: list[tuple[Native, ...]] = []
        self._events: list[tuple[Native, ...]] = []
        self._accounts: list[tuple[Native, ...]] = []
        self._moved: list[tuple[Native, ...]] = []
        self._charged: list[tuple[Native, ...]] = []
        self._pauses: list[tuple[Native, ...]] = []
        self._purchases: list[tuple[Native, ...]] = []

    def add(self, draft: Draft) -> None:
        """Make the rows of one bill."""
        if draft.lines:
            made = bill_key(draft.account.key, draft.account.last_sequence + 1)
            self._add_bill(draft, made)
            self._add_lines(draft, made)
            self._add_entries(draft, made)
            name = f"{made[:8]}-{made[8:12]}-{made[12:16]}-{made[16:20]}-{made[20:]}"
            self._events.append((_MADE, name, f'{{"bill": "{name}"}}', self._now))
        self._remember(draft)

    def write(self, bulk: Bulk) -> None:
        """Write them all."""
        bulk.insert(CustomerBill, _BILL, self.bills)
        bulk.insert(AppliedBillingRate, _LINE, self._lines)
        bulk.update(AppliedBillingRate, _BILLED, self._billed)
        bulk.insert(BillTax, _TAX, self._taxes)
        bulk.insert(LedgerEntry, _ENTRY, self._entries)
        bulk.insert(OutboxEvent, _EVENT, self._events)
        balances = [
            (minor, account_id) for account_id, minor in self._balances.items() if minor is not None
        ]
        bulk.update(LedgerAccount, ("balance_minor", "id"), balances)
        bulk.update(BillingAccount, ("last_sequence", "id"), self._accounts)
        bulk.update(BillingAccount, _MOVED, self._moved)
        bulk.update(ProductCharging, _CHARGED, self._charged)
        bulk.update(ProductPause, ("credited_until", "id"), self._pauses)
        bulk.update(InstalmentPurchase, _PURCHASE, self._purchases)

    def _add_bill(self, draft: Draft, made: str) -> None:
        of, why = draft.account, self._occasion
        sequence = of.last_sequence + 1
        credit_note = why.credited_id is not None or draft.gross_minor < 0
        remaining = max(draft.gross_minor, 0)
        self.bills.append(
            (
                made,
                f"{of.number}-{sequence:04d}",
                of.key,
                of.customer,
                sequence,
                *self._buyers[of.key],
                _CREDIT_NOTE if credit_note else _LAST if draft.last else _NORMAL,
                *self._why,
                _VALIDATED if remaining else _SETTLED,
                self._now,
                self._billed_text,
                instant(draft.period_start),
                instant(draft.as_of),
                instant(_due(self._due_from, draft.due_days)),
                of.currency,
                draft.net_minor,
                draft.tax_minor,
                draft.gross_minor,
                remaining,
                0,
            )
        )
        if not why.on_cycle:
            self._accounts.append((sequence, of.key))

    def _add_lines(self, draft: Draft, bill: str) -> None:
        account = draft.account.key
        for position, line in enumerate(draft.lines):
            sums = line.net_minor, line.tax_minor, line.gross_minor
            tax = line.category.value, line.rate_bp
            if line.rate_id is None:
                self._lines.append(_line_row(account, bill, line, position))
            else:
                self._billed.append((bill, *tax, *sums, position, line.rate_id))

    def _add_entries(self, draft: Draft, bill: str) -> None:
        """Book a bill: its net to what was sold, its tax to the state's account."""
        of = draft.account
        sales = self._house(AccountKind.REVENUE, of.currency, "")
        self._book(draft, bill, _SALES, sales, draft.net_minor, 0)
        for number, item in enumerate(draft.taxes):
            sums = item.net_minor, item.tax_minor
            self._taxes.append((bill, item.category.value, item.rate_bp, *sums))
            if item.tax_minor:
                owed = self._house(AccountKind.TAX, of.currency, item.category.value)
                self._book(draft, bill, _SALES_TAX, owed, item.tax_minor, number)

    def _book(
        self,
        draft: Draft,
        bill: str,
        kinds: tuple[str, str],
        house: str,
        minor: int,
        number: int,
    ) -> None:
        if not minor:
            return
        of = draft.account
        mine = of.ledger
        after = self._balances[mine] = self._balances[mine] - minor
        head = (kinds[minor < 0], bill, number)
        if minor > 0:
            moved: tuple[Native, ...] = (mine, house, minor, of.currency, after, None)
        else:
            moved = (house, mine, -minor, of.currency, None, after)
        self._entries.append((*head, *moved, self._now))

    def _house(self, kind: AccountKind, currency: str, name: str) -> str:
        named = kind.value, currency, name
        found = self._houses.get(named)
        if found is None:
            found = ledger.house(self._session, kind, currency, name).id.hex
            self._houses[named] = found
        return found

    def _remember(self, draft: Draft) -> None:
        of = draft.account
        if self._occasion.on_cycle:
            sequence = of.last_sequence + bool(draft.lines)
            reached, coming = instant(draft.as_of), instant(_next(draft.as_of, draft.cycle_day))
            self._moved.append((sequence, reached, coming, of.key))
        for one in draft.charged:
            closed = self._now if one.closed else None
            until = instant(one.charged_until)
            self._charged.append((until, one.end_settled, closed, one.product))
        self._pauses += [(instant(until), pause_id.hex) for pause_id, until in draft.pauses]
        for paid in draft.instalments:
            coming_at = instant_or_none(paid.next_at)
            row = (paid.billed, coming_at, paid.status.value, self._now, paid.id.hex)
            self._purchases.append(row)


def _line_row(account: str, bill: str, line: DraftLine, position: int) -> tuple[Native, ...]:
    return (
        account,
        bill,
        line.product,
        line.kind.value,
        line.name,
        document(line.detail),
        line.source,
        instant(line.charged_at),
        instant_or_none(line.period_start),
        instant_or_none(line.period_end),
        line.micro,
        line.category.value,
        line.rate_bp,
        line.net_minor,
        line.tax_minor,
        line.gross_minor,
        position,
    )


def _balances(session: Session, keys: Sequence[str]) -> dict[str, int]:
    """Read what receivables hold, and keep others from booking there until the commit."""
    postgres = is_postgres(session)
    ids = {"ids": listed(keys, postgres=postgres)}
    rows = session.connection().execute(_receivables(postgres), ids).all()
    return {row[0]: row[1] for row in rows}


@lru_cache(maxsize=2)
def _receivables(postgres: bool) -> Any:
    of = LedgerAccount
    wanted = select(key(of.id, postgres=postgres), of.balance_minor)
    mine = wanted.where(among(of.id, postgres=postgres))
    return mine.order_by(of.id).with_for_update()


@lru_cache(maxsize=256)
def _due(since: datetime, due_days: int) -> datetime:
    return periods.add(since, PeriodUnit.DAY, due_days)


@lru_cache(maxsize=256)
def _next(after: datetime, day: int) -> datetime:
    start = periods.month_day(after, day)
    return start if start > after else periods.month_day(periods.add_months(start, 1), day)
