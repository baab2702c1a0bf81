"""The only reader of the environment. Every setting is `SELF_SERVICE_<NAME>`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


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
    secret: str = ""  # signs webhooks of the sandbox and forms; made and kept in var/ when empty
    demo: bool = True  # load the demo operator into an empty database, list its sign-ins
    currency: str = Field(default="EUR", pattern="^[A-Z]{3}$")
    time_zone: str = "Europe/Berlin"  # in which days and months are counted
    country: str = Field(default="DE", pattern="^[A-Z]{2}$")  # default of address forms
    brand_file: Path = ROOT / "brand" / "brand.toml"
    var: Path = ROOT / "var"  # database, sandbox, logs: all that this installation writes
    jobs_url: str = ""  # DBOS's own database; default a file in var/
    fulfilment_pause: float = 0.7  # seconds between two steps, so that one can watch an order
    executor_id: str = "worker-1"  # stable and distinct per process that runs jobs

    stripe_secret_key: str = ""
    stripe_publishable_key: str = ""
    stripe_webhook_secret: str = ""
    stripe_api_base: str = ""
    stripe_js_url: str = "https://js.stripe.com/v3/"

    smtp_host: str = ""  # without one no mail leaves; the demo shows it on a page of its own
    smtp_port: int = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_from: str = ""  # address that mails come from

    oidc_issuer: str = ""  # the operator's OpenID Connect provider; "" for none
    oidc_client_id: str = ""
    oidc_client_secret: str = ""  # "" for a public client
    oidc_name: str = "single sign-on"  # on the button "Sign in with ..."

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
        return self

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
