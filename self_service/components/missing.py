"""What stands at an address under which there is nothing."""

from __future__ import annotations

from typing import Any

import reflex as rx

from self_service import i18n, routes
from self_service.components.ui import kit
from self_service.components.ui.markup import Live
from self_service.domain.errors import NotFound


def missing(h: Any) -> Any:
    """Say that there is nothing here, and lead to the store."""
    return h.main(
        kit.icon(h, "search", "size-10", class_name="text-muted mx-auto"),
        kit.heading(h, h.t(NotFound.message), class_name="my-6"),
        kit.button_link(h, h.t("To the store"), to=routes.page(h.language, routes.STORE)),
        class_name="text-center py-24 px-4",
        lang=h.language,
        dir=h.direction,
    )


def missing_in_each_language() -> Any:
    """Say it in the language of the document: no route of this application says which it is."""
    return rx.fragment(
        *[
            rx.el.div(missing(Live(code)), class_name=f"hidden [html[lang={code}]_&]:block")
            for code in i18n.LANGUAGES
        ]
    )
