"""Wording of the letters about changes; the one about a withdrawal is its receipt."""

from __future__ import annotations

from collections.abc import Mapping

from self_service import i18n, letters, routes
from self_service.domain.changes.telling import ChangeNotice, Told
from self_service.domain.errors import N_
from self_service.domain.messages import Letter, Words
from self_service.models.changes import ChangeKind

#: What a change is called, in a sentence of its own.
KINDS: Mapping[ChangeKind, str] = {
    ChangeKind.ADD: N_("{to} for {name}"),
    ChangeKind.BOOST: N_("{to} for {name}"),
    ChangeKind.CANCEL: N_("End of {name}"),
    ChangeKind.UPGRADE: N_("{name} becomes {to}"),
    ChangeKind.DOWNGRADE: N_("{name} becomes {to}"),
    ChangeKind.PAUSE: N_("Pause of {name}"),
    ChangeKind.RESUME: N_("{name} runs again"),
    ChangeKind.LEAVE: N_("End of {name}"),
    ChangeKind.WITHDRAW: N_("Withdrawal from {name}"),
}
_SUBJECTS: Mapping[Told, str] = {
    Told.PLANNED: N_("Your change is planned"),
    Told.DONE: N_("Your change is done"),
    Told.FAILED: N_("Your change could not be made"),
    Told.REVOKED: N_("Your change was called off"),
    Told.WITHDRAWN: N_("Receipt: you withdrew from your contract"),
}


def wording(notice: ChangeNotice) -> Words:
    """Return the words of a notice, for whoever gets it."""
    make = _receipt if notice.told is Told.WITHDRAWN else _letter
    return lambda language, _: make(language, notice)


def named(language: str, name: Mapping[str, str]) -> str:
    """Say a name in a language, else in English."""
    return name.get(language) or name.get("en", "")


def what(language: str, kind: ChangeKind, name: Mapping[str, str], to: Mapping[str, str]) -> str:
    """Say what is changed, in a few words."""
    places = {"name": named(language, name), "to": named(language, to)}
    return i18n.translate(language, KINDS[kind], **places)


def _letter(language: str, notice: ChangeNotice) -> Letter:
    day = i18n.day(notice.effective_at, language)
    said = {
        Told.PLANNED: (
            i18n.translate(language, N_("It happens on {day}."), day=day),
            i18n.translate(language, N_("Until then you can call it off here:")),
        ),
        Told.DONE: (
            i18n.translate(language, N_("It holds since {day}."), day=day),
            i18n.translate(language, N_("See your subscription here:")),
        ),
        Told.FAILED: (
            i18n.translate(language, N_("Nothing was changed, and nothing is charged for it.")),
            i18n.translate(language, N_("You can try again here:")),
        ),
        Told.REVOKED: (
            i18n.translate(language, N_("Everything stays as it was.")),
            i18n.translate(language, N_("See your subscription here:")),
        ),
    }[notice.told]
    return letters.compose(
        language,
        _SUBJECTS[notice.told],
        what(language, notice.kind, notice.name, notice.to),
        *said,
        _subscription(language, notice),
        i18n.translate(language, N_("Order number: {number}"), number=notice.order),
    )


def _receipt(language: str, notice: ChangeNotice) -> Letter:
    """Confirm a withdrawal on a durable medium: its content, the day and the time."""
    amount = (-notice.due).display(i18n.LANGUAGES[language].locale)
    return letters.compose(
        language,
        _SUBJECTS[Told.WITHDRAWN],
        i18n.translate(
            language,
            N_("We received your withdrawal on {instant}."),
            instant=i18n.instant(notice.asked_at, language),
        ),
        what(language, notice.kind, notice.name, notice.to),
        i18n.translate(language, N_("Contract: order {number}"), number=notice.contract),
        i18n.translate(language, N_("Withdrawn by: {name}"), name=notice.who),
        i18n.translate(language, N_("You get back {sum}, within 14 days."), sum=amount),
        i18n.translate(
            language, N_("Please send goods that came with it back within 14 days, too.")
        ),
        i18n.translate(language, N_("Receipt number: {number}"), number=notice.order),
    )


def _subscription(language: str, notice: ChangeNotice) -> str:
    return letters.address(language, f"{routes.SUBSCRIPTIONS}/{notice.root_id}")
