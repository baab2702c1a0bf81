"""Advice on plans in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from self_service import i18n, policy, routes
from self_service.domain.access import Actor
from self_service.domain.advice.advising import Advice, Better, advice
from self_service.domain.catalog.view import text
from self_service.domain.errors import N_
from self_service.state.display import money
from self_service.state.subscription_rows import lost_text

#: Home is opened all day: who has more plans finds advice on the page of spending.
HOME_MOST = 3


@dataclass(frozen=True, slots=True)
class AdviceRow:
    """What is said of one plan.

    Attributes:
        head: what could be saved, or that nothing could.
        how: how that was worked out.
        changes: what is lost or holds from then on.
        act: "" where there is nothing to do.
        href: the quote of the change, "" likewise.
    """

    key: str
    plan: str
    head: str
    how: str
    act: str = ""
    href: str = ""
    changes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class HomeAdviceRow:
    """A line of Home that leads to the page of spending."""

    key: str
    text: str
    href: str


def advice_rows(
    session: Session,
    actor: Actor,
    language: str,
    *,
    now: datetime,
    line: str = "",
    numbers: Mapping[UUID, str] | None = None,
) -> list[AdviceRow]:
    """Return advice for the customer, the largest saving first.

    Args:
        session: open transaction.
        actor: who looks.
        language: of the reader.
        now: instant of looking.
        line: only on the plans of this subscription, "" for all.
        numbers: telephone numbers of subscriptions, by which equal plans are told apart.

    Raises:
        NotFound: `line` is no subscription of theirs.
    """
    found = advice(session, actor, policy=policy.current(), now=now, of=line or None)
    found = tuple(sorted(found, key=lambda one: -one.saving.minor))
    return [_row(one, (numbers or {}).get(one.root_id, ""), language) for one in found]


def home_advice(
    session: Session, actor: Actor, language: str, *, now: datetime
) -> list[HomeAdviceRow]:
    """Return what Home says: only of savings that are worth a line there."""
    limits = policy.current()
    least = limits.advice.home_from_minor
    said = N_("{plan} would save you {sum} a month")
    return [
        HomeAdviceRow(
            str(one.product_id),
            i18n.translate(
                language,
                said,
                plan=text(one.best.offering.name, language),
                sum=money(one.saving, language),
            ),
            routes.page(language, routes.SPEND, line=str(one.root_id)),
        )
        for one in advice(session, actor, policy=limits, now=now, most=HOME_MOST)
        if one.best is not None and one.saving.minor > least
    ]


def _row(one: Advice, number: str, language: str) -> AdviceRow:
    plan = text(one.name, language)
    named = f"{plan} · {number}" if number else plan
    days = {
        "since": i18n.short_day(one.since, language),
        "until": i18n.short_day(one.until - timedelta(days=1), language),
    }
    if one.best is None:
        how = N_(
            "We held your usage from {since} to {until} against every plan that you could change "
            "to now. None would have cost less than {plan}."
        )
        return AdviceRow(
            key=str(one.product_id),
            plan=named,
            head=i18n.translate(language, N_("Your plan fits you best")),
            how=i18n.translate(language, how, plan=plan, **days),
        )
    other = text(one.best.offering.name, language)
    how = N_(
        "With your usage from {since} to {until}, {plan} would have cost {cost}, and {other} "
        "{less}. Monthly charges and extras are in it; boosters, and discounts of the new plan, "
        "are not. The usage of a day is reckoned as one."
    )
    sums = {"cost": money(one.cost, language), "less": money(one.best.cost, language)}
    return AdviceRow(
        key=str(one.product_id),
        plan=named,
        head=i18n.translate(
            language,
            N_("{plan} would save you {sum} a month"),
            plan=other,
            sum=money(one.saving, language),
        ),
        how=i18n.translate(language, how, plan=plan, other=other, **sums, **days),
        act=i18n.translate(language, N_("See the change to {plan}"), plan=other),
        href=_href(one, one.best, language),
        changes=_changes(one.best, language),
    )


def _href(one: Advice, best: Better, language: str) -> str:
    """Return the address of the quote: nothing is changed before it is seen and confirmed."""
    query = {"act": "plan", "to": best.offering.slug, "on": str(one.product_id)}
    return routes.page(language, routes.SUBSCRIPTION, str(one.root_id), **query)


def _changes(best: Better, language: str) -> list[str]:
    quote, said = best.quote, []
    if best.offering.term_months and quote.term_ends_at:
        day = i18n.short_day(quote.term_ends_at, language)
        said.append(i18n.translate(language, N_("Minimum term until {day}"), day=day))
    if quote.lost:
        lost = i18n.listed([lost_text(one, language) for one in quote.lost], language)
        said.append(i18n.translate(language, N_("You lose: {what}"), what=lost))
    if not said:
        said.append(i18n.translate(language, N_("You lose nothing, and there is no new term.")))
    return said
