"""The demo's inbox."""

from __future__ import annotations

from typing import Any

from self_service import routes
from self_service.components.page import Page, page
from self_service.components.ui import kit
from self_service.domain.errors import N_
from self_service.state.inbox import InboxState, inbox_values


def view(h: Any, state: Any) -> Any:
    """Show the last mails, the newest first."""
    return h.div(
        kit.heading(h, h.t("Inbox of the demo")),
        h.p(
            h.t("This demo sends no mail. Here is what everybody would have got."),
            class_name="text-muted mt-1 mb-4",
        ),
        h.when(
            h.count(state.mails) > 0,
            h.ul(
                h.each(state.mails, lambda mail: _mail(h, mail)), class_name="flex flex-col gap-3"
            ),
            h.when(
                state.loaded,
                kit.empty(
                    h,
                    "mail",
                    h.t("No mails yet"),
                    h.t("Create an account or ask for a new password, and a mail stands here."),
                ),
                h.div(class_name="skeleton h-40", aria_busy="true"),
            ),
        ),
        class_name="max-w-2xl",
    )


def _mail(h: Any, mail: Any) -> Any:
    return h.li(
        h.article(
            kit.heading(h, mail.subject, 2),
            h.p(
                h.when(mail.way, h.span(mail.way, " · ")),
                h.when(mail.receiver, h.span(h.bdi(mail.receiver), " · ")),
                h.time(mail.written),
                class_name="text-sm text-muted mb-3 break-words",
            ),
            h.p(
                h.each(mail.parts, lambda part: _part(h, part)),
                class_name="whitespace-pre-line break-words",
            ),
            lang=mail.language,
            dir=mail.direction,
        ),
        key=mail.id,
        class_name=kit.CARD + "p-4",
    )


def _part(h: Any, part: Any) -> Any:
    return h.when(
        part.href,
        h.a(
            part.text,
            href=part.href,
            class_name="text-accent break-all inline-block py-2.5",
        ),
        h.span(part.text),
    )


page(
    Page(
        path=routes.INBOX,
        title=N_("Inbox of the demo"),
        description=N_("The mails that the demo would have sent."),
        view=view,
        state=InboxState,
        loader=inbox_values,
        bare=True,
    )
)
