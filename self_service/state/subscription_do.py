"""What the page of a subscription does: the domain's acts, and what is said when they are done."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from self_service import i18n
from self_service.domain.access import Actor
from self_service.domain.changes import asking, revoking, withdrawing
from self_service.domain.changes import goods as rights
from self_service.domain.changes.tree import open_tree
from self_service.domain.changes.view import ChangeView
from self_service.domain.errors import N_
from self_service.domain.policy import Policy
from self_service.models.access import Scope
from self_service.models.changes import ChangeStatus, GoodsWish
from self_service.state.subscription_wish import wish_of


def ask(
    session: Session,
    actor: Actor,
    language: str,
    limits: Policy,
    key: str,
    query: dict[str, str],
    seen: str,
    *,
    now: datetime,
) -> str:
    """Ask for the change that an address names, for the price that was shown."""
    tree = open_tree(session, actor, key, scope=Scope.MANAGE, now=now)
    wish = wish_of(tree, query, now=now)
    change: ChangeView = asking.ask(session, actor, wish, seen=seen, policy=limits, now=now)
    if change.status is ChangeStatus.PENDING:
        day = i18n.day(change.effective_at, language)
        return i18n.translate(
            language, N_("Planned for {day}. Until then you can call it off."), day=day
        )
    return i18n.translate(language, N_("Done. It works within a few minutes."))


def revoke(
    session: Session, actor: Actor, language: str, limits: Policy, key: str, *, now: datetime
) -> str:
    """Call a planned change off."""
    del limits
    revoking.revoke(session, actor, key, now=now)
    return i18n.translate(language, N_("Called off. Everything stays as it is."))


def withdraw(
    session: Session,
    actor: Actor,
    language: str,
    limits: Policy,
    key: str,
    who: str,
    *,
    now: datetime,
) -> str:
    """Withdraw from the contract of a subscription; what is said is the receipt."""
    receipt = withdrawing.withdraw(session, actor, key, who=who, policy=limits, now=now)
    return i18n.translate(
        language,
        N_("You withdrew from order {contract} on {instant}. Receipt {number}, also by mail."),
        contract=receipt.contract,
        instant=i18n.instant(receipt.at, language),
        number=receipt.number,
    )


def goods(
    session: Session,
    actor: Actor,
    language: str,
    limits: Policy,
    key: str,
    wish: GoodsWish,
    reason: str,
    *,
    now: datetime,
) -> str:
    """Ask for something about a piece of goods."""
    rights.request(session, actor, key, wish=wish, reason=reason, policy=limits.changes, now=now)
    return i18n.translate(language, N_("We have your request and will write to you."))


def take_back(
    session: Session, actor: Actor, language: str, limits: Policy, key: str, *, now: datetime
) -> str:
    """Call a request about goods off."""
    del limits
    rights.take_back(session, actor, key, now=now)
    return i18n.translate(language, N_("Called off. Everything stays as it is."))
