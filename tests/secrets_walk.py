"""A walk through all doors at which secrets pass, with a list of those that passed."""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from sqlmodel import select

from self_service import settings, wiring
from self_service.jobs.mail import Postman
from self_service.models.access import DigitalIdentity, Role
from self_service.models.messages import CommunicationMessage
from self_service.ports import MailError, OutgoingMail
from tests import secrets_money
from tests.house import HERE, PASSWORD, Browser, House
from tests.http.test_passkeys import enrol, prove
from tests.http.test_second_factor import code_of, hidden, set_up
from tests.order_shop import FORM
from tests.soft_key import SoftKey

ADA, SAM, BUYER = "ada@example.com", "sam@example.com", "buyer@example.com"
RESET, BETTER = "another battery staple", "mossbank lorry seven"
WRONG, WEAK = "no such horse at all", "hrs4"
CARD = "4242 4242 4242 4242"


@dataclass
class Walk:
    """Somebody who passes secrets through the doors, and keeps a list of them."""

    house: House
    browser: Browser
    secrets: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    export: bytes = b""

    def __post_init__(self) -> None:
        self.watch(self.browser)
        self.secrets["password"] |= {PASSWORD, RESET, BETTER, WRONG}
        self.secrets["card"] |= {CARD, CARD.replace(" ", "")}
        self.secrets["installation"] |= {settings.get().secret, wiring.secret()}

    def watch(self, browser: Browser) -> None:
        """Note each secret that an answer hands out."""
        browser.event_hooks = {"response": [self._note]}

    def _note(self, answer: Any) -> None:
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.split(";")[0].partition("=")
            kind = "link" if name.startswith(("link-", "pay-link")) else "cookie"
            if value.strip('"'):  # "" takes a cookie away
                self.secrets[kind].add(value.strip('"'))
        screen = re.search(r"/sandbox/pay/([\w-]+)", answer.headers.get("location", ""))
        if screen:
            self.secrets["screen"].add(screen[1])
        answer.read()
        kind = answer.headers.get("content-type", "")
        if kind.startswith("application/json"):
            self.secrets["ticket"].add(json.loads(answer.text).get("ticket", ""))
        if 'name="proposal"' in answer.text:
            self.secrets["proposal"].add(hidden(answer.text, "proposal"))

    def post(self, path: str, ends: str = "", **form: str) -> str:
        """Post a form and see that it led where it should; returns where."""
        answer = self.browser.submit(path, **{"language": "en", **form})
        assert answer.status_code == 303, path
        place = str(answer.headers["location"])
        assert re.search(ends, place), (path, place)
        return place

    def link(self, kind: str, looks: str = r"link=([\w-]+)") -> str:
        """The secret of the newest link of a kind, opened once."""
        with self.house.database.reading() as session:
            found = session.exec(
                select(CommunicationMessage)
                .where(CommunicationMessage.kind == kind)
                .order_by(CommunicationMessage.created_at.desc())
            ).first()
        assert found
        link = re.search(looks, found.body)
        assert link
        secret = unquote(link[1])
        self.secrets["link"].add(secret)
        return secret

    def later(self) -> None:
        """Wait until a code is new and counts of tries start afresh, but a session lives."""
        self.house.clock.move(minutes=16)


def register(walk: Walk) -> None:
    walk.browser.get("/en/register")
    form = {**FORM, "email": ADA, "password": PASSWORD, "page": "en"}
    walk.post("/do/register", "refused=invalid", **{**form, "mobile": "12"})
    walk.browser.get("/en/register?refused=invalid")
    walk.post("/do/register", "refused=password", **{**form, "password": WEAK})
    walk.post("/do/register", "sent=1", **form)
    walk.post("/do/prove-email", "done=verified", link=walk.link("verify_email"))


def sign_in(walk: Walk) -> None:
    walk.post("/do/sign-in", "refused=", login=ADA, password=WRONG)
    walk.post("/do/sign-in", "refused=", login=PASSWORD, password=PASSWORD)  # in the wrong field
    walk.post("/do/sign-in", "/en/home", login=ADA, password=PASSWORD)
    walk.post("/do/sign-out")


def reset(walk: Walk) -> None:
    walk.post("/do/forgot", "sent=1", email=WRONG)  # in the wrong field
    walk.post("/do/forgot", "sent=1", email=ADA)
    secret = walk.link("reset_password")
    walk.browser.get(f"/en/reset?link={secret}")
    walk.post("/do/reset", "refused=password", link=secret, password=WEAK)
    walk.post("/do/reset", "done=1", link=secret, password=RESET)
    walk.post("/do/reset", "refused=link", link=secret, password=RESET)


