"""The SIM of a service: block it, let it work again, change it."""

from __future__ import annotations

from typing import Any

from self_service.components.service_settings import service_form, toned_note
from self_service.components.ui import kit


def sim_card(h: Any, state: Any) -> Any:
    """Show the SIM, and what can be done with it."""
    return h.section(
        kit.heading(h, "SIM", 2, class_name="mb-2"),
        h.when(
            state.sim,
            h.p(h.bdi(state.sim), class_name="numbers text-muted wrap-anywhere"),
            h.p(h.t("No SIM yet."), class_name="text-muted"),
        ),
        h.when(state.block_text, toned_note(h, state.block_text, "accent")),
        h.when(state.manages, h.when(state.blocked, _unblock(h, state), _block(h, state))),
        h.when(state.owns & state.runs, _change(h, state)),
        class_name=kit.CARD + "p-4 min-w-0 flex flex-col gap-2",
    )


def _block(h: Any, state: Any) -> Any:
    return h.div(
        h.p(
            h.t(
                "Lost it? Block the SIM at once. That is free and you can take it back at any "
                "time; what your plan costs goes on."
            ),
            class_name="text-sm text-muted",
        ),
        service_form(
            h,
            state,
            "block",
            kit.button(
                h, kit.icon(h, "lock"), h.t("Block the SIM now"), type="submit", tone="danger"
            ),
        ),
    )


def _unblock(h: Any, state: Any) -> Any:
    return h.div(
        kit.callout(
            h,
            h.t("This SIM is blocked: nobody can call, write or go online with it."),
            tone="warn",
            symbol="lock",
        ),
        service_form(
            h,
            state,
            "unblock",
            kit.button(h, h.t("Take the block back"), type="submit", tone="second"),
        ),
    )


def _change(h: Any, state: Any) -> Any:
    return h.div(
        h.when(state.swap_text, toned_note(h, state.swap_text, state.swap_tone)),
        h.when(
            state.has_code,
            h.p(
                h.a(
                    h.t("Show the code of the eSIM"),
                    href=state.code_href,
                    class_name=kit.TONES["second"],
                )
            ),
        ),
        h.when(state.swapping, h.group(), _ways(h, state)),
        class_name="border-t border-line pt-2 flex flex-col gap-2",
    )


def _ways(h: Any, state: Any) -> Any:
    return h.details(
        h.summary(
            h.t("Change the SIM"),
            class_name="inline-flex items-center min-h-11 text-accent font-semibold",
        ),
        h.p(
            h.t("Changing is free. We ask once more who you are, and write you an e-mail."),
            class_name="text-sm text-muted",
        ),
        service_form(
            h,
            state,
            "esim",
            kit.button(h, kit.icon(h, "sim"), h.t("Change to a new eSIM"), type="submit"),
        ),
        service_form(
            h,
            state,
            "card",
            kit.field(
                h,
                h.t("Or: number of the new SIM card"),
                "iccid",
                hint=h.t("It is printed on the back of the card: 19 or 20 digits."),
                input_mode="numeric",
                auto_complete="off",
                max_length=26,
                required=True,
            ),
            kit.button(h, h.t("Change to this card"), type="submit", tone="second"),
        ),
    )
