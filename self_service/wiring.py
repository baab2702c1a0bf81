"""The composition root: settings in, adapters out. Made once per process, on first use."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from self_service import brand, clock, db, policy, settings
from self_service.domain.people.sealing import Vault
from self_service.domain.wallet.terms import WalletTerms
from self_service.ports import (
    DocumentPort,
    EInvoicePort,
    IdentityProvider,
    Job,
    MailPort,
    NetworkPort,
    PasskeyPort,
    PaymentGateway,
    PaymentPlugIn,
    PushPort,
    SmsPort,
)

if TYPE_CHECKING:  # adapters are slow to import: each is when it is first made
    from self_service.adapters.dbos_jobs import DbosJobs

#: Where packages name further payment methods.
METHODS_GROUP = "self_service.payment_methods"
#: Where a package names how it speaks with an operator's network.
NETWORK_GROUP = "self_service.networks"


@cache
def database() -> db.Database:
    """Return this process's database; what is in it is dated in the operator's time zone."""
    config = settings.get()
    clock.set_zone(config.time_zone)
    config.var.mkdir(parents=True, exist_ok=True)
    return db.Database(db.make_engine(config.database_url))


def job_engine(jobs: Iterable[Job]) -> DbosJobs:
    """Return an engine for durable jobs; it works once launched."""
    from self_service.adapters.dbos_jobs import DbosJobs  # noqa: PLC0415

    config = settings.get()
    return DbosJobs(
        jobs,
        database_url=config.jobs_url or f"sqlite:///{config.var / 'jobs.db'}",
        executor_id=config.executor_id,
    )


@cache
def secret() -> str:
    """Return the installation's secret: from the settings, else made once and kept in `var/`."""
    config = settings.get()
    if config.secret:
        return config.secret
    config.var.mkdir(parents=True, exist_ok=True)
    file = config.var / "secret"
    if not file.exists():
        _keep(file, secrets.token_urlsafe(48))
    return file.read_text()


def vault() -> Vault:
    """Return what seals and opens secrets of this installation."""
    return Vault(secret(), *settings.get().older_secrets)


