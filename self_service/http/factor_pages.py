"""Plain pages that show secrets once: the key of an authenticator app, and recovery codes."""

from __future__ import annotations

import base64
import io
from typing import Any

import segno
from starlette.responses import Response

from self_service import routes
from self_service.components.ui.markup import Paper
from self_service.domain.people.second_factor import Proposal
from self_service.http.frame import frame

_STYLE = """<style>
label{display:block;font-weight:600;margin:1rem 0 .25rem}
input[type=text]{width:100%;min-height:2.75rem;padding:0 .75rem;font:inherit;color:var(--ink);
background:var(--surface);border:1px solid var(--line);border-radius:var(--r1);margin-bottom:1rem}
img{display:block;width:14rem;height:14rem;max-width:100%;margin:1rem auto;background:#fff;
border-radius:var(--r1)}
code{overflow-wrap:anywhere;font-size:1.05rem}ol{columns:2;padding-inline-start:2rem}
</style>"""


def set_up_page(proposal: Proposal, language: str, fault: str = "") -> Response:
    """Show the key, as a picture and as text, and ask for the first code."""
    h = Paper(language)
    title = h.t("Set up an authenticator app")
    body = h.group(
        h.h1(title),
        h.p(
            h.t("Scan this picture with your authenticator app, or type the key into it."),
            class_name="muted",
        ),
        h.div(
            h.img(src=_picture(proposal.address), alt=h.t("Picture of the key for your app")),
            h.p(h.t("Key"), class_name="muted"),
            h.p(h.code(_grouped(proposal.secret), dir="ltr")),
            h.p(h.a(h.t("Open the app on this device"), href=proposal.address)),
            _first_code(h, proposal, fault),
            class_name="card",
        ),
        h.p(h.a(h.t("Back without changing anything"), href=_back(language))),
    )
    return frame(title, body, language=language, head=_STYLE, leave=True)


def _first_code(h: Paper, proposal: Proposal, fault: str) -> Any:
    return h.form(
        h.input(type="hidden", name="language", value=h.language),
        h.input(type="hidden", name="proposal", value=proposal.sealed),
        h.label(h.t("The 6 digits that the app shows"), html_for="code"),
        h.when(fault, h.p(fault, id="code-fault", role="alert", class_name="bad")),
        h.input(
            type="text",
            id="code",
            name="code",
            inputmode="numeric",
            autocomplete="one-time-code",
            maxlength="12",
            required=True,
            aria_describedby=h.when(fault, "code-fault", None),
            aria_invalid=h.when(fault, "true", "false"),
        ),
        h.button(h.t("Turn it on"), type="submit", class_name="main"),
        method="post",
        action=routes.DO_SECOND_FACTOR_ON,
    )


def codes_page(codes: tuple[str, ...], language: str) -> Response:
    """Show recovery codes."""
    h = Paper(language)
    title = h.t("Your recovery codes")
    body = h.group(
        h.h1(title),
        h.p(
            h.t(
                "Print them or write them down now: they are shown this once. If you lose your "
                "phone, each of them signs you in one time."
            )
        ),
        h.ol(h.each(codes, lambda code: h.li(h.code(code, dir="ltr"))), class_name="card"),
        h.p(h.a(h.t("I have kept them"), href=_back(language))),
    )
    return frame(title, body, language=language, head=_STYLE, leave=True)


def _back(language: str) -> str:
    return routes.page(language, routes.SECURITY)


def _picture(address: str) -> str:
    """Return a QR code as the address of an image, which holds it itself."""
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=4, border=4)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()


def _grouped(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
