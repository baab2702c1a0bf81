"""The portal's HTTP door, on a database, a provider and a clock of the test's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session, SQLModel, select
from starlette.testclient import TestClient

import self_service.self_service  # noqa: F401  (one App per process; declares the pages)
from self_service import clock as wall
from self_service import db, logs, settings, wiring
from self_service.adapters.sandbox_payments import SandboxPayments
from self_service.domain import access
from self_service.domain.access import Actor
from self_service.domain.people import accounts, passwords
from self_service.http import app, first_paint
from self_service.http.edge import edge
from self_service.models.access import DigitalIdentity, Role
from self_service.models.catalog import ProductOffering
from self_service.models.orders import ProductOrder
from self_service.models.payments import Payment
from tests import databases
from tests.conftest import NOW
from tests.order_shop import WRITTEN, Shop, agree, details, fill, open_shop, rows

HERE = "http://localhost:3000"
PASSWORD = "correct horse battery"
#: What the build leaves for the server to fill, as short as it can be.
SHELL = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"/>'
    '<link rel="modulepreload" href="/assets/root.js"/></head><body>'
    "<script>start()</script><div><!--first-paint--></div>"
    '<script type="module" async="">import("/assets/root.js")</script></body></html>'
)


@dataclass
class Clock:
    """Stands still until it is moved."""

    at: datetime = field(default=NOW)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **span: float) -> None:
        self.at += timedelta(**span)


class Browser(TestClient):
    """A person's browser: keeps cookies, says where its posts come from, follows nothing."""

    def __init__(self, origin: str = HERE) -> None:
        wrapped = edge(settings.get().static_dir, origin)(app.build())
        super().__init__(wrapped, base_url=origin, follow_redirects=False)
        self.origin = origin

    def submit(self, path: str, origin: str | None = HERE, **form: str) -> Any:
        """Post a form, as the browser does it from a page of `origin`."""
        headers = {} if origin is None else {"origin": origin}
        return self.post(path, data=form, headers=headers)

    def follow(self, link: str) -> Any:
        """Open a link from a mail: the address is cleaned first, then the page comes."""
        clean = self.get(link)
        assert (clean.status_code, "link=" in clean.headers["location"]) == (303, False)
        return self.get(clean.headers["location"])

    @property
    def cookie(self) -> str:
        """The value of our cookie that this browser holds."""
        return self.cookies.get(settings.get().cookie_name) or ""

    @cookie.setter
    def cookie(self, value: str) -> None:
        self.cookies.clear()
        host = self.base_url.host
        domain = host if "." in host else f"{host}.local"  # as the jar writes it
        self.cookies.set(settings.get().cookie_name, value, domain=domain)


@dataclass
class House:
    """What a test looks into behind the door."""

    database: db.Database
    shop: Shop
    clock: Clock
    folder: Path

    @property
    def gateway(self) -> SandboxPayments:
        """The payment provider."""
        found = wiring.gateway()
        assert isinstance(found, SandboxPayments)
        return found

    def actor(self, cookie: str) -> Actor:
        """Who is behind a cookie now."""
        with self.database.reading() as session:
            return access.resolve(session, cookie, now=self.clock())

    def customer(self, email: str = "ada@example.com", role: Role = Role.CUSTOMER) -> UUID:
        """Register somebody whose password is `PASSWORD`; returns the identity's id."""
        with self.database.writing() as session:
            hashed = passwords.hash_password(PASSWORD)
            made = accounts.register(
                session, details=details(email=email), password_hash=hashed, now=self.clock()
            )
            if role is not Role.CUSTOMER:
                identity = session.get(DigitalIdentity, made.identity_id)
                assert identity is not None
                identity.role, identity.customer_id = role, None
            return made.identity_id

    def signed_in(self, email: str = "ada@example.com", role: Role = Role.CUSTOMER) -> Browser:
        """A browser in which somebody is signed in."""
        identity_id = self.customer(email, role)
        browser = Browser()
        browser.cookie = f"session of {email}".replace(" ", "-")
        with self.database.writing() as session:
            access.open_session(session, identity_id, cookie=browser.cookie, now=self.clock())
        return browser

    def filled(self, browser: Browser) -> None:
        """Put a phone with a plan and an extra, and two cases into the basket of a browser."""
        with self.database.writing() as session:
            fill(session, access.resolve(session, browser.cookie, now=self.clock()), self.shop)

    def ready(self, browser: Browser, email: str = "ada@example.com") -> dict[str, str]:
        """Fill a basket, give the details, see the summary; returns the form that orders it."""
        self.filled(browser)
        with self.database.writing() as session:
            actor = access.resolve(session, browser.cookie, now=self.clock())
            agreed = agree(session, actor, email=email, now=self.clock())
        return {
            "language": "en",
            "cart": str(agreed["cart_id"]),
            "accepted": agreed["accepted"],
            "password": PASSWORD,
            "agreed": "yes",
        }

    def rows(self, *tables: type[SQLModel]) -> list[Any]:
        """All that is written, to see that nothing changed."""
        with self.database.reading() as session:
            return rows(session, *(tables or WRITTEN))

    def orders(self) -> list[ProductOrder]:
        """All orders."""
        with self.database.reading() as session:
            return list(session.exec(select(ProductOrder)))

    def payments(self) -> list[Payment]:
        """All payments, the oldest first."""
        with self.database.reading() as session:
            return list(session.exec(select(Payment).order_by(Payment.created_at)))

    def change(self, work: Any, *args: Any, **kwargs: Any) -> Any:
        """Run something in a transaction."""
        with self.database.writing() as session:
            return work(session, *args, **kwargs)


