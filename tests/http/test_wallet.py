"""The wallet's forms: what is sent once moves once, what is refused moves nothing and says why."""

from __future__ import annotations

import csv
import io
import re
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import select

from self_service.domain.vouchers import codes
from self_service.domain.wallet import gifts
from self_service.http import wallet_file
from self_service.http.wallet_file import _cell
from self_service.models.access import DigitalIdentity
from self_service.models.payments import Payment, PaymentMethod
from self_service.models.vouchers import Voucher, VoucherStatus
from self_service.models.wallet import (
    AutoTopup,
    Bucket,
    TopupBalance,
    TransferBalance,
    TransferStatus,
)
from self_service.wiring import vault
from tests.books import proven
from tests.conftest import NOW
from tests.house import Browser, House
from tests.wallets import TERMS, holds, make_card, make_voucher, top_up

MOVED = (TopupBalance, Payment, Voucher, Bucket, TransferBalance, AutoTopup)
both = pytest.mark.parametrize("house", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def ada(house: House) -> Any:
    """A browser in which Ada is signed in."""
    with house.signed_in() as browser:
        yield browser


def send(browser: Browser, path: str, **form: str) -> str:
    """Post a form of the page; returns where the browser is sent."""
    answer = browser.submit(path, **{"language": "en", **form})
    assert answer.status_code == 303, answer.text[:200]
    return str(answer.headers["location"])


def top(browser: Browser, **form: str) -> str:
    return send(browser, "/do/top-up", **{"once": str(uuid4()), "way": "card", **form})


def voucher(house: House, minor: int = 2500, **more: Any) -> str:
    """Issue a voucher; returns its code."""
    code = codes.fresh()

    def issue(session: Any) -> None:
        (mark,) = make_voucher(session, minor, now=house.clock(), **more)
        row = session.exec(select(Voucher).where(Voucher.code_hash == mark)).one()
        row.code_hash = codes.fingerprint(vault(), code)

    house.change(issue)
    return codes.grouped(code)


def credit(house: House, browser: Browser, minor: int) -> None:
    actor = house.actor(browser.cookie)
    house.change(lambda session: top_up(session, actor, minor, now=house.clock()))


def left(house: House, browser: Browser) -> int:
    actor = house.actor(browser.cookie)
    with house.database.writing() as session:
        proven(session)
        return holds(session, actor)


@both
def test_a_card_payment_leads_to_the_providers_screen(house: House) -> None:
    with house.signed_in() as ada:
        place = top(ada, sum="15.00")
        assert "/sandbox/pay/" in place
        (payment,) = house.payments()
        assert (payment.amount_minor, payment.purpose) == (1500, "topup")
        assert payment.back_path == "/en/wallet"
        assert left(house, ada) == 0


def test_the_same_form_twice_is_one_payment(house: House, ada: Browser) -> None:
    once = str(uuid4())
    first = top(ada, sum="15.00", once=once)
    assert top(ada, sum="15.00", once=once) == first
    assert len(house.payments()) == 1


def test_a_sum_of_ones_own_wins(house: House, ada: Browser) -> None:
    top(ada, sum="15.00", other="12,50")
    (payment,) = house.payments()
    assert payment.amount_minor == 1250


@both
def test_a_voucher_alone(house: House) -> None:
    with house.signed_in() as ada:
        assert top(ada, code=voucher(house).lower()) == "/en/wallet?done=voucher"
        page = ada.get("/en/wallet?done=voucher").text
        assert "Your voucher was added." in page
        assert "€25.00" in page
        assert left(house, ada) == 2500


def test_voucher_and_card_in_one_go(house: House, ada: Browser) -> None:
    place = top(ada, code=voucher(house), sum="10.00")
    assert "/sandbox/pay/" in place
    (payment,) = house.payments()
    assert (payment.amount_minor, left(house, ada)) == (1000, 2500)
    assert payment.back_path == "/en/wallet?done=voucher"


@pytest.mark.parametrize("wrong", ["used", "expired", "foreign", "void", "unknown"])
def test_a_refused_voucher_charges_nothing(house: House, ada: Browser, wrong: str) -> None:
    changes: dict[str, Any] = {
        "expired": {"expires_at": NOW},
        "foreign": {"currency": "USD"},
        "void": {"status": VoucherStatus.VOID},
    }.get(wrong, {})
    code = codes.grouped(codes.fresh()) if wrong == "unknown" else voucher(house, **changes)
    if wrong == "used":
        with house.signed_in("ben@example.com") as ben:
            top(ben, code=code)
    before = house.rows(*MOVED[:3])
    place = top(ada, code=code, sum="10.00")
    assert place == "/en/wallet?open=topup&refused=voucher_refused&at=code&sum=10.00"
    assert house.rows(*MOVED[:3]) == before
    page = ada.get(place).text
    assert "This voucher cannot be used." in page


def test_too_many_guesses_even_with_a_good_one(house: House, ada: Browser) -> None:
    good = voucher(house)
    for _ in range(TERMS.vouchers.guesses):
        assert "voucher_refused" in top(ada, code=codes.fresh())
    before = house.rows(*MOVED)
    assert "too_many_guesses" in top(ada, code=good)
    assert house.rows(*MOVED) == before
    house.clock.move(minutes=15)
    assert top(ada, code=good).endswith("done=voucher")


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("", "nothing_chosen", "Choose a sum"),
        ("3", "amount_too_small", "The smallest sum is €5.00."),
        ("1000", "amount_too_large", "The largest sum is €200.00."),
        ("ten", "amount_invalid", "Enter a sum"),
        ("-15", "amount_invalid", "Enter a sum"),
        ("15.0055", "amount_invalid", "Enter a sum"),
        ("9" * 40, "amount_invalid", "Enter a sum"),
    ],
    ids=["nothing", "small", "large", "words", "minus", "fine", "endless"],
)
def test_a_wrong_sum_uses_no_voucher_up(
    house: House, ada: Browser, typed: str, code: str, said: str
) -> None:
    good = voucher(house) if typed else ""
    before = house.rows(*MOVED)
    place = top(ada, other=typed, code=good)
    assert f"refused={code}&at=amount" in place
    assert said in ada.get(place).text
    assert house.rows(*MOVED) == before


