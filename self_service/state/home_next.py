"""What Home says first: what is wrong with a line, and the one thing that should be done next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from self_service import i18n, policy, routes
from self_service.domain.access import Actor
from self_service.domain.catalog.view import text
from self_service.domain.errors import N_
from self_service.domain.orders.view import OrderView
from self_service.domain.payments import methods
from self_service.domain.subscriptions.problems import Problem, ProblemKind, problems
from self_service.models.orders import OrderState
from self_service.state.home_money import MoneyRow
from self_service.state.home_usage import HomeMeterRow
from self_service.state.pay_ways import card_name

#: Percent of an allowance from which it is nearly used up.
NEARLY = 90
#: Problems shown; more of them are one.
SHOWN = 3
_PROBLEMS: Mapping[ProblemKind, tuple[str, str]] = {
    ProblemKind.DOWN: (N_("{name}: your line is down."), "bad"),
    ProblemKind.SLOW: (N_("{name}: your line is slow."), "warn"),
    ProblemKind.STOPPED: (N_("{name}: a limit stopped what costs extra."), "warn"),
    ProblemKind.BLOCKED: (N_("{name}: the SIM is blocked."), "warn"),
    ProblemKind.REFUSED: (N_("{name}: the network did not accept a change."), "warn"),
}


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """Something that is wrong; `href` leads to where it can be helped."""

    key: str
    text: str
    tone: str
    href: str


@dataclass(frozen=True, slots=True)
class NextRow:
    """The one thing to do next; all "" when there is none, or a card below asks for it."""

    text: str = ""
    act: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class First:
    """What the next thing is chosen from.

    Attributes:
        orders: under way.
        money: cards of the wallet and of what is to be paid.
        meters: as Home shows them.
        roots: subscription of each service.
    """

    orders: Sequence[OrderView]
    money: Sequence[MoneyRow]
    meters: Sequence[HomeMeterRow]
    roots: Mapping[str, str]


NO_NEXT = NextRow()


def problem_rows(
    session: Session, actor: Actor, language: str, *, now: datetime
) -> list[ProblemRow]:
    """Return what is wrong with the lines of the actor's customer."""
    return [_problem(one, language) for one in problems(session, actor, now=now)[:SHOWN]]


def _problem(one: Problem, language: str) -> ProblemRow:
    words, tone = _PROBLEMS[one.kind]
    return ProblemRow(
        key=f"{one.kind} {one.product_id}",
        text=i18n.translate(language, words, name=text(one.name, language)),
        tone=tone,
        href=_help(one, language),
    )


def _help(one: Problem, language: str) -> str:
    if one.kind is ProblemKind.STOPPED:
        return routes.page(language, routes.LIMITS, line=str(one.product_id))
    return routes.page(language, routes.SERVICES, str(one.product_id))


def next_row(
    session: Session, actor: Actor, language: str, found: First, *, now: datetime
) -> NextRow:
    """Choose what matters most; the person who acts for somebody is asked for nothing.

    In this order: an order that waits for its payment; a card below that is urgent and says so
    itself; an allowance that is nearly used up; a card that expires and is needed.
    """
    if actor.customer_id is None or actor.acting:
        return NO_NEXT
    for order in found.orders:
        if order.state is OrderState.ACKNOWLEDGED:
            words = N_("Your order {number} waits for your payment.")
            return NextRow(
                i18n.translate(language, words, number=order.number),
                i18n.translate(language, N_("Pay now")),
                routes.page(language, routes.ORDER, order.number),
            )
    if any(row.urgent and row.act for row in found.money):
        return NO_NEXT
    for row in found.meters:
        if row.spent >= NEARLY and row.product in found.roots:
            words = N_("{name} is nearly used up.") if row.spent < 100 else N_("{name} is used up.")
            return NextRow(
                i18n.translate(language, words, name=row.meter.name),
                i18n.translate(language, N_("Add more")),
                routes.page(language, routes.SUBSCRIPTION, found.roots[row.product]),
            )
    return _card(session, actor, language, now)


def _card(session: Session, actor: Actor, language: str, now: datetime) -> NextRow:
    soon = now + timedelta(days=policy.current().bills.card_warn_days)
    for card in methods.cards(session, actor, now=now):
        if card.pays and (card.expired or card.ends_at <= soon):
            words = N_("{card} expires soon.") if not card.expired else N_("{card} has expired.")
            return NextRow(
                i18n.translate(language, words, card=card_name(card, language)),
                i18n.translate(language, N_("Add a new card")),
                routes.page(language, routes.CARDS),
            )
    return NO_NEXT
