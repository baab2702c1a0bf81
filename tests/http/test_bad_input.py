"""Every form with what no page of ours sends: refused in words, nothing stored, nothing echoed.

The cases are made from the routes that there are: a new one is tried without a word here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import strategies as st
from starlette.routing import Route

from self_service.domain import access
from self_service.domain.access import attempts
from self_service.http import app
from self_service.http.forms import MAX_FIELDS
from self_service.models.access import Role, WebSession
from self_service.settings import ROOT
from tests import hostile
from tests.belongings import endow
from tests.hostile import ATTRIBUTE, SCRIPT, changes, drawn, dump, fields_in, fields_of, short
from tests.house import HERE, PASSWORD, Browser, House
from tests.order_shop import FORM
from tests.test_architecture import imported

#: Paths that take a form, by the module that answers.
ROUTES: dict[str, list[str]] = defaultdict(list)
for _route in app.build().routes:
    if isinstance(_route, Route) and _route.methods and "POST" in _route.methods:
        ROUTES[_route.endpoint.__module__.rpartition(".")[2]].append(_route.path)


def read_by(module: str) -> set[str]:
    """Names of the fields that a module of the HTTP door reads, itself or by its neighbours."""
    file = ROOT / "self_service" / "http" / f"{module}.py"
    near = (name.split(".") for name in imported(file) if name.startswith("self_service.http."))
    return {*fields_in({file, *(file.with_name(f"{names[2]}.py") for names in near)}), *FORM}


FIELDS = sorted({*fields_of("http"), *FORM})
#: What a careful person types into a field.
GOOD = dict.fromkeys(FIELDS, "") | FORM | {"agreed": "yes", "password": "sunny harbour walk"}
MANY = 4
URLENCODED = "application/x-www-form-urlencoded"

#: Half of a pair cannot stand in a form that a browser sends.
sent = hostile.words.map(lambda text: text.encode("utf-8", "replace").decode())


def pairs_of(names: Iterable[str]) -> st.SearchStrategy[tuple[str, str]]:
    """Fields with one of these names, or with a name that none has."""
    return st.tuples(st.sampled_from([*sorted(names), "invented", "", "\0", SCRIPT]), sent)


#: Fields may be missing, repeated, or others.
wholly_bad = st.lists(pairs_of(FIELDS), max_size=50)
MULTIPART = "multipart/form-data; boundary=x"
PART = b"--x\r\nContent-Disposition: form-data; name="
#: What a script of ours sends, and what a device says to it.
by_script = st.dictionaries(st.sampled_from(FIELDS), hostile.anything)
device = st.fixed_dictionaries(
    {
        "credential": st.fixed_dictionaries(
            {"id": hostile.words, "rawId": hostile.words, "type": hostile.words},
            optional={"response": by_script},
        )
    },
    optional=dict.fromkeys(("ticket", "name", "next", "language"), hostile.flat),
)
#: Bodies that are no form at all.
BODIES = (
    (b"", ""),
    (b"\xff\xfe\0", URLENCODED),
    (b"%", URLENCODED),
    (b"a=%ff&language=%00&=&&&;", URLENCODED),
    (b"login=" + b"x" * 200_000, URLENCODED),
    (b"login=" + b"x" * 1_000_000, URLENCODED),
    (b"&".join(b"login=%d" % number for number in range(2_000)), URLENCODED),
    (b"garbage", "multipart/form-data"),
    (b"garbage", MULTIPART),
    (PART + b'"login"; filename="a"\r\n\r\nb\r\n--x--\r\n', MULTIPART),
    (PART + b'"login"\r\n\r\n', MULTIPART),
    (b"--x\r\n\r\n\r\n--x--\r\n", MULTIPART),
    (b"login=a", "text/plain; charset=nonsense"),
    (b"\xff=\xff", f"{URLENCODED}; charset=nonsense"),
)
#: What is counted or recorded where somebody tries, and what a script asks for before it signs in;
#: what was typed to register is kept for its form.
RECORDED = {"attempts", "audit_entry", "audit_head", "one_time_secret", "shopping_cart"}


class Door:
    """The people who post, and what they have."""

    def __init__(self, house: House) -> None:
        self.house, self.browser = house, Browser()
        self.followed: set[tuple[str, str]] = set()
        customer = house.signed_in("customer@example.com")
        self.good = GOOD | house.ready(customer, "customer@example.com")
        self.good |= {"login": "customer@example.com", "current": PASSWORD}
        placed = customer.submit("/do/place-order", **self.form("checkout"))
        self.secret = placed.headers["location"].rsplit("/", 1)[1]
        house.filled(customer)
        self.good |= house.change(endow, house.actor(customer.cookie)).fields
        dealer = house.signed_in("dealer@example.com", Role.DEALER)
        self.identities = [house.actor(one.cookie).identity_id for one in (customer, dealer)]
        self.people = {"visitor": "a-visitor", "customer": customer.cookie, "dealer": dealer.cookie}

    def addresses(self, path: str) -> list[str]:
        """The addresses of a route: with nonsense, and with what is there, where it has a place."""
        if "{" not in path:
            return [path]
        before = path.split("{")[0]
        return [before + self.secret, before + "%00%3Cscript%3E"]

    def form(self, module: str) -> dict[str, str]:
        """What a careful person sends to a module."""
        known = read_by(module)
        return {name: value for name, value in self.good.items() if name in known}

    def post(self, path: str, cookie: str, body: bytes, kind: str) -> None:
        """Send a body, follow the answer, and see that nothing of it runs or leads outside."""
        self.browser.cookie = cookie
        headers = {"origin": HERE, "content-type": kind}
        answer = self.browser.post(path, content=body, headers=headers)  # a bug is raised here
        said = f"{path} {short(body)}"
        assert answer.status_code < 500, said
        self._runs_nothing(answer, said)
        place = answer.headers.get("location", "")
        assert place == "" or (place[0] == "/" and place[1:2] != "/"), f"{said}: {place!r}"
        assert "\n" not in place, said
        if place and (cookie, place) not in self.followed:
            self.followed.add((cookie, place))
            self._runs_nothing(self.browser.get(place), said)

    @staticmethod
    def _runs_nothing(answer: Any, said: str) -> None:
        if "html" in answer.headers.get("content-type", ""):
            assert SCRIPT not in answer.text, said
            assert ATTRIBUTE not in answer.text, said

    def sessions(self) -> int:
        return len(self.house.rows(WebSession)[0])


@pytest.fixture
def door(house: House, monkeypatch: pytest.MonkeyPatch) -> Door:
    # how often is tested elsewhere; counted, most cases here would be refused for that alone
    monkeypatch.setattr(attempts, "count", lambda *_, **__: True)
    return Door(house)


def bodies() -> Iterator[tuple[bytes, str]]:
    """Return what is sent to each route."""
    yield from BODIES
    for form in drawn(wholly_bad, MANY):
        yield urlencode(form).encode(), URLENCODED
    for asked in [*drawn(device, MANY), *drawn(by_script, MANY // 2)]:
        yield json.dumps(asked).encode(), "application/json"
    for asked in drawn(hostile.anything, 3):
        yield json.dumps(asked).encode(), "application/json"


SENT = list(bodies())


@pytest.mark.parametrize("module", sorted(ROUTES))
def test_nothing_of_a_bad_form_is_stored(house: House, door: Door, module: str) -> None:
    before, sessions = dump(house, RECORDED | {"web_session"}), door.sessions()
    for path in ROUTES[module]:
        for address in door.addresses(path):
            for number, (body, kind) in enumerate(SENT):
                door.post(address, door.people["customer"], body, kind)
                if number % 3 == 0:
                    other = ("visitor", "dealer")[number % 2]
                    door.post(address, door.people[other], body, kind)
        found = changes(before, dump(house, RECORDED | {"web_session"}))
        assert not found, f"{path}: {found}"
        assert door.sessions() <= sessions, f"{path}: somebody was signed in"
    hostile.is_clean(house)


@pytest.mark.parametrize("module", sorted(ROUTES))
def test_one_bad_field_of_a_good_form(house: House, door: Door, module: str) -> None:
    """What a field holds may be stored, or be at fault; stored, it is clean and not long."""
    for path in ROUTES[module]:
        for number, pair in enumerate(drawn(pairs_of(read_by(module)), MANY)):
            body = urlencode(door.form(module) | dict([pair])).encode()
            for identity_id in door.identities:
                cookie = f"cookie of {path} {number} {identity_id}".replace(" ", "-")
                house.change(access.open_session, identity_id, cookie=cookie, now=house.clock())
                for address in door.addresses(path):
                    door.post(address, cookie, body, URLENCODED)
    hostile.is_clean(house)


@pytest.mark.parametrize("way", ["sign-in", "confirm", "add"])
def test_bad_devices_with_a_good_ticket(house: House, door: Door, way: str) -> None:
    """What a device says is read only once its ticket was found."""
    before = dump(house, RECORDED)
    for said in drawn(device, 2 * MANY):
        door.browser.cookie = door.people["customer"]
        asked = door.browser.post(
            f"/do/passkey/{'offer' if way == 'add' else 'ask'}",
            content=b"{}",
            headers={"origin": HERE},
        )
        body = json.dumps({**said, "ticket": asked.json()["ticket"]}).encode()
        door.post(f"/do/passkey/{way}", door.people["customer"], body, "application/json")
    found = changes(before, dump(house, RECORDED))
    assert not found, found


def test_repeated_fields_count_once(house: House, door: Door) -> None:
    """Which of them counts is the same for the check and for the act."""
    body = b"customer=x&customer=" + str(house.actor(door.people["customer"]).customer_id).encode()
    door.post("/do/act-for", door.people["dealer"], body, URLENCODED)
    assert not house.actor(door.people["dealer"]).acting


@pytest.mark.parametrize("text", ["\ud800", "a\0b"], ids=["half a pair", "null"])
def test_texts_that_nothing_can_hold(door: Door, text: str) -> None:
    """JSON can say them, and they go as far as the look-up of a ticket or a passkey."""
    asked = {"ticket": text, "name": text, text: text, "credential": {"id": text, "rawId": text}}
    for path in ROUTES["passkeys"]:
        for cookie in door.people.values():
            door.post(path, cookie, json.dumps(asked).encode(), "application/json")


def test_there_is_something_to_try() -> None:
    assert sum(map(len, ROUTES.values())) > 25
    assert {"login", "password", "customer", "outcome"} <= set(FIELDS)
    assert len(SENT) > 25
    assert {"way", "keep", "back", "bills", "sum"} <= read_by("paying")
    assert all(len(read_by(module)) < MAX_FIELDS for module in ROUTES)
