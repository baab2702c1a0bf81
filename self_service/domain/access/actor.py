"""Who is acting, and what that allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from self_service.domain.errors import N_, DomainError
from self_service.models.access import Role, Scope

#: For so long a proof of who somebody is counts as fresh.
FRESH_FOR = timedelta(minutes=10)

#: Roles that work for the operator or sell for it, and so may act for customers.
SERVING = frozenset({Role.DEALER, Role.DEALER_SUPERVISOR, Role.REPRESENTATIVE, Role.ADMINISTRATOR})


class SignInNeeded(DomainError):
    """Nobody is signed in, or the session ended."""

    code = "sign_in_needed"
    message = N_("Please sign in to continue. Your basket is kept.")


class NotAllowed(DomainError):
    """Signed in, but not for this."""

    code = "not_allowed"
    message = N_("Your account does not allow this.")


class ConfirmationNeeded(DomainError):
    """The act is worth a fresh proof of who is there (step-up, ASVS 7.5.3)."""

    code = "confirmation_needed"
    message = N_("Please confirm that it is you.")


class SecondFactorNeeded(DomainError):
    """Whoever works here sets up a second factor before anything else (ASVS 6.3.3)."""

    code = "second_factor_needed"
    message = N_(
        "Set up an authenticator app or a passkey first. Everybody who works here signs in with "
        "one."
    )


@dataclass(frozen=True, slots=True)
class Share:
    """What a sub-user may do with a customer's things.

    Attributes:
        customer_id: whose.
        product_id: the one subscription that this is about, None for all.
        scope: what is allowed.
    """

    customer_id: UUID
    product_id: UUID | None
    scope: Scope


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts.

    Attributes:
        role: what the person is; VISITOR when nobody is signed in.
        key: hash of the browser's cookie ("" without one); names the visitor's basket.
        customer_id: whose data this is about: the person's own, or those of the customer for whom
            a dealer or the staff acts; None for visitors, for sub-users and for whoever serves
            nobody at the moment.
        identity_id: who signed in, None for visitors.
        name: for greeting.
        full_name: for the record.
        language: preferred language, "" when not known.
        behalf: name of the customer acted for, "" when acting for oneself.
        network: address that the session was last seen from.
        session_id: by which the person sees this session among others.
        confirmed_at: last proof of who this is.
        shares: what was granted to a sub-user.
        one_factor: works here, and has neither an authenticator app nor a passkey.
        unseen: the session was not noted as used for a while: a reading transaction cannot do it.
    """

    role: Role = Role.VISITOR
    key: str = ""
    customer_id: UUID | None = None
    identity_id: UUID | None = None
    name: str = ""
    language: str = ""
    unseen: bool = False
    full_name: str = ""
    behalf: str = ""
    network: str = ""
    session_id: UUID | None = None
    confirmed_at: datetime | None = None
    shares: tuple[Share, ...] = ()
    one_factor: bool = False

    @property
    def signed_in(self) -> bool:
        """Say whether somebody is signed in."""
        return self.identity_id is not None

    @property
    def acting(self) -> bool:
        """Say whether this is somebody who acts for a customer."""
        return bool(self.behalf)

    def identity(self) -> UUID:
        """Return whose sign-in this is.

        Raises:
            SignInNeeded: nobody is signed in.
        """
        if self.identity_id is None:
            raise SignInNeeded
        return self.identity_id

    def customer(self) -> UUID:
        """Return the customer whose data this is about, with the right to all of it.

        Raises:
            SignInNeeded: nobody is signed in.
            NotAllowed: signed in, but not as, nor for, a customer.
        """
        if self.customer_id is not None:
            return self.customer_id
        raise NotAllowed if self.signed_in else SignInNeeded

    def own_customer(self) -> UUID:
        """Return the customer who is there in person: nobody else may do this for them.

        Raises:
            SignInNeeded: nobody is signed in.
            NotAllowed: not a customer, or somebody who acts for one.
        """
        if self.acting:
            raise NotAllowed
        return self.customer()

    def one_of(self, *roles: Role) -> UUID:
        """Return who signed in, when that is somebody in one of these roles.

        Raises:
            SignInNeeded: nobody is signed in.
            NotAllowed: somebody in another role.
        """
        who = self.identity()
        if self.role not in roles:
            raise NotAllowed
        return who

    def fresh(self, now: datetime) -> None:
        """Demand a proof of who this is that is at most ten minutes old.

        Raises:
            SignInNeeded: nobody is signed in.
            ConfirmationNeeded: the last proof is older.
        """
        self.identity()
        if self.confirmed_at is None or self.confirmed_at + FRESH_FOR <= now:
            raise ConfirmationNeeded
