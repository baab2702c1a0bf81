"""What a page says after somebody came back from paying, and why a payment was refused."""

from __future__ import annotations

from collections.abc import Mapping

from self_service import i18n
from self_service.domain.errors import N_
from self_service.domain.payments import paying
from self_service.domain.payments.payers import PayByLink
from self_service.state.request import PageRequest

#: By the word in the address (`domain.payments.after.Stands`).
PAID: Mapping[str, str] = {
    "done": N_("Thank you. Your payment is done."),
    "processing": N_("Your payment is under way. It stands here as soon as it is through."),
    "open": N_("The payment is not finished. Nothing was taken."),
    "failed": N_("The payment did not go through. Nothing was taken. Try another card."),
    "link_sent": N_("The link to pay is on its way to the customer."),
    "no_address": N_("There is nothing to pay, or no address to send a link to."),
}
#: Words in the address after which nothing is left to do.
WENT_WELL = ("done", "processing", "link_sent")
_OTHER = N_("That could not be paid. Nothing was charged.")
#: By the code in the address; what is about the typed sum stands at its field.
REFUSALS: Mapping[str, str] = {
    paying.PaidAlready.code: paying.PaidAlready.message,
    paying.BeingPaid.code: paying.BeingPaid.message,
    paying.CardNotUsable.code: paying.CardNotUsable.message,
    PayByLink.code: PayByLink.message,
    "not_found": N_("We could not find that."),
    "not_allowed": N_("Your account does not allow this."),
}
SUM_FAULTS: Mapping[str, str] = {
    paying.BadSum.code: paying.BadSum.message,
    paying.TooMuch.code: N_("That is more than what is open."),
}


def pay_result(request: PageRequest) -> dict[str, str]:
    """Return `paid`, `pay_refused` and `sum_fault` for the state of a page with a payment form."""
    code, language = request.query.get("refused", ""), request.language
    return {
        "paid": _said(PAID, request.query.get("paid", ""), language),
        "pay_refused": _said(REFUSALS, code, language),
        "sum_fault": _said(SUM_FAULTS, code, language),
    }


def pay_told(request: PageRequest) -> dict[str, str]:
    """Return `paid`, `refused` and `sum_fault`: what went well apart from what did not."""
    said, query = pay_result(request), request.query
    well = query.get("paid", "") in WENT_WELL
    refused = said["pay_refused"] or ("" if well else said["paid"])
    if query.get("refused") and not (refused or said["sum_fault"]):
        refused = i18n.translate(request.language, _OTHER)
    paid = said["paid"] if well else ""
    return {"paid": paid, "refused": refused, "sum_fault": said["sum_fault"]}


def _said(words: Mapping[str, str], code: str, language: str) -> str:
    return i18n.translate(language, words[code]) if code in words else ""