def environment(url: str, folder: Path, public_url: str = HERE) -> Mapping[str, str]:
    """The settings of a test's own portal."""
    return {
        "SELF_SERVICE_DATABASE_URL": url,
        "SELF_SERVICE_VAR": str(folder),
        "SELF_SERVICE_PUBLIC_URL": public_url,
        "SELF_SERVICE_SECRET": "a secret of the tests",
        "SELF_SERVICE_TIME_ZONE": "UTC",
        "SELF_SERVICE_PAYMENT_SANDBOX": "true",
        "SELF_SERVICE_STRIPE_SECRET_KEY": "",
        "SELF_SERVICE_STRIPE_PUBLISHABLE_KEY": "",
        "SELF_SERVICE_STRIPE_WEBHOOK_SECRET": "",
    }


def forget() -> None:
    """Let settings and adapters be made anew."""
    for made in (
        settings.get,
        wiring.database,
        wiring.gateway,
        wiring.network,
        wiring.plug_ins,
        wiring.documents,
        wiring.push,
        wiring.secret,
    ):
        made.cache_clear()
    logs._quota = logs.Quota()


def ids(session: Session) -> Shop:
    """The ids of what is on sale."""
    return Shop(dict(session.exec(select(ProductOffering.slug, ProductOffering.id)).all()))


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the shop in it, to be copied."""
    path = tmp_path_factory.mktemp("stocked") / "shop.db"
    engine = db.make_engine(databases.sqlite_file(path))
    with db.Database(engine).writing() as session:
        open_shop(session)
    engine.dispose()
    return path


@pytest.fixture
def house(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    """The portal. A parameter names the kind of database, or the address that people type."""
    asked = getattr(request, "param", "sqlite")
    if asked == "postgres":
        url = request.getfixturevalue("postgres_url")
    else:
        url = databases.copied(request.getfixturevalue("stocked"), tmp_path / "shop.db")
    public_url = asked if asked.startswith("http") else HERE
    for name, value in environment(url, tmp_path, public_url).items():
        monkeypatch.setenv(name, value)
    clock, cheap = Clock(), passwords.hasher(passwords.Profile.CHEAP)
    monkeypatch.setattr(wall, "now", clock)
    monkeypatch.setattr(passwords, "hasher", lambda *_: cheap)
    _build(tmp_path / "client", monkeypatch)
    forget()
    database = wiring.database()
    if asked == "postgres":
        with database.writing() as session:
            open_shop(session)
    with database.reading() as session:
        shop = ids(session)
    yield House(database, shop, clock, tmp_path)
    if asked == "postgres":
        databases.sweep(database.engine)
    database.engine.dispose()
    forget()


def _build(static: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave what a build would."""
    static.mkdir()
    (static / "404.html").write_text(SHELL)
    monkeypatch.setattr(settings.Settings, "static_dir", property(lambda _: static))
    first_paint._shell.cache_clear()


@pytest.fixture
def browser(house: House) -> Iterator[Browser]:
    """A browser that has not been here yet."""
    with Browser(settings.get().public_url) as opened:
        yield opened
