"""What always holds in a `World`, whatever was done in it; and what of it was really reached."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from sqlmodel import func, select

from self_service.domain.bills.proration import day_number
from self_service.domain.debts.overdue import overdue
from self_service.domain.orders.sold import sold_prices
from self_service.domain.pricing.charges import schedule
from self_service.models.bills import (
    AppliedBillingRate,
    ChargeKind,
    CustomerBill,
    ProductCharging,
    ProductPause,
)
from self_service.models.dunning import (
    BillDispute,
    DunningCase,
    PaymentAgreement,
    SuspendedProduct,
)
from self_service.models.ledger import AccountKind
from self_service.models.payments import Payment, PaymentItem, PaymentStatus, Refund
from self_service.models.subscriptions import Product
from self_service.models.wallet import TopupBalance, TransferBalance, WalletCharge
from tests.books import proven
from tests.money_world import World

#: Whole of a sum, in hundredths of a percent.
WHOLE = 10_000
#: What has to have happened in a run, or the run proves less than it says.
ACTS = frozenset(
    """
    subscribed
    plan changed
    suspended by wish
    resumed
    suspended for a debt
    restored by payment
    bill run
    billed now
    bill paid
    bill paid in part
    order refunded
    paid late
    taken back by a bank
    credit note
    topped up by card
    top-up failed
    voucher redeemed
    gift undone
    gift arrived
    charged to the wallet
    short of credit
    dispute accepted
    dispute rejected
    dispute withdrawn
    agreed
    agreement kept
    agreement broken
    paid by autopay
    autopay declined
    erasure refused
    """.strip().split("\n    ")
)


def all_hold(world: World) -> None:
    """Assert all of it."""
    books_add_up(world)
    bills_are_numbered_without_gap(world)
    nobody_is_off_without_a_debt(world)
    lines = lines_by_product(world)
    no_paused_day_is_charged(world, lines)
    no_day_is_charged_twice(world, lines)
    terms_cost_what_the_store_told(world, lines)
    taxes_are_rounded_half_up(world, lines)


def books_add_up(world: World) -> None:
    """`ledger verify` finds nothing, and providers hold what was paid and not given back."""
    proven(world.session)
    assert world.lying(AccountKind.CLEARING) == -world.money_at_providers()


def bills_are_numbered_without_gap(world: World) -> None:
    """Each account's numbers count up, and no two runs made a bill of one period."""
    bills = world.bills()
    for account in world.accounts():
        mine = [bill for bill in bills if bill.account_id == account.id]
        assert [bill.sequence for bill in mine] == [*range(1, account.last_sequence + 1)]
        numbers = [f"{account.number}-{bill.sequence:04d}" for bill in mine]
        assert [bill.number for bill in mine] == numbers
        periods = [bill.period_end for bill in mine if bill.run_type == "onCycle"]
        assert len(periods) == len(set(periods))


def nobody_is_off_without_a_debt(world: World) -> None:
    """What is switched off for a debt has one, in an open case."""
    off = select(DunningCase).join(SuspendedProduct, SuspendedProduct.case_id == DunningCase.id)
    open_ones = off.where(SuspendedProduct.restored_at.is_(None)).distinct()
    for case in world.session.exec(open_ones.execution_options(populate_existing=True)).all():
        assert case.closed_at is None
        assert overdue(world.session, case.account_id, least=case.least_minor, at=world.now)


def lines_by_product(world: World) -> dict[UUID, list[AppliedBillingRate]]:
    """Product -> what was asked for it on bills, credit notes aside."""
    wanted = select(AppliedBillingRate).where(
        AppliedBillingRate.product_id.is_not(None), AppliedBillingRate.bill_id.is_not(None)
    )
    found: dict[UUID, list[AppliedBillingRate]] = defaultdict(list)
    for row in world.session.exec(wanted.execution_options(populate_existing=True)).all():
        if row.product_id and "line" not in row.detail:
            found[row.product_id].append(row)
    return found


def charged_days(lines: list[AppliedBillingRate]) -> Counter[int]:
    """How often each day of a product was charged, less how often it was given back."""
    days: Counter[int] = Counter()
    for line in lines:
        if line.period_start and line.period_end and line.amount_micro:
            sign = -1 if line.kind is ChargeKind.CREDIT else 1
            for day in range(day_number(line.period_start), day_number(line.period_end)):
                days[day] += sign
    return days


def no_paused_day_is_charged(world: World, lines: dict[UUID, list[AppliedBillingRate]]) -> None:
    """Days of a pause that was settled were not charged, or given back."""
    settled = select(ProductPause).where(ProductPause.credited_until.is_not(None))
    for pause in world.session.exec(settled.execution_options(populate_existing=True)).all():
        charged = charged_days(lines[pause.product_id])
        last = day_number(pause.credited_until)
        assert not any(charged[day] for day in range(day_number(pause.starts_at), last))


