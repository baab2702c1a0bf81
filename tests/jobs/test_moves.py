"""Moves are done on their day; one that fails does not keep the others."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, select

from self_service.domain.people import moves, sites
from self_service.jobs.moves import Moves
from self_service.models.messages import CommunicationMessage
from self_service.models.people import PlannedMove, Site
from tests.conftest import NOW
from tests.mailbox import words
from tests.order_shop import FORM, customer
from tests.settings_people import PLACE


def planned(session: Session, email: str, days: int) -> UUID:
    actor = customer(session, email)
    day = (NOW + timedelta(days=days)).date()
    (home,) = sites.listed(session, actor, now=NOW)
    form = {**FORM, "street_address": "Kai 1", "move_on": day.isoformat()}
    return moves.plan(session, actor, home.id, form=form, place=PLACE, told=words, now=NOW)


def streets(database: Any) -> list[str]:
    with database.reading() as session:
        rows = session.exec(select(Site.address).where(Site.closed_at.is_(None))).all()
    return sorted(row["street_address"] for row in rows)


async def test_each_on_its_day(shop_database, clock) -> None:
    with shop_database.writing() as session:
        planned(session, "ada@example.com", 1)
        planned(session, "ben@example.com", 2)
    job = Moves(shop_database, clock)
    assert await job.look() == 0
    clock.move(days=1)
    assert await job.look() == 1
    assert streets(shop_database) == ["Kai 1", "Lindenweg 4"]
    assert await job.look() == 0
    clock.move(days=7)
    assert await job.look() == 1
    assert streets(shop_database) == ["Kai 1", "Kai 1"]
    with shop_database.reading() as session:
        kinds = session.exec(select(CommunicationMessage.kind)).all()
        bodies = session.exec(
            select(CommunicationMessage.body).where(CommunicationMessage.kind == "moved")
        ).all()
    assert sorted(kinds) == ["move_planned"] * 2 + ["moved"] * 2
    assert not any("Kai 1" in body for body in bodies)
    assert any("22 November 2026" in body for body in bodies)


async def test_one_that_fails_is_tried_again(
    shop_database, clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with shop_database.writing() as session:
        bad = planned(session, "ada@example.com", 1)
        planned(session, "ben@example.com", 1)
    clock.move(days=1)
    take_effect = moves.take_effect

    def failing(session: Session, move_id: UUID, **values: Any) -> bool:
        done = take_effect(session, move_id, **values)
        if move_id == bad:
            raise RuntimeError("no luck")
        return done

    caplog.set_level(logging.ERROR)
    monkeypatch.setattr(moves, "take_effect", failing)
    assert await Moves(shop_database, clock).look() == 1
    assert "could not be done" in caplog.text
    assert streets(shop_database) == ["Kai 1", "Lindenweg 4"]
    with shop_database.reading() as session:
        assert session.get_one(PlannedMove, bad).done_at is None
    monkeypatch.undo()
    assert await Moves(shop_database, clock).look() == 1
    assert streets(shop_database) == ["Kai 1", "Kai 1"]
