"""Payment agreements: an overdue debt paid in instalments; dunning waits while they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from self_service import clock
from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.bills.accounts import lock_account
from self_service.domain.debts import agreed, dunning, steps
from self_service.domain.debts.notices import NoticeKind, tell
from self_service.domain.debts.overdue import Overdue, days_after, overdue
from self_service.domain.debts.plans import Instalment, plan
from self_service.domain.errors import N_, DomainError, Invalid
from self_service.domain.policy import BillPolicy
from self_service.domain.rows import add_once, add_rows
from self_service.models.base import new_id
from self_service.models.bills import BillingAccount, CustomerBill
from self_service.models.dunning import AgreedBill, AgreedInstalment, PaymentAgreement
from self_service.money import Money

#: The fewest instalments: one would be a later due date.
FEWEST = 2


class NothingToAgree(DomainError):
    """Nothing is overdue, or too little."""

    code = "nothing_to_agree"
    message = N_("Nothing is overdue that can be paid in instalments.")


class AgreedAlready(DomainError):
    """There is an agreement that is kept."""

    code = "agreed_already"
    message = N_("You have a payment agreement already. Pay its instalments first.")


class DebtChanged(DomainError):
    """What is overdue is not what was shown."""

    code = "debt_changed"
    message = N_("What is overdue has changed meanwhile. Look at the instalments again.")


@dataclass(frozen=True, slots=True)
class AgreementOffer:
    """What can be agreed.

    Attributes:
        total: the debt; it is what has to be confirmed.
        most: the most instalments, at least `FEWEST`.
        first_from, first_until: the first and the last day for the first instalment.
    """

    total: Money
    most: int
    first_from: date
    first_until: date


def offer(session: Session, actor: Actor, *, policy: BillPolicy, now: datetime) -> AgreementOffer:
    """Return what the actor's customer can agree to now.

    Raises:
        SignInNeeded, NotAllowed: nobody, or no customer, is signed in.
        NothingToAgree, AgreedAlready: there is nothing to offer.
    """
    account = _account(session, actor)
    return _offer(session, account, policy, now)[0]


def simulate(
    session: Session,
    actor: Actor,
    *,
    count: object,
    first: object,
    policy: BillPolicy,
    now: datetime,
) -> tuple[Instalment, ...]:
    """Return the instalments that an agreement would have; changes nothing.

    Args:
        session: open transaction.
        actor: the customer, or who acts for them.
        count: how many, as it was typed.
        first: day of the first instalment, an ISO date as it was typed.
        policy: limits.
        now: instant of asking.

    Raises:
        Invalid: at the field that is wrong.
        NothingToAgree, AgreedAlready, SignInNeeded, NotAllowed: see `offer`.
    """
    offered = offer(session, actor, policy=policy, now=now)
    return _plan(offered, count, first)


def accept(
    session: Session,
    actor: Actor,
    *,
    count: object,
    first: object,
    total: object,
    policy: BillPolicy,
    now: datetime,
) -> UUID:
    """Agree. Dunning ends, suspended services come back, and the instalments are to be paid.

    Args:
        session: open transaction.
        actor: the customer, or who acts for them.
        count: how many instalments.
        first: day of the first one.
        total: the sum that was shown and confirmed, in minor units.
        policy: limits.
        now: instant of agreeing.

    Returns:
        Id of the agreement.

    Raises:
        DebtChanged: another sum is overdue by now.
        Invalid, NothingToAgree, AgreedAlready, SignInNeeded, NotAllowed: see `simulate`.
    """
    account = lock_account(session, _account(session, actor).id)
    offered, debt = _offer(session, account, policy, now)
    instalments = _plan(offered, count, first)
    if str(total) != str(offered.total.minor):
        raise DebtChanged
    case = dunning.open_case_of(session, account.id)
    agreement = PaymentAgreement(
        id=new_id(),
        account_id=account.id,
        status_changed_at=now,
        total_minor=offered.total.minor,
        currency=offered.total.currency,
        steps_taken=steps.resumed(policy.steps, case.step) if case else 0,
        created_at=now,
    )
    if not add_once(session, agreement):
        raise AgreedAlready
    _write(session, agreement.id, debt, instalments)
    dunning.on_paid(session, account.id, now)
    _told(session, actor, agreement, instalments, now)
    return agreement.id


def _write(
    session: Session, agreement_id: UUID, debt: Overdue, instalments: tuple[Instalment, ...]
) -> None:
    beyond = _beyond(session, debt)
    bills = [
        AgreedBill(
            agreement_id=agreement_id,
            bill_id=bill.bill_id,
            amount_minor=bill.minor,
            beyond_minor=beyond[bill.bill_id],
        )
        for bill in debt.bills
    ]
    add_rows(session, bills)
    add_rows(
        session,
        [
            AgreedInstalment(
                agreement_id=agreement_id,
                number=part.number,
                due_at=part.due_at,
                amount_minor=part.amount.minor,
            )
            for part in instalments
        ],
    )


def _beyond(session: Session, debt: Overdue) -> dict[UUID, int]:
    """Return what is disputed of the bills: it is in dispute, not in the agreement."""
    ids = [bill.bill_id for bill in debt.bills]
    wanted = select(CustomerBill.id, CustomerBill.disputed_minor)
    return dict(session.exec(wanted.where(CustomerBill.id.in_(ids))).all())


def _told(
    session: Session,
    actor: Actor,
    agreement: PaymentAgreement,
    instalments: tuple[Instalment, ...],
    now: datetime,
) -> None:
    tell(
        session,
        NoticeKind.AGREED,
        agreement.account_id,
        agreement.id,
        now=now,
        minor=agreement.total_minor,
        at=instalments[0].due_at,
    )
    after = {
        "total_minor": agreement.total_minor,
        "currency": agreement.currency,
        "instalments": len(instalments),
        "first": instalments[0].due_at.astimezone(clock.zone()).date().isoformat(),
    }
    audit.record(session, actor, "agreement.accepted", now=now, after=after)


def _account(session: Session, actor: Actor) -> BillingAccount:
    mine = select(BillingAccount).where(BillingAccount.customer_id == actor.customer())
    account = session.exec(mine).first()
    if account is None:
        raise NothingToAgree
    return account


def _offer(
    session: Session, account: BillingAccount, policy: BillPolicy, now: datetime
) -> tuple[AgreementOffer, Overdue]:
    if agreed.active(session, account.id) is not None:
        raise AgreedAlready
    debt = overdue(session, account.id, least=policy.dunning_least_minor, at=now)
    most = min(policy.agreement_most_instalments, debt.amount.minor)
    if not debt or debt.amount.minor < policy.agreement_least_minor or most < FEWEST:
        raise NothingToAgree
    last = days_after(now, policy.agreement_first_days)
    zone = clock.zone()
    days = now.astimezone(zone).date(), last.astimezone(zone).date()
    return AgreementOffer(debt.amount, most, *days), debt


def _plan(offered: AgreementOffer, count: object, first: object) -> tuple[Instalment, ...]:
    """Read what was chosen.

    Raises:
        Invalid: at the fields that are wrong.
    """
    faults: dict[str, tuple[str, dict[str, Any]]] = {}
    typed = str(count)
    parts = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
    if not FEWEST <= parts <= offered.most:
        message = N_("Choose between {least} and {most} instalments.")
        faults["count"] = (message, {"least": FEWEST, "most": offered.most})
    day = _day(first)
    if day is None or not offered.first_from <= day <= offered.first_until:
        faults["first"] = (
            N_("Choose a day between {first} and {last}."),
            {"first": offered.first_from.isoformat(), "last": offered.first_until.isoformat()},
        )
    if faults or day is None:
        raise Invalid(faults)
    start = datetime(day.year, day.month, day.day, tzinfo=clock.zone())
    return plan(offered.total, parts, start)


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