def _keep(file: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all; who comes second leaves it."""
    handle, whole = tempfile.mkstemp(dir=file.parent)
    with open(handle, "w") as new:
        new.write(text)
    with suppress(FileExistsError):
        os.link(whole, file)
    os.unlink(whole)


@cache
def gateway() -> PaymentGateway:
    """Return the payment provider: Stripe with its keys set, else the built-in sandbox.

    Raises:
        RuntimeError: neither is set up.
    """
    config = settings.get()
    if not config.can_be_paid:
        raise RuntimeError(settings.NO_PAYMENTS)
    if config.stripe_secret_key:
        from self_service.adapters.stripe_payments import StripePayments  # noqa: PLC0415

        return StripePayments(
            api_key=config.stripe_secret_key,
            webhook_secret=config.stripe_webhook_secret,
            publishable_key=config.stripe_publishable_key,
            api_base=config.stripe_api_base or None,
            js_url=config.stripe_js_url,
        )
    from self_service.adapters.sandbox_payments import SandboxPayments  # noqa: PLC0415

    return SandboxPayments(str(config.var / "sandbox_payments.db"), secret(), clock.now)


@cache
def plug_ins() -> tuple[PaymentPlugIn, ...]:
    """Return the further payment methods that are switched on, in the order of the settings.

    Raises:
        RuntimeError: one is not installed, or says another name than the one it is known by.
    """
    config = settings.get()
    known = {point.name: point for point in entry_points(group=METHODS_GROUP)}
    found: list[PaymentPlugIn] = []
    for name in config.further_methods:
        if name not in known:
            raise RuntimeError(f"payment method {name!r} is not installed; known: {sorted(known)}")
        made: PaymentPlugIn = known[name].load()(config)
        if made.name != name or name == gateway().name:
            raise RuntimeError(f"payment method {name!r} has the name {made.name!r}")
        found.append(made)
    return tuple(found)


def gateways() -> dict[str, PaymentGateway]:
    """Return all payment methods by name, cards first; `Payment.provider` is such a name."""
    return {one.name: one for one in (gateway(), *plug_ins())}


@cache
def network() -> NetworkPort:
    """Return the network: the installed adapter that the settings name, else the sandbox.

    Raises:
        RuntimeError: it is not installed.
    """
    config = settings.get()
    if config.network:
        known = {point.name: point for point in entry_points(group=NETWORK_GROUP)}
        if config.network not in known:
            raise RuntimeError(f"network {config.network!r} is not installed: {sorted(known)}")
        made: NetworkPort = known[config.network].load()(config)
        return made
    from self_service.adapters.sandbox_network import SandboxNetwork  # noqa: PLC0415

    return SandboxNetwork(
        str(config.var / "sandbox_network.db"), clock.now, delay=config.network_delay
    )


@cache
def documents() -> DocumentPort:
    """Return the typesetter."""
    from self_service.adapters.typst_documents import TypstDocuments  # noqa: PLC0415

    return TypstDocuments()


@cache
def e_invoices() -> EInvoicePort:
    """Return the writer of electronic invoices."""
    from self_service.adapters.facturx_invoices import FacturxInvoices  # noqa: PLC0415

    return FacturxInvoices()


def mail() -> MailPort | None:
    """Return who sends mail: an SMTP server; in the demo nobody does, and a page shows it.

    None where neither is set up: mails wait in the database.
    """
    config = settings.get()
    if config.smtp_host:
        from self_service.adapters.smtp_mail import SmtpMail  # noqa: PLC0415

        return SmtpMail(
            host=config.smtp_host,
            port=config.smtp_port,
            security=config.smtp_security,
            user=config.smtp_user,
            password=config.smtp_password,
            sender=config.smtp_from,
            name=brand.current().links.brand_name,
        )
    from self_service.adapters.kept_mail import KeptMail  # noqa: PLC0415

    return KeptMail() if config.demo else None


def sms() -> SmsPort | None:
    """Return who sends SMS: a gateway; in the demo nobody does, and a page shows them.

    None where neither is set up: then nobody can choose SMS.
    """
    config = settings.get()
    if config.sms_url:
        from self_service.adapters.http_sms import HttpSms  # noqa: PLC0415

        return HttpSms(url=config.sms_url, key=config.sms_key, sender=config.sms_from)
    from self_service.adapters.kept_sms import KeptSms  # noqa: PLC0415

    return KeptSms() if config.demo else None


@cache
def push() -> PushPort | None:
    """Return who shows notices in browsers, None where that is switched off."""
    config = settings.get()
    if not config.known_push_services:
        return None
    from self_service.adapters import web_push  # noqa: PLC0415

    key = web_push.given(config.vapid_key) if config.vapid_key else web_push.derived(secret())
    contact = config.public_url if config.https else _contact()
    return web_push.WebPush(key=key, contact=contact)


def _contact() -> str:
    return f"mailto:{brand.current().links.support_email}"


@cache
def identity_provider() -> IdentityProvider | None:
    """Return the operator's OpenID Connect provider, None without one."""
    config = settings.get()
    if not config.oidc_issuer:
        return None
    from self_service.adapters.authlib_oidc import AuthlibProvider  # noqa: PLC0415

    return AuthlibProvider(
        issuer=config.oidc_issuer,
        client_id=config.oidc_client_id,
        client_secret=config.oidc_client_secret,
        name=config.oidc_name,
        clock=clock.now,
        max_age=config.oidc_max_age,
        acr=tuple(config.oidc_acr.split()),
    )


@cache
def passkeys() -> PasskeyPort:
    """Return what speaks with people's devices, for the address by which they reach us."""
    from self_service.adapters.webauthn_passkeys import WebauthnPasskeys  # noqa: PLC0415

    return WebauthnPasskeys(settings.get().public_url, brand.current().links.brand_name)


def wallet_terms() -> WalletTerms:
    """Return under which terms wallets work here, as the operator's policy says now."""
    config, current = settings.get(), policy.current()
    return WalletTerms(
        policy=current.wallet,
        currency=config.currency,
        country=config.country,
        provider=gateway().name,
        vouchers=current.vouchers,
    )
