"""Which status may follow which, and the one way to move.

Spellings and arrows: the life-cycle diagrams of TMF622 v4 (order), TMF637 v4 (product) and the
proposal for TMF676 (payment). Departures: an order may be cancelled straight from `acknowledged`
and `held` (nothing was paid yet), because the diagram's detour over `pending` tells nobody
anything; a product may go from `pendingActive` to `cancelled` as in the diagram.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CursorResult, update
from sqlmodel import Session, SQLModel

from self_service.domain import news
from self_service.models.bills import BillState
from self_service.models.changes import ChangeStatus, GoodsStatus
from self_service.models.dunning import AgreementStatus, DisputeStatus, PurchaseStatus
from self_service.models.network import RequestStatus
from self_service.models.orders import OrderState
from self_service.models.payments import ChargeBackStatus, PaymentStatus
from self_service.models.sims import PortingStatus, SwapStatus
from self_service.models.subscriptions import ProductStatus
from self_service.models.vouchers import VoucherStatus
from self_service.models.wallet import TopupStatus, TransferStatus

ORDER: dict[OrderState, frozenset[OrderState]] = {
    OrderState.ACKNOWLEDGED: frozenset(
        {OrderState.IN_PROGRESS, OrderState.PENDING, OrderState.CANCELLED}
    ),
    OrderState.PENDING: frozenset(
        {OrderState.IN_PROGRESS, OrderState.ASSESSING_CANCELLATION, OrderState.CANCELLED}
    ),
    OrderState.IN_PROGRESS: frozenset(
        {
            OrderState.PENDING,
            OrderState.HELD,
            OrderState.ASSESSING_CANCELLATION,
            OrderState.COMPLETED,
            OrderState.FAILED,
            OrderState.PARTIAL,
        }
    ),
    OrderState.HELD: frozenset(
        {OrderState.IN_PROGRESS, OrderState.ASSESSING_CANCELLATION, OrderState.CANCELLED}
    ),
    OrderState.ASSESSING_CANCELLATION: frozenset(
        {
            OrderState.IN_PROGRESS,
            OrderState.PENDING,
            OrderState.HELD,
            OrderState.PENDING_CANCELLATION,
        }
    ),
    OrderState.PENDING_CANCELLATION: frozenset({OrderState.CANCELLED}),
}

PAYMENT: dict[PaymentStatus, frozenset[PaymentStatus]] = {
    PaymentStatus.PENDING_AUTHORIZATION: frozenset(
        {
            PaymentStatus.AUTHORIZED,
            PaymentStatus.DONE,
            PaymentStatus.DENIED,
            PaymentStatus.FAILED,
            PaymentStatus.CANCELED,
        }
    ),
    PaymentStatus.AUTHORIZED: frozenset(
        {PaymentStatus.CAPTURED, PaymentStatus.CANCELED, PaymentStatus.FAILED}
    ),
    PaymentStatus.CAPTURED: frozenset({PaymentStatus.DONE, PaymentStatus.FAILED}),
}

#: The last word is the provider's: what was won can be lost once more, and the other way round.
CHARGE_BACK: dict[ChargeBackStatus, frozenset[ChargeBackStatus]] = {
    ChargeBackStatus.REPORTED: frozenset({ChargeBackStatus.TAKEN, ChargeBackStatus.RETURNED}),
    ChargeBackStatus.TAKEN: frozenset({ChargeBackStatus.RETURNED}),
    ChargeBackStatus.RETURNED: frozenset({ChargeBackStatus.TAKEN}),
}

PRODUCT: dict[ProductStatus, frozenset[ProductStatus]] = {
    ProductStatus.CREATED: frozenset({ProductStatus.PENDING_ACTIVE, ProductStatus.ACTIVE}),
    ProductStatus.PENDING_ACTIVE: frozenset(
        {ProductStatus.ACTIVE, ProductStatus.CANCELLED, ProductStatus.ABORTED}
    ),
    ProductStatus.ACTIVE: frozenset(
        {ProductStatus.SUSPENDED, ProductStatus.PENDING_TERMINATE, ProductStatus.TERMINATED}
    ),
    ProductStatus.SUSPENDED: frozenset({ProductStatus.ACTIVE, ProductStatus.TERMINATED}),
    ProductStatus.PENDING_TERMINATE: frozenset({ProductStatus.TERMINATED}),
}

#: Of a bill: it is made whole and checked at once (`validated`), `sent` once its owner was told,
#: held back by staff; paying it moves it from each of them (`bills.allocating`).
BILL: dict[BillState, frozenset[BillState]] = {
    BillState.NEW: frozenset({BillState.VALIDATED, BillState.ON_HOLD}),
    BillState.VALIDATED: frozenset({BillState.SENT, BillState.ON_HOLD}),
    BillState.ON_HOLD: frozenset({BillState.VALIDATED}),
}

TOPUP: dict[TopupStatus, frozenset[TopupStatus]] = {
    TopupStatus.PENDING: frozenset({TopupStatus.DONE, TopupStatus.FAILED}),
}

TRANSFER: dict[TransferStatus, frozenset[TransferStatus]] = {
    TransferStatus.PENDING: frozenset({TransferStatus.DONE, TransferStatus.UNDONE}),
}

AGREEMENT: dict[AgreementStatus, frozenset[AgreementStatus]] = {
    AgreementStatus.ACTIVE: frozenset({AgreementStatus.KEPT, AgreementStatus.BROKEN}),
}

DISPUTE: dict[DisputeStatus, frozenset[DisputeStatus]] = {
    DisputeStatus.OPEN: frozenset(
        {DisputeStatus.ACCEPTED, DisputeStatus.REJECTED, DisputeStatus.WITHDRAWN}
    ),
}

VOUCHER: dict[VoucherStatus, frozenset[VoucherStatus]] = {
    VoucherStatus.STOCK: frozenset({VoucherStatus.ISSUED, VoucherStatus.VOID}),
    VoucherStatus.ISSUED: frozenset(
        {VoucherStatus.REDEEMED, VoucherStatus.VOID, VoucherStatus.EXPIRED}
    ),
}

PURCHASE: dict[PurchaseStatus, frozenset[PurchaseStatus]] = {
    PurchaseStatus.ACTIVE: frozenset({PurchaseStatus.SETTLED, PurchaseStatus.CANCELLED}),
}


CHANGE: dict[ChangeStatus, frozenset[ChangeStatus]] = {
    ChangeStatus.PENDING: frozenset({ChangeStatus.PERFORMING, ChangeStatus.REVOKED}),
    ChangeStatus.PERFORMING: frozenset({ChangeStatus.DONE, ChangeStatus.FAILED}),
}

GOODS_REQUEST: dict[GoodsStatus, frozenset[GoodsStatus]] = {
    GoodsStatus.ASKED: frozenset(
        {GoodsStatus.ACCEPTED, GoodsStatus.REJECTED, GoodsStatus.WITHDRAWN}
    ),
    GoodsStatus.ACCEPTED: frozenset({GoodsStatus.DONE, GoodsStatus.REJECTED}),
}

#: Of a request to the network: what was settled stays so, whatever is answered later.
REQUEST: dict[RequestStatus, frozenset[RequestStatus]] = {
    RequestStatus.PENDING: frozenset(
        {RequestStatus.IN_PROGRESS, RequestStatus.DONE, RequestStatus.FAILED}
    ),
    RequestStatus.IN_PROGRESS: frozenset({RequestStatus.DONE, RequestStatus.FAILED}),
}

SWAP: dict[SwapStatus, frozenset[SwapStatus]] = {
    SwapStatus.PENDING: frozenset({SwapStatus.DONE, SwapStatus.FAILED}),
}

#: Of a number that comes from another operator. Once its day has come it cannot be called off.
PORTING: dict[PortingStatus, frozenset[PortingStatus]] = {
    PortingStatus.CHECKING: frozenset(
        {PortingStatus.SCHEDULED, PortingStatus.REFUSED, PortingStatus.CANCELLED}
    ),
    PortingStatus.SCHEDULED: frozenset({PortingStatus.MOVING, PortingStatus.CANCELLED}),
    PortingStatus.MOVING: frozenset({PortingStatus.DONE, PortingStatus.REFUSED}),
}


def advance(
    session: Session,
    table: type[SQLModel],
    row_id: Any,
    to: StrEnum,
    *,
    allowed: dict[Any, frozenset[Any]],
    now: datetime,
    column: str = "status",
    **values: Any,
) -> bool:
    """Move one row to `to` if its present status allows it; the row count decides who won.

    One conditional UPDATE is the lock, on SQLite and PostgreSQL alike.

    Args:
        session: open transaction.
        table: a table with `id`, `column` and `status_changed_at`.
        row_id: primary key.
        to: the status wanted.
        allowed: one of the tables of this module.
        now: instant written as `status_changed_at`.
        column: name of the status column.
        **values: further columns written by the winner.

    Returns:
        True for the caller that moved the row, False when the row was elsewhere already.
    """
    sources = [source for source, targets in allowed.items() if to in targets]
    status = getattr(table, column)
    statement = (
        update(table)
        .where(table.id == row_id, status.in_(sources))
        .values({column: to, "status_changed_at": now, **values})
        .execution_options(synchronize_session="fetch")
    )
    result: CursorResult[Any] = session.execute(statement)  # type: ignore[assignment]
    if result.rowcount != 1:
        return False
    news.note(session, str(table.__tablename__), row_id, now=now)
    return True
