"""What can be done about the goods of a subscription: warranty, swap, return."""

from __future__ import annotations

from typing import Any

from self_service.components.ui import kit
from self_service.components.ui.toned import toned_badge
from self_service.state.subscription import SubscriptionState


def goods_cards(h: Any, state: Any) -> Any:
    """Show what can be done about the goods of a subscription."""
    return h.when(
        h.count(state.goods) > 0,
        h.section(
            kit.heading(h, h.t("Devices"), 2, class_name="mt-6 mb-2"),
            h.ul(
                h.each(state.goods, lambda row: _piece(h, state, row)),
                class_name="flex flex-col gap-3",
            ),
        ),
    )


def _piece(h: Any, state: Any, row: Any) -> Any:
    return h.li(
        h.p(row.name, class_name="font-semibold"),
        h.dl(
            h.when(row.serial, kit.fact(h, h.t("Serial number"), h.bdi(row.serial))),
            h.when(
                row.warranty_over,
                kit.fact(h, h.t("Warranty ended"), row.warranty),
                kit.fact(h, h.t("Warranty until"), row.warranty),
            ),
            h.when(row.returned, kit.fact(h, h.t("Return until"), row.returned)),
            class_name="mt-1 text-sm flex flex-col gap-1",
        ),
        h.when(row.status, h.p(toned_badge(h, row.status, row.tone), class_name="mt-2")),
        h.when(
            row.request_id,
            kit.button(
                h,
                h.t("Call off"),
                h.span(" ", row.name, class_name="sr"),
                tone="second",
                on_click=SubscriptionState.take_back(row.request_id) if h.live else None,
                class_name="mt-2",
            ),
        ),
        h.when(state.may, h.when(row.open, "", _requests(h, row))),
        key=row.id,
        class_name=kit.CARD + "p-4",
    )


def _requests(h: Any, row: Any) -> Any:
    return h.div(
        h.when(row.warranty_over, "", _request(h, row, "swap", h.t("Swap it"))),
        h.when(row.returned, _request(h, row, "return", h.t("Return it"))),
        class_name="mt-1",
    )


def _request(h: Any, row: Any, wish: str, text: str) -> Any:
    return h.details(
        h.summary(
            text,
            h.span(" ", row.name, class_name="sr"),
            class_name="inline-flex items-center min-h-11 text-accent cursor-pointer",
        ),
        h.live_form(
            h.input(type="hidden", name="product", value=row.id),
            h.input(type="hidden", name="wish", value=wish),
            h.label(
                h.span(h.t("What is wrong with it?"), class_name="block font-medium mb-1"),
                h.textarea(
                    name="reason",
                    rows="2",
                    required=wish == "swap",
                    max_length=1_000,
                    class_name=kit.INPUT + " py-2",
                ),
                class_name="block",
            ),
            kit.button(h, text, type="submit", tone="second"),
            on_submit=SubscriptionState.request_goods,
            class_name="flex flex-col gap-3 pb-2",
        ),
    )
