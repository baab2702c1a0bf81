"""People with access: the page of the owner, the invitation, and Home of whoever was let in."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from sqlmodel import select

from self_service import i18n, letters
from self_service.domain import access
from self_service.domain.access import FRESH_FOR, resolve
from self_service.domain.people import member_list, members
from self_service.models.access import DigitalIdentity, Grant, Role
from self_service.models.messages import CommunicationMessage
from self_service.pages import home as home_page
from self_service.pages import invitation as invitation_page
from self_service.pages import members as page
from self_service.state import guard
from self_service.state.home import HomeState, home_values
from self_service.state.invitation import InvitationState, invitation_values
from self_service.state.members import MembersState, members_values
from self_service.state.request import Elsewhere, PageRequest
from tests.house import House
from tests.household import TABLES, buy, come, let_in, wish
from tests.live import Live, live
from tests.mailbox import link_in, mail, words
from tests.paper import live as compiled
from tests.paper import printed
from tests.settings_people import HOSTILE

ANYTHING: list[Any] = [
    None,
    [],
    {},
    5,
    True,
    "x" * 300,
    "\ud800\0",
    {"scope_view": []},
    *HOSTILE[:6],
]
FORM = {"email": "ben@example.com", "product": "all", "scope_view": "on", "until": ""}


@pytest.fixture
def ada(house: House) -> str:
    """The cookie of a customer who has a phone with a plan and an internet access."""
    with house.signed_in() as browser:
        cookie = browser.cookie
    with house.database.writing() as session:
        buy(session, resolve(session, cookie, now=house.clock()), house.shop)
    return cookie


@pytest.fixture
def ben(house: House, ada: str) -> str:
    """The cookie of somebody whom Ada let in to all."""
    with house.database.writing() as session:
        actor = resolve(session, ada, now=house.clock())
        let_in(session, actor, scopes=["manage"], until="2026-12-24")
    return _cookie(house)


def _cookie(house: House) -> str:
    """Sign Ben in once more, under a cookie that is known."""
    with house.database.writing() as session:
        found = select(DigitalIdentity).where(DigitalIdentity.login == "ben@example.com")
        access.open_session(session, session.exec(found).one().id, cookie="ben", now=house.clock())
    return "ben"


async def opened(tab: Live) -> None:
    tab.url = "/en/members"
    await tab.send(MembersState.load)


async def values(cookie: str, language: str = "en") -> dict[str, Any]:
    return await members_values(PageRequest.at(f"/{language}/members", cookie))


async def test_somebody_is_invited_changed_and_taken_out(house: House, ada: str) -> None:
    async with live(ada) as tab:
        await opened(tab)
        products = tab.shows(MembersState, "products")
        assert [row.text.split(" ·")[0] for row in products] == [
            "All subscriptions",
            "plan",
            "fibre",
        ]
        await tab.send(MembersState.invite, form={**FORM, "until": "2026-11-01"})
        assert "This day is over" in tab.shows(MembersState, "faults")["until"]
        assert house.rows(CommunicationMessage) == [[]]
        await tab.send(MembersState.invite, form={**FORM, "product": products[2].value})
        assert "Invited" in tab.notice
        (row,) = tab.shows(MembersState, "pending")
        assert (row.email, row.product, row.can) == ("ben@example.com", "fibre", "May see it")
        with house.database.writing() as session:
            come(session, link_in(mail(session, "invitation").body))
        await opened(tab)
        (member,) = tab.shows(MembersState, "members")
        assert (member.name, tab.shows(MembersState, "pending")) == ("Ben Quell", [])
        (row,) = member.access
        await tab.send(MembersState.edit, access_id=row.id)
        assert tab.shows(MembersState, "open") == row.id
        await tab.send(MembersState.change, form={"until": "2026-11-30"})
        assert tab.shows(MembersState, "open_faults")["scopes"]
        await tab.send(MembersState.change, form={"scope_pay": True, "until": "2026-11-30"})
        (row,) = tab.shows(MembersState, "members")[0].access
        assert (row.can, row.until) == ("May see it and pay for it", "until 30 Nov 2026")
        assert tab.shows(MembersState, "open") == ""
        await tab.send(MembersState.remove, access_id=row.id)
        assert tab.shows(MembersState, "members") == []
    assert house.rows(Grant) == [[]]


async def test_an_invitation_is_withdrawn(house: House, ada: str) -> None:
    async with live(ada) as tab:
        await opened(tab)
        await tab.send(MembersState.invite, form=FORM)
        (row,) = tab.shows(MembersState, "pending")
        await tab.send(MembersState.withdraw, reference=row.reference)
        assert tab.shows(MembersState, "pending") == []
        await tab.send(MembersState.withdraw, reference=row.reference)
        assert tab.shows(MembersState, "refused")


async def test_mails_are_limited(house: House, ada: str) -> None:
    async with live(ada) as tab:
        await opened(tab)
        for _ in range(members.INVITED.most + 1):
            await tab.send(MembersState.invite, form=FORM)
        assert "too often" in tab.shows(MembersState, "refused")
    assert len(house.rows(CommunicationMessage)[0]) == members.INVITED.most


async def test_without_a_fresh_proof_the_page_leads_to_one(house: House, ada: str) -> None:
    async with live(ada) as tab:
        await opened(tab)
        assert tab.shows(MembersState, "confirm_href") == ""
        house.clock.move(seconds=FRESH_FOR.total_seconds())
        await tab.send(MembersState.invite, form=FORM)
        assert tab.gone_to == "/en/confirm?next=%2Fen%2Fmembers"
    found = await values(ada)
    assert found["confirm_href"] == "/en/confirm?next=%2Fen%2Fmembers"
    html = printed(page.view, MembersState, found)
    assert "we ask once more" in html
    assert 'name="email"' not in html
    assert house.rows(CommunicationMessage) == [[]]


@pytest.mark.parametrize("language", list(i18n.LANGUAGES))
async def test_the_pages_show_what_is_known(
    house: House, ada: str, ben: str, language: str
) -> None:
    html = printed(page.view, MembersState, await values(ada, language), language)
    assert "Ben Quell" in html
    assert 'name="scope_manage"' in html
    theirs = await home_values(PageRequest.at(f"/{language}/home", ben))
    html = printed(home_page.view, HomeState, theirs, language)
    assert "Ada Quell" in html
    assert "fibre" in html
    for view, state in (
        (page.view, MembersState),
        (home_page.view, HomeState),
        (invitation_page.view, InvitationState),
    ):
        assert compiled(view, state, language)


async def test_a_member_sees_the_shared_subscriptions_only(
    house: House, ada: str, ben: str
) -> None:
    found = await home_values(PageRequest.at("/en/home", ben))
    assert found["member"]
    assert [found[name] for name in ("subscriptions", "goods", "open_orders")] == [[], [], []]
    assert [row.subscription.name for row in found["shared"]] == ["plan", "fibre"]
    assert {row.can for row in found["shared"]} == {"May see and change it"}
    own = await home_values(PageRequest.at("/en/home", ada))
    assert (own["shared"], own["member"], len(own["subscriptions"])) == ([], False, 2)


async def test_nothing_is_seen_from_the_second_after(house: House, ada: str, ben: str) -> None:
    with house.database.writing() as session:
        actor = resolve(session, ada, now=house.clock())
        found = page_access(session, actor, house)
        form = {"scopes": ["view"], "until": "2026-11-21"}
        members.change(session, actor, found, form=form, now=house.clock())
    request = PageRequest.at("/en/home", ben)
    house.clock.move(hours=1)
    assert len((await home_values(request))["shared"]) == 2
    with house.database.writing() as session:
        actor = resolve(session, ada, now=house.clock())
        access_id = page_access(session, actor, house)
        members.remove(session, actor, access_id, words=words, now=house.clock())
    values_ = await home_values(request)
    assert (values_["shared"], values_["nothing"]) == ([], True)
    assert "Nothing is shared with you now" in printed(home_page.view, HomeState, values_)


def page_access(session: Any, actor: Any, house: House) -> Any:
    (member,) = member_list.circle(session, actor, now=house.clock()).members
    return member.access[0].id


async def test_others_are_sent_elsewhere(house: House, ada: str, ben: str) -> None:
    with house.signed_in("staff@example.com", Role.REPRESENTATIVE) as staff:
        cookie = staff.cookie
    for who, place in (
        ("nobody", "/en/sign-in?next=%2Fen%2Fmembers"),
        (cookie, "/en/customers"),
    ):
        with pytest.raises(Elsewhere) as other:
            await values(who)
        assert other.value.path == place
    found = await values(ben)  # who sees only what is shared with him, and how to leave
    assert [row.text for row in found["sharers"]] == ["Ada Quell"]
    assert (found["owner"], found["members"], found["pending"]) == (False, [], [])


HANDLERS: dict[str, tuple[str, ...]] = {
    "invite": ("form",),
    "edit": ("access_id",),
    "change": ("form",),
    "remove": ("access_id",),
    "leave": ("customer",),
    "withdraw": ("reference",),
}


@pytest.mark.parametrize("who", ["ada", "ben", "nobody"])
async def test_anything_may_be_sent_and_nothing_happens(
    house: House, ada: str, ben: str, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "BURST", 10_000.0)
    before = house.rows(*TABLES)
    async with live({"ada": ada, "ben": ben}.get(who, who)) as tab:
        await opened(tab)
        for name, value in itertools.product(HANDLERS, ANYTHING):
            await tab.send(
                f"{MembersState.get_full_name()}.{name}", **dict.fromkeys(HANDLERS[name], value)
            )
            assert tab.failed == "", (name, value)
    assert house.rows(*TABLES) == before


@pytest.mark.parametrize("language", list(i18n.LANGUAGES))
async def test_the_invitation_says_what_it_offers(house: House, ada: str, language: str) -> None:
    with house.database.writing() as session:
        actor = resolve(session, ada, now=house.clock())
        members.invite(
            session,
            actor,
            form=wish(scopes=["pay"]),
            words=letters.invitation,
            language=language,
            now=house.clock(),
        )
        secret = link_in(mail(session, "invitation").body)
    url = f"/{language}/invitation?link={secret}"
    found = await invitation_values(PageRequest.at(url, "nobody"))
    assert (found["step"], found["owner"], found["email"]) == (
        "new",
        "Ada Quell",
        "ben@example.com",
    )
    html = printed(invitation_page.view, InvitationState, found, language)
    assert 'action="/do/accept-invitation"' in html
    assert secret in html
    dead = await invitation_values(PageRequest.at(f"/{language}/invitation?link=x", ada))
    assert (dead["step"], dead["owner"]) == ("dead", "")
    assert secret not in printed(invitation_page.view, InvitationState, dead, language)
