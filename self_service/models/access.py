"""Sign-in (TMF720 DigitalIdentity), roles and grants (TMF672), and server-side sessions."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from self_service.models.base import enum_field, id_field, json_field, new_id


class Role(StrEnum):
    """What a signed-in person is (TMF672 UserRole)."""

    VISITOR = "visitor"  # nobody is signed in
    CUSTOMER = "customer"  # of an organisation: its corporate administrator
    SUB_USER = "sub_user"  # of a household or company: sees what was granted, nothing else
    DEALER = "dealer"
    DEALER_SUPERVISOR = "dealer_supervisor"
    REPRESENTATIVE = "representative"  # customer service
    ADMINISTRATOR = "administrator"  # of the operator


class Scope(StrEnum):
    """What a grant allows. Each holds what stands before it, except that paying is not managing."""

    VIEW = "view"
    MANAGE = "manage"
    PAY = "pay"


class Purpose(StrEnum):
    """What a one-time link or challenge is for."""

    RESET_PASSWORD = "reset_password"
    VERIFY_EMAIL = "verify_email"
    CHANGE_EMAIL = "change_email"
    TYPED = "typed"  # no link: what a form held that was refused, for the same browser
    INVITATION = "invitation"
    STAFF_INVITATION = "staff_invitation"  # choose the first password
    SECOND_FACTOR = "second_factor"  # the password was right; the second factor is awaited
    PASSKEY_SIGN_IN = "passkey_sign_in"
    PASSKEY_NEW = "passkey_new"
    OIDC = "oidc"  # the way to the provider and back
    GIFT = "gift"  # a gift that its sender has looked at and not sent yet
    OIDC_LINK = "oidc_link"  # proven at the provider; the account here is yet to be proven


class DigitalIdentity(SQLModel, table=True):
    """Credentials of one person."""

    __tablename__ = "digital_identity"

    id: UUID = id_field()
    individual_id: UUID = Field(foreign_key="individual.id", index=True)
    customer_id: UUID | None = Field(default=None, foreign_key="customer.id", index=True)
    login: str = Field(unique=True, max_length=254)  # normalised e-mail address
    username: str | None = Field(default=None, unique=True, max_length=40)  # normalised
    password_hash: str = Field(max_length=256)  # "" when the person signs in otherwise
    role: Role = enum_field(Role, Role.CUSTOMER)
    supervisor_id: UUID | None = Field(
        default=None, foreign_key="digital_identity.id", index=True
    )  # of a dealer
    email_verified_at: datetime | None = None
    totp_secret: str = Field(default="", max_length=200)  # encrypted; "" without
    totp_step: int = 0  # the last step whose code was used: none is taken twice
    disabled_at: datetime | None = None  # by an administrator, or erased
    failed_attempts: int = 0
    locked_until: datetime | None = None
    created_at: datetime


class WebSession(SQLModel, table=True):
    """A signed-in browser. It holds a random id in an HttpOnly cookie; we hold only its hash."""

    __tablename__ = "web_session"

    key: str = Field(primary_key=True, max_length=64)  # SHA-256 of the cookie, hex
    id: UUID = Field(default_factory=new_id, unique=True)  # by which its owner names it
    identity_id: UUID = Field(foreign_key="digital_identity.id", index=True)
    device: str = Field(default="", max_length=80)  # "Firefox on Linux"
    network: str = Field(default="", max_length=64)  # address that it was last seen from
    confirmed_at: datetime  # last proof of who this is: a password, code or passkey
    acting_for: UUID | None = Field(default=None, foreign_key="customer.id")
    issuer: str = Field(default="", max_length=300)  # of the provider that signed in, "" for us
    provider_session: str = Field(default="", max_length=255, index=True)  # the provider's sid
    id_token: str = Field(default="", max_length=8000)  # proof to the provider at signing out
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


class OneTimeSecret(SQLModel, table=True):
    """Something that works once and for a while: a link in a mail, a challenge to a device.

    Whoever has the secret has the right; we hold only its hash.
    """

    __tablename__ = "one_time_secret"

    key: str = Field(primary_key=True, max_length=64)  # SHA-256 of the secret, hex
    purpose: Purpose = enum_field(Purpose, Purpose.RESET_PASSWORD, index=True)
    identity_id: UUID | None = Field(default=None, foreign_key="digital_identity.id", index=True)
    data: dict[str, Any] = json_field()
    created_at: datetime
    expires_at: datetime = Field(index=True)


class Passkey(SQLModel, table=True):
    """A WebAuthn credential."""

    id: UUID = id_field()
    identity_id: UUID = Field(foreign_key="digital_identity.id", index=True)
    credential_id: str = Field(unique=True, max_length=1400)  # base64url
    public_key: str = Field(max_length=2000)  # base64url of the COSE key
    sign_count: int = 0
    name: str = Field(default="", max_length=80)
    created_at: datetime
    last_used_at: datetime | None = None


class RecoveryCode(SQLModel, table=True):
    """A way in when the second factor is lost; each works once."""

    __tablename__ = "recovery_code"

    id: UUID = id_field()
    identity_id: UUID = Field(foreign_key="digital_identity.id", index=True)
    code_hash: str = Field(unique=True, max_length=64)  # keyed, hex
    used_at: datetime | None = None


class LinkedAccount(SQLModel, table=True):
    """An account at the operator's OpenID Connect provider that signs in here."""

    __tablename__ = "linked_account"
    __table_args__ = (UniqueConstraint("issuer", "subject", name="linked_once"),)

    id: UUID = id_field()
    identity_id: UUID = Field(foreign_key="digital_identity.id", index=True)
    issuer: str = Field(max_length=300)
    subject: str = Field(max_length=255)
    created_at: datetime


class Grant(SQLModel, table=True):
    """What a sub-user may do with a customer's things (TMF672 Permission)."""

    __tablename__ = "access_grant"  # GRANT is a word of SQL

    id: UUID = id_field()
    identity_id: UUID = Field(foreign_key="digital_identity.id", index=True)
    customer_id: UUID = Field(foreign_key="customer.id", index=True)
    product_id: UUID | None = Field(default=None, foreign_key="product.id")  # None: all of them
    scope: Scope = enum_field(Scope, Scope.VIEW)
    granted_by: UUID = Field(foreign_key="digital_identity.id")
    created_at: datetime
    expires_at: datetime | None = None


class Assignment(SQLModel, table=True):
    """A customer whom a dealer serves."""

    __table_args__ = (UniqueConstraint("dealer_id", "customer_id", name="assigned_once"),)

    id: UUID = id_field()
    dealer_id: UUID = Field(foreign_key="digital_identity.id", index=True)
    customer_id: UUID = Field(foreign_key="customer.id", index=True)
    created_at: datetime


class Attempts(SQLModel, table=True):
    """How often something was tried, by an account or from a network; shared by all workers."""

    key: str = Field(primary_key=True, max_length=120)
    count: int = 0
    until: datetime  # when counting starts afresh
