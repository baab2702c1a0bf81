"""How somebody wants to be told: a table on a desk, one group below the other on a phone."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.notice_settings import NoticeSettingsState, notice_settings_values

#: A column of the table.
_COLUMN = "lg:w-28 lg:justify-center "


def view(h: Any, state: Any) -> Any:
    """Show the form, and the browsers."""
    return h.div(
        kit.heading(h, h.t("How you are told")),
        h.p(
            h.t("Whatever we tell you stands under Notifications in any case."),
            " ",
            h.link(
                h.t("To your notifications"),
                to=routes.page(h.language, routes.NOTIFICATIONS),
                class_name="text-accent underline inline-flex items-center min-h-11",
            ),
        ),
        h.when(
            state.refused,
            kit.callout(h, state.refused, tone="bad", symbol="alert", role="alert"),
        ),
        h.when(state.done, kit.callout(h, state.done, tone="good", symbol="check", role="status")),
        h.when(
            state.loaded,
            h.group(_form(h, state), h.when(state.push_key, _browsers(h, state))),
            h.div(class_name="skeleton h-96", aria_busy="true"),
        ),
        class_name="max-w-3xl flex flex-col gap-4",
    )


def _form(h: Any, state: Any) -> Any:
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        h.section(
            kit.heading(h, h.t("Topics and ways"), 2),
            h.p(
                h.t(
                    "Security, bills and debts always come by e-mail, and so do receipts and "
                    "changes of your SIM or number."
                ),
                class_name="text-muted mt-1 mb-2",
            ),
            _head(h, state),
            h.div(
                h.each(state.topics, lambda row: _topic(h, row)),
                class_name="flex flex-col divide-y divide-line",
            ),
            h.when(state.has_sms, _sms(h, state)),
            class_name=kit.CARD + "p-5",
        ),
        _quiet(h, state),
        kit.button(h, h.t("Save"), type="submit", class_name="self-start"),
        method="post",
        action=f"{routes.DO_NOTICES}/settings",
        class_name="flex flex-col gap-4",
    )


def _head(h: Any, state: Any) -> Any:
    """Name the columns of the table; each box has the name for screen readers itself."""
    return h.div(
        h.span(class_name="grow"),
        h.each(
            state.channels,
            lambda name: h.span(name, key=name, class_name="w-28 text-center text-sm font-medium"),
        ),
        aria_hidden="true",
        class_name="hidden lg:flex border-b border-line pb-2",
    )


def _topic(h: Any, row: Any) -> Any:
    return h.div(
        h.div(
            h.p(row.name, id="topic-" + row.key, class_name="font-medium"),
            h.p(row.about, class_name="text-sm text-muted"),
            class_name="lg:grow min-w-0",
        ),
        h.div(
            h.each(row.boxes, lambda box: _box(h, box)),
            class_name="flex flex-wrap gap-x-6 lg:gap-0 shrink-0",
        ),
        role="group",
        aria_labelledby="topic-" + row.key,
        key=row.key,
        class_name="flex flex-col lg:flex-row lg:items-center gap-x-4 py-3",
    )


def _box(h: Any, box: Any) -> Any:
    return h.label(
        h.when(
            box.fixed,
            h.input(
                type="checkbox", default_checked=True, disabled=True, class_name="size-6 shrink-0"
            ),
            h.input(
                type="checkbox",
                id=box.name,
                name=box.name,
                value="on",
                default_checked=box.checked,
                key=h.when(box.checked, "on", "off"),  # made anew when what is kept changes
                class_name="size-6 shrink-0",
            ),
        ),
        h.span(box.channel, class_name="lg:sr-only"),
        h.when(box.fixed, h.span(h.t("always"), class_name="text-sm text-muted")),
        key=box.name,
        class_name=f"flex items-center gap-2 min-h-11 min-w-11 {_COLUMN}",
    )


def _sms(h: Any, state: Any) -> Any:
    return h.p(
        h.when(
            state.mobile,
            h.group(h.t("SMS go to"), " ", h.bdi(state.mobile, class_name="numbers"), ". "),
            h.group(h.t("You have given no mobile number, so no SMS is sent yet."), " "),
        ),
        h.link(
            h.t("Change it in your settings"),
            to=routes.page(h.language, routes.SETTINGS),
            class_name="text-accent underline inline-flex items-center min-h-11",
        ),
        class_name="text-sm mt-3",
    )


def _quiet(h: Any, state: Any) -> Any:
    return h.section(
        kit.heading(h, h.t("Quiet hours"), 2),
        h.p(
            h.t("SMS and browser notifications wait until they are over. Security does not wait."),
            " ",
            h.t("Times are those of {zone}.", zone=state.zone),
            class_name="text-muted mt-1 mb-3",
        ),
        h.div(
            kit.field(
                h, h.t("Quiet from"), "quiet_from", type="time", default_value=state.quiet_from
            ),
            kit.field(
                h,
                h.t("Quiet until"),
                "quiet_until",
                fault=state.quiet_fault,
                type="time",
                default_value=state.quiet_until,
            ),
            class_name="grid grid-cols-2 gap-3 max-w-sm",
        ),
        h.p(h.t("Leave both empty for none."), class_name="text-sm text-muted mt-2"),
        class_name=kit.CARD + "p-5",
    )


def _browsers(h: Any, state: Any) -> Any:
    return h.section(
        kit.heading(h, h.t("Browsers"), 2),
        h.p(
            h.t(
                "This browser can show notifications even while the portal is closed: what "
                "happened, and nothing more. It ends when you sign out here."
            ),
            class_name="text-muted mt-1 mb-3",
        ),
        h.div(
            kit.button(
                h,
                kit.icon(h, "bell"),
                h.t("Show them in this browser"),
                tone="second",
                data_push=state.push_key,
                data_failed=h.t(
                    "Notifications cannot be shown in this browser. You still get them by e-mail."
                ),
                data_denied=h.t(
                    "This browser was told not to show notifications. Change that in its settings "
                    "for this page first."
                ),
            ),
            h.p(role="status", class_name="text-sm text-bad mt-1 empty:hidden"),
        ),
        h.ul(
            h.each(state.browsers, lambda row: _browser(h, row)),
            class_name="divide-y divide-line mt-3 empty:hidden",
        ),
        class_name=kit.CARD + "p-5",
    )


def _browser(h: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.p(h.bdi(row.name), class_name="font-medium wrap-anywhere"),
            h.p(row.since, class_name="text-sm text-muted"),
            class_name="grow min-w-0",
        ),
        h.when(row.here, kit.badge(h, h.t("This browser"), "good")),
        h.native_form(
            h.input(type="hidden", name="language", value=h.language),
            h.input(type="hidden", name="browser", value=row.id),
            kit.button(
                h,
                h.t("Switch off"),
                h.span(": ", row.name, class_name="sr"),
                type="submit",
                tone="quiet",
            ),
            method="post",
            action=f"{routes.DO_PUSH}/off",
        ),
        key=row.id,
        class_name="py-2 flex flex-wrap items-center gap-2",
    )


page(
    Page(
        path=routes.NOTICE_SETTINGS,
        title=N_("How you are told"),
        description=N_("Choose what you are told by e-mail, SMS and browser, and when."),
        view=view,
        state=NoticeSettingsState,
        loader=notice_settings_values,
        private=True,
        bare=True,
    )
)
