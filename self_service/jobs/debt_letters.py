"""Wording of the letters about debts: the sum, what happens next and when, and the ways out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from self_service import i18n, letters, routes
from self_service.domain.debts.notices import Notice, NoticeKind
from self_service.domain.errors import N_
from self_service.domain.messages import Letter, Words

#: Makes a letter in a language.
_Make = Callable[[str, Notice], Letter]

_PAY = N_("Pay here:")
_PAID = N_("If you have paid in the last days, you need not do anything.")
_NEXT: Mapping[str, str] = {
    "remind": N_("If it stays open, we remind you again on {day}."),
    "fee": N_("If it stays open, a reminder fee is added to your next bill on {day}."),
    "warn": N_("If it stays open, you get a last warning on {day}."),
    "suspend": N_("If it stays open, your services are suspended on {day}."),
}
_OFFER = N_("You can pay in instalments instead, without interest. See how here:")


def wording(notice: Notice) -> Words:
    """Return the words of a notice, for whoever gets it."""
    make = _LETTERS[notice.kind]
    return lambda language, _: make(language, notice)


def _overdue(subject: str, opening: str) -> _Make:
    """Make the letter of a step of dunning."""

    def make(language: str, notice: Notice) -> Letter:
        said = [_say(language, opening, notice)]
        if notice.fee:
            said.append(
                _say(language, N_("A reminder fee of {fee} stands on your next bill."), notice)
            )
        if notice.next_action and notice.next_at:
            day = i18n.day(notice.next_at, language)
            said.append(i18n.translate(language, _NEXT[notice.next_action], day=day))
        said += [_PAY, letters.address(language, routes.BILLS)]
        if notice.offer:
            said += [_OFFER, letters.address(language, routes.AGREEMENT)]
        return letters.compose(language, subject, *said, _PAID)

    return make


def _charge_back(language: str, notice: Notice) -> Letter:
    """Make the letter about a payment that the bank took back."""
    said = [
        N_("Your bank took {sum} of a payment back from us, so it is open again."),
        N_(
            "If it was for your wallet, we took out what was left of it. An unused voucher is void."
        ),
        N_("What is open stands with your bills. Please pay it until {day}."),
    ]
    if notice.about:
        said.append(N_("We no longer charge your card ending in {number} automatically."))
    texts = [_say(language, text, notice) for text in said]
    subject = N_("Your bank took a payment back")
    return letters.compose(language, subject, *texts, _PAY, letters.address(language, routes.BILLS))


def _plain(subject: str, *paragraphs: str, path: str = routes.BILLS) -> _Make:
    """Make a letter of fixed paragraphs, with the address of a page at its end."""

    def make(language: str, notice: Notice) -> Letter:
        said = [_say(language, text, notice) for text in paragraphs]
        if notice.next_action and notice.next_at:
            day = i18n.day(notice.next_at, language)
            said.append(i18n.translate(language, _NEXT[notice.next_action], day=day))
        return letters.compose(language, subject, *said, letters.address(language, path))

    return make


def _decided(subject: str, text: str) -> _Make:
    """Make the letter about a decided dispute. The answer is read behind its link."""

    def make(language: str, notice: Notice) -> Letter:
        path = f"{routes.BILL}/{notice.about}"
        return _plain(subject, text, N_("Read our answer here:"), path=path)(language, notice)

    return make


def _say(language: str, text: str, notice: Notice) -> str:
    return i18n.translate(
        language,
        text,
        sum=notice.amount.display(i18n.LANGUAGES[language].locale),
        fee=notice.fee.display(i18n.LANGUAGES[language].locale),
        day=_day(notice.at, language),
        number=notice.about,
    )


def _day(moment: datetime | None, language: str) -> str:
    return i18n.day(moment, language) if moment else ""


_LETTERS: Mapping[NoticeKind, _Make] = {
    NoticeKind.REMIND: _overdue(
        N_("A bill is overdue"),
        N_("{sum} is overdue since {day}. Most likely it was forgotten."),
    ),
    NoticeKind.FEE: _overdue(
        N_("A bill is still overdue"), N_("{sum} is overdue since {day}, and we reminded you.")
    ),
    NoticeKind.WARN: _overdue(
        N_("Last warning before your services are suspended"),
        N_("{sum} is overdue since {day}. We do not want to suspend your services."),
    ),
    NoticeKind.SUSPEND: _overdue(
        N_("Your services are suspended"),
        N_(
            "{sum} is overdue since {day}. Your services are suspended. Nothing is charged for "
            "them while they are. They are back the moment you pay."
        ),
    ),
    NoticeKind.RESTORED: _plain(
        N_("Your services are back on"),
        N_("Thank you. Nothing is overdue any more, and your services work again."),
        path=routes.HOME,
    ),
    NoticeKind.AGREED: _plain(
        N_("Your payment agreement"),
        N_("You pay {sum} in instalments. The first one is due on {day}."),
        N_("While you keep to it, there are no reminders, no fees, and your services stay on."),
        N_("All instalments stand here:"),
        path=routes.AGREEMENT,
    ),
    NoticeKind.INSTALMENT_SOON: _plain(
        N_("An instalment is due soon"),
        N_("An instalment of {sum} is due on {day}."),
        _PAY,
        path=routes.AGREEMENT,
    ),
    NoticeKind.AGREEMENT_BROKEN: _plain(
        N_("Your payment agreement has ended"),
        N_("An instalment was not paid in time: {sum} was due on {day}."),
        N_("The whole rest is overdue now."),
        _PAY,
    ),
    NoticeKind.AGREEMENT_KEPT: _plain(
        N_("Your payment agreement is fulfilled"),
        N_("Thank you. All instalments are paid, {sum} in all."),
    ),
    NoticeKind.DISPUTE_ACCEPTED: _decided(
        N_("You were right about your bill"),
        N_("We looked at what you said about bill {number}. You get {sum} back on it."),
    ),
    NoticeKind.DISPUTE_REJECTED: _decided(
        N_("About the line that you disputed"),
        N_("We looked at what you said about bill {number}. The line of {sum} is right."),
    ),
    NoticeKind.DUE_MOVED: _plain(
        N_("You have more time to pay"),
        N_(
            "Our portal was not reachable. You have until {day} to pay bill {number}, without "
            "any disadvantage."
        ),
        _PAY,
    ),
    NoticeKind.PURCHASE_SETTLED: _plain(
        N_("Your instalments are settled"),
        N_("The remaining sum of {sum} stands on a bill of its own, due on {day}."),
        _PAY,
    ),
    NoticeKind.CHARGE_BACK: _charge_back,
    NoticeKind.CHARGE_BACK_WON: _plain(
        N_("A payment came back to us"),
        N_("Your bank gave us {sum} again that it had taken back. It counts as paid once more."),
        N_("Automatic payments that we stopped then stay off until you switch them on."),
    ),
}
