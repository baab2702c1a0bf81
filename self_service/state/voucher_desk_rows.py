"""From the domain's batches of vouchers to the rows of the staff's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from self_service import i18n, routes
from self_service.domain.errors import N_
from self_service.domain.vouchers.batch_list import BatchView, Redemption, VoucherView
from self_service.models.vouchers import BatchStatus, VoucherKind, VoucherStatus
from self_service.state import moments
from self_service.state.display import money
from self_service.state.staff_rows import ChoiceRow
from self_service.state.voucher_rows import STATES, last_day

KINDS = {VoucherKind.PRINT: N_("Print"), VoucherKind.ONLINE: N_("Online")}
#: Statuses in the order in which the page counts them.
_ORDER = (
    VoucherStatus.STOCK,
    VoucherStatus.ISSUED,
    VoucherStatus.REDEEMED,
    VoucherStatus.EXPIRED,
    VoucherStatus.VOID,
)


@dataclass(frozen=True, slots=True)
class CountRow:
    """How many vouchers stand in one state."""

    key: str
    text: str
    count: str


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch.

    Attributes:
        name: what staff called it, else how it came about.
        counts: by state; only those that there are.
        exported: how often and when its codes were written out, "" for never.
        can_export: its codes can be written out.
        can_confirm: they were, and the print can be confirmed.
        can_void: it is not void yet.
    """

    number: str = ""
    href: str = ""
    name: str = ""
    kind: str = ""
    amount: str = ""
    count: str = ""
    until: str = ""
    dealer: str = ""
    state: str = ""
    tone: str = "plain"
    made: str = ""
    exported: str = ""
    printed: bool = False
    can_export: bool = False
    can_confirm: bool = False
    can_void: bool = False
    counts: list[CountRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A voucher that was looked for by its serial number."""

    serial: str = ""
    batch_href: str = ""
    amount: str = ""
    state: str = ""
    tone: str = "plain"
    told: str = ""
    can_void: bool = False


@dataclass(frozen=True, slots=True)
class RedemptionRow:
    """Who redeemed a voucher, and when."""

    serial: str
    customer: str
    at: str


def batch_rows(found: Sequence[BatchView], now: datetime, language: str) -> list[BatchRow]:
    """Put batches into rows."""
    return [batch_row(view, now, language) for view in found]


def batch_row(view: BatchView, now: datetime, language: str) -> BatchRow:
    """Put one batch into a row."""
    active = view.status is BatchStatus.ACTIVE
    state, tone = (N_("Active"), "good") if active else (N_("Void"), "bad")
    return BatchRow(
        number=view.number,
        href=routes.page(language, routes.VOUCHER_DESK, batch=view.number),
        name=view.name or i18n.translate(language, N_("Sold one by one")),
        kind=i18n.translate(language, KINDS[view.kind]),
        amount=money(view.amount, language),
        count=i18n.number(view.count, language),
        until=last_day(view.expires_at, language) if view.expires_at else "",
        dealer=view.dealer,
        state=i18n.translate(language, state),
        tone=tone,
        made=moments.past(view.created_at, now, language),
        exported=_exported(view, now, language),
        printed=view.kind is VoucherKind.PRINT,
        can_export=view.exportable,
        can_confirm=view.exportable and view.exports > 0,
        can_void=active,
        counts=[
            CountRow(
                status.value,
                i18n.translate(language, STATES[status][0]),
                i18n.number(view.counts[status], language),
            )
            for status in _ORDER
            if view.counts.get(status)
        ],
    )


def _exported(view: BatchView, now: datetime, language: str) -> str:
    if view.exported_at is None:
        return ""
    day = moments.past(view.exported_at, now, language)
    return i18n.plural(
        language, "{count} time, last {day}", "{count} times, last {day}", view.exports, day=day
    )


def found_row(view: VoucherView, now: datetime, language: str) -> FoundRow:
    """Put a voucher into a row."""
    state, tone = STATES[view.status]
    if view.redeemed_at is not None:
        day = moments.past(view.redeemed_at, now, language)
        told = i18n.translate(language, N_("Redeemed: {day}"), day=day)
    else:
        day = last_day(view.expires_at, language)
        told = i18n.translate(language, N_("Good until {day}"), day=day)
    return FoundRow(
        serial=view.serial,
        batch_href=routes.page(language, routes.VOUCHER_DESK, batch=view.batch),
        amount=money(view.amount, language),
        state=i18n.translate(language, state),
        tone=tone,
        told=told,
        can_void=view.status in (VoucherStatus.ISSUED, VoucherStatus.STOCK),
    )


def redemption_rows(
    found: Sequence[Redemption], now: datetime, language: str
) -> list[RedemptionRow]:
    """Put redemptions into rows."""
    gone = i18n.translate(language, N_("Somebody who left"))
    return [
        RedemptionRow(
            one.serial, one.customer or gone, moments.past(one.redeemed_at, now, language)
        )
        for one in found
    ]


def form_values(dealers: Sequence[tuple[UUID, str]], language: str) -> dict[str, Any]:
    """Return the lists of the form for a new batch."""
    nobody = ChoiceRow("", i18n.translate(language, N_("No dealer")))
    return {
        "kinds": [
            ChoiceRow(kind.value, i18n.translate(language, text)) for kind, text in KINDS.items()
        ],
        "dealers": [nobody, *(ChoiceRow(str(id_), login) for id_, login in dealers)],
    }
