"""Records of usage: filters in the address, and how each one was rated."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit
from self_service.components.ui.chips import chips


def usage_records(h: Any, state: Any) -> Any:
    """Show the records of the chosen line."""
    return h.section(
        kit.heading(h, h.t("What was used"), 2),
        h.p(h.bdi(state.chosen), class_name="text-muted numbers mb-3"),
        chips(h, h.t("Kinds of usage"), state.kinds),
        chips(h, h.t("Times"), state.periods),
        chips(h, h.t("Places"), state.zones),
        h.when(
            h.count(state.records) > 0,
            h.group(
                h.ol(
                    h.each(state.records, lambda row: _record(h, row)),
                    class_name=kit.CARD + "divide-y divide-line mt-1",
                ),
                _after(h, state),
            ),
            _none(h, state),
        ),
        class_name="mt-8 max-w-3xl",
    )


def _record(h: Any, row: Any) -> Any:
    return h.li(
        h.div(
            kit.icon(h, row.icon, class_name="text-muted mt-0.5"),
            h.div(
                h.p(h.bdi(row.what), class_name="font-medium wrap-anywhere"),
                h.p(row.where, class_name="text-sm text-muted"),
                h.p(h.time(row.at, title=row.exact), class_name="text-sm text-muted numbers"),
                class_name="min-w-0 flex-1",
            ),
            h.div(
                h.p(row.amount, class_name="font-semibold"),
                h.p(row.cost, class_name="text-sm"),
                h.p(row.note, class_name="text-sm text-muted empty:hidden"),
                class_name="numbers text-end shrink-0",
            ),
            class_name="flex gap-3",
        ),
        h.link(
            h.when(row.open, h.t("Close"), h.t("How it was counted")),
            h.span(": ", row.what, ", ", row.exact, class_name="sr"),
            to=row.href,
            keep_scroll=True,
            class_name="inline-flex items-center min-h-11 text-sm text-accent ms-8",
        ),
        h.ol(
            h.each(row.steps, lambda step: h.li(step, key=step)),
            class_name="ms-12 mb-1 list-decimal text-sm flex flex-col gap-1 empty:hidden",
        ),
        key=row.key,
        class_name="px-4 pt-4 pb-1",
    )


def _after(h: Any, state: Any) -> Any:
    return h.div(
        h.when(state.older, kit.button_link(h, h.t("Show older"), to=state.older, tone="second")),
        h.a(
            kit.icon(h, "document"),
            h.t("Download as CSV"),
            href=state.file_href,
            download=True,
            class_name=kit.TONES["quiet"],
        ),
        class_name="flex flex-wrap gap-2 mt-3",
    )


def _none(h: Any, state: Any) -> Any:
    return kit.empty(
        h,
        "usage",
        h.when(state.filtered, h.t("Nothing of this kind"), h.t("Nothing used yet")),
        h.t("Calls, texts and data stand here, each with how it was counted."),
        kit.button_link(h, h.t("Show everything"), to=state.everything, tone="second"),
    )
