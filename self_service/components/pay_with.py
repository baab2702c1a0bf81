"""How somebody pays: saved cards, a card on the provider's screen, the operator's other methods.

To use it in a form of your own (a top-up, a voucher):

1. In the page's state: `ways: list[WayRow] = []` and `can_keep: bool = False`; in its loader add
   `**pay_ways(session, actor, language, now=now)` (from `state.pay_ways`), which fills both.
2. In the page: `h.native_form(..., pay_with.chooser(h, state), kit.button(...), method="post",
   action=...)`. It sends the fields `way` and `keep`.
3. In the route: `way = paying.way_of(form, back=...)` (from `http.paying`), a domain function that
   calls `payments.paying.start(..., way=way)` and returns the payment's id, then
   `return await paying.to_pay(payment_id)`: the provider's screen, or `back` with `paid=...`.

For bills there is no route to write: `pay_with.bill_form(h, state, bills=..., back=...)`.
"""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit


def chooser(h: Any, state: Any) -> Any:
    """Show the ways to pay as a list of which one is chosen; `state` has `ways` and `can_keep`.

    Whether a new card is to be saved is asked while a new card is chosen.
    """
    return h.fieldset(
        h.legend(h.t("Pay with"), class_name="font-medium mb-2"),
        h.div(h.each(state.ways, lambda row: _way(h, row)), class_name="flex flex-col gap-2"),
        h.when(state.can_keep, _keep(h)),
        class_name="group min-w-0",
    )


def bill_form(
    h: Any,
    state: Any,
    *,
    bills: Any,
    back: Any,
    text: Any,
    sum_typed: Any = None,
    sum_fault: Any = "",
) -> Any:
    """Show the form that pays bills.

    Args:
        h: builder.
        state: has `ways` and `can_keep`.
        bills: ids of the bills with commas between, text or Var.
        back: path of the page that the person comes back to, with `?paid=` or `?refused=`.
        text: of the button, with the sum: "Pay €24.90".
        sum_typed: the sum of the button, and what a field for another one starts with; "" pays
            all that remains, None too, and then without such a field.
        sum_fault: what is wrong with the sum that was typed.
    """
    exactly = {} if sum_typed is None else {"name": "sum", "value": sum_typed}
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        h.input(type="hidden", name="bills", value=bills),
        h.input(type="hidden", name="back", value=back),
        chooser(h, state),
        None if sum_typed is None else _another_sum(h, sum_typed, sum_fault),
        # the last sum of the form counts: what the button says, whatever stands in the field
        kit.button(h, text, type="submit", class_name="w-full sm:w-auto", **exactly),
        method="post",
        action=routes.DO_PAY,
        class_name="flex flex-col gap-4",
    )


def _another_sum(h: Any, sum_typed: Any, sum_fault: Any) -> Any:
    """Show the field for a part, closed at first; Enter in it presses the button beside it."""
    return h.details(
        h.summary(
            h.t("Pay another sum"),
            kit.icon(h, "chevron-down", "size-4", class_name="turn"),
            class_name="inline-flex items-center gap-1 min-h-11 text-accent cursor-pointer",
        ),
        h.div(
            kit.field(
                h,
                h.t("How much do you want to pay?"),
                "sum",
                fault=sum_fault,
                default_value=sum_typed,
                key=sum_typed,  # what remains is another sum after each payment
                input_mode="decimal",
                auto_complete="off",
                max_length=16,
            ),
            kit.button(h, h.t("Pay this sum"), type="submit", tone="second"),
            class_name="flex flex-col gap-3 mt-1",
        ),
        open=h.when(sum_fault, True, False),
    )


def link_form(h: Any, back: Any) -> Any:
    """Show the form by which whoever acts for a customer sends that one a link to pay.

    Args:
        h: builder.
        back: path of the page that the person comes back to.
    """
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        h.input(type="hidden", name="back", value=back),
        h.p(
            h.t("Only the customer pays. They get a mail with a link to all that is open."),
            class_name="text-muted",
        ),
        kit.button(h, h.t("Send a link to pay"), type="submit", tone="second"),
        method="post",
        action=routes.DO_SEND_PAY_LINK,
        class_name="flex flex-col items-start gap-3 mt-4",
    )


def _way(h: Any, row: Any) -> Any:
    return h.label(
        h.input(
            type="radio",
            name="way",
            value=row.value,
            default_checked=row.chosen,
            required=True,
            class_name="size-5 shrink-0",
        ),
        h.span(
            h.span(row.text, class_name="font-medium"),
            h.when(row.note, h.span(row.note, class_name="block text-sm text-muted")),
            class_name="min-w-0 numbers",
        ),
        key=row.value,
        class_name=kit.CARD + "flex items-center gap-3 min-h-11 px-4 py-2 cursor-pointer "
        "has-checked:border-accent has-focus-visible:outline-2",
    )


def _keep(h: Any) -> Any:
    return h.label(
        h.input(type="checkbox", name="keep", value="yes", class_name="size-5 shrink-0 mt-0.5"),
        h.span(
            h.t("Save a new card for next time"),
            h.span(
                h.t(
                    "It may be charged while you are away only for what you switch on yourself: "
                    "automatic payment of bills, automatic top-ups."
                ),
                class_name="block text-sm text-muted",
            ),
        ),
        class_name="hidden group-has-[[value=card]:checked]:flex items-start gap-3 min-h-11 mt-3 "
        "cursor-pointer",
    )
