"""Reading what the page of a subscription shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from self_service import clock, i18n, policy, routes
from self_service.domain.access import Actor
from self_service.domain.changes import options, withdrawing
from self_service.domain.changes.options import Held
from self_service.domain.changes.quoting import quoted
from self_service.domain.changes.tree import Tree
from self_service.domain.errors import DomainError
from self_service.domain.policy import Policy
from self_service.models.changes import ChangeStatus
from self_service.state.display import money, refusal
from self_service.state.home_rows import subscription_row
from self_service.state.private import customers_and_members
from self_service.state.request import PageRequest
from self_service.state.subscription_acts import act_rows, choices, ending_rows
from self_service.state.subscription_rows import change_row, choice_row, goods_row, quote_row
from self_service.state.subscription_wish import ACTS, asked, wish_of


@dataclass(frozen=True, slots=True)
class StatementRow:
    """What somebody withdraws from."""

    contract: str
    ordered: str
    until: str
    amount: str
    to_card: bool
    services: list[str] = field(default_factory=list)
    goods: list[str] = field(default_factory=list)


async def subscription_values(request: PageRequest) -> dict[str, Any]:
    """Read the values of SubscriptionState.

    Raises:
        Elsewhere: nobody is signed in, or nobody with subscriptions.
    """
    values: dict[str, Any] = await request.look(_values, request)
    return values


def _values(
    session: Session, actor: Actor, request: PageRequest, *, now: datetime
) -> dict[str, Any]:
    customers_and_members(request, actor)
    limits, language = policy.current(), request.language
    try:
        held, tree = options.held(session, actor, request.last, policy=limits, now=now)
    except DomainError:
        return {**_NONE, "missing": True}
    named = request.query.get("act", "")
    chosen = named if held.may_manage and named in ACTS else ""
    row = subscription_row(held.view, now=now, language=language, linked=False)
    shown = {
        **_NONE,
        "key": row.id,
        "title": row.name,
        "may": held.may_manage,
        "moving": any(one.status is ChangeStatus.PERFORMING for one in held.open),
        "act": chosen,
        "back": routes.page(language, routes.SUBSCRIPTION, row.id),
        "rows": [row],
        "changes": [change_row(one, now=now, language=language) for one in held.open],
    }
    if chosen:
        return shown | _act_values(session, tree, held, chosen, request, limits, now)
    return shown | {
        "past": [change_row(one, now=now, language=language) for one in held.past],
        "acts": act_rows(held, language) if held.may_manage else [],
        "goods": [
            goods_row(piece, held.rights[piece.id], now, language)
            for piece in held.view.goods
            if piece.id in held.rights
        ],
        "withdraw_href": f"{shown['back']}?act=withdraw" if held.withdraw_until else "",
        "withdraw_until": i18n.day(held.withdraw_until, language) if held.withdraw_until else "",
    }


def _act_values(
    session: Session,
    tree: Tree,
    held: Held,
    chosen: str,
    request: PageRequest,
    limits: Policy,
    now: datetime,
) -> dict[str, Any]:
    language, query = request.language, request.query
    today = now.astimezone(clock.zone()).date()
    most = limits.changes.pause_most_days
    found: dict[str, Any] = {
        "first_day": today.isoformat(),
        "last_day": (today + timedelta(days=most)).isoformat(),
        "typed": {name: query.get(name, "")[:10] for name in ("from", "until")},
    }
    if chosen == "withdraw":
        said = options.statement(session, tree, policy=limits, now=now)
        return found | {"statements": [_statement(said, language)] if said else []}
    if asked(query):
        try:
            wish = wish_of(tree, query, now=now)
            quote = quoted(tree, wish, policy=limits, now=now)
        except DomainError as error:
            return found | {"refused": refusal(error, language)}
        found["quotes"] = [quote_row(quote, held, query, language)]
    else:
        found["choices"] = choices(tree, held, chosen, limits, language, now)
    if chosen == "extras" and "to" not in query:
        found["ending"] = ending_rows(tree, held, language)
    if chosen == "leave":
        offer = options.offer(tree, policy=limits, now=now)
        found["offer"] = [choice_row(offer, held, "plan", language)] if offer else []
    return found


def _statement(said: withdrawing.Statement, language: str) -> StatementRow:
    def names(texts: Any) -> list[str]:
        return [one.get(language) or one.get("en", "") for one in texts]

    return StatementRow(
        contract=said.contract,
        ordered=i18n.day(said.ordered_at, language),
        until=i18n.day(said.until, language),
        amount=money(said.amount, language),
        to_card=said.to_card,
        services=names(said.services),
        goods=names(said.goods),
    )


_NONE: dict[str, Any] = {
    "key": "",
    "missing": False,
    "may": False,
    "moving": False,
    "act": "",
    "title": "",
    "rows": [],
    "changes": [],
    "past": [],
    "acts": [],
    "choices": [],
    "ending": [],
    "offer": [],
    "quotes": [],
    "statements": [],
    "goods": [],
    "withdraw_href": "",
    "withdraw_until": "",
    "refused": "",
}
