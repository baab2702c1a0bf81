"""The proof that the books are right: every check is one query, so memory stays flat.

Run by `self-service ledger verify`, and at the end of every test that moves money.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session

from self_service.domain.ledger import (
    rules_bills,
    rules_changes,
    rules_entries,
    rules_wallet,
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not add up.

    Attributes:
        check: name of the rule, for example `balance_is_sum_of_entries`.
        subject: id of the row that breaks it.
    """

    check: str
    subject: str


def verify(session: Session, *, limit: int = 20) -> tuple[Finding, ...]:
    """Check all rules of the books.

    Args:
        session: open transaction.
        limit: at most so many findings a rule.

    Returns:
        What is wrong; empty when every sum is right.
    """
    return tuple(
        Finding(check.__name__, str(row[0]))
        for check in CHECKS
        for row in session.execute(_asked(check, limit))
    )


@lru_cache(maxsize=64)
def _asked(check: Callable[[], Select[Any]], limit: int) -> Select[Any]:
    """Return a rule's query; to build one takes several times as long as a small book's answer."""
    return check().limit(limit)


#: All rules; each selects the rows that break it.
CHECKS: tuple[Callable[[], Select[Any]], ...] = (
    rules_bills.balance_is_sum_of_entries,
    rules_bills.running_balance_follows,
    rules_entries.entry_moves_between_its_accounts,
    rules_bills.bill_is_sum_of_lines,
    rules_bills.bill_is_sum_of_taxes,
    rules_bills.bill_is_booked,
    rules_entries.bill_tax_is_booked_apart,
    rules_bills.bill_is_paid_by_allocations,
    rules_bills.payment_is_allocated_once,
    rules_bills.payment_is_booked_once,
    rules_bills.refund_is_booked_once,
    rules_bills.charge_back_is_booked_once,
    rules_bills.payment_is_taken_back_once,
    rules_bills.account_owes_what_remains,
    rules_wallet.voucher_is_redeemed_once,
    rules_wallet.vouchers_are_worth_their_account,
    rules_wallet.voucher_sale_is_booked_once,
    rules_wallet.topup_is_booked_once,
    rules_wallet.gift_waits_or_arrived,
    rules_wallet.wallet_charge_is_booked_once,
    rules_wallet.usage_charge_is_booked_once,
    rules_changes.failed_change_kept_no_money,
    rules_changes.wallet_charge_went_back_whole,
    rules_changes.ended_product_is_charged_no_more,
    rules_changes.changed_product_is_charged_as_agreed,
)


def rules() -> Iterator[tuple[str, str]]:
    """Yield each rule's name and what it says, for whoever reads the result."""
    for check in CHECKS:
        yield check.__name__, (check.__doc__ or "").split("\n")[0]