def test_the_page_works_without_scripts(house: House, ada: Browser) -> None:
    credit(house, ada, 1500)
    page = ada.get("/en/wallet").text
    for text in ("€15.00", "Top up", "Another sum", 'action="/do/top-up"', 'name="once"'):
        assert text in page
    assert 'name="way"' in page


def auto_form(house: House, browser: Browser, **changes: str) -> dict[str, str]:
    actor = house.actor(browser.cookie)
    card = house.change(lambda session: make_card(session, actor, now=house.clock()))
    form = {
        "trigger": "threshold",
        "auto_threshold": "5",
        "auto_amount": "10",
        "auto_ceiling": "30",
        "auto_method": str(card.id),
    }
    return {**form, **changes}


def test_automatic_top_up_is_set_stopped_and_resumed(house: House, ada: Browser) -> None:
    form = auto_form(house, ada)
    assert send(ada, "/do/auto-top-up", **form) == "/en/wallet?done=auto"
    (row,) = house.change(lambda session: session.exec(select(AutoTopup)).all())
    assert (row.active, row.amount_minor, row.threshold_minor) == (True, 1000, 500)
    page = ada.get("/en/wallet").text
    assert "€10.00 as soon as less than €5.00 is left" in page
    assert send(ada, "/do/auto-top-up", act="stop") == "/en/wallet?done=auto_off"
    assert "It is off." in ada.get("/en/wallet").text
    assert send(ada, "/do/auto-top-up", act="resume") == "/en/wallet?done=auto"


@pytest.mark.parametrize(
    ("changes", "at"),
    [
        ({"auto_amount": "1"}, "auto_amount"),
        ({"auto_ceiling": "9"}, "auto_ceiling"),
        ({"auto_threshold": "much"}, "auto_threshold"),
        ({"auto_method": "none"}, "auto_method"),
        ({"trigger": "date", "auto_day": "31"}, "auto_day"),
        ({"trigger": "date", "auto_day": "²"}, "auto_day"),
    ],
    ids=["amount", "ceiling", "threshold", "method", "day", "power"],
)
def test_a_refused_standing_order_says_where(
    house: House, ada: Browser, changes: dict[str, str], at: str
) -> None:
    form = auto_form(house, ada, **changes)
    place = send(ada, "/do/auto-top-up", **form)
    assert f"&at={at}&typed=" in place
    assert form["auto_ceiling"] not in place.split("typed=")[0]
    assert house.rows(AutoTopup) == [[]]
    again = ada.get(place).text
    assert 'aria-invalid="true"' in again
    for name in ("auto_amount", "auto_ceiling"):  # nobody types a form twice
        assert f'value="{form[name]}"' in again
    with house.signed_in("eve@example.com") as eve:
        assert f'value="{form["auto_ceiling"]}"' not in eve.get(place).text


@pytest.mark.parametrize("path", ["/do/auto-top-up", "/do/gift"])
def test_a_fresh_proof_is_asked_for(house: House, ada: Browser, path: str) -> None:
    form = auto_form(house, ada) | {"to": "ben@example.com", "gift_amount": "5"}
    house.clock.move(minutes=11)
    before = house.rows(*MOVED)
    assert send(ada, path, **form).startswith("/en/confirm?next=%2Fen%2Fwallet")
    assert house.rows(*MOVED) == before


