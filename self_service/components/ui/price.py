"""How prices are shown: always due now, each month, and over the whole term."""

from __future__ import annotations

from typing import Any


def price_block(h: Any, totals: Any, starting: Any = False) -> Any:
    """Show the three totals of a card; what costs once shows its one sum.

    Args:
        h: builder.
        totals: TotalsRow.
        starting: True when other configurations cost more: "from" is said.
    """
    return h.div(
        h.when(totals.has_monthly, _monthly(h, totals), _once(h, totals, starting)),
        class_name="numbers",
    )


def _once(h: Any, totals: Any, starting: Any) -> Any:
    return h.p(
        h.when(starting, h.span(h.t("from"), " ", class_name="text-sm text-muted")),
        h.strong(totals.due_now, class_name="text-lg"),
        h.span(" ", h.t("once"), class_name="text-sm text-muted"),
    )


def _monthly(h: Any, totals: Any) -> Any:
    return h.group(
        h.p(
            h.strong(totals.monthly, class_name="text-lg"),
            h.span(h.t("/month"), class_name="text-sm text-muted"),
        ),
        h.p(totals.later, class_name="text-sm text-warn empty:hidden"),
        h.dl(
            _small(h, h.t("Due now"), totals.due_now),
            _small(h, totals.term, totals.whole_term),
            class_name="mt-1 text-sm text-muted",
        ),
    )


def _small(h: Any, label: Any, value: Any) -> Any:
    return h.div(h.dt(label), h.dd(value), class_name="flex justify-between gap-3")
