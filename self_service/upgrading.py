"""Bringing an installation to the newest version: its schema, then what ran before it.

Migrations hold plain SQL of their revision. What takes the rules of the domain is done here, after
the newest schema stands, in small transactions and before anything is served.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from self_service import migrate

if TYPE_CHECKING:
    from self_service.db import Database

#: The revision that brought the books.
BOOKS = "0005"


def upgrade(url: str) -> bool:
    """Bring a database to the newest schema and take over what is older than bills.

    Returns:
        False when the schema was the newest already: then nothing is looked at.
    """
    before = migrate.standing(url).revision
    if not migrate.upgrade(url):
        return False
    if before and before < BOOKS:
        from self_service import db  # noqa: PLC0415  (most starts need no ORM here)

        engine = db.make_engine(url)
        adopt(db.Database(engine))
        engine.dispose()
    return True


def adopt(database: Database) -> tuple[int, int]:
    """Take over paid orders under way and running products; a second time changes nothing.

    Returns:
        How many payments were booked, and how many products are charged now.
    """
    from self_service import clock, policy  # noqa: PLC0415
    from self_service.domain.bills import adopting  # noqa: PLC0415

    counts = []
    for step in (adopting.adopt_payments, adopting.adopt_products):
        done, last = 0, adopting.BATCH
        while last == adopting.BATCH:
            with database.writing() as session:
                last = step(session, now=clock.now(), policy=policy.current().bills)
            done += last
        counts.append(done)
    payments, products = counts
    return payments, products
