"""Wording of the letters about services: what happened to the SIM or number, and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from self_service import i18n, letters, routes
from self_service.domain.errors import N_
from self_service.domain.messages import Letter, Words
from self_service.domain.network.notices import NoticeKind, ServiceNotice

_NOT_YOU = N_("If this was not you, block the SIM and change your password at once:")
_SEE = N_("See it here:")

#: Subject and paragraphs of each letter.
_TEXTS: Mapping[NoticeKind, tuple[str, ...]] = {
    NoticeKind.SIM_BLOCKED: (
        N_("Your SIM is blocked"),
        N_("Nobody can call, write or go online with it. You can take the block back at any time."),
        _SEE,
    ),
    NoticeKind.SIM_UNBLOCKED: (
        N_("Your SIM works again"),
        N_("The block of your SIM was taken back."),
        _NOT_YOU,
    ),
    NoticeKind.SWAP_ASKED: (
        N_("Your SIM is being changed"),
        N_("A new SIM was asked for. The old one works until the new one does."),
        _NOT_YOU,
    ),
    NoticeKind.SWAPPED: (
        N_("Your new SIM works"),
        N_("The old SIM is switched off for good."),
        _NOT_YOU,
    ),
    NoticeKind.SWAP_FAILED: (
        N_("Your SIM could not be changed"),
        N_("Your old SIM goes on working. Please try again."),
        _SEE,
    ),
    NoticeKind.NUMBER_CHANGED: (
        N_("Your number has changed"),
        N_("Your new number is {about}."),
        _NOT_YOU,
    ),
    NoticeKind.PORTING_AGREED: (
        N_("Your number comes to us"),
        N_("The other operator agreed. Your number moves on {day}."),
        N_("Until then everything stays as it is, and you can still call it off here:"),
    ),
    NoticeKind.PORTING_DONE: (
        N_("Your number has arrived"),
        N_("{about} is with us now."),
        _SEE,
    ),
    NoticeKind.PORTING_REFUSED: (
        N_("Your number could not be moved"),
        N_("The other operator did not agree to move {about}. See why, and what to do, here:"),
    ),
    NoticeKind.PORT_OUT_CODE: (
        N_("A code for taking your number away was made"),
        N_("With this code another operator can take over your number for 30 days."),
        _NOT_YOU,
    ),
    NoticeKind.COVERED: (
        N_("What you waited for has come"),
        N_("{kind} is available at your address now. Choose it here:"),
    ),
}
_KINDS = {"broadband": N_("Home internet"), "tv": N_("Television")}


def wording(notice: ServiceNotice) -> Words:
    """Return the words of a notice, for whoever gets it."""
    return lambda language, _: _letter(language, notice)


def _letter(language: str, notice: ServiceNotice) -> Letter:
    subject, *said = _TEXTS[notice.kind]
    data = {
        "about": notice.about,
        "kind": i18n.translate(language, _KINDS.get(notice.about, notice.about or "-")),
        "day": _day(notice, language),
    }
    path = f"{routes.SERVICES}/{notice.service}" if notice.service else routes.STORE
    paragraphs = [i18n.translate(language, text, **data) for text in said]
    return letters.compose(language, subject, *paragraphs, letters.address(language, path))


def _day(notice: ServiceNotice, language: str) -> str:
    if notice.kind is not NoticeKind.PORTING_AGREED:
        return ""
    return i18n.day(date.fromisoformat(notice.about), language)
