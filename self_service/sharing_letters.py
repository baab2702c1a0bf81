"""Wording of the letters about shared allowances. They name telephone numbers, never people."""

from __future__ import annotations

from self_service import letters, routes
from self_service.domain.errors import N_
from self_service.domain.messages import Letter

_SEE = N_("See it here:")


def invited(language: str, code: str) -> Letter:
    """Ask somebody to join with one of their lines; who asks is said behind the link."""
    return letters.compose(
        language,
        N_("You are invited to share allowances"),
        N_("Somebody wants to share data, calls or texts with one of your lines. See whose here:"),
        letters.address(language, routes.SHARING, link=code),
        N_("Or type this code on the page of shared allowances:"),
        code,
        N_("The code works once, for one day. You can leave again at any time."),
        N_("If you do not know what this is about, you need not do anything."),
    )


def joined(language: str, line: str) -> Letter:
    """Tell the owner of a group that a line joined."""
    return _letter(
        language,
        N_("Somebody joined your group"),
        N_("This line takes from your shared allowances now:"),
        line,
    )


def left(language: str, line: str) -> Letter:
    """Tell that a line left a group, or was taken out."""
    return _letter(
        language,
        N_("A line left the shared allowances"),
        N_("From now on this line uses only what it includes itself:"),
        line,
    )


def asked(language: str, line: str) -> Letter:
    """Tell the owner of a group that a member needs more."""
    return _letter(
        language,
        N_("Somebody asks for more"),
        N_("This line needs more of your shared allowances this month:"),
        line,
        N_("You have one day to say yes or no. After that, nothing happens."),
    )


def granted(language: str, line: str) -> Letter:
    """Tell a member that it gets more."""
    return _letter(
        language,
        N_("You get more this month"),
        N_("You asked for more of the shared allowances, and the answer is yes. It is for:"),
        line,
    )


def refused(language: str, line: str) -> Letter:
    """Tell a member that it gets no more."""
    return _letter(
        language,
        N_("You get no more this month"),
        N_("You asked for more of the shared allowances, and the answer is no. It was for:"),
        line,
    )


def _letter(language: str, subject: str, said: str, line: str, *more: str) -> Letter:
    place = letters.address(language, routes.SHARING)
    return letters.compose(language, subject, said, line, *more, _SEE, place)
