"""What is said when an order was refused: the form is a plain post, so only the code comes back."""

from __future__ import annotations

from self_service.domain.access import attempts
from self_service.domain.coverage import reach
from self_service.domain.errors import N_, DomainError
from self_service.domain.orders import checkout, contract, stock, ways
from self_service.domain.orders import placing as orders
from self_service.domain.payments import paying
from self_service.domain.people import accounts, own, passwords
from self_service.domain.promotions.refusals import CodeLost

#: Refusals that can follow "Order and pay", by code. Those with places have a plain form here.
_KNOWN: tuple[type[DomainError], ...] = (
    accounts.LoginTaken,
    attempts.TooManyOrders,
    checkout.NothingToOrder,
    checkout.DetailsNeeded,
    CodeLost,
    contract.SummaryOutdated,
    orders.AlreadyOrdered,
    own.AccountClosed,
    paying.CardNotUsable,
    reach.NoHomeInternet,
    reach.NoTelevision,
    passwords.PasswordTooCommon,
    passwords.PasswordTelling,
    passwords.PasswordUnreadable,
    ways.CardOfAnother,
)
REFUSALS: dict[str, str] = {
    **{refused.code: refused.message for refused in _KNOWN},
    passwords.PasswordTooShort.code: N_("Choose a password with at least 8 characters."),
    passwords.PasswordTooLong.code: N_("Choose a password with at most 128 characters."),
    stock.SoldOut.code: N_("Somebody else just bought the last piece. Please choose another one."),
    "not_accepted": N_("Please tick that you have read the contract summary."),
    "impossible": N_("Your basket cannot be ordered as it is. Open it to see what is missing."),
}
