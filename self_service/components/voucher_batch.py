"""One batch of vouchers for staff: its numbers, its codes for the print house, its end."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit
from self_service.components.ui.toned import toned_badge
from self_service.state.voucher_desk import VoucherDeskState


def card(h: Any, row: Any) -> Any:
    """Show a batch in the list; it leads to its own page."""
    return h.li(
        h.div(
            h.h3(
                h.link(
                    row.amount,
                    " · ",
                    h.bdi(row.name),
                    to=row.href,
                    class_name="inline-flex items-center gap-1 min-h-11 wrap-anywhere",
                ),
                class_name="font-semibold min-w-0 numbers",
            ),
            toned_badge(h, row.state, row.tone),
            class_name="flex flex-wrap items-center justify-between gap-x-4 gap-y-1",
        ),
        h.p(row.number, " · ", row.kind, " · ", row.count, class_name="text-sm text-muted numbers"),
        _counts(h, row),
        key=row.number,
        class_name=kit.CARD + "p-4 flex flex-col gap-1",
    )


def one(h: Any, state: Any) -> Any:
    """Show the batch that is open."""
    row = state.batch
    return h.section(
        h.link(
            kit.icon(h, "chevron-left", class_name="mirror"),
            h.t("All batches"),
            to=routes.page(h.language, routes.VOUCHER_DESK),
            class_name="inline-flex items-center gap-1 min-h-11 font-medium",
        ),
        h.div(
            kit.heading(h, row.number, 2, class_name="numbers"),
            toned_badge(h, row.state, row.tone),
            class_name="flex flex-wrap items-center justify-between gap-3 mb-3",
        ),
        h.dl(
            kit.fact(h, h.t("Name"), row.name),
            kit.fact(h, h.t("Kind"), row.kind),
            kit.fact(h, h.t("Value"), row.amount),
            kit.fact(h, h.t("Vouchers"), row.count),
            h.when(row.until, kit.fact(h, h.t("Last day"), row.until)),
            h.when(row.dealer, kit.fact(h, h.t("Dealer"), row.dealer)),
            kit.fact(h, h.t("Made"), row.made),
            h.when(row.exported, kit.fact(h, h.t("Codes exported"), row.exported)),
            class_name="flex flex-col gap-1 mb-3",
        ),
        _counts(h, row),
        h.when(state.may_change, _acts(h, row)),
        _redemptions(h, state),
        class_name=kit.CARD + "p-5 mb-6",
    )


def _counts(h: Any, row: Any) -> Any:
    return h.ul(
        h.each(
            row.counts,
            lambda count: h.li(
                count.text, " ", h.span(count.count, class_name="font-semibold"), key=count.key
            ),
        ),
        class_name="flex flex-wrap gap-x-4 gap-y-1 text-sm numbers",
    )


def _acts(h: Any, row: Any) -> Any:
    return h.div(
        h.when(row.can_export, _export(h, row)),
        h.when(
            row.can_confirm,
            _sure(
                h,
                h.t("Confirm the print"),
                h.t("The print house has everything? Then nobody can export these codes again."),
                h.t("Confirm, and destroy the key"),
                VoucherDeskState.confirm_print,
                "second",
            ),
        ),
        h.when(
            row.can_void,
            _sure(
                h,
                h.t("Make the batch void"),
                h.when(
                    row.printed,
                    h.t("Every voucher of it that was not redeemed is worth nothing then."),
                    h.t(
                        "What is in stock is not sold any more. Vouchers that were sold stay good."
                    ),
                ),
                h.t("Make it void"),
                VoucherDeskState.void_batch,
                "danger",
            ),
        ),
        class_name="flex flex-col gap-3 mt-4",
    )


def _export(h: Any, row: Any) -> Any:
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        h.input(type="hidden", name="batch", value=row.number),
        h.p(
            h.t("Codes for the print house. Each export is recorded."),
            class_name="text-sm text-muted basis-full",
        ),
        kit.button(h, h.t("Export as CSV"), type="submit", name="form", value="csv"),
        kit.button(h, h.t("Cards as PDF"), type="submit", name="form", value="pdf", tone="second"),
        method="post",
        action=routes.VOUCHER_EXPORT,
        class_name="flex flex-wrap gap-2",
    )


def _sure(h: Any, title: str, text: Any, button: str, handler: Any, tone: str) -> Any:
    """Ask before something that cannot be undone."""
    return h.details(
        h.summary(
            title,
            kit.icon(h, "chevron-down", "size-4", class_name="turn ms-auto"),
            class_name="flex items-center min-h-11 text-accent font-medium",
        ),
        h.p(text, class_name="mb-2"),
        kit.button(h, button, tone=tone, on_click=handler),
    )


def _redemptions(h: Any, state: Any) -> Any:
    return h.div(
        h.h3(h.t("Redemptions"), class_name="font-semibold mt-4 mb-2"),
        h.when(
            state.redemptions_read,
            h.when(
                h.count(state.redemptions) > 0,
                h.ul(
                    h.each(
                        state.redemptions,
                        lambda row: h.li(
                            h.span(row.serial, class_name="numbers"),
                            h.bdi(row.customer, class_name="min-w-0 wrap-anywhere"),
                            h.span(row.at, class_name="text-muted"),
                            key=row.serial,
                            class_name="flex flex-wrap gap-x-4 py-1 border-t border-line",
                        ),
                    )
                ),
                h.p(h.t("None of these vouchers was redeemed yet."), class_name="text-muted"),
            ),
            h.div(
                h.p(
                    h.t("Who redeemed vouchers is personal. That you look is recorded."),
                    class_name="text-sm text-muted mb-2",
                ),
                kit.button(
                    h,
                    h.t("Show redemptions"),
                    tone="second",
                    on_click=VoucherDeskState.show_redemptions,
                ),
            ),
        ),
    )
