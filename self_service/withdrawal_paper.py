"""The receipt of a withdrawal as a file: typeset once, kept with the order of the change."""

from __future__ import annotations

from datetime import datetime

from self_service import brand, change_letters, i18n
from self_service.documents.withdrawal import WithdrawalReceipt
from self_service.domain.changes.telling import ChangeNotice
from self_service.domain.errors import N_
from self_service.ports import DocumentRequest
from self_service.wiring import documents


def receipt(notice: ChangeNotice, language: str, *, now: datetime) -> bytes:
    """Typeset the receipt of a withdrawal. Blocks for some tenths of a second."""
    data = receipt_data(notice, language, now=now)
    return documents().render(DocumentRequest("withdrawal", language, data.as_json()))


def receipt_data(notice: ChangeNotice, language: str, *, now: datetime) -> WithdrawalReceipt:
    """Put a withdrawal into words."""

    def say(text: str) -> str:
        return i18n.translate(language, text)

    identity = brand.current()
    amount = (-notice.due).display(i18n.LANGUAGES[language].locale)
    return WithdrawalReceipt(
        language=language,
        direction="rtl" if i18n.LANGUAGES[language].direction == "rtl" else "ltr",
        title=say(N_("Receipt of your withdrawal")),
        operator=identity.links.brand_name,
        accent=identity.light["accent"],
        facts=(
            (say(N_("Received on")), i18n.instant(notice.asked_at, language)),
            (say(N_("Withdrawn by")), notice.who),
            (say(N_("Contract")), notice.contract),
            (say(N_("What")), change_letters.named(language, notice.name)),
            (say(N_("You get back")), amount),
            (say(N_("Receipt number")), notice.order),
        ),
        paragraphs=(
            say(N_("You withdrew from this contract. Its services ended when we received it.")),
            say(N_("Please send goods that came with it back within 14 days, too.")),
        ),
        made_at=now,
    )
