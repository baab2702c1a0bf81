"""What is said when registering, a link or a new password was refused: only the code comes back."""

from __future__ import annotations

from self_service import i18n
from self_service.domain.access.attempts import TooManyAttempts
from self_service.domain.access.one_time import LinkUsedUp
from self_service.domain.errors import DomainError
from self_service.domain.people.email_address import EmailTaken
from self_service.state.checkout_words import REFUSALS as ORDERING

_KNOWN: tuple[type[DomainError], ...] = (TooManyAttempts, LinkUsedUp, EmailTaken)
REFUSALS: dict[str, str] = {
    **{refused.code: refused.message for refused in _KNOWN},
    **{code: text for code, text in ORDERING.items() if code.startswith("password_")},
}


def refused(code: str, language: str) -> dict[str, str]:
    """Say why something was refused: at the password when it was its fault, else above all."""
    told = i18n.translate(language, REFUSALS[code]) if code in REFUSALS else ""
    at_password = code.startswith("password_")
    return {"refused": "" if at_password else told, "password_fault": told if at_password else ""}
