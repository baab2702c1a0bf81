"""A group as its owner sees it: what is left, who takes how much, who was invited, who asks."""

from __future__ import annotations

from typing import Any

from self_service.components.sharing_parts import (
    bar_of,
    bars,
    hidden,
    line_choice,
    post,
    summary,
    tap,
    typed,
)
from self_service.components.ui import kit


def group(h: Any, state: Any, row: Any) -> Any:
    """Show a group."""
    return h.li(
        kit.heading(h, h.bdi(row.name), 2),
        h.p(
            h.t("From:"),
            " ",
            row.giver,
            h.when(row.number, h.span(" · ", h.bdi(row.number), class_name="numbers")),
            class_name="text-sm text-muted",
        ),
        h.div(bars(h, row.shared), class_name="mt-3"),
        h.p(row.until, class_name="text-sm text-muted numbers mt-1 empty:hidden"),
        h.when(h.count(row.wishes) > 0, _wishes(h, row)),
        kit.heading(h, h.t("Who takes from it"), 3, class_name="mt-5 mb-1"),
        h.when(
            h.count(row.members) > 0,
            h.ul(
                h.each(row.members, lambda member: _member(h, member)),
                class_name="divide-y divide-line",
            ),
            h.p(h.t("Nobody yet but the line itself."), class_name="text-muted"),
        ),
        h.when(h.count(row.invited) > 0, _invited(h, row)),
        h.div(
            h.when(h.count(state.free) > 0, _add(h, state, row)),
            _invite(h, row),
            _close(h, row),
            class_name="mt-4 border-t border-line divide-y divide-line",
        ),
        key=row.id,
        class_name=kit.CARD + "p-4 min-w-0",
    )


def _wishes(h: Any, row: Any) -> Any:
    return h.div(
        kit.heading(h, h.t("Who asks for more"), 3, class_name="mt-5 mb-1"),
        h.ul(h.each(row.wishes, lambda wish: _wish(h, wish)), class_name="divide-y divide-line"),
    )


def _wish(h: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.p(h.bdi(row.line), class_name="font-medium wrap-anywhere"),
            h.p(row.what, h.span(" · ", row.until), class_name="text-sm numbers"),
            class_name="basis-full min-w-0",
        ),
        tap(h, "grant", "wish", row.id, h.t("Allow"), row.line, tone="primary"),
        tap(h, "refuse", "wish", row.id, h.t("Refuse"), row.line, tone="quiet"),
        key=row.id,
        class_name="py-3 flex flex-wrap items-center gap-2",
    )


def _member(h: Any, row: Any) -> Any:
    return h.li(
        h.p(
            h.span(row.name, class_name="font-medium"),
            h.when(row.number, h.span(" · ", h.bdi(row.number), class_name="numbers")),
        ),
        h.p(h.bdi(row.holder), class_name="text-sm text-muted empty:hidden"),
        h.ul(
            h.each(row.taken, lambda part: _taken(h, row, part)),
            class_name="mt-2 flex flex-col gap-2",
        ),
        h.details(
            summary(h, h.t("Take out"), row.name, " ", row.number),
            h.p(
                h.t("From now on this line uses only what it includes itself. It is told."),
                class_name="text-sm text-muted mb-2",
            ),
            tap(
                h, "remove", "member", row.id, h.t("Take out of the group"), row.name, tone="danger"
            ),
        ),
        key=row.id,
        class_name="py-3",
    )


def _taken(h: Any, member: Any, row: Any) -> Any:
    return h.li(
        bar_of(h, row),
        h.details(
            summary(h, h.t("Change the limit"), member.name, " ", row.name),
            post(
                h,
                "limit",
                hidden(h, "member", member.id),
                hidden(h, "shared_kind", row.kind),
                typed(
                    h,
                    row.unit,
                    "shared_amount",
                    default_value=row.limit,
                    input_mode="numeric",
                    max_length=5,
                    auto_complete="off",
                ),
                h.p(
                    h.t("Empty for no limit. It holds from now on; what was taken stays."),
                    class_name="text-sm text-muted",
                ),
                kit.button(h, h.t("Save the limit"), type="submit", tone="second"),
            ),
        ),
        key=row.key,
    )


def _invited(h: Any, row: Any) -> Any:
    return h.div(
        kit.heading(h, h.t("Invited, not here yet"), 3, class_name="mt-5 mb-1"),
        h.ul(h.each(row.invited, lambda code: _code(h, code)), class_name="divide-y divide-line"),
    )


def _code(h: Any, row: Any) -> Any:
    return h.li(
        h.p(h.bdi(row.email), class_name="font-medium wrap-anywhere empty:hidden"),
        h.p(
            h.t("Code:"),
            " ",
            h.code(row.code, dir="ltr", class_name="font-semibold text-lg numbers"),
        ),
        h.p(row.until, class_name="text-sm text-muted numbers"),
        h.details(
            summary(h, h.t("Show the link"), row.code),
            h.p(h.code(row.href, dir="ltr"), class_name="text-sm wrap-anywhere"),
            h.img(
                src=row.picture,
                alt=h.t("Picture of the link, to be scanned"),
                class_name="size-48 bg-white rounded-(--r1) my-2",
            ),
        ),
        tap(h, "withdraw", "invitation", row.id, h.t("Withdraw"), row.code, tone="danger"),
        key=row.id,
        class_name="py-3",
    )


def _add(h: Any, state: Any, row: Any) -> Any:
    return h.details(
        summary(h, h.t("Add a line of mine"), row.name),
        post(
            h,
            "add",
            hidden(h, "group", row.id),
            line_choice(h, state.free),
            kit.button(h, h.t("Add"), type="submit", tone="second"),
            class_name="flex flex-col gap-3 pb-4",
        ),
    )


def _invite(h: Any, row: Any) -> Any:
    return h.details(
        summary(h, h.t("Invite somebody else"), row.name),
        post(
            h,
            "invite",
            hidden(h, "group", row.id),
            typed(
                h,
                h.t("E-mail address"),
                "email",
                type="email",
                auto_complete="off",
                max_length=254,
            ),
            h.p(
                h.t("Leave it empty to show the code or the link yourself. It works for one day."),
                class_name="text-sm text-muted",
            ),
            kit.button(h, h.t("Make the invitation"), type="submit", tone="second"),
            class_name="flex flex-col gap-3 pb-4",
        ),
    )


def _close(h: Any, row: Any) -> Any:
    return h.details(
        summary(h, h.t("Close the group"), row.name),
        h.p(
            h.t("All lines leave it at once, and are told. What was taken so far stays as it is."),
            class_name="text-sm text-muted mb-2",
        ),
        tap(h, "close", "group", row.id, h.t("Close the group"), row.name, tone="danger"),
    )
