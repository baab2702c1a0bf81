"""Wording of the letter about a bill that is ready: its sum, until when, and a link to pay."""

from __future__ import annotations

from self_service import i18n, letters, routes
from self_service.domain.bills.telling import BillNotice
from self_service.domain.errors import N_
from self_service.domain.messages import Letter, Words
from self_service.payment_letters import pay_address

_SEE = N_("See it line by line, and why it changed, here:")


def wording(notice: BillNotice) -> Words:
    """Return the words about a bill, for whoever gets them."""
    return lambda language, link: _letter(language, notice, link)


def _letter(language: str, notice: BillNotice, link: str) -> Letter:
    bill = letters.address(language, f"{routes.BILL}/{notice.number}")
    if notice.credit_note:
        return letters.compose(
            language,
            N_("Your credit note is ready"),
            _say(language, N_("We gave back {gross}: credit note {number}."), notice),
            _SEE,
            bill,
        )
    said = [_say(language, N_("Your bill {number} is ready. Its sum is {gross}."), notice)]
    if notice.open and notice.autopay:
        said.append(_say(language, N_("It is paid automatically by {day}."), notice))
    elif notice.open:
        said.append(_say(language, N_("Please pay {open} by {day}, here:"), notice))
        said += [pay_address(language, link), N_("You need not sign in to pay there.")]
    else:
        said.append(N_("There is nothing to pay."))
    return letters.compose(language, N_("Your bill is ready"), *said, _SEE, bill)


def _say(language: str, text: str, notice: BillNotice) -> str:
    gross = -notice.gross if notice.credit_note else notice.gross
    locale = i18n.LANGUAGES[language].locale
    return i18n.translate(
        language,
        text,
        number=notice.number,
        gross=gross.display(locale),
        open=notice.open.display(locale),
        day=i18n.day(notice.due_at, language),
    )
