"""Who has access, who was invited, and the form that changes what somebody may do."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.member_words import SCOPES
from self_service.state.members import MembersState


def members(h: Any, state: Any) -> Any:
    """Show the people with access, each with what it is about."""
    return h.section(
        kit.heading(h, h.t("Who has access"), 2, class_name="mb-3"),
        h.when(
            h.count(state.members) > 0,
            h.ul(
                h.each(state.members, lambda row: _member(h, state, row)),
                class_name="flex flex-col gap-3",
            ),
            h.p(h.t("Only you. Whom you let in stands here."), class_name="text-muted"),
        ),
    )


def shared(h: Any, state: Any) -> Any:
    """Show who shares something with this person, and the way out, which asks once more."""
    return h.when(
        h.count(state.sharers) > 0,
        h.section(
            kit.heading(h, h.t("Shared with you"), 2, class_name="mb-3"),
            h.ul(
                h.each(state.sharers, lambda row: _sharer(h, row)),
                class_name=kit.CARD + "px-4 divide-y divide-line mb-8",
            ),
        ),
    )


def _sharer(h: Any, row: Any) -> Any:
    return h.li(
        h.p(h.bdi(row.text), class_name="font-medium"),
        h.details(
            h.summary(
                h.t("Leave"),
                h.span(" ", row.text, class_name="sr"),
                kit.icon(h, "chevron-down", "size-4", class_name="turn ms-auto"),
                class_name="flex items-center min-h-11 text-accent font-medium",
            ),
            h.p(
                h.t(
                    "You lose access to all that is shared with you here, at once. Only a new "
                    "invitation brings it back. Your own account stays."
                ),
                class_name="text-sm text-muted mb-2",
            ),
            kit.button(
                h,
                h.t("Give up my access"),
                h.span(" ", row.text, class_name="sr"),
                tone="danger",
                on_click=MembersState.leave(row.value),
            ),
        ),
        key=row.value,
        class_name="py-3",
    )


def _member(h: Any, state: Any, row: Any) -> Any:
    return h.li(
        kit.heading(h, row.name, 3),
        h.p(h.bdi(row.email), class_name="text-sm text-muted wrap-anywhere"),
        h.ul(
            h.each(row.access, lambda access: _access(h, state, row, access)),
            class_name="mt-2 divide-y divide-line",
        ),
        key=row.email,
        class_name=kit.CARD + "p-4",
    )


def _access(h: Any, state: Any, member: Any, access: Any) -> Any:
    about = h.span(" ", member.name, " · ", access.product, class_name="sr")
    return h.li(
        h.div(
            _told(h, access),
            kit.button(
                h, h.t("Change"), about, tone="quiet", on_click=MembersState.edit(access.id)
            ),
            kit.button(
                h, h.t("Take away"), about, tone="danger", on_click=MembersState.remove(access.id)
            ),
            class_name="flex flex-wrap items-center gap-2 py-3",
        ),
        h.when(state.open == access.id, _form(h, state, access)),
        key=access.id,
    )


def _told(h: Any, row: Any) -> Any:
    return h.div(
        h.p(row.product, class_name="font-medium"),
        h.p(
            row.can,
            h.when(row.until, h.span(", ", row.until, class_name="numbers")),
            class_name="text-sm",
        ),
        class_name="flex-1 min-w-40",
    )


def _form(h: Any, state: Any, access: Any) -> Any:
    ticked = {"view": access.views, "manage": access.manages, "pay": access.pays}
    return h.live_form(
        h.fieldset(
            h.legend(h.t("What this person may do"), class_name="font-medium mb-1"),
            *[
                box(h, f"scope_{scope.value}", h.t(words), ticked[scope.value])
                for scope, words in SCOPES.items()
            ],
            fault(h, state.open_faults["scopes"]),
        ),
        h.label(
            h.span(h.t("Last day"), class_name="block font-medium mb-1"),
            h.span(h.t(LAST_DAY), class_name="block text-sm text-muted mb-1"),
            h.input(type="date", name="until", default_value=access.last_day, class_name=kit.INPUT),
            class_name="block",
        ),
        fault(h, state.open_faults["until"]),
        h.div(
            kit.button(h, h.t("Save"), type="submit", tone="second"),
            kit.button(h, h.t("Cancel"), tone="quiet", on_click=MembersState.edit("")),
            class_name="flex gap-2",
        ),
        on_submit=MembersState.change,
        no_validate=True,
        class_name="flex flex-col gap-4 pb-4",
    )


#: Said at the day until which somebody has access.
LAST_DAY = N_("Leave it empty for no end.")


def box(h: Any, name: str, text: Any, ticked: Any) -> Any:
    """Show a box to tick; without an id, for two forms of the page have the same ones."""
    return h.label(
        h.input(type="checkbox", name=name, default_checked=ticked, class_name="size-5 shrink-0"),
        text,
        class_name="flex items-center gap-3 min-h-11",
    )


def fault(h: Any, text: Any) -> Any:
    """Say what is wrong with the fields above."""
    return h.p(text, role="alert", class_name="text-sm text-bad mt-1 empty:hidden")


def invited(h: Any, state: Any) -> Any:
    """Show who was invited and has not come yet."""
    return h.when(
        h.count(state.pending) > 0,
        h.section(
            kit.heading(h, h.t("Invited, not here yet"), 2, class_name="mt-8 mb-3"),
            h.ul(
                h.each(state.pending, lambda row: _pending(h, row)),
                class_name=kit.CARD + "px-4 divide-y divide-line",
            ),
        ),
    )


def _pending(h: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.p(h.bdi(row.email), class_name="font-medium wrap-anywhere"),
            h.p(
                row.product,
                " · ",
                row.can,
                h.when(row.until, h.span(", ", row.until)),
                class_name="text-sm numbers",
            ),
            h.p(
                h.t("The link works until"),
                " ",
                row.link_until,
                class_name="text-sm text-muted numbers",
            ),
            class_name="flex-1 min-w-40",
        ),
        kit.button(
            h,
            h.t("Withdraw"),
            h.span(" ", row.email, class_name="sr"),
            tone="danger",
            on_click=MembersState.withdraw(row.reference),
        ),
        key=row.reference,
        class_name="flex flex-wrap items-center gap-2 py-3",
    )
