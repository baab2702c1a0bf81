"""Groups, ways into them, limits and wishes: who may what, when it is over, and who is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, func, select

from self_service.domain.access import Actor, NotAllowed, SignInNeeded
from self_service.domain.errors import Invalid, NotFound
from self_service.domain.people.own_data_shape import Whose
from self_service.domain.people.own_data_sharing import SHARING
from self_service.domain.sharing import groups, joining, members, requests
from self_service.domain.sharing.groups import NothingToShare, SharesAlready, TakesFromGroup
from self_service.domain.sharing.joining import CodeUsedUp
from self_service.domain.sharing.members import GroupFull, InGroupAlready
from self_service.domain.sharing.requests import AskedAlready, RequestOver
from self_service.domain.sharing.view import sharing
from self_service.domain.usage import explain, keeping, meters, records
from self_service.models.audit import AuditEntry
from self_service.models.base import new_id
from self_service.models.sharing import (
    SharedDraw,
    SharedUse,
    SharingInvitation,
    SharingLimit,
    SharingMember,
)
from self_service.models.usage import Usage, UsagePeriod
from self_service.wiring import vault
from tests.conftest import NOW
from tests.mailbox import mails, words
from tests.sharing_world import POLICY, Family, code_of, family
from tests.used import charged, feed, rate, rolled_back, row
from tests.wallets import person

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GB = 1_024**3
FAR, SMALL, BIG = "+491582200003", "+491582200002", "+491582200001"


@pytest.fixture
def us(session: Session) -> Family:
    return family(session, now=NOW)


def accept(
    session: Session, us: Family, code: object, *, at: datetime = NOW, who: Any = None
) -> None:
    joining.accept(
        session, who or us.ben, code, us.far, vault=vault(), words=words, policy=POLICY, now=at
    )


def add(session: Session, us: Family, line: object, at: datetime = NOW) -> None:
    joining.add(session, us.ada, us.group, line, policy=POLICY, now=at)


def member(session: Session) -> SharingMember:
    return session.exec(
        select(SharingMember)
        .where(SharingMember.left_at.is_(None))
        .execution_options(populate_existing=True)
    ).one()


def ask(session: Session, who: Actor, amount: object = "2", at: datetime = NOW) -> None:
    requests.ask(
        session,
        who,
        member(session).id,
        kind="data",
        amount=amount,
        words=words,
        policy=POLICY,
        now=at,
    )


def limit(session: Session, us: Family, amount: object, at: datetime = NOW) -> None:
    members.set_limit(session, us.ada, member(session).id, kind="data", amount=amount, now=at)


def seen(session: Session, who: Actor, at: datetime = NOW) -> Any:
    return sharing(session, who, vault=vault(), now=at)


def test_a_code_works_once_for_a_day_and_brings_the_line_in(session: Session, us: Family) -> None:
    code = code_of(session, us, now=NOW)
    assert seen(session, us.ada).groups[0].invited[0].code == code
    assert joining.look(session, code, vault=vault(), now=NOW).owner == "Ada Quell"
    typed = f" {code[:5].lower()}-{code[5:]}"
    for at, wrong in ((NOW + DAY, code), (NOW, code[:-1]), (NOW, None)):
        with pytest.raises(CodeUsedUp):
            accept(session, us, wrong, at=at)
    assert session.exec(select(SharingMember)).all() == []
    accept(session, us, typed, at=NOW + HOUR)
    with pytest.raises(CodeUsedUp):
        accept(session, us, code, at=NOW + HOUR)
    (theirs,) = seen(session, us.ben, NOW + HOUR).memberships
    assert (theirs.owner, theirs.taken[0].may) == ("Ada Quell", 10 * GB)
    group = seen(session, us.ada, NOW + HOUR).groups[0]
    assert [(one.line.id, one.holder) for one in group.members] == [(us.far, "Ben Other")]
    assert group.invited == ()
    assert mails(session) == [
        ("group_invited", "ben@example.com"),
        ("group_joined", "ada@example.com"),
    ]
    row = session.exec(select(SharingInvitation)).one()
    session.refresh(row)
    assert (row.sealed_code, row.email) == ("", "")
    said = session.exec(select(AuditEntry.act).order_by(AuditEntry.number)).all()
    assert [one for one in said if one.startswith("sharing.")] == [
        "sharing.started",
        "sharing.invited",
        "sharing.joined",
    ]


def test_an_invitation_can_be_withdrawn_by_its_owner_only(session: Session, us: Family) -> None:
    code = code_of(session, us, now=NOW)
    (waiting,) = seen(session, us.ada).groups[0].invited
    with pytest.raises(NotFound):
        joining.withdraw(session, us.ben, waiting.id, now=NOW)
    joining.withdraw(session, us.ada, waiting.id, now=NOW)
    with pytest.raises(NotFound):
        joining.withdraw(session, us.ada, waiting.id, now=NOW)
    with pytest.raises(CodeUsedUp):
        accept(session, us, code)


def test_a_line_gives_or_takes_and_that_once(session: Session, us: Family) -> None:
    with pytest.raises(SharesAlready):
        groups.start(session, us.ada, us.big, name="Two", kinds=["data"], now=NOW)
    with pytest.raises(NothingToShare):
        groups.start(session, us.ada, us.small, name="Two", kinds=["data"], now=NOW)
    for name, kinds in (("", ["data"]), ("Two", []), ("x" * 41, ["data"])):
        with pytest.raises(Invalid):
            groups.start(session, us.ada, us.small, name=name, kinds=kinds, now=NOW)
    with pytest.raises(InGroupAlready):
        add(session, us, us.big)
    add(session, us, us.small)
    with pytest.raises(InGroupAlready):
        add(session, us, us.small)
    with pytest.raises(TakesFromGroup):
        groups.start(session, us.ada, us.small, name="Two", kinds=["data"], now=NOW)
    with pytest.raises(NotFound):
        add(session, us, us.far)
    few = type(POLICY)(members_most=1)
    code = code_of(session, us, now=NOW)
    with rolled_back(session), pytest.raises(GroupFull):
        joining.accept(
            session, us.ben, code, us.far, vault=vault(), words=words, policy=few, now=NOW
        )
    accept(session, us, code)  # the refusal used nothing up


def test_who_leaves_is_counted_alone_from_that_instant_and_the_owner_is_told(
    session: Session, us: Family
) -> None:
    accept(session, us, code_of(session, us, now=NOW))
    at = NOW + HOUR
    feed(session, row("with", at, "data", GB, number=FAR), now=at)
    rate(session, now=at)
    assert charged(session) == {}
    with pytest.raises(NotFound):
        members.leave(session, us.ada, member(session).id, words=words, now=at + HOUR)
    members.leave(session, us.ben, member(session).id, words=words, now=at + HOUR)
    assert ("group_left", "ada@example.com") in mails(session)
    # late: began while it belonged; and one after
    feed(
        session,
        row("late", at + timedelta(minutes=5), "data", GB, number=FAR),
        row("after", at + 2 * HOUR, "data", GB, number=FAR),
        now=at + 3 * HOUR,
    )
    rate(session, now=at + 3 * HOUR)
    assert set(charged(session)) == {"after"}
    assert session.exec(select(SharedUse.units)).one() == 2 * GB
    assert seen(session, us.ben, at + 3 * HOUR).memberships == ()


def test_what_was_rated_too_far_is_rated_again_when_somebody_joins_or_leaves(
    session: Session, us: Family
) -> None:
    soon = NOW + timedelta(minutes=30)  # clocks of networks may be ahead
    feed(session, row("ahead", soon, "data", GB, number=FAR), now=NOW)
    rate(session, now=NOW)
    assert set(charged(session)) == {"ahead"}
    accept(session, us, code_of(session, us, now=NOW))
    rate(session, now=NOW)
    assert charged(session) == {}
    members.remove(session, us.ada, member(session).id, words=words, now=NOW)
    rate(session, now=NOW)
    assert set(charged(session)) == {"ahead"}
    assert ("group_left", "ben@example.com") in mails(session)


def test_limits_hold_from_when_they_were_set_and_a_grant_until_the_month_ends(
    session: Session, us: Family
) -> None:
    accept(session, us, code_of(session, us, now=NOW))
    limit(session, us, "2")
    for wrong in ("-1", "1.5", "x", "9" * 3000):
        with pytest.raises(Invalid):
            limit(session, us, wrong)
    at = NOW + HOUR
    feed(session, row("a", at, "data", 3 * GB, number=FAR), now=at)
    rate(session, now=at)
    assert charged(session)["a"][0] == GB
    ask(session, us.ben, at=at)
    (wish,) = seen(session, us.ada, at).groups[0].wishes
    requests.answer(session, us.ada, wish.id, grant=True, words=words, now=at + HOUR)
    (taken,) = seen(session, us.ben, at + HOUR).memberships[0].taken
    assert (taken.limit, taken.base, taken.may) == (4 * GB, 2 * GB, 2 * GB)
    feed(session, row("b", at + 2 * HOUR, "data", 3 * GB, number=FAR), now=at + 3 * HOUR)
    # as late as the month ends: then the limit is what it was
    later = NOW + 31 * DAY
    feed(session, row("c", later, "data", 3 * GB, number=FAR), now=later)
    rate(session, now=later)
    assert {name: units for name, (units, _) in charged(session).items()} == {
        "a": GB,
        "b": GB,
        "c": GB,
    }
    limit(session, us, "", at=later)
    assert seen(session, us.ben, later).memberships[0].taken[0].limit is None
    sums = session.exec(select(SharingLimit)).all()
    assert [(one.units, one.extra) for one in sums] == [
        (2 * GB, False),
        (2 * GB, True),
        (None, False),
    ]


def test_a_wish_is_answered_once_or_is_over_after_a_day(session: Session, us: Family) -> None:
    accept(session, us, code_of(session, us, now=NOW))
    limit(session, us, "1")
    with pytest.raises(Invalid):
        ask(session, us.ben, "3")
    with pytest.raises(NotFound):
        ask(session, us.ada)
    ask(session, us.ben)
    with pytest.raises(AskedAlready):
        ask(session, us.ben, at=NOW + HOUR)
    (wish,) = seen(session, us.ben).memberships[0].wishes
    with pytest.raises(NotFound):
        requests.answer(session, us.ben, wish.id, grant=True, words=words, now=NOW)
    with pytest.raises(RequestOver):
        requests.answer(session, us.ada, wish.id, grant=True, words=words, now=NOW + DAY)
    assert seen(session, us.ada, NOW + DAY).groups[0].wishes == ()
    ask(session, us.ben, at=NOW + DAY)  # the first is over by itself
    (second,) = seen(session, us.ada, NOW + DAY).groups[0].wishes
    requests.answer(session, us.ada, second.id, grant=False, words=words, now=NOW + DAY)
    with pytest.raises(RequestOver):
        requests.take_back(session, us.ben, second.id, now=NOW + DAY)
    assert seen(session, us.ben, NOW + DAY).memberships[0].taken[0].limit == GB
    kinds = [kind for kind, _ in mails(session)]
    assert kinds.count("group_asked") == 2
    assert kinds.count("group_answered") == 1


def test_strangers_find_nothing_and_change_nothing(session: Session, us: Family) -> None:
    accept(session, us, code_of(session, us, now=NOW))
    ask(session, us.ben)
    row_id = member(session).id
    (wish,) = seen(session, us.ada).groups[0].wishes
    eve = person(session, "eve@example.com", now=NOW, name="Eve Else")
    given: dict[str, Any] = {"words": words, "now": NOW}
    for who, refusal in ((eve, NotFound), (Actor(), SignInNeeded)):
        for act in (
            lambda who: groups.close(session, who, us.group, **given),
            lambda who: members.remove(session, who, row_id, **given),
            lambda who: members.leave(session, who, row_id, **given),
            lambda who: members.set_limit(session, who, row_id, kind="data", amount="1", now=NOW),
            lambda who: requests.answer(session, who, wish.id, grant=True, **given),
            lambda who: requests.take_back(session, who, wish.id, now=NOW),
        ):
            with pytest.raises(refusal):
                act(who)
    assert seen(session, eve) == type(seen(session, eve))((), (), ())
    (there,) = seen(session, us.ada).groups
    assert (len(there.members), len(there.wishes)) == (1, 1)
    acting = Actor(
        role=us.ben.role, customer_id=us.ben.customer_id, identity_id=us.ada.identity_id, behalf="B"
    )
    with pytest.raises(NotAllowed):
        accept(session, us, "X" * 10, who=acting)


def test_closing_lets_all_go_and_the_line_can_share_anew(session: Session, us: Family) -> None:
    add(session, us, us.small)
    accept(session, us, code_of(session, us, now=NOW))
    code_of(session, us, now=NOW, email="more@example.com")
    groups.close(session, us.ada, us.group, words=words, now=NOW + HOUR)
    assert seen(session, us.ada, NOW + HOUR).groups == ()
    assert seen(session, us.ben, NOW + HOUR).memberships == ()
    assert [one for one in mails(session) if one[0] == "group_left"] == [
        ("group_left", "ben@example.com")
    ]
    with pytest.raises(NotFound):
        groups.close(session, us.ada, us.group, words=words, now=NOW + HOUR)
    groups.start(session, us.ada, us.big, name="Again", kinds=["data"], now=NOW + HOUR)


def test_a_record_tells_what_came_from_the_group_and_meters_say_shared(
    session: Session, us: Family
) -> None:
    accept(session, us, code_of(session, us, now=NOW))
    limit(session, us, "1")
    at = NOW + HOUR
    feed(
        session,
        row("theirs", at, "data", 2 * GB, number=FAR),
        row("own", at + HOUR, "data", 10 * GB, number=BIG),
        now=at + HOUR,
    )
    rate(session, now=at + HOUR)
    for who, line, units, group in ((us.ben, us.far, [GB], "Us"), (us.ada, us.big, [9 * GB], "")):
        (record,) = records.records(session, who, now=at + HOUR, product_id=line).records
        told = explain.explain(session, who, record.key, now=at + HOUR)
        assert [(one.units, one.group) for one in told.covered] == [(units[0], group)]
        assert told.charged is not None
        assert told.charged.units == GB
    for who, groups_too in ((us.ada, True), (us.ben, False)):  # what is given out of own data
        whose = Whose(customer=who.customer(), individual=new_id(), identity=who.identity())
        for part in SHARING:
            given = session.exec(
                select(func.count()).select_from(part.table).where(part.mine(whose))
            )
            owners = part.key in {"sharing_groups", "sharing_invitations"}
            asked = part.key == "sharing_requests"
            assert bool(given.one()) is (not asked and owners is groups_too), part.key
    mine = meters.meters(session, us.ada, now=at + HOUR)
    assert [one.group_id for line in mine for one in line.meters] == [us.group]


def test_records_of_members_go_first_and_what_they_got_stays(session: Session, us: Family) -> None:
    accept(session, us, code_of(session, us, now=NOW))
    at = NOW + HOUR
    feed(session, row("a", at, "data", 8 * GB, number=FAR), now=at)
    rate(session, now=at)
    end = session.exec(select(UsagePeriod.ends_at).where(UsagePeriod.product_id == us.big)).first()
    assert end is not None
    keeping.forget(session, months=0, now=end)
    assert len(session.exec(select(SharedDraw)).all()) == 1
    assert session.exec(select(Usage)).all() == []
    # the giving month still takes late records: there is as much left as there was
    feed(session, row("late", at - HOUR / 2, "data", 3 * GB, number=BIG), now=end)
    rate(session, now=end)
    assert charged(session)["late"][0] == GB
    keeping.forget(session, months=0, now=end + 40 * DAY)
    assert session.exec(select(SharedDraw)).all() == []
    assert session.exec(select(SharedUse.units)).one() == 8 * GB
