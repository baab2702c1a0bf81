"""The plain page that asks once more before a gift is sent."""

from __future__ import annotations

from starlette.responses import Response

from self_service import i18n, routes
from self_service.components.ui.markup import Paper
from self_service.domain.wallet.gifts import Proposal
from self_service.http.frame import frame
from self_service.state.display import money


def confirm_page(proposal: Proposal, language: str) -> Response:
    """Say how much goes to whom, and until when it can be taken back."""
    h = Paper(language)
    title = h.t("Send this gift?")
    sum_ = money(proposal.amount, language)
    undo = i18n.plural(
        language,
        "You can take it back for {count} minute.",
        "You can take it back for {count} minutes.",
        proposal.minutes,
    )
    body = h.group(
        h.h1(title),
        h.div(
            h.p(sum_, class_name="sum"),
            h.p(h.t("To"), " ", h.bdi(h.strong(proposal.receiver))),
            h.p(h.bdi(proposal.note)) if proposal.note else None,
            h.p(h.t("For your safety and theirs we show only the first letters."), " ", undo),
            h.form(
                h.input(type="hidden", name="language", value=language),
                h.input(type="hidden", name="gift", value=proposal.secret),
                h.button(h.t("Send {sum}", sum=sum_), type="submit", class_name="main"),
                method="post",
                action=routes.DO_GIFT_SEND,
            ),
            class_name="card",
        ),
        h.p(
            h.a(
                h.t("Back without sending anything"),
                href=routes.page(language, routes.WALLET, open="gift"),
            )
        ),
    )
    return frame(title, body, language=language, leave=True)
