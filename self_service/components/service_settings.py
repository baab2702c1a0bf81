"""Settings of a service: what holds, what is under way, and one small form each."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit

#: Colours of a sentence by the element's `data-tone`.
_TONES = (
    "data-[tone=accent]:text-accent data-[tone=good]:text-good data-[tone=warn]:text-warn "
    "data-[tone=bad]:text-bad data-[tone=plain]:text-muted "
)


def settings_group(h: Any, state: Any, title: str, rows: Any, *more: Any, pin: bool = False) -> Any:
    """Show settings that belong together; nothing where there are none."""
    return h.when(
        h.count(rows) > 0,
        h.section(
            kit.heading(h, title, 2, class_name="mb-2"),
            *more,
            h.ul(
                h.each(rows, lambda row: _setting(h, state, row, pin=pin)),
                class_name="divide-y divide-line",
            ),
            class_name=kit.CARD + "p-4 min-w-0",
        ),
    )


def toned_note(h: Any, text: Any, tone: Any, **props: Any) -> Any:
    """Show a sentence in a tone that a row says."""
    return h.p(text, data_tone=tone, class_name=f"text-sm {_TONES}", **props)


def pin_box(h: Any, state: Any) -> Any:
    """Show whether a PIN guards the content controls, and how to set it."""
    return h.div(
        h.p(
            h.when(
                state.has_pin,
                h.t("A PIN is asked for before more is let through."),
                h.t("Set a PIN, so that only you can let more through."),
            ),
            class_name="text-sm text-muted",
        ),
        h.when(
            state.manages,
            h.details(
                _summary(h, h.when(state.has_pin, h.t("Change the PIN"), h.t("Set a PIN"))),
                service_form(
                    h,
                    state,
                    "pin",
                    h.when(state.has_pin, _pin_field(h, h.t("PIN so far"), "before", "pin-before")),
                    _pin_field(h, h.t("New PIN, four digits"), "pin", "pin-new", required=True),
                    kit.button(h, h.t("Set the PIN"), type="submit", tone="second"),
                ),
                h.when(state.has_pin & state.owns, _forgotten(h, state)),
            ),
        ),
        class_name="mb-2",
    )


def _forgotten(h: Any, state: Any) -> Any:
    return h.details(
        _summary(h, h.t("Forgotten?")),
        service_form(
            h,
            state,
            "pin",
            h.input(type="hidden", name="forgotten", value="yes"),
            h.p(h.t("We ask once more who you are."), class_name="text-sm text-muted"),
            _pin_field(h, h.t("New PIN, four digits"), "pin", "pin-forgotten", required=True),
            kit.button(h, h.t("Replace the PIN"), type="submit", tone="second"),
        ),
    )


def _pin_field(h: Any, label: str, name: str, field_id: str, **props: Any) -> Any:
    return h.div(
        h.label(label, html_for=field_id, class_name="block font-medium mb-1"),
        h.input(
            type="password",
            id=field_id,
            name=name,
            input_mode="numeric",
            auto_complete="off",
            max_length=4,
            class_name=kit.INPUT + " max-w-32",
            **props,
        ),
    )


def _setting(h: Any, state: Any, row: Any, *, pin: bool) -> Any:
    return h.li(
        h.div(
            h.div(
                h.p(row.label, class_name="font-medium"),
                h.p(row.help, class_name="text-sm text-muted empty:hidden"),
                class_name="grow basis-48 min-w-0",
            ),
            h.p(h.bdi(row.standing), class_name="font-semibold numbers wrap-anywhere"),
            class_name="flex flex-wrap gap-x-4 items-baseline",
        ),
        h.when(row.note, toned_note(h, row.note, row.tone, title=row.exact)),
        h.when(state.manages & state.runs, _change(h, state, row, pin=pin)),
        key=row.id,
        class_name="py-3",
    )


def _change(h: Any, state: Any, row: Any, *, pin: bool) -> Any:
    """Show how a setting is changed: a switch by one button, the others by a form that opens."""
    flip = kit.button(
        h,
        row.flip_text,
        h.span(": ", row.label, class_name="sr"),
        type="submit",
        tone="second",
    )
    switch = setting_form(h, state, row, h.input(type="hidden", name="value", value=row.flip), flip)
    opened = h.details(
        _summary(h, h.t("Change"), h.span(": ", row.label, class_name="sr")),
        setting_form(
            h, state, row, _control(h, row), _pin(h, state, row) if pin else None, _set(h)
        ),
    )
    return h.when(row.flip, switch, opened)


def _set(h: Any) -> Any:
    return kit.button(h, h.t("Set"), type="submit", tone="second")


def _pin(h: Any, state: Any, row: Any) -> Any:
    label = h.t("PIN, to let more through")
    return h.when(
        state.has_pin,
        h.div(
            h.label(label, html_for=f"{row.id}-pin", class_name="block font-medium mb-1"),
            h.input(
                type="password",
                id=f"{row.id}-pin",
                name="pin",
                auto_complete="off",
                max_length=4,
                class_name=kit.INPUT + " max-w-32",
            ),
        ),
    )


def _control(h: Any, row: Any) -> Any:
    """Show the inputs of a setting: choices, two times, or a text."""
    return h.group(
        h.when(
            row.kind == "choice",
            h.fieldset(
                h.legend(row.label, class_name="sr"),
                h.each(row.options, lambda option: _option(h, option)),
                class_name="min-w-0",
            ),
        ),
        h.when(row.kind == "hours", _hours(h, row)),
        h.when(row.kind == "name", _text(h, row, "text", row.typed)),
        h.when(row.kind == "secret", _text(h, row, "password", "")),
    )


def _option(h: Any, option: Any) -> Any:
    return h.label(
        h.input(
            type="radio",
            name="value",
            value=option.value,
            default_checked=option.chosen,
            required=True,
            class_name="size-5 shrink-0",
        ),
        option.text,
        key=option.value,
        class_name="flex items-center gap-3 min-h-11 cursor-pointer",
    )


def _hours(h: Any, row: Any) -> Any:
    return h.div(
        _time(h, h.t("From"), "start", f"{row.id}-start", row.start),
        _time(h, h.t("Until"), "end", f"{row.id}-end", row.end),
        h.p(h.t("Leave both empty for no pause."), class_name="basis-full text-sm text-muted"),
        class_name="flex flex-wrap gap-3",
    )


def _time(h: Any, label: str, name: str, field_id: Any, value: Any) -> Any:
    return h.div(
        h.label(label, html_for=field_id, class_name="block font-medium mb-1"),
        h.input(type="time", id=field_id, name=name, default_value=value, class_name=kit.INPUT),
    )


def _text(h: Any, row: Any, kind: str, value: Any) -> Any:
    return h.input(
        type=kind,
        name="value",
        default_value=value,
        required=True,
        aria_label=row.label,
        auto_complete="off" if kind == "text" else "new-password",
        max_length=63,
        class_name=kit.INPUT,
    )


def setting_form(h: Any, state: Any, row: Any, *children: Any) -> Any:
    """Make the form of one setting."""
    return service_form(
        h,
        state,
        "setting",
        h.input(type="hidden", name="key", value=row.key),
        h.input(type="hidden", name="profile", value=row.profile),
        *children,
    )


def service_form(h: Any, state: Any, act: str, *children: Any) -> Any:
    """Make a form that the browser posts: one thing that is done with this service."""
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        h.input(type="hidden", name="service", value=state.id),
        *children,
        method="post",
        action=f"{routes.DO_SERVICE}/{act}",
        class_name="mt-2 flex flex-col items-start gap-3",
    )


def _summary(h: Any, *children: Any) -> Any:
    return h.summary(
        *children,
        class_name="inline-flex items-center min-h-11 text-accent font-semibold cursor-pointer",
    )
