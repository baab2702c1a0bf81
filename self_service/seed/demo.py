"""Seeding, step by step. A step finds out by itself what is there already."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from self_service.domain.bills import taxes
from self_service.domain.intake.importing import ImportReport, import_file
from self_service.domain.people.sealing import Vault
from self_service.domain.wallet.terms import WalletTerms
from self_service.seed.bills import bills
from self_service.seed.centres import seed_centres
from self_service.seed.changes import changes
from self_service.seed.debts import debts
from self_service.seed.limits import seed_limits
from self_service.seed.network import seed_network
from self_service.seed.notices import seed_notices
from self_service.seed.people import seed_people
from self_service.seed.promotions import seed_promotions
from self_service.seed.resources import seed_resources
from self_service.seed.sharing import seed_sharing
from self_service.seed.usage import collect_usage, seed_usage
from self_service.seed.vouchers import seed_vouchers
from self_service.seed.wallet import seed_wallet

CATALOG = Path(__file__).parent / "catalog"


class BadSeed(RuntimeError):
    """A catalogue file of ours cannot be used as it is: a bug of the release."""


def seed_demo(
    session: Session,
    *,
    now: datetime,
    hash_password: Callable[[str], str],
    vault: Vault,
    terms: WalletTerms,
) -> None:
    """Load the demo operator, or what of it is missing.

    Args:
        session: open transaction.
        now: instant of seeding; what the demo's customers bought lies before it.
        hash_password: takes a tenth of a second a call, nine calls on an empty database.
        vault: the installation's; it opens the codes of vouchers again.
        terms: of wallets; currency and country of the installation.

    Raises:
        BadSeed: nothing was kept once the transaction is given up.
    """
    seed_catalog(session, now=now)
    seed_resources(session)
    taxes.seed(session)
    seed_promotions(session, now=now)
    seed_people(session, now=now, hash_password=hash_password)
    seed_sharing(session, vault=vault, now=now)
    seed_usage(session, now=now)
    # vouchers fill the wallet first, and what is overdue was billed
    seed_vouchers(session, vault=vault, terms=terms, now=now)
    seed_wallet(session, now=now, currency=terms.currency, country=terms.country)
    collect_usage(session, now=now)
    bills(session, now)
    debts(session, now)
    changes(session, now)
    seed_centres(session, now=now)
    seed_network(session, vault=vault, now=now)
    seed_notices(session, now=now)
    seed_limits(session, now=now)


def seed_catalog(session: Session, *, now: datetime) -> tuple[ImportReport, ...]:
    """Import the demo operator's files in their order; unchanged ones change nothing.

    Raises:
        BadSeed: one of them has a fault.
    """
    reports = []
    for file in sorted(CATALOG.glob("*.json")):
        report = import_file(session, file, now=now)
        if report.faults:
            raise BadSeed(f"{file.name}: {report.faults[0]}")
        reports.append(report)
    return tuple(reports)
