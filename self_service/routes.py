"""Paths of the portal. Every page stands once per language, below `/en`, `/es`, `/ar`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote_plus

STORE = "/store"
PRODUCT = "/product"  # + /<slug>
COMPARE = "/compare"  # ?items=a,b
CHOOSE = "/choose"  # + /<slug>: the next step of a sale: plan, add-ons, parts
BASKET = "/basket"
CHECKOUT = "/checkout"
ORDER = "/order"  # + /<order number>
ORDERS = "/orders"
HOME = "/home"
SUBSCRIPTIONS = "/subscriptions"
SUBSCRIPTION = "/subscriptions"  # + /<id>, ?act=: change it, pause it, end it
BILLS = "/bills"
BILL = "/bills"  # + /<bill number>
AGREEMENT = "/bills/agreement"  # an overdue debt in instalments
DISPUTES = "/disputes"  # of customers, for customer service
PURCHASE = "/purchases"  # + /<id>: goods paid in instalments
SIGN_IN = "/sign-in"
SECOND_FACTOR = "/second-factor"  # after the password, where one is set up
CONFIRM = "/confirm"  # ?next=: a fresh proof of who is there
REGISTER = "/register"
FORGOT = "/forgot"  # ask for a link to choose a new password
RESET = "/reset"  # ?link=: choose it
VERIFIED = "/verified"  # ?link=: an e-mail address is proven
SETTINGS = "/settings"
SECURITY = "/security"
HISTORY = "/history"  # who did what with my things
CUSTOMERS = "/customers"  # of a dealer or of customer service
STAFF = "/staff"  # and dealers, roles, assignments
AUDIT = "/audit"
MEMBERS = "/members"  # who else has access to my subscriptions
INVITATION = "/invitation"  # ?link=: accept access
PROMOTIONS = "/promotions"  # of administrators
WALLET = "/wallet"
VOUCHERS = "/vouchers"  # redeem, buy, what one bought
VOUCHER_DESK = "/voucher-desk"  # of staff; ?batch=: one of them
SERVICES = "/services"  # + /<product>: settings, SIM and number of one service
COVERAGE = "/coverage"  # what reaches an address; ?country=...&postal_code=...
USAGE = "/usage"  # meters and records; ?line=, kind=, zone=, period=, page=, record=
SHARING = "/sharing"  # groups that share allowances; ?link= joins one
NOTIFICATIONS = "/notifications"  # ?topic=, page=
NOTICE_SETTINGS = "/notifications/settings"
SPEND = "/spend"  # over time; ?span=, by=, line=, before=
COMPANY_SPEND = "/company-spend"  # of companies; ?month=, centre=, line=, kind=, page=
LIMITS = "/limits"  # and alerts; ?line=
INBOX = "/inbox"  # mails of the demo

CARDS = "/cards"  # saved cards and automatic payment

# plain HTTP, not pages of the application
DO_SIGN_IN = "/do/sign-in"
DO_SIGN_OUT = "/do/sign-out"
DO_SESSION = "/do/session"  # by GET: whether the page that is open still shows the right person
DO_PLACE_ORDER = "/do/place-order"
DO_CODE = "/do/code"  # a promotion code into the basket, or out of it
DO_CONFIRM = "/do/confirm"
DO_SECOND_FACTOR = "/do/second-factor"
DO_REGISTER = "/do/register"
DO_RESET = "/do/reset"
DO_CHANGE_EMAIL = "/do/change-email"
DO_PROVE_EMAIL = "/do/prove-email"
DO_CHANGE_PASSWORD = "/do/change-password"
DO_CHANGE_USERNAME = "/do/change-username"
SET_UP_SECOND_FACTOR = "/second-factor/set-up"
DO_SECOND_FACTOR_ON = "/do/second-factor-on"
DO_SECOND_FACTOR_OFF = "/do/second-factor-off"
DO_RECOVERY_CODES = "/do/recovery-codes"
OWN_DATA = "/do/own-data"  # by GET: a file
DO_ERASE = "/do/erase"
ERASED = "/erased"  # + /<language>: what is said afterwards
DO_ACCEPT = "/do/accept-invitation"
DO_FORGOT = "/do/forgot"
DO_PASSKEY = "/do/passkey"  # + /ask, /sign-in, /confirm, /offer, /add, /remove
DO_OIDC = "/do/oidc"  # to the operator's own provider
OIDC_CALLBACK = "/oidc/callback"
OIDC_ENDED = "/oidc/back-channel"
DO_ACT_FOR = "/do/act-for"
DO_LEAVE = "/do/leave"
DO_RETRY_PAYMENT = "/do/pay-again"
RETURNED = "/do/returned"  # + /<payment id>: back from the provider
DO_TOP_UP = "/do/top-up"
DO_AUTO_TOP_UP = "/do/auto-top-up"
DO_WARN_BELOW = "/do/warn-below"
DO_GIFT = "/do/gift"  # look for the receiver and ask once more
DO_GIFT_SEND = "/do/gift-send"
DO_GIFT_UNDO = "/do/gift-undo"
WALLET_FILE = "/wallet-history.csv"  # by GET: a file
DO_BUY_VOUCHER = "/do/buy-voucher"
VOUCHER_EXPORT = "/do/voucher-export"  # codes for a print house: a file
USAGE_FILE = "/usage.csv"  # by GET: a file
DO_BUDGET = "/do/budget"  # what somebody means to spend in a month
DO_CENTRE = "/do/cost-centre"  # + /<act>: see http.company_spend
COMPANY_SPEND_FILE = "/company-spend.csv"  # by GET: a file
USAGE_API = "/api/usage"  # for networks that deliver usage records
VOUCHER_API = "/api/vouchers"  # for other web sites that sell vouchers
DO_SERVICE = "/do/service"  # + /<act>: see http.services
DO_LIMIT = "/do/limit"  # + /<act>: see http.limits
SIM_CODE = "/sim-code"  # + /<language>/<product>, by GET: the QR code of an eSIM
PORT_OUT_CODE = "/port-out-code"  # + /<language>/<product>, by GET
DO_SHARING = "/do/sharing"  # + /<what>
DO_COVERAGE_WAIT = "/do/coverage-wait"
DO_NOTICES = "/do/notices"  # + /read, /open, /settings
DO_PUSH = "/do/push"  # + /on, /off: show notices in this browser
DOCUMENTS = "/documents"
BILL_PREVIEW = "/bill-preview"  # ?on=: the next bill, as of a day
BILL_FILES = "/bill-files"  # + /<bill number>.pdf, .csv, .xml
DO_BILL_NOW = "/do/bill-now"
PICTURES = "/pictures"
DO_PAY = "/do/pay"  # bills
DO_ADD_CARD = "/do/add-card"  # to the provider's screen
DO_SAVE_CARD = "/do/save-card"  # back from it, with its token
DO_REMOVE_CARD = "/do/remove-card"
DO_DEFAULT_CARD = "/do/default-card"
DO_AUTOPAY = "/do/autopay"
DO_SEND_PAY_LINK = "/do/send-pay-link"  # to the customer for whom somebody acts
PAY_LINK = "/pay-link"  # + /<language>, ?link=: pay without signing in
SANDBOX = "/sandbox/pay"
SANDBOX_CARD = "/sandbox/card"
PAY_WITH = "/pay-with"  # + /<name>/...: screens of further payment methods
STRIPE_PAY = "/pay"
STRIPE_CARD = "/pay/card"
WEBHOOKS = "/webhooks"
HEALTH = "/healthz"

#: Pages of links from mails; `http.one_time` takes the secret out of the address.
LINKED = (RESET, VERIFIED, INVITATION, SHARING)


def page(language: str, path: str, /, *parts: str, **query: str) -> str:
    """Return the address of a page in a language; any name may stand in the query."""
    return with_query("/".join([f"/{language}{path}", *parts]), query)


def inside(path: str, otherwise: str) -> str:
    """Return `path` if it is an address of ours, never of another site.

    Browsers read a backslash as a slash and leave tabs and line ends out, so neither may occur.
    """
    ours = path.startswith("/") and not path.startswith("//")
    return path if ours and "\\" not in path and path.isprintable() else otherwise


def with_query(path: str, query: Mapping[str, str], joint: str = "?") -> str:
    """Append a query after `joint`; empty values are left out, commas stay readable."""
    pairs = [_pair(name, value) for name, value in query.items() if value]
    return f"{path}{joint}{'&'.join(pairs)}" if pairs else path


@lru_cache(maxsize=10_000)
def _pair(name: str, value: str) -> str:
    """Quote one parameter; a store page writes hundreds of addresses from a few of them."""
    return f"{quote_plus(name)}={quote_plus(value, safe=',')}"
