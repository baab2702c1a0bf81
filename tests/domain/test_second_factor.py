"""Codes of an app: once each, a step of drift, bound to their owner, and codes for the loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, select

from self_service.domain.access import Actor, ConfirmationNeeded, SignInNeeded
from self_service.domain.errors import DomainError
from self_service.domain.people import factor_codes, second_factor
from self_service.domain.people.credentials import Notice
from self_service.domain.people.factor_codes import FactorUnreadable, Proof, WrongCode, squeezed
from self_service.domain.people.sealing import Unsealable, Vault
from self_service.domain.people.second_factor import AlreadyOn, NotOn, ProposalTooOld
from self_service.models.access import DigitalIdentity, RecoveryCode
from self_service.models.audit import AuditEntry
from self_service.models.messages import CommunicationMessage
from tests.conftest import NOW
from tests.order_shop import customer, rows

VAULT = Vault("a secret of the tests")
NOTICE = Notice("note", "en", "Something changed", "It did.")
TABLES = (DigitalIdentity, RecoveryCode, AuditEntry, CommunicationMessage)


@pytest.fixture
def ada(session: Session) -> Actor:
    return customer(session)


def refuses(session: Session, refusal: type[DomainError], act: Callable[[], Any]) -> None:
    before = rows(session, *TABLES)
    with pytest.raises(refusal):
        act()
    assert rows(session, *TABLES) == before


def propose(session: Session, actor: Actor, now=NOW) -> second_factor.Proposal:
    return second_factor.propose(session, actor, vault=VAULT, operator="Tide: Well", now=now)


def turn_on(session: Session, actor: Actor, sealed: str, code: str, now=NOW) -> tuple[str, ...]:
    return second_factor.turn_on(
        session, actor, sealed=sealed, code=code, vault=VAULT, notice=NOTICE, now=now
    )


def code_of(secret: str, at=NOW) -> str:
    return pyotp.TOTP(secret).at(at)


def set_up(session: Session, actor: Actor) -> tuple[str, tuple[str, ...]]:
    secret = propose(session, actor).secret
    sealed = VAULT.seal(f"{actor.identity().hex}:{secret}", now=NOW)
    return secret, turn_on(session, actor, sealed, code_of(secret))


def prove(session: Session, actor: Actor, code: str, now=NOW) -> Proof | None:
    return factor_codes.prove(session, actor.identity(), code, vault=VAULT, now=now)


def test_only_a_right_code_turns_it_on(session, ada) -> None:
    before = rows(session, *TABLES)
    proposal = propose(session, ada)
    assert rows(session, *TABLES) == before  # nothing is kept of what was not taken up
    assert "issuer=Tide" in proposal.address
    assert "secret=" + proposal.secret in proposal.address
    wrong = "000000" if code_of(proposal.secret) != "000000" else "000001"
    refuses(session, WrongCode, lambda: turn_on(session, ada, proposal.sealed, wrong))
    codes = turn_on(session, ada, proposal.sealed, code_of(proposal.secret))
    assert factor_codes.is_on(session, ada.identity())
    assert len(set(codes)) == factor_codes.codes_left(session, ada.identity()) == 10
    kept = repr(rows(session, *TABLES))
    assert proposal.secret not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    assert session.exec(select(AuditEntry.act)).all() == ["second_factor.turned_on"]
    mail = session.exec(select(CommunicationMessage)).one()
    assert (mail.receiver, mail.subject) == ("ada@example.com", "Something changed")


def test_a_secret_on_offer_is_nobody_elses_and_ends(session, ada) -> None:
    proposal, eve = propose(session, ada), customer(session, "eve@example.com")
    code = code_of(proposal.secret)
    refuses(session, ProposalTooOld, lambda: turn_on(session, eve, proposal.sealed, code))
    refuses(session, ProposalTooOld, lambda: turn_on(session, ada, "made up", code))
    refuses(session, ProposalTooOld, lambda: turn_on(session, ada, "é", code))
    late = NOW + timedelta(minutes=31)
    fresh = replace(ada, confirmed_at=late)
    refuses(
        session,
        ProposalTooOld,
        lambda: turn_on(session, fresh, proposal.sealed, code_of(proposal.secret, late), late),
    )


def test_all_of_it_needs_a_fresh_proof(session, ada) -> None:
    stale = replace(ada, confirmed_at=NOW - timedelta(minutes=10))
    for actor, refusal in ((stale, ConfirmationNeeded), (Actor(), SignInNeeded)):
        for act in (
            lambda actor=actor: propose(session, actor),
            lambda actor=actor: turn_on(session, actor, "", ""),
            lambda actor=actor: second_factor.turn_off(session, actor, notice=NOTICE, now=NOW),
            lambda actor=actor: second_factor.renew_codes(
                session, actor, vault=VAULT, notice=NOTICE, now=NOW
            ),
        ):
            refuses(session, refusal, act)


def test_there_is_one_at_a_time(session, ada) -> None:
    early = propose(session, ada)
    set_up(session, ada)
    refuses(session, AlreadyOn, lambda: propose(session, ada))
    refuses(
        session,
        AlreadyOn,
        lambda: turn_on(session, ada, early.sealed, code_of(early.secret)),
    )


def test_no_code_works_twice(session, ada) -> None:
    secret, _ = set_up(session, ada)
    assert prove(session, ada, code_of(secret)) is None  # it turned the factor on
    later = NOW + timedelta(seconds=30)
    assert prove(session, ada, code_of(secret, later), later) is Proof.APP
    assert prove(session, ada, code_of(secret, later), later) is None
    assert prove(session, ada, code_of(secret), later) is None  # nor an older one after it


@pytest.mark.parametrize(
    ("steps", "works"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_clock_may_be_one_step_off(session, ada, steps: int, works: bool) -> None:
    secret, _ = set_up(session, ada)
    now = NOW + timedelta(minutes=5)
    typed = code_of(secret, now + timedelta(seconds=30 * steps))
    assert (prove(session, ada, typed, now) is Proof.APP) is works


def test_a_recovery_code_works_once_however_it_is_typed(session, ada) -> None:
    _, codes = set_up(session, ada)
    eve = customer(session, "eve@example.com")
    set_up(session, eve)
    assert prove(session, eve, codes[0]) is None
    assert prove(session, ada, f" {codes[0].upper()} ") is Proof.RECOVERY
    assert prove(session, ada, codes[0]) is None
    assert prove(session, ada, codes[1].replace("-", "")) is Proof.RECOVERY
    assert factor_codes.codes_left(session, ada.identity()) == 8


def test_new_codes_replace_the_old_ones(session, ada) -> None:
    refuses(
        session,
        NotOn,
        lambda: second_factor.renew_codes(session, ada, vault=VAULT, notice=NOTICE, now=NOW),
    )
    _, old = set_up(session, ada)
    new = second_factor.renew_codes(session, ada, vault=VAULT, notice=NOTICE, now=NOW)
    assert prove(session, ada, old[0]) is None
    assert prove(session, ada, new[0]) is Proof.RECOVERY


def test_turned_off_nothing_of_it_is_left(session, ada) -> None:
    secret, codes = set_up(session, ada)
    second_factor.turn_off(session, ada, notice=NOTICE, now=NOW)
    assert not factor_codes.is_on(session, ada.identity())
    later = NOW + timedelta(minutes=5)
    assert prove(session, ada, code_of(secret, later), later) is None
    assert prove(session, ada, codes[0]) is None
    assert rows(session, RecoveryCode) == [[]]
    refuses(session, NotOn, lambda: second_factor.turn_off(session, ada, notice=NOTICE, now=NOW))


def test_a_secret_in_the_row_of_another_opens_nothing(session, ada) -> None:
    secret, _ = set_up(session, ada)
    eve = customer(session, "eve@example.com")
    stolen = session.get_one(DigitalIdentity, ada.identity()).totp_secret
    session.get_one(DigitalIdentity, eve.identity()).totp_secret = stolen
    session.flush()
    with pytest.raises(FactorUnreadable):
        prove(session, eve, code_of(secret))


@given(st.text())
def test_whatever_is_typed_is_read_as_letters_and_digits(typed: str) -> None:
    found = squeezed(typed)
    assert found.isascii()
    assert found.isalnum() or found == ""
    assert squeezed(found) == found[:60]


def test_digits_of_other_scripts_count() -> None:
    assert squeezed("١٢٣ ٤٥٦") == squeezed("123-456") == "123456"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.text(max_size=40))
def test_only_the_same_installation_opens_what_it_sealed(text: str, forged: str) -> None:
    sealed = VAULT.seal(text, now=NOW)
    assert VAULT.open(sealed, now=NOW) == text
    assert VAULT.fingerprint(text) == Vault("a secret of the tests").fingerprint(text)
    for vault, sent in ((Vault("another"), sealed), (VAULT, forged), (VAULT, sealed[:-2])):
        with pytest.raises(Unsealable):
            vault.open(sent, now=NOW)


def test_a_new_secret_of_the_installation_loses_nothing(session, ada) -> None:
    secret, _ = set_up(session, ada)
    sealed = session.get_one(DigitalIdentity, ada.identity()).totp_secret
    now, newer = NOW + timedelta(minutes=5), Vault("a new secret", "a secret of the tests")
    proof = factor_codes.prove(session, ada.identity(), code_of(secret, now), vault=newer, now=now)
    assert proof is not None
    kept = session.get_one(DigitalIdentity, ada.identity(), populate_existing=True).totp_secret
    assert kept != sealed
    assert Vault("a new secret").open(kept, now=now).endswith(secret)
    assert newer.fingerprints("x")[1] == VAULT.fingerprint("x")


def test_a_text_too_old_is_not_opened() -> None:
    sealed, within = VAULT.seal("x", now=NOW), timedelta(minutes=30)
    assert VAULT.open(sealed, now=NOW + within, within=within) == "x"
    for at in (NOW + within + timedelta(seconds=1), NOW - timedelta(minutes=5)):
        with pytest.raises(Unsealable):
            VAULT.open(sealed, now=at, within=within)
