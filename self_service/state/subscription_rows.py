"""A subscription's changes, options and quotes in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from self_service import change_letters, i18n, routes
from self_service.domain.catalog.view import text
from self_service.domain.changes.goods import GoodsRights
from self_service.domain.changes.options import Held, Option
from self_service.domain.changes.view import ChangeView, Loss, Lost, Quote, When
from self_service.domain.errors import N_
from self_service.domain.subscriptions.view import GoodsView
from self_service.models.changes import ChangeKind, ChangeStatus, GoodsStatus, GoodsWish
from self_service.state.display import TotalsRow, money, refusal, totals_row
from self_service.state.moments import ahead
from self_service.state.quote_lines import LineRow, alike, line_rows
from self_service.state.values import quantity

_STATUS: Mapping[ChangeStatus, tuple[str, str]] = {
    ChangeStatus.PENDING: (N_("Planned"), "accent"),
    ChangeStatus.PERFORMING: (N_("Under way"), "warn"),
    ChangeStatus.DONE: (N_("Done"), "good"),
    ChangeStatus.FAILED: (N_("Not possible"), "bad"),
    ChangeStatus.REVOKED: (N_("Called off"), "plain"),
}
_BUTTONS: Mapping[ChangeKind, str] = {
    ChangeKind.UPGRADE: N_("Change plan"),
    ChangeKind.DOWNGRADE: N_("Change plan"),
    ChangeKind.ADD: N_("Add extra"),
    ChangeKind.CANCEL: N_("End extra"),
    ChangeKind.BOOST: N_("Buy booster"),
    ChangeKind.PAUSE: N_("Pause subscription"),
    ChangeKind.RESUME: N_("Switch on again"),
    ChangeKind.LEAVE: N_("End subscription"),
}
_LOST: Mapping[Loss, str] = {
    Loss.DISCOUNT: N_("Discount: {name}"),
    Loss.EXTRA: N_("Extra: {name}"),
    Loss.BOOSTER: N_("Booster: {name}"),
    Loss.NUMBER: N_("Your number, unless you take it to another operator before"),
    Loss.BUNDLE: N_("Bundle: {name}"),
}
_GOODS: Mapping[GoodsStatus, tuple[str, str]] = {
    GoodsStatus.ASKED: (N_("We are looking at your request"), "accent"),
    GoodsStatus.ACCEPTED: (N_("Accepted: we have written to you"), "good"),
    GoodsStatus.REJECTED: (N_("Not accepted"), "bad"),
    GoodsStatus.DONE: (N_("Done"), "good"),
    GoodsStatus.WITHDRAWN: (N_("Called off"), "plain"),
}


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change; `cost` is "" when nothing is said of it."""

    id: str
    what: str
    when: str
    exact: str
    cost: str
    status: str
    tone: str
    revocable: bool


@dataclass(frozen=True, slots=True)
class ActRow:
    """Something that can be done, as a link."""

    key: str
    text: str
    detail: str
    href: str
    icon: str


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """A plan, an extra or a booster to choose; `refused` says why it cannot be chosen now."""

    key: str
    name: str
    totals: TotalsRow
    difference: str
    tone: str
    refused: str
    href: str
    later: str
    later_href: str
    highlights: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """What a change costs and does; "" stands for what it does not have."""

    title: str
    when: str
    exact: str
    due_label: str
    due: str
    before: str
    after: str
    saving: str
    fee: str
    term: str
    until: str
    overlap: str
    now_href: str
    queued_href: str
    seen: str
    button: str
    danger: bool
    totals: TotalsRow = field(default_factory=TotalsRow)
    lines: list[LineRow] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class GoodsActRow:
    """What can be done about a piece of goods."""

    id: str
    name: str
    serial: str
    returned: str  # until when it can be returned, "" when that is over
    warranty: str
    warranty_over: bool
    status: str
    tone: str
    request_id: str  # of a request that can be called off, "" else
    open: bool


def change_row(view: ChangeView, *, now: datetime, language: str) -> ChangeRow:
    """Put a change into words."""
    status, tone = _STATUS[view.status]
    day = i18n.short_day(view.effective_at, language)
    when = ahead(view.effective_at, now, language) if view.effective_at > now else day
    return ChangeRow(
        id=str(view.id),
        what=change_letters.what(language, view.kind, view.name, view.to),
        when=when if when == day else f"{when} · {day}",
        exact=i18n.instant(view.effective_at, language),
        cost=money(view.due, language) if view.due.minor else "",
        status=i18n.translate(language, status),
        tone=tone,
        revocable=view.revocable,
    )


def here(language: str, held: Held, **query: str) -> str:
    """Return the address of an act of this page."""
    return routes.page(language, routes.SUBSCRIPTION, str(held.view.id), **query)


