"""Parts of the page of shared allowances: bars, small forms, choices.

Rows of lists inside lists have names of their own in each list: the same name hides the outer one.
"""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit
from self_service.components.usage_meters import bar


def post(h: Any, act: str, *children: Any, **props: Any) -> Any:
    """Make a form that does one thing."""
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        *children,
        method="post",
        action=f"{routes.DO_SHARING}/{act}",
        class_name=props.pop("class_name", "flex flex-col gap-3"),
        **props,
    )


def hidden(h: Any, name: str, value: Any) -> Any:
    """Send a value along."""
    return h.input(type="hidden", name=name, value=value)


def tap(h: Any, act: str, name: str, value: Any, text: str, *about: Any, tone: str) -> Any:
    """Make a form of one button; `about` says to screen readers what it is about."""
    return post(
        h,
        act,
        hidden(h, name, value),
        kit.button(h, text, h.span(": ", *about, class_name="sr"), type="submit", tone=tone),
        class_name="",
    )


def summary(h: Any, text: Any, *about: Any) -> Any:
    """Show the line that opens a form."""
    return h.summary(
        text,
        h.span(" ", *about, class_name="sr"),
        kit.icon(h, "chevron-down", "size-4", class_name="turn ms-auto"),
        class_name="flex items-center gap-2 min-h-11 text-accent font-medium",
    )


def line_choice(h: Any, options: Any) -> Any:
    """Choose one of one's lines."""
    return h.label(
        h.span(h.t("Line"), class_name="block font-medium mb-1"),
        h.select(
            h.each(options, lambda line: h.option(line.text, value=line.value, key=line.value)),
            name="sharing_line",
            required=True,
            class_name=kit.INPUT,
        ),
        class_name="block",
    )


def typed(h: Any, label: str, name: str, **props: Any) -> Any:
    """Show a labelled input, without an id: several forms of the page have the same ones."""
    return h.label(
        h.span(label, class_name="block font-medium mb-1"),
        h.input(name=name, class_name=kit.INPUT, **props),
        class_name="block min-w-0",
    )


def bars(h: Any, rows: Any) -> Any:
    """Show how much there is, or was taken, of each kind."""
    return h.ul(
        h.each(rows, lambda share: h.li(bar_of(h, share), key=share.key)),
        class_name="flex flex-col gap-3",
    )


def bar_of(h: Any, row: Any) -> Any:
    """Show one kind: what is left in words, and as a bar."""
    return h.div(
        h.div(
            h.p(
                kit.icon(h, row.icon, "size-4"),
                h.span(row.name),
                class_name="flex items-center gap-2 font-medium min-w-0",
            ),
            h.p(row.left, class_name="font-semibold text-end shrink-0"),
            class_name="flex justify-between gap-4 numbers",
        ),
        bar(h, row),
        h.p(row.used, class_name="text-sm text-muted numbers"),
    )
