"""What somebody was told, the newest first."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.components.ui.chips import chips
from self_service.domain.errors import N_
from self_service.state.notices import NoticesState, notices_values


def view(h: Any, state: Any) -> Any:
    """Show the history, and what can be done about each."""
    return h.div(
        h.div(
            kit.heading(h, h.t("Notifications"), class_name="grow"),
            h.when(state.in_person, _settings(h)),
            class_name="flex flex-wrap items-center gap-x-4 gap-y-2 mb-3",
        ),
        h.when(
            state.refused,
            kit.callout(
                h, state.refused, tone="bad", symbol="alert", role="alert", class_name="mb-3"
            ),
        ),
        h.when(
            state.done,
            kit.callout(
                h, state.done, tone="good", symbol="check", role="status", class_name="mb-3"
            ),
        ),
        h.when(
            h.count(state.topics) > 0,
            h.div(chips(h, h.t("Topics"), state.topics), class_name="mb-2"),
        ),
        h.when(state.any_unread, _read_all(h)),
        h.when(
            h.count(state.notices) > 0,
            h.ol(h.each(state.notices, lambda row: _row(h, row)), class_name="flex flex-col gap-3"),
            h.when(state.loaded, _none(h, state), _loading(h)),
        ),
        _pages(h, state),
        class_name="max-w-3xl",
    )


def _settings(h: Any) -> Any:
    return kit.button_link(
        h,
        h.t("Choose how you are told"),
        to=routes.page(h.language, routes.NOTICE_SETTINGS),
        tone="second",
    )


def _read_all(h: Any) -> Any:
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        h.input(type="hidden", name="which", value="all"),
        kit.button(h, kit.icon(h, "check"), h.t("Mark all as read"), type="submit", tone="quiet"),
        method="post",
        action=f"{routes.DO_NOTICES}/read",
        class_name="mb-2",
    )


def _row(h: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.h2(
                row.subject,
                lang=row.language,
                dir=row.direction,
                class_name="font-semibold min-w-0 grow wrap-anywhere",
            ),
            h.when(row.unread, kit.badge(h, h.t("New"))),
            class_name="flex flex-wrap items-start gap-x-3 gap-y-1",
        ),
        h.p(
            row.text,
            lang=row.language,
            dir=row.direction,
            class_name="wrap-anywhere empty:hidden",
        ),
        h.div(
            h.p(row.topic, " · ", h.time(row.at), class_name="grow text-sm text-muted numbers"),
            h.when(row.unread, _open(h, row), _see(h, row)),
            class_name="flex flex-wrap items-center gap-x-4 gap-y-1",
        ),
        key=row.id,
        class_name=kit.CARD + "p-4 flex flex-col gap-1",
    )


def _open(h: Any, row: Any) -> Any:
    """Go to what it is about, and mark it as read on the way."""
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        h.input(type="hidden", name="notice", value=row.id),
        kit.button(
            h,
            row.action,
            h.span(": ", row.subject, class_name="sr"),
            type="submit",
            tone="second",
        ),
        method="post",
        action=f"{routes.DO_NOTICES}/open",
    )


def _see(h: Any, row: Any) -> Any:
    return kit.button_link(
        h, row.action, h.span(": ", row.subject, class_name="sr"), to=row.href, tone="quiet"
    )


def _pages(h: Any, state: Any) -> Any:
    return h.nav(
        h.when(state.newer, kit.button_link(h, h.t("Newer ones"), to=state.newer, tone="second")),
        h.when(state.older, kit.button_link(h, h.t("Older ones"), to=state.older, tone="second")),
        aria_label=h.t("Pages"),
        class_name="flex justify-between gap-3 mt-4 empty:hidden",
    )


def _none(h: Any, state: Any) -> Any:
    return h.when(
        state.filtered,
        kit.empty(
            h,
            "bell",
            h.t("Nothing here"),
            h.t("There is nothing about this topic, or no more of it."),
        ),
        kit.empty(
            h,
            "bell",
            h.t("Nothing yet"),
            h.t("Whatever we tell you stands here too, for a year."),
        ),
    )


def _loading(h: Any) -> Any:
    return h.div(
        *[h.div(class_name="skeleton h-24") for _ in range(3)],
        aria_busy="true",
        class_name="flex flex-col gap-3",
    )


page(
    Page(
        path=routes.NOTIFICATIONS,
        title=N_("Notifications"),
        description=N_("What we told you, and where to see more."),
        view=view,
        state=NoticesState,
        loader=notices_values,
        private=True,
        bare=True,
    )
)
