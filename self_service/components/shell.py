"""What stands around every page: navigation, basket, notices, footer."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.acting import acting_banner
from self_service.components.basket import basket_bar, basket_panel
from self_service.components.promotion_codes import brought
from self_service.components.top_bar import top_bar
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.shell import ShellState

#: Places of the navigation: icon, name, path.
_HOME = ("home", N_("Home"), routes.HOME)
_STORE = ("store", N_("Store"), routes.STORE)
_COMPARE = ("compare", N_("Compare"), routes.COMPARE)
_WALLET = ("wallet", N_("Wallet"), routes.WALLET)
_BILLS = ("bills", N_("Bills"), routes.BILLS)
_VOUCHERS = ("tag", N_("Vouchers"), routes.VOUCHERS)
_USAGE = ("usage", N_("Usage"), routes.USAGE)
_ORDERS = ("truck", N_("Orders"), routes.ORDERS)
#: Pages that belong to a place without being its address.
_WITHIN = {
    routes.PRODUCT: routes.STORE,
    routes.CHOOSE: routes.STORE,
    routes.BASKET: routes.STORE,
    routes.CHECKOUT: routes.STORE,
    routes.ORDER: routes.ORDERS,
    routes.AGREEMENT: routes.BILLS,
    routes.BILL_PREVIEW: routes.BILLS,
    routes.PURCHASE: routes.BILLS,
    routes.SPEND: routes.USAGE,
    routes.COMPANY_SPEND: routes.USAGE,
}


def shell(h: Any, around: Any, basket: Any, content: Any, *, path: str, bare: bool) -> Any:
    """Put the shell around a page's content.

    Args:
        h: builder.
        around: ShellState or its values.
        basket: BasketState or its values.
        content: the page.
        path: the page's path without a dynamic part, to mark its place in the navigation.
        bare: without the basket, where it would distract from paying.
    """
    place = _WITHIN.get(path, path)
    return h.div(
        h.a(h.t("Skip to content"), href="#content", class_name=f"skip {kit.TONES['primary']}"),
        _offline(h),
        h.when(around.behalf, acting_banner(h, around)),
        top_bar(h, around, path),
        h.div(
            _side(h, around, place),
            h.main(
                _bug(h, around),
                None if bare else brought(h, basket),
                content,
                id="content",
                tab_index=-1,
                class_name="min-w-0 flex-1 px-4 lg:px-8 py-5 lg:py-8 outline-none",
            ),
            None if bare else basket_panel(h, basket),
            class_name="flex mx-auto max-w-[96rem]",
        ),
        _footer(h, around),
        _toast(h, around),
        h.div(
            None if bare else basket_bar(h, basket),
            _tabs(h, around, place),
            class_name="fixed inset-x-0 bottom-0 z-30 xl:hidden no-print",
        ),
        dir=h.direction,
        lang=h.language,
        class_name="min-h-dvh pb-40 lg:pb-0",
    )


def _offline(h: Any) -> Any:
    return h.p(
        kit.icon(h, "offline"),
        h.t("You are offline. What you see may be old; changes wait until you are back."),
        role="status",
        class_name=f"offline-banner items-center gap-3 px-4 py-3 {kit.BADGES['warn']}",
    )


def _side(h: Any, around: Any, place: str) -> Any:
    return h.nav(
        _place(h, place, *_HOME),
        _place(h, place, *_STORE),
        _place(h, place, *_COMPARE),
        h.when(around.has_usage, _place(h, place, *_USAGE)),
        h.when(around.has_wallet, _place(h, place, *_WALLET)),
        h.when(around.has_bills, _place(h, place, *_BILLS)),
        h.when(around.has_money, _place(h, place, *_VOUCHERS)),
        _place(h, place, *_ORDERS),
        aria_label=h.t("Main"),
        class_name="hidden lg:flex flex-col gap-1 w-24 shrink-0 sticky top-16 self-start "
        "ps-3 pt-6 no-print",
    )


def _tabs(h: Any, around: Any, place: str) -> Any:
    """Five at most, a phone holds no more: what is left out stands in the account menu."""
    return h.nav(
        _place(h, place, *_HOME),
        _place(h, place, *_STORE),
        h.when(around.has_usage, _place(h, place, *_USAGE)),
        h.when(around.bar_compare, _place(h, place, *_COMPARE)),
        h.when(around.has_wallet, _place(h, place, *_WALLET)),
        h.when(around.has_bills, _place(h, place, *_BILLS)),
        h.when(around.bar_orders, _place(h, place, *_ORDERS)),
        aria_label=h.t("Main, bottom"),
        class_name="lg:hidden grid grid-flow-col auto-cols-fr bg-surface border-t border-line "
        "pb-[env(safe-area-inset-bottom)]",
    )


def _place(h: Any, place: str, symbol: str, name: str, path: str) -> Any:
    return h.link(
        kit.icon(h, symbol),
        h.t(name),
        to=routes.page(h.language, path),
        aria_current="page" if path == place else None,
        class_name="flex flex-col items-center justify-center gap-0.5 min-h-14 "
        "text-[min(0.75rem,max(12px,3.4vw))] leading-4 "
        "lg:rounded-(--r1) font-medium text-muted hover:text-accent no-underline "
        "aria-[current]:text-accent aria-[current]:bg-accent-soft",
    )


def _bug(h: Any, around: Any) -> Any:
    return h.when(
        around.error_reference,
        kit.callout(
            h,
            h.p(h.t("Something went wrong on our side."), class_name="font-semibold"),
            h.p(
                h.t(
                    "Nothing was lost. Please try again; if it happens once more, tell us this "
                    "number:"
                )
            ),
            h.p(around.error_reference, class_name="font-mono"),
            tone="bad",
            symbol="alert",
            role="alert",
            class_name="mb-6",
        ),
    )


def _toast(h: Any, around: Any) -> Any:
    return h.div(
        h.when(
            around.notice,
            h.div(
                h.span(around.notice),
                h.button(
                    kit.icon(h, "close"),
                    type="button",
                    aria_label=h.t("Dismiss"),
                    on_click=ShellState.say(""),
                    class_name="grid place-items-center size-11 -me-3 cursor-pointer",
                ),
                key=around.notice_number,
                class_name="toast flex items-center gap-3 ps-4 pe-3 min-h-12 rounded-(--r1) "
                "bg-ink text-ground shadow-lg max-w-[calc(100vw-2rem)]",
            ),
        ),
        role="status",
        aria_live="polite",
        class_name="fixed z-50 inset-x-0 bottom-36 lg:bottom-8 flex justify-center "
        "pointer-events-none *:pointer-events-auto",
    )


def _footer(h: Any, around: Any) -> Any:
    def legal(text: str, href: Any) -> Any:
        return h.a(h.t(text), href=href, class_name="underline min-h-11 inline-flex items-center")

    return h.footer(
        h.div(
            h.p(around.brand_name, " · ", h.bdi(around.support_phone), " · ", around.support_email),
            h.nav(
                legal(N_("Terms"), around.terms_url),
                legal(N_("Privacy"), around.privacy_url),
                legal(N_("Legal notice"), around.imprint_url),
                aria_label=h.t("Legal"),
                class_name="flex gap-5",
            ),
            class_name="mx-auto max-w-[96rem] px-4 lg:px-8 py-6 flex flex-wrap gap-x-8 gap-y-2 "
            "items-center justify-between text-sm text-muted",
        ),
        class_name="border-t border-line mt-10",
    )
