"""Files with the codes of a batch: a table for programs, sheets of cards for a printer."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from urllib.parse import urlsplit

from self_service import brand, clock, i18n, routes, settings
from self_service.db import in_pool
from self_service.documents.voucher_sheet import SheetCard, VoucherSheet
from self_service.domain.errors import N_
from self_service.domain.vouchers.exporting import Export
from self_service.ports import DocumentRequest
from self_service.state.display import money
from self_service.state.turns import TYPESETTING
from self_service.wiring import documents

MEDIA = {"csv": "text/csv; charset=utf-8", "pdf": "application/pdf"}
COLUMNS = ("serial", "code", "value", "currency", "last_day")


def csv_file(found: Export) -> bytes:
    """Write the codes as a table (RFC 4180, UTF-8)."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    same = (str(found.amount.amount), found.amount.currency, _last_day(found).isoformat())
    for card in found.cards():
        writer.writerow((card.serial, card.code, *same))
    return stream.getvalue().encode()


async def sheet(found: Export, language: str) -> bytes:
    """Typeset the cards.

    Raises:
        Busy: too many documents are being made just now.
    """
    async with TYPESETTING.one():
        return await in_pool(_typeset, found, language)


def _typeset(found: Export, language: str) -> bytes:
    data = sheet_data(found, language)
    return documents().render(DocumentRequest("voucher_sheet", language, data.as_json()))


def sheet_data(found: Export, language: str) -> VoucherSheet:
    """Put a batch into words."""
    identity, public = brand.current(), settings.get().public_url
    where = urlsplit(public).netloc + routes.page(language, routes.VOUCHERS)
    last = i18n.short_day(_last_day(found), language)
    return VoucherSheet(
        language=language,
        direction="rtl" if i18n.LANGUAGES[language].direction == "rtl" else "ltr",
        title=i18n.translate(language, N_("Vouchers {number}"), number=found.number),
        operator=identity.links.brand_name,
        accent=identity.light["accent"],
        amount=money(found.amount, language),
        how=i18n.translate(language, N_("Redeem it at {address}"), address=where),
        until=i18n.translate(language, N_("Good until {day}"), day=last),
        serial=i18n.translate(language, N_("No.")),
        cards=tuple(SheetCard(card.serial, card.code) for card in found.cards()),
        made_at=clock.now(),
    )


def _last_day(found: Export) -> date:
    return (found.expires_at.astimezone(clock.zone()) - timedelta(microseconds=1)).date()
