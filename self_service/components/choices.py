"""What is chosen by following a link: values of a thing, extras, the parts of a bundle."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit
from self_service.components.ui.price import price_block

_VALUE = (
    "inline-flex items-center gap-2 min-h-11 px-3 py-1.5 rounded-(--r1) border text-start "
    "no-underline text-ink leading-tight "
)
_OPEN = (
    "bg-surface border-line hover:border-accent aria-[current=true]:border-accent "
    "aria-[current=true]:bg-accent-soft aria-[current=true]:ring-1 "
    "aria-[current=true]:ring-accent"
)
_SHORT = "bg-ground border-dashed border-line text-muted hover:border-accent"
_GONE = "bg-ground border-dashed border-line text-muted"


def setting(h: Any, row: Any) -> Any:
    """Show one choice (colour, storage) with its values; what cannot be had says why."""
    return h.div(
        h.p(
            h.span(row.title, class_name="font-semibold"),
            h.span(": ", row.chosen, class_name="text-muted"),
            h.when(row.of, h.span(" · ", row.of, class_name="text-muted")),
            class_name="mb-2",
        ),
        h.ul(
            h.each(row.choices, lambda value: _value(h, value)),
            aria_label=row.title,
            class_name="flex flex-wrap gap-2",
        ),
        key=row.key,
    )


def _value(h: Any, value: Any) -> Any:
    return h.li(
        h.when(
            value.possible,
            h.link(
                *_words(h, value),
                to=value.href,
                keep_scroll=True,
                rel="nofollow",
                aria_current=h.when(value.selected, "true", "false"),
                class_name=h.when(value.left, _VALUE + _OPEN, _VALUE + _SHORT),
            ),
            h.div(*_words(h, value), class_name=_VALUE + _GONE),
        ),
        key=value.text,
    )


def _words(h: Any, value: Any) -> list[Any]:
    return [
        h.when(
            value.swatch,
            h.span(
                class_name="size-6 rounded-full border border-line shrink-0",
                style=h.style(background=value.swatch),
            ),
        ),
        h.span(
            h.span(value.text, class_name="block font-medium"),
            h.span(value.note, class_name="block text-sm text-muted numbers empty:hidden"),
        ),
    ]


def options(h: Any, group: Any) -> Any:
    """Show alternatives, or what can be chosen beside each other."""
    return h.section(
        h.div(
            kit.heading(h, group.title, 2),
            h.p(group.hint, class_name="text-sm text-muted empty:hidden"),
            class_name="flex flex-wrap items-baseline gap-x-3 mb-3",
        ),
        h.ul(
            h.each(group.options, lambda row: option(h, group, row)),
            class_name="grid gap-3 sm:grid-cols-2",
        ),
        aria_label=group.title,
        key=group.key,
    )


def option(h: Any, group: Any, row: Any) -> Any:
    """Show one thing to choose; all of it leads to the address in which it is chosen."""
    return h.li(
        h.div(
            h.when(
                group.fixed,
                kit.icon(h, "check", class_name="text-good mt-0.5"),
                _mark(h, group.single),
            ),
            h.div(
                h.h3(
                    h.when((row.state == "impossible") | group.fixed, row.name, _link(h, row)),
                    class_name="font-semibold leading-snug",
                ),
                h.p(row.detail, class_name="text-sm text-muted empty:hidden"),
                class_name="min-w-0 flex-1",
            ),
            class_name="flex gap-3",
        ),
        h.div(
            h.when(
                row.paid,
                h.p(h.t("Included"), class_name="text-sm text-good font-medium"),
                price_block(h, row.totals),
            ),
            class_name="ps-8 mt-2",
        ),
        refused(h, row),
        key=row.key,
        data_state=h.when(group.fixed, "fixed", row.state),
        class_name=kit.CARD + "group relative p-4 flex flex-col data-[state=chosen]:border-accent "
        "data-[state=chosen]:ring-1 data-[state=chosen]:ring-accent "
        "data-[state=impossible]:bg-ground data-[state=possible]:hover:border-accent",
    )


def _link(h: Any, row: Any) -> Any:
    return h.link(
        row.name,
        h.when(row.state == "chosen", h.span(", ", h.t("chosen"), class_name="sr")),
        to=row.href,
        keep_scroll=True,
        rel="nofollow",
        aria_current=h.when(row.state == "chosen", "true", "false"),
        class_name="text-ink no-underline hover:text-accent after:absolute after:inset-0 "
        "after:rounded-(--r2) after:content-['']",
    )


def _mark(h: Any, single: Any) -> Any:
    """Draw the radio button or the check box; the link says the same in words."""
    return h.span(
        kit.icon(h, "check", "size-3.5", class_name="hidden group-data-[state=chosen]:block"),
        aria_hidden="true",
        class_name=h.when(single, _MARK + "rounded-full", _MARK + "rounded-md"),
    )


_MARK = (
    "grid place-items-center size-5 mt-0.5 shrink-0 border border-muted "
    "group-data-[state=chosen]:bg-accent group-data-[state=chosen]:border-accent "
    "group-data-[state=chosen]:text-accent-ink group-data-[state=impossible]:border-dashed "
)


def refused(h: Any, row: Any) -> Any:
    """Say why something cannot be chosen, or cannot stay, and offer what makes it possible."""
    return h.when(
        row.reason,
        h.div(
            h.p(
                kit.icon(h, "info", "size-4", class_name="mt-0.5"),
                h.span(row.reason),
                class_name="flex gap-2",
            ),
            h.when(
                row.way,
                h.link(
                    row.way,
                    to=row.way_href,
                    keep_scroll=True,
                    rel="nofollow",
                    class_name="inline-flex items-center min-h-11 ps-6 font-medium text-accent",
                ),
            ),
            class_name="relative z-10 mt-3 text-sm text-warn",
        ),
    )
