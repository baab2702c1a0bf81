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
INBOX = "/inbox"  # mails of the demo

# plain HTTP, not pages of the application
DO_SIGN_IN = "/do/sign-in"
DO_SIGN_OUT = "/do/sign-out"
DO_PLACE_ORDER = "/do/place-order"
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
DOCUMENTS = "/documents"
PICTURES = "/pictures"
SANDBOX = "/sandbox/pay"
STRIPE_PAY = "/pay"
WEBHOOKS = "/webhooks"
HEALTH = "/healthz"


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
