"""Ways to sign in besides the password: a passkey, and the operator's own provider."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.ui import kit


def passkey_button(h: Any, what: str, text: str, goal: Any = "") -> Any:
    """Show a button that asks the person's device; `assets/passkeys.js` does it.

    Args:
        h: builder.
        what: "sign-in", "confirm" or "add".
        text: on the button.
        goal: address to go to afterwards.
    """
    return h.div(
        kit.button(
            h,
            kit.icon(h, "key"),
            text,
            tone="second",
            data_passkey=what,
            data_next=goal,
            data_failed=h.t("The device did not answer. Please try again."),
            class_name="w-full",
        ),
        h.p(role="status", class_name="text-sm text-bad mt-1 empty:hidden"),
    )


def provider_button(h: Any, text: Any, goal: Any, *, connect: bool = False) -> Any:
    """Show a button that leads to the operator's OpenID Connect provider."""
    return h.native_form(
        h.input(type="hidden", name="language", value=h.language),
        h.input(type="hidden", name="next", value=goal),
        h.input(type="hidden", name="connect", value="yes" if connect else ""),
        kit.button(
            h, kit.icon(h, "shield"), text, type="submit", tone="second", class_name="w-full"
        ),
        method="post",
        action=routes.DO_OIDC,
    )


def other_ways(h: Any, state: Any) -> Any:
    """Show what can be used instead of the password, on the sign-in page."""
    return h.div(
        passkey_button(h, "sign-in", h.t("Sign in with a passkey"), state.goal),
        h.when(state.provider, provider_button(h, state.provider, state.goal)),
        class_name="mt-4 flex flex-col gap-3",
    )


def keys(h: Any, state: Any) -> Any:
    """Show the passkeys of whoever is signed in, and make new ones."""
    return h.section(
        kit.heading(h, h.t("Passkeys"), 2, id="passkeys"),
        h.p(
            h.t(
                "Sign in by finger, face or PIN of your device. Nobody can guess a passkey, and no "
                "other site can ask for it."
            ),
            class_name="text-muted mt-1 mb-3",
        ),
        h.ul(
            h.each(state.keys, lambda row: _key(h, row)),
            class_name="flex flex-col gap-3 mb-3 empty:hidden",
        ),
        h.div(
            kit.field(
                h,
                h.t("Name of the new passkey"),
                "passkey-name",
                hint=h.t("For example: my phone"),
                max_length=80,
            ),
            passkey_button(h, "add", h.t("Add a passkey")),
            class_name=kit.CARD + "p-5 flex flex-col gap-4",
        ),
        aria_labelledby="passkeys",
    )


def _key(h: Any, row: Any) -> Any:
    return h.li(
        h.div(
            h.p(h.bdi(row.name), class_name="font-semibold wrap-anywhere"),
            h.p(row.told, class_name="text-sm text-muted numbers"),
            class_name="flex-1 min-w-0",
        ),
        h.native_form(
            h.input(type="hidden", name="language", value=h.language),
            h.input(type="hidden", name="id", value=row.id),
            kit.button(
                h,
                h.t("Remove"),
                h.span(" ", row.name, class_name="sr"),
                type="submit",
                tone="danger",
            ),
            method="post",
            action=f"{routes.DO_PASSKEY}/remove",
        ),
        key=row.id,
        class_name=kit.CARD + "p-4 flex flex-wrap items-center gap-3",
    )


def provider(h: Any, state: Any) -> Any:
    """Show whether the account at the operator's provider is connected; nothing without one."""
    return h.when(
        state.provider,
        h.section(
            kit.heading(h, h.t("Single sign-on"), 2, id="provider"),
            h.div(
                h.when(
                    state.connected,
                    h.native_form(
                        h.input(type="hidden", name="language", value=h.language),
                        h.p(state.connected, class_name="mb-3"),
                        kit.button(h, h.t("Disconnect"), type="submit", tone="danger"),
                        method="post",
                        action=f"{routes.DO_OIDC}/disconnect",
                    ),
                    provider_button(h, state.provider, "", connect=True),
                ),
                class_name=kit.CARD + "p-5 mt-3",
            ),
            aria_labelledby="provider",
        ),
    )
