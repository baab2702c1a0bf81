"""Of two who send the same code, or want the same name, at the same moment, one succeeds."""

from __future__ import annotations

from typing import Any

import pyotp
from sqlmodel import Session

from self_service import db
from self_service.domain.people import credentials, factor_codes
from self_service.domain.people.credentials import UsernameTaken
from self_service.models.access import DigitalIdentity
from tests.conftest import NOW
from tests.crowd import at_once
from tests.domain.test_second_factor import VAULT
from tests.order_shop import customer

CROWD = 6


def test_a_code_and_a_recovery_code_work_for_one(database: db.Database) -> None:
    secret = pyotp.random_base32()
    with database.writing() as session:
        ada = customer(session)
        row = session.get_one(DigitalIdentity, ada.identity())
        row.totp_secret = VAULT.seal(f"{row.id.hex}:{secret}", now=NOW)
        codes = factor_codes.new_codes(session, row.id, VAULT)

    def prove(session: Session, code: str) -> Any:
        return factor_codes.prove(session, ada.identity(), code, vault=VAULT, now=NOW)

    for code in (pyotp.TOTP(secret).at(NOW), codes[0]):
        found = at_once(database, [lambda session, code=code: prove(session, code)] * CROWD)
        assert sum(one is not None for one in found) == 1


def test_a_username_goes_to_one(database: db.Database) -> None:
    with database.writing() as session:
        people = [customer(session, f"p{number}@example.com") for number in range(CROWD)]

    def take(session: Session, who: Any) -> Any:
        return credentials.change_username(session, who, username="quell", now=NOW)

    found = at_once(database, [lambda session, who=who: take(session, who) for who in people])
    assert found.count(UsernameTaken.code) == CROWD - 1
