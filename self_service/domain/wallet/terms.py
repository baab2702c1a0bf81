"""Under which terms wallets work here: the part of the installation that this domain needs."""

from __future__ import annotations

from dataclasses import dataclass, field

from self_service.domain.errors import N_, DomainError
from self_service.domain.policy import VoucherPolicy, WalletPolicy
from self_service.money import Money


class AmountInvalid(DomainError):
    """What was typed is no sum."""

    code = "amount_invalid"
    message = N_("Enter a sum, for example 15 or 12.50.")


class AmountTooSmall(DomainError):
    """Less than the operator takes."""

    code = "amount_too_small"
    message = N_("The smallest sum is {least}.")


class AmountTooLarge(DomainError):
    """More than the operator takes at once."""

    code = "amount_too_large"
    message = N_("The largest sum is {most}.")


@dataclass(frozen=True, slots=True)
class WalletTerms:
    """What holds for all wallets.

    Attributes:
        currency: of wallets and all limits.
        country: whose telephone numbers are typed without a country code.
        provider: name of the payment provider.
    """

    policy: WalletPolicy
    currency: str
    country: str = ""
    provider: str = ""
    vouchers: VoucherPolicy = field(default_factory=VoucherPolicy)

    def money(self, minor: int) -> Money:
        """Return a sum in the wallets' currency."""
        return Money(minor, self.currency)

    def check(self, amount: Money, least: int, most: int, field: str = "amount") -> None:
        """Refuse a sum outside of limits, in minor units.

        Raises:
            AmountTooSmall, AmountTooLarge: it is.
        """
        if amount.minor < least:
            raise AmountTooSmall(field, least=self.money(least))
        if amount.minor > most:
            raise AmountTooLarge(field, most=self.money(most))
