"""All about money that a customer can have: for tests that let others reach for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlmodel import Session, select

from self_service.domain.access import Actor
from self_service.domain.bills.accounts import billing_account
from self_service.domain.coverage import waiting
from self_service.domain.debts import agreements, disputes, dunning, purchases
from self_service.domain.limits import changing
from self_service.domain.messages import Letter
from self_service.domain.notices import push, telling, wishes
from self_service.domain.payments import autopay
from self_service.domain.policy import BillPolicy, LimitPolicy, SharingPolicy, VoucherPolicy
from self_service.domain.promotions import codes as promotions
from self_service.domain.sharing import groups, joining
from self_service.domain.sharing import requests as sharing_requests
from self_service.domain.sims import leaving, porting, porting_form, swapping
from self_service.domain.spend import budgets
from self_service.domain.vouchers import sales
from self_service.domain.vouchers.gift_form import Gift
from self_service.domain.vouchers.sales import Wish
from self_service.domain.wallet import gifts, standing
from self_service.models.bills import AppliedBillingRate, BillingAccount, CustomerBill
from self_service.models.budgets import CostCentre
from self_service.models.catalog import OfferingKind
from self_service.models.dunning import InstalmentPurchase
from self_service.models.messages import MessageChannel
from self_service.models.notices import Notice
from self_service.models.sharing import SharingInvitation, SharingMember, SharingRequest
from self_service.models.subscriptions import Product
from self_service.models.vouchers import VoucherSale
from self_service.models.wallet import AutoTopupTrigger
from self_service.wiring import vault
from tests import services_world, wallets
from tests.bills import make_product
from tests.books import CURRENCY, make_bill, proven
from tests.conftest import NOW
from tests.factories import as_price, monthly
from tests.mailbox import words
from tests.payers import make_card, settle
from tests.promoted import make_code
from tests.used import included, make_line
from tests.voucher_shop import make_batch

POLICY = BillPolicy()
#: A code that no form of these tests types.
CODE = "ONLY-FOR-YOU"


@dataclass(frozen=True)
class Belongings:
    """What there is.

    Attributes:
        pages: part of the address before a thing -> the thing, as pages name it.
        fields: name of a form's field -> what its owner would send in it.
    """

    pages: Mapping[str, str]
    fields: Mapping[str, str]


def endow(session: Session, actor: Actor) -> Belongings:
    """Give a customer bills, a dispute, an agreement, a purchase, a wallet, cards and vouchers."""
    actor = replace(actor, confirmed_at=NOW)
    account = billing_account(session, actor.customer(), currency=CURRENCY, now=NOW)
    bill, fields = _bills(session, actor, account)
    purchase = _purchase(session, account)
    fields |= _wallet(session, actor) | _vouchers(session, actor)
    fields["promotion"] = str(make_code(session, CODE).id)
    promotions.add(session, actor, code=CODE, now=NOW)
    proven(session)
    service, waits = _services(session, actor)
    fields |= {**waits, "service": service, **_told(session, actor)}
    fields |= _shared(session, actor, account)
    pages = {"/bills": bill.number, "/purchases": purchase}
    pages |= {"/services": service, "/subscriptions": service}
    return Belongings(pages, fields)


def _services(session: Session, actor: Actor) -> tuple[str, dict[str, str]]:
    """A phone plan whose SIM is being changed, a number on its way, a code and a waiting list."""
    plan = wallets.make_service(session, actor, now=NOW)
    services_world.stock(session, plan, now=NOW)
    given = {"vault": vault(), "now": NOW}
    swapping.to_esim(session, actor, plan.id, now=NOW)
    leaving.make(session, actor, plan.id, **given)
    form = {"number": "+49 151 23456789", "donor": "Other", "donor_code": "K-77"}
    form["port_on"] = porting_form.first_day(NOW).isoformat()
    porting.request(session, actor, plan.id, form=form, **given)
    place = {"street_address": "Tal 1", "postal_code": "80331", "city": "M\u00fcnchen"}
    wait = waiting.join(session, actor, kind="tv", form=place, country="DE", now=NOW)
    budgets.set_budget(session, actor, typed="25", now=NOW)
    session.add(CostCentre(customer_id=actor.customer(), name="Desk 7", created_at=NOW))
    more = {"kind": "all", "amount": "10", "hard": True, "policy": LimitPolicy()}
    changing.set_limit(session, actor, plan.id, **more, now=NOW)
    return str(plan.id), {**form, "leave": str(wait), "key": "roaming", "value": "off"}


def _told(session: Session, actor: Actor) -> dict[str, str]:
    """A notice that was not read, choices, and a browser that shows notices."""
    form = {"quiet_from": "22:00", "quiet_until": "07:00"}
    wishes.save(session, actor, form=form, offered=tuple(MessageChannel), now=NOW)
    keys = {"receiver_key": "B" + "A" * 86, "auth_secret": "A" * 22, "device": "Phone"}
    where = {"endpoint": "https://push.example/mine", "services": ("push.example",)}
    browser = push.register(session, actor, **where, **keys, now=NOW)
    letter = Letter("Little credit left", "There is little left.")
    telling.note(session, actor.identity(), "wallet_low", letter, language="en", now=NOW)
    session.flush()
    mine = select(Notice.id).where(Notice.identity_id == actor.identity())
    notice = session.exec(mine.where(Notice.kind == "wallet_low")).one()
    return {**form, "notice": str(notice), "browser": str(browser), "usage_sms": "on"}


def _shared(session: Session, actor: Actor, account: BillingAccount) -> dict[str, str]:
    """A group with a member that asked for more, and an invitation."""
    big, small = (
        make_line(
            session, included("MB", 1_024), number=f"+49158229990{n}", start=NOW, account=account
        )
        for n in range(2)
    )
    kinds = {"name": "Us", "kinds": ["data"]}
    group = groups.start(session, actor, big.product_id, **kinds, now=NOW)
    given = {"policy": SharingPolicy(), "now": NOW}
    joining.add(session, actor, group, small.product_id, **given)
    mail = {"email": "kin@example.com", "words": words, "language": "en"}
    joining.invite(session, actor, group, **mail, vault=vault(), **given)
    member = session.exec(select(SharingMember.id)).one()
    asked = {"kind": "data", "amount": "2"}
    sharing_requests.ask(session, actor, member, **asked, words=words, **given)
    found = {"group": group, "member": member, "sharing_line": small.product_id}
    found["invitation"] = session.exec(select(SharingInvitation.id)).one()
    found["wish"] = session.exec(select(SharingRequest.id)).one()
    more = {"group_name": "Us", "shared_kind": "data", "shared_amount": "2"}
    return {name: str(value) for name, value in found.items()} | more


def _bills(
    session: Session, actor: Actor, account: BillingAccount
) -> tuple[CustomerBill, dict[str, str]]:
    """An open bill, one whose line is disputed, and one that is overdue and agreed upon."""
    before = NOW - timedelta(days=30)
    make_bill(session, account, now=before, due=before)
    dunning.open_case(session, account.id, policy=POLICY, now=NOW)
    offer = agreements.offer(session, actor, policy=POLICY, now=NOW)
    chosen = {"count": "3", "first": offer.first_from.isoformat()}
    total = str(offer.total.minor)
    agreements.accept(session, actor, **chosen, total=total, policy=POLICY, now=NOW)
    odd, bill = (make_bill(session, account, now=NOW) for _ in range(2))
    why = {"reason": "I never had this service"}
    asked = disputes.dispute(session, actor, _line(session, odd), **why, policy=POLICY, now=NOW)
    return bill, {
        **chosen,
        **why,
        "account": str(account.id),
        "bills": str(bill.id),
        "line": str(_line(session, bill)),
        "dispute": str(asked),
        "answer": "The line is right as it stands",
        "sum": "1",
    }


def _line(session: Session, bill: CustomerBill) -> object:
    rows = select(AppliedBillingRate.id).where(AppliedBillingRate.bill_id == bill.id)
    return session.exec(rows).one()


def _purchase(session: Session, account: BillingAccount) -> str:
    price = monthly(3_540, duration_length=24)
    charging = make_product(session, account, price, start=NOW, name="Phone")
    product = session.get_one(Product, charging.product_id)
    product.kind = OfferingKind.DEVICE
    session.delete(charging)
    session.flush()
    purchases.begin(session, account, product, [as_price(price)], now=NOW)
    return str(session.exec(select(InstalmentPurchase.id)).one())


def _wallet(session: Session, actor: Actor) -> dict[str, str]:
    """Credit, a gift on its way and one that is proposed, a card, and orders to charge it."""
    wallets.person(session, "friend@example.com", now=NOW, name="Bo Friend")
    wallets.top_up(session, actor, 5_000, now=NOW)
    given = {"terms": wallets.TERMS, "now": NOW}
    sent = gifts.send(session, actor, _proposed(session, actor, 500), **given)
    asked = _proposed(session, actor, 200)
    card = make_card(session, actor.customer())
    autopay.switch_on(session, actor, card.id, agreed=True, currency=CURRENCY, now=NOW)
    once = standing.Wish(
        AutoTopupTrigger.THRESHOLD,
        amount=wallets.euro(1_000),
        ceiling=wallets.euro(3_000),
        method_id=card.id,
        threshold=wallets.euro(100),
    )
    standing.set_up(session, actor, once, **given)
    return {
        "gift": str(sent),
        "proposal": asked,
        "card": str(card.id),
        "way": str(card.id),
        "auto_method": str(card.id),
        "auto_amount": "10",
        "auto_ceiling": "30",
        "auto_threshold": "1",
        "auto_day": "3",
        "trigger": "threshold",
        "low_below": "1",
        "gift_amount": "1",
        "mandate": "yes",
        "switch": "on",
    }


def _proposed(session: Session, actor: Actor, minor: int) -> str:
    """The secret of a gift that waits for a yes."""
    amount, given = wallets.euro(minor), {"terms": wallets.TERMS, "now": NOW}
    return gifts.propose(session, actor, "friend@example.com", amount, **given).secret


def _vouchers(session: Session, actor: Actor) -> dict[str, str]:
    """A voucher that was bought as a gift, and a batch of staff's."""
    policy, wish = VoucherPolicy(), Wish(wallets.euro(2_500), "once", Gift("friend@example.com"))
    given = {"way": wallets.WAY, "policy": policy, "vault": vault()}
    settle(session, sales.start(session, actor, wish, **given, now=NOW))
    sale = session.exec(select(VoucherSale)).one()
    return {"batch": make_batch(session, now=NOW).number, "sale_id": str(sale.id), "value": "25"}