def no_day_is_charged_twice(world: World, lines: dict[UUID, list[AppliedBillingRate]]) -> None:
    """No day of a product is charged by two lines of one price."""
    del world
    for mine in lines.values():
        prices: dict[str, list[AppliedBillingRate]] = defaultdict(list)
        for line in mine:
            if line.kind is ChargeKind.RECURRING:
                prices[str(line.name)].append(line)
        for same in prices.values():
            assert all(times <= 1 for times in charged_days(same).values())


def terms_cost_what_the_store_told(
    world: World, lines: dict[UUID, list[AppliedBillingRate]]
) -> None:
    """What was never changed, suspended or credited cost what the store had told."""
    wanted = select(ProductCharging).where(
        ProductCharging.by_wallet.is_(False),
        ProductCharging.product_id.not_in(select(ProductPause.product_id)),
        ProductCharging.product_id.not_in(world.touched),
    )
    rows = world.session.exec(wanted.execution_options(populate_existing=True)).all()
    for row in rows:
        of = row.order_item_id
        sold = sold_prices(world.session, [of], currency="EUR", since=row.starts_at)[of]
        told = schedule(sold, start=row.starts_at, until=row.charged_until, currency="EUR")
        mine = (line for line in lines[row.product_id] if line.kind is ChargeKind.RECURRING)
        assert sum(line.gross_minor for line in mine) == sum(one.amount.minor for one in told)


def taxes_are_rounded_half_up(world: World, lines: dict[UUID, list[AppliedBillingRate]]) -> None:
    """Each line's net is its gross without tax, computed in another way than the product's."""
    del world
    for mine in lines.values():
        for line in mine:
            exact = Decimal(line.gross_minor) * WHOLE / (WHOLE + line.tax_bp)
            assert line.net_minor == int(exact.quantize(Decimal(1), ROUND_HALF_UP))
            assert line.gross_minor == line.net_minor + line.tax_minor


# -- what was reached ---------------------------------------------------------------------------


def reached(world: World) -> Counter[str]:
    """What really happened in a world: what rows tell, and what was noted."""
    found = Counter(world.acted)
    for name, table, conditions in _told():
        asked = select(func.count()).select_from(table).where(*conditions)
        found[name] += world.session.exec(asked).one()
    return found


def _told() -> list[tuple[str, Any, tuple[Any, ...]]]:
    done = Payment.status == PaymentStatus.DONE
    mine = PaymentItem.payment_id == Payment.id
    auto = select(PaymentItem.bill_id).where(mine, PaymentItem.attempt.is_not(None)).exists()
    return [
        ("subscribed", Product, ()),
        ("suspended for a debt", SuspendedProduct, ()),
        ("bill run", CustomerBill, (CustomerBill.run_type == "onCycle",)),
        ("bill paid", Payment, (done, Payment.purpose == "bills", ~auto)),
        ("order refunded", Refund, (Refund.status == "done", Refund.reason == "order_cancelled")),
        ("paid late", Refund, (Refund.reason == "paid_late",)),
        ("credit note", CustomerBill, (CustomerBill.credited_id.is_not(None),)),
        ("topped up by card", TopupBalance, _topup("done", TopupBalance.payment_id)),
        ("top-up failed", TopupBalance, _topup("failed", TopupBalance.payment_id)),
        ("voucher redeemed", TopupBalance, _topup("done", TopupBalance.voucher_id)),
        ("gift undone", TransferBalance, (TransferBalance.status == "undone",)),
        ("gift arrived", TransferBalance, (TransferBalance.status == "done",)),
        ("charged to the wallet", WalletCharge, ()),
        ("dispute accepted", BillDispute, (BillDispute.status == "accepted",)),
        ("dispute rejected", BillDispute, (BillDispute.status == "rejected",)),
        ("dispute withdrawn", BillDispute, (BillDispute.status == "withdrawn",)),
        ("agreed", PaymentAgreement, ()),
        ("agreement kept", PaymentAgreement, (PaymentAgreement.status == "kept",)),
        ("agreement broken", PaymentAgreement, (PaymentAgreement.status == "broken",)),
        ("paid by autopay", Payment, (done, auto)),
        ("autopay declined", Payment, (Payment.status == "failed", auto)),
        ("short of credit", ProductCharging, (ProductCharging.short_since.is_not(None),)),
    ]


def _topup(status: str, by: Any) -> tuple[Any, ...]:
    return TopupBalance.status == status, by.is_not(None)
