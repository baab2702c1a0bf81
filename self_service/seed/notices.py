"""What the demo's customers were told: of each of their bills, when it was made."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from self_service import bill_letters
from self_service.domain.bills.telling import KIND, BillNotice
from self_service.domain.notices import telling
from self_service.domain.rows import changed
from self_service.models.access import DigitalIdentity
from self_service.models.bills import BillCategory, BillingAccount, CustomerBill, RunType
from self_service.models.notices import Notice
from self_service.models.people import Individual
from self_service.money import Money
from self_service.seed.sign_ins import CORPORATE, HYBRID, POSTPAID


def seed_notices(session: Session, *, now: datetime) -> None:
    """Fill the histories of those who have bills, unless they are filled; the last is not read.

    Args:
        session: open transaction, after the demo's bills were made.
        now: instant of seeding.
    """
    session.flush()
    # the past of the demo was told in letters without words
    changed(session, delete(Notice).where(col(Notice.subject) == ""))
    logins = [one.login for one in (POSTPAID, CORPORATE, HYBRID)]
    known = select(Notice.identity_id).where(Notice.kind == KIND)
    rows = session.exec(
        select(CustomerBill, BillingAccount, DigitalIdentity, Individual)
        .join(BillingAccount, col(BillingAccount.id) == CustomerBill.account_id)
        .join(DigitalIdentity, col(DigitalIdentity.customer_id) == CustomerBill.customer_id)
        .join(Individual, col(Individual.id) == DigitalIdentity.individual_id)
        .where(
            col(DigitalIdentity.login).in_(logins),
            col(DigitalIdentity.id).not_in(known),
            CustomerBill.run_type == RunType.ON_CYCLE,
        )
        .order_by(col(CustomerBill.billed_at))
    ).all()
    for bill, account, identity, person in rows:
        notice = BillNotice(
            number=bill.number,
            credit_note=bill.category is BillCategory.CREDIT_NOTE,
            gross=Money(bill.gross_minor, bill.currency),
            open=Money(bill.remaining_minor, bill.currency),
            due_at=bill.due_at,
            autopay=account.autopay,
        )
        letter = bill_letters.wording(notice)(person.language, "")
        language, at = person.language, bill.billed_at
        telling.note(session, identity.id, KIND, letter, language=language, now=at)
    session.flush()
    read: dict[UUID, Notice] = {}
    told = select(Notice).where(Notice.kind == KIND, Notice.created_at <= now)
    for row in session.exec(told.order_by(col(Notice.created_at))):
        if before := read.get(row.identity_id):
            before.read_at = before.read_at or row.created_at
        read[row.identity_id] = row
    session.flush()
