"""Who works here, as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from self_service import i18n
from self_service.domain.errors import N_
from self_service.domain.people.staff_list import ROLES, StaffMember
from self_service.models.access import Role
from self_service.state.roles import ROLES as NAMES


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One choice of a list."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class AssignedRow:
    """A customer whom a dealer serves."""

    id: str
    member: str
    name: str


@dataclass(frozen=True, slots=True)
class StaffRow:
    """Somebody who works here.

    Attributes:
        form_key: changes with what the form shows, so that it is drawn anew.
        state: "Active", "Invited", "No access".
        dealer: can be given customers.
        invited: may be sent the invitation again.
        second_factor: has an authenticator app, which can be removed.
        itself: the administrator who looks.
    """

    id: str
    form_key: str
    name: str
    login: str
    role: str
    role_name: str
    supervisor: str
    supervisor_id: str
    state: str
    tone: str
    disabled: bool
    dealer: bool
    invited: bool
    second_factor: bool
    itself: bool
    customers: list[AssignedRow]


def staff_rows(found: Sequence[StaffMember], own_id: object, language: str) -> list[StaffRow]:
    """Put everybody who works here into rows."""
    return [_row(member, own_id, language) for member in found]


def _row(member: StaffMember, own_id: object, language: str) -> StaffRow:
    state, tone = _state(member)
    supervisor_id = str(member.supervisor_id or "")
    return StaffRow(
        id=str(member.id),
        form_key=f"{member.id} {member.role} {supervisor_id}",
        name=member.name,
        login=member.login,
        role=member.role.value,
        role_name=i18n.translate(language, NAMES[member.role]),
        supervisor=member.supervisor,
        supervisor_id=supervisor_id,
        state=i18n.translate(language, state),
        tone=tone,
        disabled=member.disabled,
        dealer=member.role is Role.DEALER,
        invited=member.invited and not member.disabled,
        second_factor=member.second_factor,
        itself=member.id == own_id,
        customers=[
            AssignedRow(str(customer.id), str(member.id), customer.name)
            for customer in member.customers
        ],
    )


def _state(member: StaffMember) -> tuple[str, str]:
    if member.disabled:
        return N_("No access"), "bad"
    if member.expired:
        return N_("Invitation expired"), "bad"
    return (N_("Invited"), "warn") if member.invited else (N_("Active"), "good")


def role_choices(language: str) -> list[ChoiceRow]:
    """List the roles that somebody who works here can have."""
    return [
        ChoiceRow(role.value, i18n.translate(language, NAMES[role])) for role in reversed(ROLES)
    ]


def supervisor_choices(found: Sequence[StaffMember], language: str) -> list[ChoiceRow]:
    """List the supervisors, and none."""
    none = ChoiceRow("", i18n.translate(language, N_("No supervisor")))
    return [
        none,
        *(
            ChoiceRow(str(member.id), f"{member.name} · {member.login}")
            for member in found
            if member.role is Role.DEALER_SUPERVISOR
        ),
    ]
