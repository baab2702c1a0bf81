"""Saved cards, each with what can be done with it, and the switch of automatic payment."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit


def card_list(h: Any, state: Any) -> Any:
    """Show the cards, the one that is offered first on top; or how to get one."""
    add = h.when(
        state.in_person & state.can_add if h.live else state.in_person and state.can_add, _add(h)
    )
    return h.section(
        kit.heading(h, h.t("Your cards"), 2, id="cards-heading"),
        h.when(
            h.count(state.cards) > 0,
            h.group(
                h.ul(
                    h.each(state.cards, lambda row: _card(h, state, row)),
                    class_name="flex flex-col gap-3 mt-3 mb-4",
                ),
                add,
            ),
            kit.empty(
                h,
                "wallet",
                h.t("No card saved yet"),
                h.t("With a saved card you pay in one tap, and bills can be paid automatically."),
                add,
            ),
        ),
        aria_labelledby="cards-heading",
    )


def automatic(h: Any, state: Any) -> Any:
    """Show whether bills are paid automatically, with the switch."""
    return h.section(
        kit.heading(h, h.t("Automatic payment of bills"), 2, id="autopay-heading"),
        h.when(
            state.autopay,
            h.div(
                h.p(kit.badge(h, h.t("On"), "good"), " ", state.autopay_text),
                h.when(state.in_person, _off(h)),
                class_name=kit.CARD + "p-4 mt-3 flex flex-col gap-3",
            ),
            h.when(
                h.count(state.usable) > 0,
                h.when(state.in_person, _on(h, state), _switched_off(h)),
                h.p(
                    h.t("Save a card first. Then your bills can be paid by it automatically."),
                    class_name="text-muted mt-1",
                ),
            ),
        ),
        aria_labelledby="autopay-heading",
    )


def _switched_off(h: Any) -> Any:
    return h.p(h.t("Switched off."), class_name="text-muted mt-1")


def _card(h: Any, state: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.p(
                h.span(row.name, class_name="font-semibold numbers"),
                " ",
                h.when(row.is_default, kit.badge(h, h.t("Offered first"), "accent")),
                " ",
                h.when(row.pays, kit.badge(h, h.t("Pays automatically"), "good")),
                " ",
                h.when(row.expired, kit.badge(h, h.t("Expired"), "bad")),
                " ",
                h.when(row.soon, kit.badge(h, h.t("Expires soon"), "warn")),
            ),
            h.p(row.until, class_name="text-sm text-muted numbers"),
            h.when(row.agreed, h.p(row.agreed, class_name="text-sm text-muted")),
            class_name="grow basis-56 min-w-0",
        ),
        h.when(state.in_person, _acts(h, row)),
        key=row.id,
        class_name=kit.CARD + "p-4 flex flex-wrap items-center gap-2",
    )


def _acts(h: Any, row: Any) -> Any:
    first = _post(
        h,
        routes.DO_DEFAULT_CARD,
        kit.button(
            h,
            h.t("Offer first"),
            h.span(" ", row.name, class_name="sr"),
            type="submit",
            tone="quiet",
        ),
        card=row.id,
    )
    no_choice = row.is_default | row.expired if h.live else row.is_default or row.expired
    return h.div(
        h.when(no_choice, h.group(), first),
        h.details(
            h.summary(
                h.t("Remove"),
                h.span(" ", row.name, class_name="sr"),
                class_name="inline-flex items-center min-h-11 px-4 text-bad font-semibold",
            ),
            h.p(
                h.t("The card is deleted here and at our payment provider."),
                class_name="text-sm text-muted mb-2",
            ),
            _post(
                h,
                routes.DO_REMOVE_CARD,
                kit.button(
                    h,
                    h.t("Remove this card"),
                    h.span(" ", row.name, class_name="sr"),
                    type="submit",
                    tone="danger",
                ),
                card=row.id,
            ),
        ),
        class_name="flex flex-wrap items-start gap-2",
    )


def _add(h: Any) -> Any:
    return _post(
        h,
        routes.DO_ADD_CARD,
        kit.button(h, kit.icon(h, "plus"), h.t("Add a card"), type="submit"),
    )


def _on(h: Any, state: Any) -> Any:
    return _post(
        h,
        routes.DO_AUTOPAY,
        h.input(type="hidden", name="switch", value="on"),
        h.fieldset(
            h.legend(h.t("By which card?"), class_name="font-medium mb-1"),
            h.each(state.usable, lambda row: _choice(h, row)),
            class_name="min-w-0",
        ),
        h.label(
            h.input(
                type="checkbox",
                name="mandate",
                value="yes",
                required=True,
                class_name="size-5 shrink-0 mt-0.5",
            ),
            h.span(state.mandate),
            class_name="flex items-start gap-3 min-h-11 cursor-pointer",
        ),
        kit.button(h, h.t("Pay bills automatically"), type="submit", tone="second"),
        class_name=kit.CARD + "p-4 mt-3 flex flex-col gap-4",
    )


def _choice(h: Any, row: Any) -> Any:
    return h.label(
        h.input(
            type="radio",
            name="card",
            value=row.id,
            default_checked=row.is_default,
            required=True,
            class_name="size-5 shrink-0",
        ),
        h.span(row.name, class_name="numbers"),
        key=row.id,
        class_name="flex items-center gap-3 min-h-11 cursor-pointer",
    )


def _off(h: Any) -> Any:
    return _post(
        h,
        routes.DO_AUTOPAY,
        h.input(type="hidden", name="switch", value="off"),
        kit.button(h, h.t("Switch off"), type="submit", tone="second"),
    )


def _post(h: Any, action: str, *children: Any, card: Any = None, **props: Any) -> Any:
    chosen = h.input(type="hidden", name="card", value=card) if card is not None else None
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        chosen,
        *children,
        method="post",
        action=action,
        **props,
    )
