"""From the domain's usage to the rows of its page, and what an address asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from self_service import i18n, routes
from self_service.domain.errors import N_
from self_service.domain.usage.meters import Meter, ProductMeters
from self_service.domain.usage.records import RecordView, opened
from self_service.models.usage import UsageKind, UsageZone
from self_service.state import moments, usage_words
from self_service.state.display import money
from self_service.state.store_rows import LinkRow

#: Percent from which a meter warns.
WARN, FULL = 80, 100
#: What a period is called in addresses, and the days that it looks back; 0: the present month.
PERIODS: Mapping[str, tuple[str, int]] = {
    "": (N_("This period"), 0),
    "30": (N_("Last 30 days"), 30),
    "90": (N_("Last 90 days"), 90),
    "all": (N_("All"), -1),
}


@dataclass(frozen=True, slots=True)
class MeterRow:
    """An allowance: what its bar shows, in words too."""

    key: str
    icon: str
    name: str
    used: str
    left: str
    until: str
    exact: str
    width: str  # of the bar; "" without limit
    tone: str
    where: str = ""
    shared: bool = False


@dataclass(frozen=True, slots=True)
class LineRow:
    """A subscription and its meters.

    Attributes:
        amount: what usage beyond allowances costs so far, "" for nothing.
        waiting: newer usage is not counted yet.
    """

    key: str
    name: str
    number: str
    href: str
    as_of: str
    exact: str
    waiting: bool
    amount: str
    selected: bool
    meters: list[MeterRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One record; `steps` tell how it was rated, empty while it is closed."""

    key: str
    href: str
    icon: str
    what: str
    where: str
    at: str
    exact: str
    amount: str
    cost: str
    note: str
    open: bool
    steps: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks for; what cannot be read is left out.

    Attributes:
        line: product, whatever was sent; "" for the first.
        page: where to read on.
        record: the one that is open.
    """

    line: str = ""
    kind: UsageKind | None = None
    zone: UsageZone | None = None
    period: str = ""
    page: str = ""
    record: str = ""

    def among(self, lines: Iterable[str]) -> Wanted:
        """Return it without a line that is none of these."""
        return self if self.line in lines else replace(self, line="")

    def query(self, **other: str) -> dict[str, str]:
        """Return it as an address says it, with changes; they lead to the first page again."""
        now = {
            "line": self.line,
            "kind": self.kind.value if self.kind else "",
            "zone": self.zone.value if self.zone else "",
            "period": self.period,
        }
        return {**now, **other}

    def since(self, present: datetime, now: datetime) -> datetime | None:
        """Return the first instant of its period; `present` is when the month began."""
        days = PERIODS[self.period][1]
        if days < 0:
            return None
        return now - timedelta(days=days) if days else present


def wanted_of(query: Mapping[str, str]) -> Wanted:
    """Read an address."""
    names = ("kind", "zone", "period", "page")
    kind, zone, period, page = (query.get(name, "") for name in names)
    return Wanted(
        line=query.get("line", ""),
        kind=UsageKind(kind) if kind in set(UsageKind) else None,
        zone=UsageZone(zone) if zone in set(UsageZone) else None,
        period=period if period in PERIODS else "",
        page=page if opened(page) else "",
        record=query.get("record", ""),
    )


def meter_row(meter: Meter, period_end: datetime, now: datetime, language: str) -> MeterRow:
    """Show an allowance."""
    if meter.from_last:
        text = N_("Left from last period, good until {day}")
    elif meter.until == period_end:
        text = N_("Renews on {day}")
    else:
        text = N_("Good until {day}")
    tone = "bad" if meter.percent >= FULL else "warn" if meter.percent >= WARN else "accent"
    return MeterRow(
        key=str(meter.id),
        icon=usage_words.ICONS[meter.kind],
        name=usage_words.name_of(meter.name, meter.kind, language),
        used=usage_words.used_text(meter, language),
        left=usage_words.left_text(meter, language),
        until=i18n.translate(language, text, day=i18n.short_day(meter.until, language)),
        exact=i18n.instant(meter.until, language),
        width="" if meter.units < 0 else f"{meter.percent}%",
        tone=tone,
        where=usage_words.zones_text(meter.zones, language),
        shared=meter.group_id is not None,
    )


def line_row(
    found: ProductMeters, wanted: Wanted, now: datetime, language: str, *, selected: bool
) -> LineRow:
    """Show a subscription's meters."""
    query = wanted.query(line=str(found.product_id))
    return LineRow(
        key=str(found.product_id),
        name=found.name.get(language) or found.name.get("en", ""),
        number=found.number,
        href=routes.page(language, routes.USAGE, **query),
        as_of=as_of(found.as_of, now, language),
        exact=i18n.instant(found.as_of, language) if found.as_of else "",
        waiting=found.waiting,
        amount=money(found.amount, language) if found.amount else "",
        selected=selected,
        meters=[meter_row(one, found.until, now, language) for one in found.meters],
    )


def as_of(moment: datetime | None, now: datetime, language: str) -> str:
    """Say up to when usage was counted."""
    if moment is None:
        return i18n.translate(language, N_("Nothing used yet in this period"))
    day = moments.past(moment, now, language)
    return i18n.translate(language, N_("Counted up to: {day}"), day=day)


def record_row(
    found: RecordView, wanted: Wanted, now: datetime, language: str, told: list[str]
) -> RecordRow:
    """Show one record; `told` are the steps of its rating when it is open."""
    query = wanted.query(page=wanted.page, record="" if told else found.key)
    status = usage_words.STATUSES.get(found.status, "")
    what = i18n.translate(language, usage_words.KINDS[found.kind])
    return RecordRow(
        key=found.key,
        href=routes.page(language, routes.USAGE, **query),
        icon=usage_words.ICONS[found.kind],
        what=f"{what} · {found.other}" if found.other else what,
        where=i18n.translate(language, usage_words.ZONES[found.zone]),
        at=moments.past(found.at, now, language),
        exact=i18n.instant(found.at, language),
        amount=usage_words.amount(found.kind, found.units, language),
        cost=_cost(found, language),
        note=i18n.translate(language, status) if status else "",
        open=bool(told),
        steps=told,
    )


def _cost(found: RecordView, language: str) -> str:
    if found.micro:
        return usage_words.micro_text(found.micro, found.currency, language)
    return i18n.translate(language, N_("Included") if found.covered else N_("Free"))


def filter_rows(wanted: Wanted, language: str) -> dict[str, list[LinkRow]]:
    """Return the choices, each a link to the address that shows it."""

    def link(text: str, name: str, value: str, *, selected: bool) -> LinkRow:
        href = routes.page(language, routes.USAGE, **wanted.query(**{name: value}))
        return LinkRow(i18n.translate(language, text), href, selected)

    every = N_("All")
    kind, zone = wanted.kind, wanted.zone
    return {
        "kinds": [
            link(every, "kind", "", selected=kind is None),
            *(link(usage_words.KINDS[k], "kind", k.value, selected=k is kind) for k in UsageKind),
        ],
        "zones": [
            link(N_("Everywhere"), "zone", "", selected=zone is None),
            *(link(usage_words.ZONES[z], "zone", z.value, selected=z is zone) for z in UsageZone),
        ],
        "periods": [
            link(text, "period", name, selected=name == wanted.period)
            for name, (text, _) in PERIODS.items()
        ],
    }


def file_href(wanted: Wanted, line: UUID, language: str) -> str:
    """Return the address of the file with the same records."""
    return routes.with_query(
        routes.USAGE_FILE, {"language": language, **wanted.query(line=str(line))}
    )
