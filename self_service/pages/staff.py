"""People and roles: who works for the operator or sells for it."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.staff_member import labelled_choice, member
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.staff import StaffState, staff_values


def view(h: Any, state: Any) -> Any:
    """Show everybody, and the form for one more."""
    return h.div(
        kit.heading(h, h.t("People and roles"), class_name="mb-4"),
        h.when(
            state.refused,
            kit.callout(
                h, state.refused, tone="bad", symbol="alert", role="alert", class_name="mb-4"
            ),
        ),
        h.section(
            kit.heading(h, h.t("Who works here"), 2, class_name="mb-3"),
            h.when(
                state.loaded,
                h.ul(
                    h.each(state.members, lambda row: member(h, state, row)),
                    class_name="flex flex-col gap-3",
                ),
                _loading(h),
            ),
        ),
        h.section(
            kit.heading(h, h.t("Add somebody"), 2, class_name="mt-8 mb-3"),
            _new(h, state),
        ),
        class_name="max-w-3xl",
    )


def _new(h: Any, state: Any) -> Any:
    def field(label: str, name: str, **props: Any) -> Any:
        return kit.field(
            h,
            h.t(label),
            name,
            fault=state.faults[name],
            required=True,
            auto_complete="off",
            **props,
        )

    return h.live_form(
        field(N_("Given name"), "given_name", max_length=80),
        field(N_("Family name"), "family_name", max_length=80),
        h.div(
            field(N_("E-mail address"), "email", type="email", max_length=254),
            class_name="sm:col-span-2",
        ),
        h.div(
            labelled_choice(h, h.t("Role"), "role", state.roles, "dealer"),
            _fault(h, state.faults["role"]),
        ),
        h.div(
            labelled_choice(h, h.t("Supervisor of a dealer"), "supervisor", state.supervisors, ""),
            _fault(h, state.faults["supervisor"]),
        ),
        kit.button(h, h.t("Add"), type="submit", class_name="sm:col-span-2"),
        on_submit=StaffState.add,
        key=state.form_number,
        class_name=kit.CARD + "p-5 grid gap-4 sm:grid-cols-2",
    )


def _fault(h: Any, text: Any) -> Any:
    return h.p(text, role="alert", class_name="text-sm text-bad mt-1 empty:hidden")


def _loading(h: Any) -> Any:
    return h.div(
        *[h.div(class_name="skeleton h-32") for _ in range(3)],
        aria_busy="true",
        class_name="flex flex-col gap-3",
    )


page(
    Page(
        path=routes.STAFF,
        title=N_("People and roles"),
        description=N_("Who works here, in which role, and whom dealers serve."),
        view=view,
        state=StaffState,
        loader=staff_values,
        private=True,
        bare=True,
    )
)
