"""Running promotion codes: made, changed, ended; by administrators, each act on record.

What a code takes never changes once it is made, for baskets and orders rely on it: end it and make
another. When it holds and how often it can be used may change.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import Session

from self_service.domain import audit
from self_service.domain.access import Actor
from self_service.domain.errors import N_, Invalid, NotFound
from self_service.domain.ids import as_id
from self_service.domain.people.staff_checks import administrator
from self_service.domain.promotions import desk_form
from self_service.domain.promotions.applying import Code
from self_service.domain.promotions.codes import fold
from self_service.domain.promotions.held import as_code
from self_service.domain.rows import add_once, changed
from self_service.models.access import Role
from self_service.models.promotions import Promotion


@dataclass(frozen=True, slots=True)
class PromotionView:
    """A promotion as its operator sees it.

    Attributes:
        what: what it takes.
        most_uses: 0 for any number.
        running: it can be used now.
        over: it cannot be used any more, by its end or because it was used up.
    """

    what: Code
    new_customers_only: bool
    uses: int
    most_uses: int
    valid_from: datetime
    valid_to: datetime | None
    running: bool
    over: bool


def listing(session: Session, actor: Actor, *, now: datetime) -> list[PromotionView]:
    """List all promotions, the latest first.

    Raises:
        SignInNeeded, NotAllowed: not an administrator.
    """
    actor.one_of(Role.ADMINISTRATOR)
    statement = select(Promotion).order_by(Promotion.valid_from.desc(), Promotion.code)
    rows = session.execute(statement.execution_options(populate_existing=True)).scalars()
    return [_view(row, now) for row in rows]


def add(session: Session, actor: Actor, *, form: Mapping[str, object], now: datetime) -> UUID:
    """Make a promotion.

    Args:
        session: open transaction.
        actor: an administrator.
        form: code, name, effect, value, months, kinds, offerings, most_uses, valid_from, valid_to
            (days, both included), currency, new_customers_only and alone ("on"); values of any
            type.
        now: instant of making.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not an administrator who is there now.
        Invalid: with a fault for each field that is wrong; nothing was changed.
    """
    administrator(actor, now)
    columns = desk_form.read(session, form, now=now)
    row = Promotion(created_at=now, **columns)
    if not add_once(session, row):
        raise Invalid({"code": (N_("There is a promotion with this code already."), {})})
    after = {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in columns.items()
    }
    audit.record(session, actor, "promotion.added", now=now, subject=row.code, after=after)
    return row.id


def change(
    session: Session,
    actor: Actor,
    *,
    promotion_id: object,
    form: Mapping[str, object],
    now: datetime,
) -> None:
    """Change when a promotion holds, and how often it can be used.

    Args:
        session: open transaction.
        actor: an administrator.
        promotion_id: which.
        form: most_uses, valid_from, valid_to.
        now: instant of the change.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not an administrator who is there now.
        NotFound: there is none.
        Invalid: with a fault for each field that is wrong; nothing was changed.
    """
    administrator(actor, now)
    row = _locked(session, promotion_id)
    columns = desk_form.limits(form, since=row.valid_from)
    most = columns["most_uses"]
    if most and most < row.uses:
        told = N_("It was used {uses} times already.")
        raise Invalid({"most_uses": (told, {"uses": row.uses})})
    before = {name: _plain(getattr(row, name)) for name in columns}
    changed(session, update(Promotion).where(Promotion.id == row.id).values(**columns))
    after = {name: _plain(value) for name, value in columns.items()}
    told_before = {name: value for name, value in before.items() if after[name] != value}
    told_after = {name: after[name] for name in told_before}
    audit.record(
        session,
        actor,
        "promotion.changed",
        now=now,
        subject=row.code,
        before=told_before,
        after=told_after,
    )


def end(session: Session, actor: Actor, *, promotion_id: object, now: datetime) -> bool:
    """End a promotion now; orders that used it keep their prices.

    Raises:
        SignInNeeded, NotAllowed, ConfirmationNeeded: not an administrator who is there now.
        NotFound: there is none.

    Returns:
        False when it was over already.
    """
    administrator(actor, now)
    row = _locked(session, promotion_id)
    if row.valid_to is not None and row.valid_to <= now:
        return False
    # one that had not begun yet never will; its days must stay in order
    begin = min(row.valid_from, now.replace(microsecond=0) - desk_form.MOMENT)
    values = {"valid_from": begin, "valid_to": now}
    changed(session, update(Promotion).where(Promotion.id == row.id).values(**values))
    audit.record(session, actor, "promotion.ended", now=now, subject=row.code)
    return True


def find(session: Session, code: str) -> UUID:
    """Return the promotion with a code.

    Raises:
        NotFound: there is none.
    """
    wanted = select(Promotion.id).where(Promotion.code == fold(code))
    found: UUID | None = session.execute(wanted).scalar_one_or_none()
    if found is None:
        raise NotFound("code")
    return found


def _locked(session: Session, promotion_id: object) -> Promotion:
    statement = select(Promotion).where(Promotion.id == as_id(promotion_id)).with_for_update()
    found = session.execute(statement.execution_options(populate_existing=True))
    row: Promotion | None = found.scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _view(row: Promotion, now: datetime) -> PromotionView:
    used_up = bool(row.most_uses) and row.uses >= row.most_uses
    over = used_up or (row.valid_to is not None and row.valid_to <= now)
    return PromotionView(
        what=as_code(row),
        new_customers_only=row.new_customers_only,
        uses=row.uses,
        most_uses=row.most_uses,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        running=not over and row.valid_from <= now,
        over=over,
    )
