"""The wallet: balance, top-up, automatic top-up, gifts, and all that happened."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.components.wallet_auto import auto_card
from self_service.components.wallet_balance import balance
from self_service.components.wallet_gifts import gifts
from self_service.components.wallet_history import history
from self_service.domain.errors import N_
from self_service.state.wallet import WalletState, wallet_values

_LINK = "inline-flex items-center min-h-11 text-accent"


def view(h: Any, state: Any) -> Any:
    """Show the wallet; whoever acts for the customer sees what is in it and what happened."""
    return h.div(
        kit.heading(h, h.t("Wallet"), class_name="mb-4"),
        h.when(state.loaded, _parts(h, state), _loading(h)),
        class_name="max-w-3xl",
    )


def _parts(h: Any, state: Any) -> Any:
    return h.div(
        h.when(
            state.notice,
            kit.callout(h, state.notice, tone="good", symbol="check", role="status"),
        ),
        balance(h, state),
        h.when(state.in_person, h.group(auto_card(h, state), gifts(h, state))),
        _further(h),
        history(h, state),
        class_name="flex flex-col gap-5",
    )


def _further(h: Any) -> Any:
    return h.nav(
        h.link(h.t("Vouchers"), to=routes.page(h.language, routes.VOUCHERS), class_name=_LINK),
        h.link(
            h.t("Cards and automatic payment"),
            to=routes.page(h.language, routes.CARDS),
            class_name=_LINK,
        ),
        h.link(
            h.t("Bills and receipts"), to=routes.page(h.language, routes.BILLS), class_name=_LINK
        ),
        aria_label=h.t("More about money"),
        class_name="flex flex-wrap gap-x-6",
    )


def _loading(h: Any) -> Any:
    return h.div(
        h.div(class_name="skeleton h-52"),
        h.div(class_name="skeleton h-32"),
        h.div(class_name="skeleton h-32"),
        aria_busy="true",
        class_name="flex flex-col gap-5",
    )


page(
    Page(
        path=routes.WALLET,
        title=N_("Wallet"),
        description=N_("Your credit, what it pays, and how to top up."),
        view=view,
        state=WalletState,
        loader=wallet_values,
        private=True,
        bare=True,
    )
)