def choice_row(option: Option, held: Held, act: str, language: str) -> ChoiceRow:
    """Put something to choose into words."""
    offering, quote = option.offering, option.quote
    query = {"act": act, "to": offering.slug, "on": str(option.product_id)}
    difference, tone = _difference(quote, language) if quote and act == "plan" else ("", "plain")
    earliest = i18n.short_day(option.earliest, language) if option.earliest else ""
    later = i18n.translate(language, N_("Plan it for {day}"), day=earliest) if earliest else ""
    return ChoiceRow(
        key=offering.slug + str(option.product_id),
        name=text(offering.name, language),
        totals=totals_row(quote.totals, language) if quote and quote.totals else TotalsRow(),
        difference=difference,
        tone=tone,
        refused=refusal(option.refusal, language) if option.refusal else "",
        href=here(language, held, **query) if quote else "",
        later=later,
        later_href=here(language, held, **query, when=When.EARLIEST.value) if earliest else "",
        highlights=[text(line, language) for line in offering.highlights],
    )


def quote_row(quote: Quote, held: Held, query: Mapping[str, str], language: str) -> QuoteRow:
    """Put a quote into words."""
    kind, at = quote.wish.kind, quote.at
    now, day = quote.wish.when is When.NOW, i18n.day(at, language)
    at_once = now and kind not in (ChangeKind.DOWNGRADE, ChangeKind.LEAVE, ChangeKind.PAUSE)
    until = quote.until or quote.wish.until
    address = {name: value for name, value in query.items() if name != "when"}
    recurs = kind is not ChangeKind.BOOST and quote.before != quote.after
    return QuoteRow(
        title=change_letters.what(language, kind, quote.name, quote.to),
        when=i18n.translate(language, N_("At once")) if at_once else day,
        exact=i18n.instant(at, language),
        due_label=_due_label(quote, language),
        due=money(quote.due, language),
        before=money(quote.before, language) if recurs else "",
        after=money(quote.after, language) if recurs else "",
        saving=_difference(quote, language)[0] if recurs else "",
        fee=money(quote.fee, language) if quote.fee else "",
        term=i18n.day(quote.term_ends_at, language) if quote.term_ends_at else "",
        until=i18n.day(until, language) if until and kind is not ChangeKind.LEAVE else "",
        overlap=_overlap(quote, language),
        now_href=here(language, held, **address) if quote.overlap else "",
        queued_href=here(language, held, **address, when=When.QUEUED.value)
        if quote.overlap
        else "",
        seen=quote.seen,
        button=i18n.translate(language, _BUTTONS[kind]),
        danger=kind in (ChangeKind.LEAVE, ChangeKind.CANCEL),
        totals=totals_row(quote.totals, language) if quote.totals and recurs else TotalsRow(),
        lines=line_rows(quote.lines, language),
        lost=[lost_text(lost, language) for lost in quote.lost],
    )


def goods_row(piece: GoodsView, rights: GoodsRights, now: datetime, language: str) -> GoodsActRow:
    """Put what can be done about a piece of goods into words."""
    status, tone = _GOODS[rights.status] if rights.status else ("", "plain")
    wishes = {GoodsWish.SWAP: N_("Swap"), GoodsWish.RETURN: N_("Return")}
    said = i18n.translate(language, wishes[rights.wish]) if rights.wish else ""
    back = i18n.short_day(rights.return_until, language) if now <= rights.return_until else ""
    takeable = rights.status is GoodsStatus.ASKED
    return GoodsActRow(
        id=str(piece.id),
        name=text(piece.name, language),
        serial=piece.serial,
        returned=back,
        warranty=i18n.short_day(rights.warranty_until, language),
        warranty_over=now > rights.warranty_until,
        status=f"{said}: {i18n.translate(language, status)}" if status else "",
        tone=tone,
        request_id=str(rights.request_id) if takeable else "",
        open=rights.open,
    )


def _difference(quote: Quote, language: str) -> tuple[str, str]:
    saving = quote.saving
    if saving.minor > 0:
        said = N_("You save {sum} a month")
        return i18n.translate(language, said, sum=money(saving, language)), "good"
    if saving.minor < 0:
        said = N_("{sum} more a month")
        return i18n.translate(language, said, sum=money(-saving, language)), "plain"
    return i18n.translate(language, N_("The same price")), "plain"


def _due_label(quote: Quote, language: str) -> str:
    if quote.by_wallet:
        return i18n.translate(language, N_("From your wallet"))
    if quote.wish.kind is ChangeKind.LEAVE:
        several = len(quote.lines) > len(alike(quote.lines))
        said = N_("All in all until then") if several else N_("Your last bill")
        return i18n.translate(language, said)
    return i18n.translate(language, N_("On your next bill"))


def _overlap(quote: Quote, language: str) -> str:
    if quote.overlap is None:
        return ""
    lap = quote.overlap
    return i18n.translate(
        language,
        N_(
            "{name} runs until {until}. Started now, the new one ends on {now}; "
            "started after it, on {queued}."
        ),
        name=text(lap.name, language),
        until=i18n.short_day(lap.until, language),
        now=i18n.short_day(lap.ends_now, language),
        queued=i18n.short_day(lap.ends_queued, language),
    )


def lost_text(lost: Lost, language: str) -> str:
    """Say what is lost by a change."""
    if lost.kind is Loss.ALLOWANCE:
        had = quantity(lost.units, lost.unit, language)
        if not lost.left:
            return i18n.translate(language, N_("{had} included"), had=had)
        left = quantity(lost.left, lost.unit, language)
        return i18n.translate(language, N_("{left} instead of {had}"), left=left, had=had)
    return i18n.translate(language, _LOST[lost.kind], name=text(lost.name, language))
