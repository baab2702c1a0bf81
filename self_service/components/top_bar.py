"""The bar at the top: whose portal it is, in which language and light, and who is signed in."""

from __future__ import annotations

from typing import Any

import reflex as rx

from self_service import i18n, routes
from self_service.components.ui import kit
from self_service.domain.errors import N_

_ROUND = (
    "flex items-center justify-center size-[44px] rounded-full text-muted hover:bg-accent-soft "
    "hover:text-accent cursor-pointer"
)


#: The account menu: icon, name, path. For everybody, for whoever serves customers, and for
#: administrators.
_OWN = (
    ("user", N_("Settings"), routes.SETTINGS),
    ("shield", N_("Security"), routes.SECURITY),
    ("clock", N_("History"), routes.HISTORY),
    ("users", N_("People with access"), routes.MEMBERS),
)
#: What the bar of a phone has no room for, when it has none.
_COMPARE = ("compare", N_("Compare"), routes.COMPARE)
_ORDERS = ("truck", N_("Orders"), routes.ORDERS)
#: Of customers, and of whoever acts for one.
_MONEY = (
    ("tag", N_("Vouchers"), routes.VOUCHERS),
    ("card", N_("Cards"), routes.CARDS),
)
_SERVING = (("users", N_("Customers"), routes.CUSTOMERS),)
_HELPING = (
    ("help", N_("Disputes"), routes.DISPUTES),
    ("tag", N_("Voucher desk"), routes.VOUCHER_DESK),
)
_RUNNING = (
    ("key", N_("People and roles"), routes.STAFF),
    ("tag", N_("Promotion codes"), routes.PROMOTIONS),
    ("list", N_("Audit"), routes.AUDIT),
)


def top_bar(h: Any, around: Any, path: str) -> Any:
    """Show the brand, the languages, light and dark, and who is signed in."""
    return h.header(
        h.div(
            h.link(
                h.img(
                    src="/brand/logo.svg",
                    alt="",
                    width="32",
                    height="32",
                    class_name="size-[32px] shrink-0",
                ),
                h.span(around.brand_name, class_name="font-bold text-lg min-w-0 truncate"),
                to=routes.page(h.language, routes.STORE),
                class_name="flex items-center gap-2 min-h-11 min-w-0 text-ink no-underline me-auto",
            ),
            h.div(
                _languages(h, path),
                _theme(h),
                h.when(around.signed_in, _bell(h, around)),
                h.when(around.signed_in, _account(h, around), _sign_in(h)),
                class_name="flex items-center gap-1 ms-auto",
            ),
            # under a name that needs the row for itself (large text), the rest has another
            class_name="flex flex-wrap items-center gap-x-1 mx-auto max-w-[96rem] px-4 lg:px-8 "
            "min-h-16",
        ),
        class_name="sticky top-0 z-20 bg-surface/95 backdrop-blur border-b border-line no-print",
    )


def _languages(h: Any, path: str) -> Any:
    here = "/" if path in (routes.PRODUCT, routes.CHOOSE, routes.ORDER) else path
    return h.details(
        h.summary(
            kit.icon(h, "globe"),
            h.span(h.t("Language"), class_name="sr"),
            class_name=_ROUND,
        ),
        h.ul(
            *[
                h.li(
                    h.a(
                        language.name,
                        href=f"/{language.code}{routes.STORE if here == '/' else here}",
                        lang=language.code,
                        hreflang=language.code,
                        aria_current="true" if language.code == h.language else None,
                        class_name="flex items-center min-h-11 px-4 rounded-(--r1) "
                        "hover:bg-accent-soft aria-[current]:font-bold text-ink no-underline",
                    )
                )
                for language in i18n.LANGUAGES.values()
            ],
            class_name="absolute end-0 mt-1 p-1 w-40 bg-raised border border-line "
            "rounded-(--r1) shadow-lg z-40",
        ),
        class_name="relative",
    )


def _theme(h: Any) -> Any:
    return h.button(
        kit.icon(h, "moon", class_name="dark:hidden"),
        kit.icon(h, "sun", class_name="hidden dark:block"),
        type="button",
        aria_label=h.t("Switch between light and dark"),
        on_click=rx.toggle_color_mode,
        class_name=_ROUND,
    )


def _bell(h: Any, around: Any) -> Any:
    return h.link(
        kit.icon(h, "bell"),
        h.span(h.t("Notifications"), class_name="sr"),
        h.when(
            around.unread,
            h.span(
                h.span(", ", class_name="sr"),
                around.unread,
                h.span(" ", h.t("not read yet"), class_name="sr"),
                class_name="absolute top-0 end-0 min-w-5 px-1 rounded-full bg-accent "
                "text-accent-ink text-xs leading-5 font-semibold text-center numbers",
            ),
        ),
        to=routes.page(h.language, routes.NOTIFICATIONS),
        class_name=f"relative {_ROUND}",
    )


def _sign_in(h: Any) -> Any:
    return h.link(
        kit.icon(h, "user"),
        h.span(h.t("Sign in"), class_name="hidden sm:inline"),
        to=routes.page(h.language, routes.SIGN_IN),
        aria_label=h.t("Sign in"),
        class_name="flex items-center gap-2 min-h-11 min-w-[44px] px-[12px] justify-center "
        "rounded-full font-semibold text-accent hover:bg-accent-soft no-underline",
    )


def _menu_link(h: Any, symbol: str, name: str, path: str) -> Any:
    return h.link(
        kit.icon(h, symbol),
        h.t(name),
        to=routes.page(h.language, path),
        class_name="flex items-center gap-3 min-h-11 px-4 rounded-(--r1) text-ink no-underline "
        "hover:bg-accent-soft",
    )


def _only_here(h: Any, place: tuple[str, str, str]) -> Any:
    return h.div(_menu_link(h, *place), class_name="lg:hidden")


def _links(h: Any, places: tuple[tuple[str, str, str], ...]) -> Any:
    return h.group(*[_menu_link(h, *place) for place in places])


def _account(h: Any, around: Any) -> Any:
    return h.details(
        h.summary(
            kit.icon(h, "user"),
            h.span(around.greeting_name, class_name="hidden sm:inline max-w-32 truncate"),
            h.span(h.t("Account"), class_name="sr"),
            class_name="flex items-center gap-2 min-h-11 min-w-[44px] px-[12px] justify-center "
            "rounded-full font-semibold text-ink hover:bg-accent-soft",
        ),
        h.div(
            h.p(around.greeting_name, class_name="px-4 py-2 font-semibold"),
            h.when(around.bar_compare, h.group(), _only_here(h, _COMPARE)),
            h.when(around.bar_orders, h.group(), _only_here(h, _ORDERS)),
            h.when(around.has_money, _links(h, _MONEY)),
            _links(h, _OWN),
            h.when(around.serving, _links(h, _SERVING)),
            h.when(around.helping, _links(h, _HELPING)),
            h.when(around.administering, _links(h, _RUNNING)),
            h.native_form(
                h.input(type="hidden", name="language", value=h.language),
                h.button(
                    kit.icon(h, "sign-out", class_name="mirror"),
                    h.t("Sign out"),
                    type="submit",
                    class_name="flex items-center gap-3 w-full min-h-11 px-4 rounded-(--r1) "
                    "hover:bg-accent-soft cursor-pointer",
                ),
                method="post",
                action=routes.DO_SIGN_OUT,
            ),
            class_name="absolute end-0 mt-1 p-1 w-56 max-h-[calc(100dvh-5rem)] overflow-y-auto "
            "bg-raised border border-line rounded-(--r1) shadow-lg z-40",
        ),
        class_name="relative",
    )
