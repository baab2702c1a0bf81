"""Promotion codes at the basket and the check-out: typed, listed with what they save, removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from self_service import routes
from self_service.components.ui import kit
from self_service.state.basket import BasketState

#: Where a form leads back to.
BASKET, CHECKOUT = "basket", "checkout"


def basket_codes(h: Any, basket: Any) -> Any:
    """Show the codes of the basket; live once the page is, else by plain posts."""
    return h.div(
        _list(h, basket.codes, lambda row: _remove_live(h, row) if h.live else _remove(h, row)),
        _live_form(h, basket) if h.live else _form(h, basket, BASKET),
        class_name="flex flex-col gap-3",
    )


def checkout_codes(h: Any, state: Any) -> Any:
    """Show the codes of what is ordered. Plain posts, as all of the check-out."""
    return h.section(
        kit.heading(h, h.t("Promotion codes"), 2, class_name="mb-3"),
        h.div(
            _list(h, state.codes, lambda row: _remove(h, row, CHECKOUT)),
            _form(h, state, CHECKOUT),
            class_name="flex flex-col gap-3",
        ),
        class_name=kit.CARD + "p-5",
    )


def brought(h: Any, basket: Any) -> Any:
    """Say at the store what became of the code of the link that led there."""
    shown = {"class_name": "mb-4"}
    return h.group(
        h.when(
            basket.code_note,
            kit.callout(h, basket.code_note, tone="good", symbol="tag", role="status", **shown),
        ),
        h.when(
            basket.code_problem,
            kit.callout(h, basket.code_problem, tone="bad", symbol="alert", role="alert", **shown),
        ),
    )


def ask(h: Any) -> Any:
    """Ask whether to order without the codes that cannot be used any more."""
    return h.section(
        kit.heading(h, h.t("Order without the code?"), 2, class_name="mb-2"),
        h.p(h.t("The totals above are without it. Nothing was ordered yet."), class_name="mb-4"),
        h.div(
            h.native_form(
                *_hidden(h, CHECKOUT, "without"),
                kit.button(h, h.t("Continue without"), type="submit", class_name="w-full"),
                method="post",
                action=routes.DO_CODE,
            ),
            kit.button_link(
                h,
                h.t("Back to basket"),
                to=routes.page(h.language, routes.BASKET),
                tone="second",
            ),
            class_name="flex flex-col gap-3",
        ),
        class_name=kit.CARD + "p-5 border-warn",
    )


def _list(h: Any, rows: Any, remove: Callable[[Any], Any]) -> Any:
    return h.ul(
        h.each(
            rows,
            lambda row: h.li(
                h.div(
                    h.p(h.bdi(row.code), class_name="font-semibold wrap-anywhere"),
                    h.p(
                        row.text,
                        class_name=h.when(row.lost, "text-sm text-bad", "text-sm text-good"),
                    ),
                    class_name="min-w-0 flex-1",
                ),
                remove(row),
                key=row.id,
                class_name="flex items-center gap-3 border border-line rounded-(--r1) ps-3 py-1",
            ),
        ),
        aria_label=h.t("Your codes"),
        class_name="flex flex-col gap-2 empty:hidden",
    )


def _remove_live(h: Any, row: Any) -> Any:
    return _bin(h, row, type="button", on_click=BasketState.remove_code(row.id))


def _remove(h: Any, row: Any, back: str = BASKET) -> Any:
    return h.native_form(
        *_hidden(h, back, "remove"),
        h.input(type="hidden", name="promotion", value=row.id),
        _bin(h, row, type="submit"),
        method="post",
        action=routes.DO_CODE,
    )


def _bin(h: Any, row: Any, **props: Any) -> Any:
    return h.button(
        kit.icon(h, "trash"),
        aria_label=h.t("Remove {name}", name=row.code),
        class_name="grid place-items-center size-11 rounded-full text-muted "
        "hover:bg-bad-soft hover:text-bad cursor-pointer",
        **props,
    )


_FORM = "flex flex-wrap items-end gap-3"


def _live_form(h: Any, state: Any) -> Any:
    return h.live_form(
        *_typed(h, state),
        on_submit=BasketState.add_code,
        reset_on_submit=True,
        class_name=_FORM,
    )


def _form(h: Any, state: Any, back: str) -> Any:
    return h.native_form(
        *_hidden(h, back, "add"),
        *_typed(h, state),
        method="post",
        action=routes.DO_CODE,
        class_name=_FORM,
    )


def _typed(h: Any, state: Any) -> tuple[Any, Any]:
    field = kit.field(
        h,
        h.t("Promotion code"),
        "code",
        fault=state.code_fault,
        required=True,
        max_length=40,
        auto_complete="off",
        auto_capitalize="characters",
    )
    button = kit.button(h, h.t("Use code"), type="submit", tone="second")
    return h.div(field, class_name="min-w-40 flex-1"), button


def _hidden(h: Any, back: str, act: str) -> tuple[Any, ...]:
    values = {"language": h.language, "back": back, "act": act}
    return tuple(h.input(type="hidden", name=name, value=value) for name, value in values.items())