def change_password(walk: Walk) -> None:
    walk.post("/do/sign-in", "/en/home", login=ADA, password=RESET)
    walk.post("/do/change-password", "password_wrong", current=WRONG, password=BETTER)
    walk.post("/do/change-password", "done=password", current=RESET, password=BETTER)


def second_factor(walk: Walk) -> None:
    key, codes = set_up(walk.house, walk.browser)
    walk.secrets["key"] |= {key, " ".join(re.findall("....", key)), key.lower()}
    walk.secrets["code"] |= {*codes, *(code.replace("-", "") for code in codes)}
    for code in (code_of(walk.house, key), codes[0]):
        walk.post("/do/sign-out")
        walk.post("/do/sign-in", "/en/second-factor", login=ADA, password=BETTER)
        walk.post("/do/second-factor", "wrong_code", code=codes[0][:-1] + "0")
        walk.post("/do/second-factor", "/en/home", code=code)
    walk.later()
    walk.post("/do/confirm", "refused=", password=WRONG)
    walk.post("/do/confirm", "refused=", password=BETTER, code=codes[0][:-1] + "0")
    walk.post("/do/confirm", "/en/security$", password=BETTER, code=codes[1])


def passkey(walk: Walk) -> None:
    key = SoftKey(HERE)
    assert enrol(walk.browser, key).status_code == 200
    walk.post("/do/sign-out")
    assert prove(walk.browser, SoftKey(HERE)).status_code == 422
    assert prove(walk.browser, key).json() == {"to": "/en/home"}
    assert prove(walk.browser, key, "confirm").status_code == 200


def change_email(walk: Walk) -> None:
    walk.post("/do/change-email", "sent=1", email="ada@new.example")
    walk.post("/do/prove-email", "done=changed", link=walk.link("change_email"))


def pay(walk: Walk) -> None:
    form = walk.house.ready(walk.browser, "ada@new.example")
    screen = walk.post("/do/place-order", "/sandbox/pay/", **form)
    walk.browser.get(screen)
    for outcome in ("decline", "require_3ds", "confirm_3ds"):
        walk.post(screen, outcome=outcome, card_number=CARD)
    forged = json.dumps({"type": "charge.succeeded", "card": CARD})
    headers = {"sandbox-signature": "t=1,v1=00"}
    assert walk.browser.post("/webhooks/payments", content=forged, headers=headers).is_client_error


def export(walk: Walk) -> None:
    answer = walk.browser.get("/do/own-data?language=en")
    assert answer.status_code == 200
    walk.export = answer.content


def order_as_a_visitor(walk: Walk) -> None:
    with Browser() as walk.browser:
        walk.watch(walk.browser)
        walk.browser.get("/en/store")
        walk.post("/do/place-order", "/sandbox/pay/", **walk.house.ready(walk.browser, BUYER))
        walk.link("verify_email")


def act_for_a_customer(walk: Walk) -> None:
    walk.house.customer(SAM, Role.REPRESENTATIVE)
    with walk.house.database.reading() as session:
        ada = select(DigitalIdentity).where(DigitalIdentity.login == "ada@new.example")
        customer_id = session.exec(ada).one().customer_id
    with Browser() as walk.browser:
        walk.watch(walk.browser)
        walk.post("/do/sign-in", "/en/home", login=SAM, password=PASSWORD)
        walk.post("/do/act-for", "/en/home", customer=str(customer_id))
        walk.browser.get("/en/orders")
        walk.post("/do/leave", "/en/customers")


class BadPost:
    """Takes no mail: the first as somebody who says so, the others by a bug."""

    keeps, tries = True, 0

    async def send(self, mail: OutgoingMail) -> None:
        self.tries += 1
        raise MailError("550") if self.tries == 1 else RuntimeError("no mail", len(mail.body))


def post_fails(walk: Walk) -> None:
    postman = Postman(walk.house.database, BadPost(), walk.house.clock)
    assert asyncio.run(postman.round()) == 0


STEPS: tuple[Callable[[Walk], None], ...] = (
    register,
    sign_in,
    reset,
    change_password,
    second_factor,
    passkey,
    change_email,
    pay,
    *secrets_money.OF_CUSTOMERS,
    export,
    order_as_a_visitor,
    act_for_a_customer,
    *secrets_money.OF_STAFF,
    post_fails,
)
