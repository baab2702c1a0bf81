"""Plain HTML pages outside the application: the sandbox's screen and the card page.

They hold no state of ours and load no script of ours, so a card number typed there can reach
nobody but the provider.
"""

from __future__ import annotations

import html
from typing import Any

from markupsafe import Markup
from starlette.responses import HTMLResponse

from self_service import brand, i18n, routes
from self_service.components.ui.markup import Paper

_STYLE = """
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);
font:1rem/1.5 var(--font),system-ui,sans-serif}
main{max-width:30rem;margin:0 auto;padding:1.5rem 1rem 4rem}
h1{font-size:1.5rem;margin:0 0 .25rem}form{margin:0 0 .5rem}
.card{background:var(--surface);border:1px solid var(--line);border-radius:var(--r2);
padding:1.25rem;margin:1rem 0}
.muted{color:var(--muted)}.sum{font-size:2rem;font-weight:700;font-variant-numeric:tabular-nums}
button{display:block;width:100%;min-height:2.75rem;padding:.5rem 1rem;font:inherit;font-weight:600;
text-align:center;cursor:pointer;color:var(--ink);background:var(--surface);
border:1px solid var(--line);border-radius:var(--r1)}
button:hover{border-color:var(--accent)}
button.main{background:var(--accent);color:var(--accent-ink);border-color:var(--accent)}
.bad{color:var(--bad);background:var(--bad-soft);padding:.75rem 1rem;border-radius:var(--r1)}
a{color:var(--accent)}:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
summary{cursor:pointer;min-height:2.75rem;display:flex;align-items:center;font-weight:600}
fieldset{border:0;margin:0 0 1rem;padding:0;min-width:0}legend{padding:0;font-weight:600}
fieldset p,label{margin:0}label:has(>[type=checkbox],>[type=radio]){display:flex;gap:.75rem;
align-items:flex-start;padding:.65rem 0}label>[type=checkbox],label>[type=radio]{width:1.25rem;
height:1.25rem;flex-shrink:0;margin:.1rem 0 0;accent-color:var(--accent)}
#card-element{border:1px solid var(--line);border-radius:var(--r1);padding:.9rem .75rem;
background:#fff}
"""


def frame(
    title: str,
    body: Markup,
    *,
    language: str,
    head: str = "",
    status: int = 200,
    leave: bool = False,
) -> HTMLResponse:
    """Return a whole page.

    Args:
        title: translated, escaped here.
        body: safe HTML.
        language: of the page.
        head: further safe HTML for the head.
        status: HTTP status.
        leave: somebody is signed in, and finds here how to sign out (ASVS 7.4.4).
    """
    direction = i18n.LANGUAGES[language].direction
    tokens = brand.current()
    # follows the device: what was chosen in the application is known to its scripts only
    dark = "@media (prefers-color-scheme:dark){:root" + tokens.css.split(":root.dark", 1)[1] + "}"
    return HTMLResponse(
        f'<!doctype html><html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{tokens.css}{dark}{_STYLE}</style>{head}</head>"
        f"<body><main>{body}{_leave(language) if leave else ''}</main></body></html>",
        status_code=status,
        headers={"Cache-Control": "no-store"},
    )


def _leave(language: str) -> Any:
    h = Paper(language)
    return h.form(
        h.input(type="hidden", name="language", value=language),
        h.button(h.t("Sign out"), type="submit"),
        method="post",
        action=routes.DO_SIGN_OUT,
    )
