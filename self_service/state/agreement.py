"""An overdue debt in instalments: the simulator, the agreement, and how far it is paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import reflex as rx
from sqlmodel import Session

from self_service import i18n, policy
from self_service.domain.access import Actor
from self_service.domain.debts import agreements, keeping
from self_service.domain.debts.agreements import AgreementOffer
from self_service.domain.debts.keeping import Agreement, InstalmentState
from self_service.domain.debts.plans import Instalment
from self_service.domain.errors import N_, DomainError, Invalid
from self_service.jobs import runner
from self_service.state.checkout_rows import OptionRow
from self_service.state.display import money, problem, refusal
from self_service.state.guard import act, look, public, secured
from self_service.state.pay_ways import WayRow, pay_ways
from self_service.state.pay_words import pay_told
from self_service.state.private import customers_only
from self_service.state.request import PageRequest, PageState, put, readable, show
from self_service.state.shell import ShellState

_STATES = {
    InstalmentState.PAID: (N_("Paid"), "good"),
    InstalmentState.PARTLY: (N_("Partly paid"), "accent"),
    InstalmentState.OPEN: (N_("Open"), "plain"),
    InstalmentState.LATE: (N_("Late"), "bad"),
}
#: What is wrong with the fields of the simulator.
FIELDS = ("count", "first")
NO_FAULTS = dict.fromkeys(FIELDS, "")


@dataclass(frozen=True, slots=True)
class InstalmentRow:
    """An instalment, of an agreement or of a simulated one."""

    key: str
    day: str
    amount: str
    state: str = ""
    tone: str = "plain"


class AgreementState(PageState, rx.State):
    """What can be agreed, what was simulated, or what is agreed."""

    loaded: bool = False
    total: str = ""
    paid: str = ""
    active: bool = False
    offered: bool = False
    why_not: str = ""  # nothing is offered
    counts: list[OptionRow] = []
    count: str = ""
    first: str = ""
    first_from: str = ""
    first_until: str = ""
    total_minor: str = ""  # as it was shown: what is confirmed
    parts: list[InstalmentRow] = []
    faults: dict[str, str] = NO_FAULTS
    refused: str = ""
    bills: str = ""  # ids of the agreed bills that are open
    next_sum: str = ""  # of the next instalment: what the payment form pays
    pay_text: str = ""
    ways: list[WayRow] = []
    can_keep: bool = False
    told: str = ""  # of a payment whose maker comes back
    sum_fault: str = ""

    @public
    async def load(self) -> Any:
        """Read what can be agreed or is."""
        self.faults = NO_FAULTS
        return await show(self, agreement_values)

    @secured()
    async def simulate(self, form: dict[str, Any]) -> None:
        """Show other instalments; nothing is agreed."""
        request, limits = PageRequest.of(self), policy.current().bills
        typed = typed_form(form)
        self.faults, self.refused = NO_FAULTS, ""
        try:
            parts = await look(self, agreements.simulate, **typed, policy=limits)
        except DomainError as error:
            self._fault(error, request.language)
            return
        put(self, {**typed, "parts": simulated(parts, request.language)})

    @secured()
    async def accept(self, form: dict[str, Any]) -> Any:
        """Agree to what is shown."""
        request, limits = PageRequest.of(self), policy.current().bills
        typed = {**typed_form(form), "total": self.total_minor}
        self.faults, self.refused = NO_FAULTS, ""
        try:
            await act(self, agreements.accept, **typed, policy=limits)
        except DomainError as error:
            self._fault(error, request.language)
            return None
        runner.wake()
        shell = await self.get_state(ShellState)
        shell._tell(i18n.translate(request.language, N_("Agreed. We have sent you the days.")))
        return await show(self, agreement_values)

    def _fault(self, error: DomainError, language: str) -> None:
        faults = error.faults if isinstance(error, Invalid) else {}
        self.faults = {**NO_FAULTS, **{k: problem(*fault, language) for k, fault in faults.items()}}
        self.refused = "" if faults else refusal(error, language)


def typed_form(form: Any) -> dict[str, str]:
    """Read the fields of the simulator from whatever was sent."""
    read = form if isinstance(form, dict) else {}
    return {name: readable(str(read.get(name) or ""))[:20] for name in FIELDS}


def simulated(parts: tuple[Instalment, ...], language: str) -> list[InstalmentRow]:
    """Return the rows of instalments that are not agreed."""
    return [
        InstalmentRow(
            str(part.number), i18n.short_day(part.due_at, language), money(part.amount, language)
        )
        for part in parts
    ]


async def agreement_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of AgreementState.

    Raises:
        Elsewhere: not a customer.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    customers_only(request, actor)
    language, limits = request.language, policy.current().bills
    found = keeping.current(session, actor, now=now)
    if found is not None:
        bills = keeping.open_bills(session, found.id)
        ways = pay_ways(session, actor, language, now=now)
        open_bills = {"bills": ",".join(map(str, bills)), **_told(request)}
        return {**_NONE, **_agreed(found, language), **open_bills, **ways}
    try:
        offered = agreements.offer(session, actor, policy=limits, now=now)
    except DomainError as error:
        return {**_NONE, "why_not": refusal(error, language)}
    return {**_NONE, **_offered(session, actor, offered, language, now)}


def _told(request: PageRequest) -> dict[str, str]:
    said = pay_told(request)
    return {"told": said["paid"], "refused": said["refused"], "sum_fault": said["sum_fault"]}


_NONE: dict[str, Any] = {
    "loaded": True,
    "told": "",
    "refused": "",
    "sum_fault": "",
    "active": False,
    "offered": False,
    "why_not": "",
    "parts": [],
}


def _agreed(found: Agreement, language: str) -> dict[str, Any]:
    coming = found.next
    return {
        "active": True,
        "total": money(found.total, language),
        "paid": money(found.paid, language),
        "next_sum": str(coming.left.amount) if coming else "",
        "pay_text": i18n.translate(language, N_("Pay {sum}"), sum=money(coming.left, language))
        if coming
        else "",
        "parts": [
            InstalmentRow(
                key=str(part.number),
                day=i18n.short_day(part.due_at, language),
                amount=money(part.amount, language),
                state=i18n.translate(language, _STATES[part.state][0]),
                tone=_STATES[part.state][1],
            )
            for part in found.parts
        ],
    }


def _offered(
    session: Session, actor: Actor, found: AgreementOffer, language: str, now: datetime
) -> dict[str, Any]:
    first, count = found.first_until.isoformat(), str(min(3, found.most))
    limits = policy.current().bills
    form = {"count": count, "first": first}
    parts = agreements.simulate(session, actor, **form, policy=limits, now=now)
    numbers = range(agreements.FEWEST, found.most + 1)
    return {
        "offered": True,
        "total": money(found.total, language),
        "total_minor": str(found.total.minor),
        "counts": [OptionRow(str(n), i18n.number(n, language)) for n in numbers],
        "first_from": found.first_from.isoformat(),
        "first_until": first,
        "parts": simulated(parts, language),
        **form,
    }
