"""What only the customer in person may do: consents, taking the data along, leaving for good."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.settings_forms import section
from self_service.components.ui import kit
from self_service.state.settings import SettingsState


def consents(h: Any, state: Any) -> Any:
    """Show each consent with its switch, and what was said before."""
    return section(
        h,
        h.t("What you agree to"),
        state.refused["consent"],
        h.p(
            h.t("Each is your choice, and you can change your mind at any time."),
            class_name="text-muted mb-3",
        ),
        h.ul(h.each(state.consents, lambda row: _consent(h, row)), class_name="flex flex-col"),
        h.when(h.count(state.past_consents) > 0, _past(h, state)),
    )


def _consent(h: Any, row: Any) -> Any:
    return h.li(
        h.label(
            h.input(
                type="checkbox",
                role="switch",
                checked=row.given,
                on_change=lambda given: SettingsState.consent(row.kind, given, row.version),
                class_name="size-5 mt-0.5 shrink-0",
            ),
            h.span(
                h.span(row.title, class_name="block font-medium"),
                h.span(row.text, class_name="block text-sm text-muted"),
            ),
            class_name="flex gap-3 min-h-11 py-2",
        ),
        key=row.kind,
    )


def _past(h: Any, state: Any) -> Any:
    return h.details(
        h.summary(
            h.t("What you said before"),
            kit.icon(h, "chevron-down", "size-4", class_name="turn ms-auto"),
            class_name="flex items-center min-h-11 font-medium mt-2",
        ),
        h.ul(
            h.each(
                state.past_consents,
                lambda row: h.li(row.text, " · ", h.time(row.when, title=row.exact), key=row.key),
            ),
            class_name="text-sm text-muted flex flex-col gap-1",
        ),
    )


def own_data(h: Any, state: Any) -> Any:
    """Offer everything that is kept about the customer."""
    return section(
        h,
        h.t("Your data"),
        state.refused["data"],
        h.p(
            h.t(
                "Everything we keep about you, in one file: for you to read, and for programs to "
                "take over. We first ask once more that it is you."
            ),
            class_name="mb-3",
        ),
        h.a(
            kit.icon(h, "document"),
            h.t("Get my data"),
            href=f"{routes.OWN_DATA}?language={h.language}",
            class_name=kit.TONES["second"],
        ),
        id="data",
    )


def erasure(h: Any, state: Any) -> Any:
    """Say what leaving for good means, and offer it when it is possible."""
    return section(
        h,
        h.t("Delete my account"),
        state.refused["erasure"],
        h.when(
            state.no_erasure,
            kit.callout(h, state.no_erasure, tone="plain", symbol="info"),
            _erase(h, state),
        ),
        id="erasure",
    )


def _erase(h: Any, state: Any) -> Any:
    return h.details(
        h.summary(
            h.t("What happens if I do that?"),
            kit.icon(h, "chevron-down", "size-4", class_name="turn ms-auto"),
            class_name="flex items-center min-h-11 font-medium",
        ),
        h.ul(
            h.li(h.t("Your name, e-mail address, numbers, contacts and places are deleted.")),
            h.li(h.t("You are signed out everywhere and cannot sign in any more.")),
            h.li(h.t("Nobody can undo this, not even our staff.")),
            h.when(state.kept, h.li(state.kept, class_name="numbers")),
            class_name="list-disc ps-5 mt-1 mb-3 flex flex-col gap-1",
        ),
        h.native_form(
            h.input(type="hidden", name="language", value=h.language),
            h.label(
                h.input(
                    type="checkbox", name="sure", value="yes", required=True, class_name="size-5"
                ),
                h.t("Yes, I am sure"),
                class_name="flex items-center gap-3 min-h-11",
            ),
            kit.button(h, h.t("Delete my account"), type="submit", tone="danger"),
            method="post",
            action=routes.DO_ERASE,
            class_name="flex flex-col gap-3 items-start",
        ),
        open=state.open == "erasure",
    )
