"""What is in the wallet, what it pays next, and the one thing to do: top up."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components import pay_with
from self_service.components.ui import kit

#: A sum that is chosen by one tap.
_SUM = (
    "flex items-center justify-center min-h-11 px-4 rounded-(--r1) border border-line bg-surface "
    "font-semibold numbers cursor-pointer has-checked:border-accent has-checked:bg-accent-soft "
    "has-checked:text-accent has-focus-visible:outline-2"
)

#: Opens the form; once that is open, its own button is the one to press.
_OPENS = (
    kit.TONES["primary"] + " w-full sm:w-auto group-open/top:bg-surface group-open/top:text-ink "
    "group-open/top:border group-open/top:border-line"
)


def balance(h: Any, state: Any) -> Any:
    """Show the balance, large, and until when it is good."""
    return h.section(
        h.h2(h.t("Balance"), class_name="text-muted"),
        h.p(
            state.balance,
            class_name="numbers text-[min(2.25rem,11vw)] leading-tight font-bold mt-1",
        ),
        h.when(
            state.valid_until,
            h.p(h.t("Valid until"), " ", h.span(state.valid_until), class_name="text-muted mt-1"),
        ),
        _warnings(h, state),
        _charges(h, state),
        h.when(state.in_person, _top_up(h, state)),
        class_name=kit.CARD + "p-5",
    )


def _warnings(h: Any, state: Any) -> Any:
    return h.group(
        h.when(
            state.expires_in,
            kit.callout(
                h,
                h.p(h.t("Your credit expires"), " ", state.expires_in, "."),
                h.p(h.t("Any top-up before then keeps all of it.")),
                tone="warn",
                symbol="clock",
                class_name="mt-4",
            ),
        ),
        h.when(
            state.is_low,
            kit.callout(
                h,
                h.p(h.t("Less than"), " ", state.low_text, " ", h.t("is left.")),
                tone="warn",
                symbol="alert",
                class_name="mt-4",
            ),
        ),
    )


def _charges(h: Any, state: Any) -> Any:
    return h.when(
        h.count(state.charges) > 0,
        h.div(
            h.h3(h.t("Next charges"), class_name="font-semibold mb-1"),
            h.ul(
                h.each(state.charges, lambda row: _charge(h, row)),
                class_name="flex flex-col gap-2",
            ),
            class_name="mt-4 pt-4 border-t border-line",
        ),
    )


def _charge(h: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.p(row.name, class_name="font-medium wrap-anywhere"),
            h.when(
                row.short,
                h.p(
                    h.t("Paused. It runs again as soon as your wallet holds this much."),
                    class_name="text-sm text-warn",
                ),
                h.p(row.when, title=row.exact, class_name="text-sm text-muted"),
            ),
            class_name="grow basis-32 min-w-0",
        ),
        h.p(row.amount, class_name="numbers font-semibold ms-auto"),
        key=row.key,
        class_name="flex flex-wrap justify-between gap-x-4",
    )


def _top_up(h: Any, state: Any) -> Any:
    return h.details(
        h.summary(h.t("Top up"), class_name=_OPENS),
        h.native_form(
            h.when(
                state.refused["topup"],
                kit.callout(h, state.refused["topup"], tone="bad", symbol="alert", role="alert"),
            ),
            h.input(type="hidden", name="language", value=h.language),
            h.input(type="hidden", name="once", value=state.once),
            _sums(h, state),
            pay_with.chooser(h, state),
            kit.field(
                h,
                h.t("Code of a voucher"),
                "code",
                hint=h.t("With a sum above it is one go: the voucher first, then the card."),
                fault=state.faults["code"],
                auto_complete="off",
                auto_capitalize="characters",
                spell_check=False,
                max_length=60,
                dir="ltr",
            ),
            kit.button(h, h.t("Top up now"), type="submit", class_name="w-full"),
            method="post",
            action=routes.DO_TOP_UP,
            class_name="flex flex-col gap-4 mt-4",
        ),
        open=state.open == "topup",
        class_name="group/top mt-5",
    )


def _sums(h: Any, state: Any) -> Any:
    return h.fieldset(
        h.legend(h.t("By card"), class_name="font-medium mb-2"),
        h.div(
            h.each(state.sums, lambda row: _sum(h, row)),
            h.label(
                h.input(type="radio", name="sum", value="", class_name="sr"),
                h.t("No card"),
                class_name=_SUM,
            ),
            class_name="grid grid-cols-[repeat(auto-fit,minmax(7rem,1fr))] gap-2 mb-3",
        ),
        kit.field(
            h,
            h.t("Another sum"),
            "other",
            fault=state.faults["amount"],
            default_value=state.typed,
            key=state.typed,
            placeholder=state.limits,
            input_mode="decimal",
            auto_complete="off",
            max_length=16,
        ),
        class_name="min-w-0",
    )


def _sum(h: Any, row: Any) -> Any:
    return h.label(
        h.input(
            type="radio", name="sum", value=row.value, default_checked=row.chosen, class_name="sr"
        ),
        row.text,
        key=row.value,
        class_name=_SUM,
    )
