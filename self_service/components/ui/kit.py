"""Our kit: native elements in the brand's tokens. Every function takes the builder `h` first."""

from __future__ import annotations

from typing import Any

#: Shared by everything that can be pressed: 44 px high, never smaller.
_PRESS = (
    "inline-flex items-center justify-center gap-2 min-h-11 px-4 py-1 rounded-(--r1) font-semibold "
    "text-base no-underline cursor-pointer transition-colors disabled:opacity-60 "
    "disabled:cursor-not-allowed text-center "
)
TONES = {
    "primary": _PRESS + "bg-accent text-accent-ink hover:brightness-110 active:brightness-95",
    "second": _PRESS
    + "bg-surface text-ink border border-line hover:border-accent hover:text-accent",
    "quiet": _PRESS + "text-accent hover:bg-accent-soft",
    "danger": _PRESS + "bg-surface text-bad border border-bad hover:bg-bad-soft",
}
CARD = "bg-surface border border-line rounded-(--r2) "
BADGES = {
    "accent": "bg-accent-soft text-accent",
    "good": "bg-good-soft text-good",
    "warn": "bg-warn-soft text-warn",
    "bad": "bg-bad-soft text-bad",
    "plain": "bg-ground text-muted border border-line",
}
INPUT = (
    "w-full min-h-11 px-3 rounded-(--r1) bg-surface text-ink border border-line text-base "
    "aria-invalid:border-bad placeholder:text-muted"
)


def icon(h: Any, name: str, size: str = "size-5", **props: Any) -> Any:
    """Show an icon of the sprite; it says nothing to screen readers."""
    return h.svg(
        h.use(href=f"/icons.svg#{name}"),
        class_name=f"{size} shrink-0 {props.pop('class_name', '')}".strip(),
        aria_hidden="true",
        **props,
    )


def button(h: Any, *children: Any, tone: str = "primary", **props: Any) -> Any:
    """Make a button; `type` is "button" unless said otherwise."""
    extra = props.pop("class_name", "")
    return h.button(
        *children, type=props.pop("type", "button"), class_name=f"{TONES[tone]} {extra}", **props
    )


def button_link(h: Any, *children: Any, to: Any, tone: str = "primary", **props: Any) -> Any:
    """Make a link that looks like a button, inside the application."""
    extra = props.pop("class_name", "")
    return h.link(*children, to=to, class_name=f"{TONES[tone]} {extra}", **props)


def badge(h: Any, text: Any, tone: str = "accent") -> Any:
    """Show a short label."""
    return h.span(
        text,
        class_name=f"inline-block px-2 py-0.5 rounded-full text-sm font-medium {BADGES[tone]}",
    )


def heading(h: Any, text: Any, level: int = 1, **props: Any) -> Any:
    """Show a heading; the first level can take the focus after navigation."""
    sizes = {
        1: "text-2xl lg:text-3xl font-bold",
        2: "text-xl font-bold",
        3: "text-base font-semibold",
    }
    extra = props.pop("class_name", "")
    return h.el(f"h{level}", text, class_name=f"{sizes[level]} {extra}", **props)


def field(
    h: Any,
    label: str,
    name: str,
    *,
    fault: Any = "",
    hint: str = "",
    control: Any = None,
    **props: Any,
) -> Any:
    """Show a labelled input with its hint and, tied to it, its fault.

    Args:
        h: builder.
        label: translated text above.
        name: name and id of the input.
        fault: Var or text, "" when all is well.
        hint: translated text below the label.
        control: another control than an input, with `id=name` of its own.
        **props: for the input.
    """
    described = f"{name}-hint {name}-fault" if hint else f"{name}-fault"
    return h.div(
        h.label(label, html_for=name, class_name="block font-medium mb-1"),
        h.p(hint, id=f"{name}-hint", class_name="text-sm text-muted mb-1") if hint else None,
        control
        or h.input(
            id=name,
            name=name,
            class_name=INPUT,
            aria_describedby=described,
            aria_invalid=h.when(fault, "true", "false"),
            **props,
        ),
        h.p(fault, id=f"{name}-fault", class_name="text-sm text-bad mt-1 empty:hidden"),
        class_name="min-w-0",
    )


def choice_field(
    h: Any,
    label: Any,
    name: Any,
    options: Any,
    *,
    value: Any = "",
    fault: Any = "",
    **props: Any,
) -> Any:
    """Show a labelled native list; `options` are rows with `value` and `text`."""
    return h.div(
        h.label(label, html_for=name, class_name="block font-medium mb-1"),
        h.select(
            h.each(
                options,
                lambda row: h.option(
                    row.text,
                    value=row.value,
                    selected=None if h.live else row.value == value,
                    key=row.value,
                ),
            ),
            id=name,
            name=name,
            class_name=INPUT,
            aria_describedby=f"{name}-fault",
            aria_invalid=h.when(fault, "true", "false"),
            **({"value": value} if h.live else {}),
            **props,
        ),
        h.p(fault, id=f"{name}-fault", class_name="text-sm text-bad mt-1 empty:hidden"),
        class_name="min-w-0",
    )


def callout(
    h: Any, *children: Any, tone: str = "accent", symbol: str = "info", **props: Any
) -> Any:
    """Show a message in a coloured box."""
    return h.div(
        icon(h, symbol, class_name="mt-0.5"),
        h.div(*children, class_name="min-w-0"),
        class_name=f"flex gap-3 p-4 rounded-(--r1) {BADGES[tone]} {props.pop('class_name', '')}",
        **props,
    )


def empty(h: Any, symbol: str, title: Any, text: Any, *actions: Any) -> Any:
    """Say what would be here and how to get it."""
    return h.div(
        h.div(icon(h, symbol, "size-8"), class_name="text-muted mx-auto mb-3 w-fit"),
        h.p(title, class_name="font-semibold text-lg"),
        h.p(text, class_name="text-muted mt-1 mb-4"),
        *actions,
        class_name="text-center py-12 px-4",
    )


def picture(h: Any, source: Any, class_name: str = "size-28", eager: Any = False) -> Any:
    """Show an illustration; the text beside it says what it is. Eager: seen without scrolling."""
    return h.img(
        src=source,
        alt="",
        width="240",
        height="240",
        loading=h.when(eager, "eager", "lazy"),
        decoding="async",
        custom_attrs={"fetchPriority": h.when(eager, "high", "auto")},
        class_name=f"object-contain {class_name}",
    )


def fact(h: Any, label: Any, value: Any, **props: Any) -> Any:
    """Show a name and its value, one pair of a description list."""
    return h.div(
        h.dt(label, class_name="text-muted"),
        h.dd(value, class_name="numbers text-end font-medium min-w-0 wrap-anywhere"),
        class_name=f"flex justify-between gap-4 {props.pop('class_name', '')}",
        **props,
    )
