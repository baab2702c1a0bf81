"""The only reader of the environment. Every setting is `SELF_SERVICE_<NAME>`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


def _without_tls(read: dict[str, Any]) -> bool:
    """Say whether an installation has the demo when nothing is said: never on a real address."""
    return not str(read.get("public_url", "")).startswith("https://")


def _with_demo(read: dict[str, Any]) -> bool:
    """Say whether payments may be pretended when nothing is said: with the demo only."""
    return bool(read.get("demo", False))


def _without_demo(read: dict[str, Any]) -> bool:
    """Say whether staff need a second factor when nothing is said."""
    return not read.get("demo", False)


#: Said where nothing could be paid in earnest.
NO_PAYMENTS = (
    "There is no payment provider. Set SELF_SERVICE_STRIPE_SECRET_KEY, "
    "SELF_SERVICE_STRIPE_PUBLISHABLE_KEY and SELF_SERVICE_STRIPE_WEBHOOK_SECRET; or set "
    "SELF_SERVICE_PAYMENT_SANDBOX=true where anybody may pay by pressing a button, to try things "
    "out without the demo."
)


class Settings(BaseSettings):
    """How this installation runs. Frozen: read once at start."""

    model_config = SettingsConfigDict(env_prefix="SELF_SERVICE_", frozen=True, extra="ignore")

    database_url: str = f"sqlite:///{ROOT / 'var' / 'self_service.db'}"
    redis_url: str = ""  # needed with more than one worker
    # scheme, host and port that people type
    public_url: str = Field(default="http://localhost:3000", pattern=r"^https?://[^/\s;,'\"]+$")
    host: str = "127.0.0.1"
    port: int = 3000
    workers: int = 1
    trusted_proxies: int = 0  # in front of us; so many last entries of X-Forwarded-For are believed
    log_format: Literal["text", "json"] = "text"  # of what is written to the standard error
    # Limits per network address; 0 switches one off. Requests and events: in each worker, after a
    # burst of ten seconds' worth; a network may hold many people (a school, a mobile carrier).
    requests_per_second: float = Field(default=20, ge=0)  # pages, forms and documents
    events_per_second: float = Field(default=60, ge=0)  # of live tabs; each tab has its own too
    orders_per_hour: int = Field(default=20, ge=0)  # by new customers
    # At once in each worker; who does not get a turn in five seconds is told to try again.
    documents_at_once: int = Field(default=2, ge=0)  # typeset; 0 for no limit
    searches_at_once: int = Field(default=8, ge=0)  # for typed words; 0 for no limit
    secret: str = ""  # signs webhooks of the sandbox and forms; made and kept in var/ when empty
    # secrets used before `secret`, with commas between: what was sealed by them is still read, and
    # sealed anew when it is used
    secret_before: str = ""
    # load the demo operator into an empty database, list its sign-ins with their passwords; when
    # nothing is said, only where people reach us without TLS
    demo: bool = Field(default_factory=_without_tls)
    # who works here signs in with a second factor; when nothing is said, wherever there is no demo
    staff_second_factor: bool = Field(default_factory=_without_demo)
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$")
    time_zone: str = "Europe/Berlin"  # in which days and months are counted
    country: str = Field(default="DE", pattern="^[A-Z]{2}$")  # default of address forms
    retention_years: int = Field(default=10, ge=1)  # documents of who left are kept so long
    brand_file: Path = ROOT / "brand" / "brand.toml"
    policy_file: Path = ROOT / "brand" / "policy.toml"  # limits and steps about money
    var: Path = ROOT / "var"  # database, sandbox, logs: all that this installation writes
    jobs_url: str = ""  # DBOS's own database; default a file in var/
    network: str = ""  # name of the installed network adapter; "" for the built-in sandbox
    network_delay: float = 3.0  # seconds that the sandbox network takes at least
    fulfilment_pause: float = 0.7  # seconds between two steps, so that one can watch an order
    executor_id: str = "worker-1"  # stable and distinct per process that runs jobs

    stripe_secret_key: str = ""
    stripe_publishable_key: str = ""
    stripe_webhook_secret: str = ""
    stripe_api_base: str = ""
    stripe_js_url: str = "https://js.stripe.com/v3/"

    # without Stripe's keys payments are pretended: in the demo, or where this says so; elsewhere
    # the portal does not start
    payment_sandbox: bool = Field(default_factory=_with_demo)

    # further payment methods, names with commas between; each is installed as a package of its own
    # (docs/payment-methods.md)
    payment_methods: str = ""

    smtp_host: str = ""  # without one no mail leaves; the demo shows it on a page of its own
    smtp_port: int = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_from: str = ""  # address that mails come from

    # an SMS gateway that takes a POST (docs/operating.md); without one the demo shows SMS on a page
    sms_url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    sms_key: str = ""  # sent as a bearer token
    sms_from: str = ""  # name or number that SMS come from

    # hosts of push services that are called, with spaces between; "" for no web push
    push_services: str = (
        "fcm.googleapis.com push.services.mozilla.com push.apple.com notify.windows.com"
    )
    # 32 bytes, base64url, by which push services know us; made out of `secret` when empty. Set it
    # before `secret` changes, or browsers have to be switched on again
    vapid_key: str = Field(default="", pattern=r"^([A-Za-z0-9_-]{43}=?)?$")

    oidc_issuer: str = ""  # the operator's OpenID Connect provider; "" for none
    oidc_client_id: str = ""
    oidc_client_secret: str = ""  # "" for a public client
    oidc_name: str = "single sign-on"  # on the button "Sign in with ..."
    # a sign-in there that is older (seconds) is not taken; 0: however old, for providers that do
    # not send auth_time
    oidc_max_age: int = Field(default=43_200, ge=0)
    # strengths ("acr") of which a sign-in there must have one, with spaces between; each must mean
    # two factors: with one of them nobody is asked for a code here. "": none is asked for
    oidc_acr: str = ""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        """Refuse a half set up Stripe: without its webhook secret, anybody could say "paid"."""
        stripe = (
            self.stripe_secret_key,
            self.stripe_publishable_key,
            self.stripe_webhook_secret,
        )
        if any(stripe) and not all(stripe):
            raise ValueError(
                "Stripe needs SELF_SERVICE_STRIPE_SECRET_KEY, SELF_SERVICE_STRIPE_PUBLISHABLE_KEY "
                "and SELF_SERVICE_STRIPE_WEBHOOK_SECRET: set all three or none."
            )
        if self.smtp_host and "@" not in self.smtp_from:
            raise ValueError("Mail needs SELF_SERVICE_SMTP_FROM beside SELF_SERVICE_SMTP_HOST.")
        if self.sms_url and not self.sms_from:
            raise ValueError("SMS needs SELF_SERVICE_SMS_FROM beside SELF_SERVICE_SMS_URL.")
        return self

    @property
    def can_be_paid(self) -> bool:
        """Say whether there is a payment provider: Stripe, or the sandbox where it may be."""
        return bool(self.stripe_secret_key) or self.payment_sandbox

    @property
    def further_methods(self) -> tuple[str, ...]:
        """Names of the payment methods beside the card, in the order in which they are offered."""
        return tuple(filter(None, (one.strip() for one in self.payment_methods.split(","))))

    @property
    def known_push_services(self) -> tuple[str, ...]:
        """Hosts of push services that are called, also those below them; none without web push."""
        return tuple(self.push_services.lower().split())

    @property
    def oidc_origin(self) -> str:
        """Scheme, host and port of the identity provider, "" without one."""
        return "/".join(self.oidc_issuer.split("/", 3)[:3])

    @property
    def https(self) -> bool:
        """Say whether people reach us by TLS; cookies then are `__Host-` and Secure."""
        return self.public_url.startswith("https://")

    @property
    def shows_mail(self) -> bool:
        """Say whether mails are read on a page here: in the demo, while none is sent."""
        return self.demo and not self.smtp_host

    @property
    def open_to_all(self) -> bool:
        """Say whether the demo's sign-ins, whose passwords all know, work on a real address."""
        return self.demo and self.https

    @property
    def older_secrets(self) -> tuple[str, ...]:
        """The secrets before this one, the last used first."""
        return tuple(filter(None, (one.strip() for one in self.secret_before.split(","))))

    @property
    def cookie_name(self) -> str:
        """Name of the session cookie. `__Host-` demands Secure, so only with TLS."""
        return "__Host-sid" if self.https else "sid"

    @property
    def static_dir(self) -> Path:
        """Where the built front end lies."""
        return ROOT / ".web" / "build" / "client"


@cache
def get() -> Settings:
    """Return the settings of this process."""
    return Settings()
