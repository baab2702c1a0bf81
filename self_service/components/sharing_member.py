"""A group as a member sees it, and the forms by which one joins or begins to share."""

from __future__ import annotations

from typing import Any

from self_service.components.sharing_parts import (
    bar_of,
    hidden,
    line_choice,
    post,
    summary,
    tap,
    typed,
)
from self_service.components.ui import kit
from self_service.models.usage import UsageKind
from self_service.state.usage_words import KINDS


def membership(h: Any, row: Any) -> Any:
    """Show what a line may take from a group."""
    return h.li(
        kit.heading(h, h.bdi(row.group), 2),
        h.p(
            h.t("Shared by:"),
            " ",
            h.bdi(row.owner),
            class_name="text-sm text-muted",
        ),
        h.p(
            h.t("For:"),
            " ",
            row.line,
            h.when(row.number, h.span(" · ", h.bdi(row.number), class_name="numbers")),
            class_name="text-sm text-muted",
        ),
        h.ul(
            h.each(row.taken, lambda part: _taken(h, row, part)),
            class_name="mt-3 flex flex-col gap-3",
        ),
        h.p(row.until, class_name="text-sm text-muted numbers mt-1 empty:hidden"),
        h.ul(
            h.each(row.wishes, lambda wish: _wish(h, row, wish)),
            class_name="mt-3 empty:hidden divide-y divide-line",
        ),
        h.when(row.manages, _leave(h, row)),
        key=row.id,
        class_name=kit.CARD + "p-4 min-w-0",
    )


def _leave(h: Any, row: Any) -> Any:
    return h.details(
        summary(h, h.t("Leave the group"), row.group),
        h.p(
            h.t("You can leave at any time. From then on only what your line includes counts."),
            class_name="text-sm text-muted mb-2",
        ),
        tap(h, "leave", "member", row.id, h.t("Leave now"), row.group, tone="danger"),
    )


def _taken(h: Any, member: Any, row: Any) -> Any:
    return h.li(
        bar_of(h, row),
        h.when(
            h.count(row.amounts) > 0,
            h.details(
                summary(h, h.t("Ask for more"), row.name),
                post(
                    h,
                    "ask",
                    hidden(h, "member", member.id),
                    hidden(h, "shared_kind", row.kind),
                    h.label(
                        h.span(h.t("How much more this month?"), class_name="block mb-1"),
                        h.select(
                            h.each(
                                row.amounts,
                                lambda size: h.option(size.text, value=size.value, key=size.value),
                            ),
                            name="shared_amount",
                            class_name=kit.INPUT,
                        ),
                        class_name="block",
                    ),
                    kit.button(h, h.t("Ask the owner"), type="submit", tone="second"),
                ),
            ),
        ),
        key=row.key,
    )


def _wish(h: Any, member: Any, row: Any) -> Any:
    return h.li(
        h.p(
            h.t("You asked for more:"),
            " ",
            row.what,
            h.span(" · ", row.until),
            class_name="text-sm numbers grow basis-48",
        ),
        h.when(
            member.manages,
            tap(h, "take-back", "wish", row.id, h.t("Take it back"), row.what, tone="quiet"),
        ),
        key=row.id,
        class_name="py-2 flex flex-wrap items-center gap-2",
    )


def join(h: Any, state: Any) -> Any:
    """Show the form by which one joins, with the code of the link that was opened."""
    return h.section(
        h.when(
            state.offer,
            h.div(
                kit.heading(h, h.t("You are invited"), 2, class_name="mb-1"),
                h.p(h.bdi(state.offer), class_name="mb-3"),
            ),
            kit.heading(h, h.t("Join with a code"), 2, class_name="mb-3"),
        ),
        h.when(
            h.count(state.free) > 0,
            post(
                h,
                "join",
                h.when(
                    state.code,
                    hidden(h, "group_code", state.code),
                    typed(
                        h,
                        h.t("Code from the invitation"),
                        "group_code",
                        required=True,
                        max_length=20,
                        auto_complete="off",
                        dir="ltr",
                    ),
                ),
                line_choice(h, state.free),
                kit.button(h, h.t("Join the group"), type="submit"),
            ),
            h.p(
                h.t("You have no running line that could join. Each line is in one group at most."),
                class_name="text-muted",
            ),
        ),
        class_name=kit.CARD + "p-4",
    )


def begin(h: Any, state: Any) -> Any:
    """Show the form by which a line begins to share."""
    return h.section(
        kit.heading(h, h.t("Share what a line includes"), 2, class_name="mb-1"),
        h.p(
            h.t(
                "The others use what their own line includes first, then yours. What has no limit "
                "is not shared."
            ),
            class_name="text-sm text-muted mb-3",
        ),
        post(
            h,
            "start",
            line_choice(h, state.free),
            typed(h, h.t("Name of the group"), "group_name", required=True, max_length=40),
            h.fieldset(
                h.legend(h.t("What is shared"), class_name="font-medium mb-1"),
                *[_kind(h, kind) for kind in UsageKind],
            ),
            kit.button(h, h.t("Start sharing"), type="submit", tone="second"),
        ),
        class_name=kit.CARD + "p-4",
    )


def _kind(h: Any, kind: UsageKind) -> Any:
    return h.label(
        h.input(
            type="checkbox",
            name=f"kind_{kind.value}",
            default_checked=kind is UsageKind.DATA,
            class_name="size-5 shrink-0",
        ),
        h.t(KINDS[kind]),
        class_name="flex items-center gap-3 min-h-11",
    )
