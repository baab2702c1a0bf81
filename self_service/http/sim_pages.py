"""Plain pages that show what gives somebody a number: an eSIM's code, a code for leaving."""

from __future__ import annotations

import base64
import io

import segno
from starlette.responses import Response

from self_service import routes
from self_service.components.ui.markup import Paper
from self_service.http.frame import frame

_STYLE = """<style>
img{display:block;width:16rem;height:16rem;max-width:100%;margin:1rem auto;background:#fff;
border-radius:var(--r1)}
code{overflow-wrap:anywhere;font-size:1.05rem}.large{font-size:1.75rem;letter-spacing:.08em}
</style>"""


def esim_page(code: str, language: str, service: str) -> Response:
    """Show the activation code of an eSIM."""
    h = Paper(language)
    title = h.t("Install your eSIM")
    body = h.group(
        h.h1(title),
        h.p(
            h.t(
                "Scan this picture with the camera of the phone that gets the eSIM. Your old SIM "
                "works until the new one does."
            )
        ),
        h.div(
            h.img(src=_picture(code), alt=h.t("Picture of the code for your phone")),
            h.p(h.t("Or type this code under “Add eSIM”"), class_name="muted"),
            h.p(h.code(code, dir="ltr")),
            class_name="card",
        ),
        h.p(
            h.t("Show it to nobody: who has this code gets your number."),
            class_name="muted",
        ),
        h.p(h.a(h.t("Back to the service"), href=_back(language, service))),
    )
    return frame(title, body, language=language, head=_STYLE, leave=True)


def port_out_page(code: str, language: str, service: str) -> Response:
    """Show a code by which a number is taken to another operator."""
    h = Paper(language)
    title = h.t("Your code for another operator")
    spaced = " ".join(code[at : at + 3] for at in range(0, len(code), 3))
    body = h.group(
        h.h1(title),
        h.p(h.t("Give this code to the operator that takes over your number.")),
        h.div(h.p(h.code(spaced, dir="ltr", class_name="large")), class_name="card"),
        h.p(
            h.t("Show it to nobody else: who has this code can take your number."),
            class_name="muted",
        ),
        h.p(h.a(h.t("Back to the service"), href=_back(language, service))),
    )
    return frame(title, body, language=language, head=_STYLE, leave=True)


def _back(language: str, service: str) -> str:
    return routes.page(language, routes.SERVICES, service)


def _picture(code: str) -> str:
    """Return a QR code as the address of an image, which holds it itself."""
    out = io.BytesIO()
    segno.make(code, error="m", micro=False).save(out, kind="svg", scale=4, border=4)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()