def verified(house: House, email: str) -> None:
    def prove(session: Any) -> None:
        row = session.exec(select(DigitalIdentity).where(DigitalIdentity.login == email)).one()
        row.email_verified_at = house.clock()

    house.customer(email)
    house.change(prove)


def hidden(page: str) -> str:
    found = re.search(r'name="gift" value="([^"]+)"', page)
    assert found
    return found[1]


def test_a_gift_is_confirmed_sent_and_taken_back(house: House, ada: Browser) -> None:
    verified(house, "ben@example.com")
    credit(house, ada, 1500)
    form = {"to": "Ben@example.com", "gift_amount": "5", "note": "For <b>you</b>"}
    asked = ada.submit("/do/gift", language="en", **form)
    assert asked.status_code == 200
    for text in ("€5.00", "A… Q…", "Send €5.00", "For &lt;b&gt;you", "15 minutes"):
        assert text in asked.text
    assert left(house, ada) == 1500
    secret = hidden(asked.text)
    assert send(ada, "/do/gift-send", gift=secret) == "/en/wallet?done=gift"
    assert "gift_expired" in send(ada, "/do/gift-send", gift=secret)
    assert left(house, ada) == 1000
    row = hidden(ada.get("/en/wallet").text)
    assert send(ada, "/do/gift-undo", gift=row) == "/en/wallet?done=undone"
    assert left(house, ada) == 1500
    (gift,) = house.change(lambda session: session.exec(select(TransferBalance)).all())
    assert gift.status is TransferStatus.UNDONE


def test_looking_for_receivers_is_limited(house: House, ada: Browser) -> None:
    credit(house, ada, 1500)
    verified(house, "ben@example.com")
    form = {"to": "nobody@example.com", "gift_amount": "5"}
    for _ in range(gifts.LOOKED_UP.most):
        assert "receiver_unknown" in send(ada, "/do/gift", **form)
    place = send(ada, "/do/gift", **{**form, "to": "ben@example.com"})
    assert "too_many_looked_up" in place
    assert "tomorrow" in ada.get(place).text
    assert house.rows(TransferBalance) == [[]]


def test_the_sum_to_be_warned_below(house: House, ada: Browser) -> None:
    assert send(ada, "/do/warn-below", low_below="7.50") == "/en/wallet?done=warn"
    assert house.change(lambda s: s.exec(select(Bucket)).one()).low_below_minor == 750
    send(ada, "/do/warn-below", low_below="0")
    assert house.change(lambda s: s.exec(select(Bucket)).one()).low_below_minor == 0
    for typed in ("much", "", "-1", "."):
        assert "at=low_below" in send(ada, "/do/warn-below", low_below=typed)
    assert house.change(lambda s: s.exec(select(Bucket)).one()).low_below_minor == 0


def test_the_history_as_a_file(house: House, ada: Browser, monkeypatch: Any) -> None:
    monkeypatch.setattr(wallet_file, "STEP", 2)
    for minor in (500, 600, 700, 800, 900):
        credit(house, ada, minor)
        house.clock.move(minutes=1)
    answer = ada.get("/wallet-history.csv?language=en")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="wallet-2026-11-21.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["amount"] for row in rows] == ["9.00", "8.00", "7.00", "6.00", "5.00"]
    assert rows[0]["balance"] == "35.00"
    assert rows[0]["date"].startswith("2026-11-21T10:04:00")
    assert list(csv.DictReader(io.StringIO(ada.get("/wallet-history.csv?kind=gifts").text))) == []


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_cell_of_the_file_is_a_formula(start: str) -> None:
    assert _cell(f"{start}1+1") == f"'{start}1+1"


def test_visitors_are_sent_to_sign_in(house: House, browser: Browser) -> None:
    for path in ("/do/top-up", "/do/auto-top-up", "/do/warn-below", "/do/gift", "/do/gift-send"):
        form = {"sum": "15", "once": str(uuid4()), "gift_amount": "5", "low_below": "1"}
        given = form | {"auto_amount": "10", "auto_ceiling": "30", "auto_threshold": "5"}
        place = send(browser, path, **given, auto_method=str(uuid4()))
        assert place.startswith("/en/sign-in?next="), path
    assert browser.get("/wallet-history.csv").headers["location"].startswith("/en/sign-in")
    assert house.rows(*MOVED) == [[]] * len(MOVED)


@pytest.mark.parametrize("path", ["/do/top-up", "/do/auto-top-up", "/do/gift", "/do/gift-undo"])
def test_other_sites_cannot_send_it(house: House, ada: Browser, path: str) -> None:
    answer = ada.submit(path, "https://evil.example", sum="15")
    assert answer.status_code == 403
    assert house.rows(PaymentMethod, *MOVED) == [[]] * (len(MOVED) + 1)
