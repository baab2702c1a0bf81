"""What a change costs, when it happens and what is lost: then one button."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit
from self_service.components.ui.price import price_block
from self_service.state.subscription import SubscriptionState


def quote_card(h: Any, state: Any) -> Any:
    """Show the one quote, with the button that asks for it."""
    return h.each(state.quotes, lambda row: _card(h, state, row))


def _card(h: Any, state: Any, row: Any) -> Any:
    return h.section(
        kit.heading(h, row.title, 2),
        h.when(
            row.overlap,
            kit.callout(
                h,
                h.p(row.overlap),
                h.p(
                    h.link(h.t("Start it now"), to=row.now_href, class_name="underline"),
                    " · ",
                    h.link(h.t("Start it after"), to=row.queued_href, class_name="underline"),
                    class_name="mt-1 flex flex-wrap gap-x-2 [&_a]:inline-flex [&_a]:min-h-11 "
                    "[&_a]:items-center items-center",
                ),
                tone="warn",
                symbol="alert",
                class_name="mt-3",
            ),
        ),
        h.dl(
            _fact(h, h.t("When"), row.when, title=row.exact),
            h.when(row.until, _fact(h, h.t("Until"), row.until)),
            h.when(row.before, _fact(h, h.t("Each month until now"), row.before)),
            h.when(row.after, _fact(h, h.t("Each month from then on"), row.after)),
            h.when(row.term, _fact(h, h.t("Minimum term until"), row.term)),
            class_name="mt-3 flex flex-col gap-2",
        ),
        h.p(row.saving, class_name="mt-2 font-semibold empty:hidden"),
        h.when(
            row.totals.has_monthly,
            h.div(price_block(h, row.totals), class_name="mt-3 pt-3 border-t border-line"),
        ),
        _lines(h, row),
        h.when(h.count(row.lost) > 0, _lost(h, row)),
        _form(h, state, row),
        key=row.seen,
        class_name=kit.CARD + "p-4",
    )


def _fact(h: Any, label: str, value: Any, **props: Any) -> Any:
    return h.div(
        h.dt(label, class_name="text-muted"),
        h.dd(value, class_name="numbers text-end font-medium", **props),
        class_name="flex justify-between gap-4",
    )


def _lines(h: Any, row: Any) -> Any:
    return h.div(
        h.ul(
            h.each(
                row.lines,
                lambda line: h.li(
                    h.span(
                        line.name,
                        h.span(" ", line.detail, class_name="text-sm text-muted"),
                        class_name="min-w-0",
                    ),
                    h.span(line.amount, class_name="numbers shrink-0"),
                    key=line.key,
                    class_name="flex justify-between gap-4",
                ),
            ),
            class_name="flex flex-col gap-1 empty:hidden",
        ),
        h.p(
            h.span(row.due_label),
            h.strong(row.due, class_name="numbers text-lg"),
            class_name="mt-2 flex justify-between items-baseline gap-4",
        ),
        class_name="mt-4 pt-3 border-t border-line",
    )


def _lost(h: Any, row: Any) -> Any:
    return kit.callout(
        h,
        h.p(h.t("You lose"), class_name="font-semibold"),
        h.ul(
            h.each(row.lost, lambda line: h.li(line, key=line)),
            class_name="list-disc ps-5",
        ),
        tone="warn",
        symbol="info",
        class_name="mt-4",
    )


def _form(h: Any, state: Any, row: Any) -> Any:
    del state
    return h.live_form(
        h.input(type="hidden", name="seen", value=row.seen),
        h.when(
            row.danger,
            kit.button(h, row.button, type="submit", tone="danger", class_name="w-full sm:w-auto"),
            kit.button(h, row.button, type="submit", class_name="w-full sm:w-auto"),
        ),
        on_submit=SubscriptionState.confirm,
        class_name="mt-4",
    )
