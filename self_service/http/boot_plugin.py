"""Two changes to what Reflex generates, so that one build serves every address and first paint.

* The compiled state starts from what the server put in the page. Reflex renders nothing at
  request time; `first_paint.py` writes the values of the page's states into
  `<script type="application/json" id="rx-boot">`, and the generated module is made to read them.
* The websocket goes to the origin that the page came from. Reflex bakes scheme and port in.
"""

from __future__ import annotations

import re
from typing import Any

from reflex_base.plugins.base import Plugin

_INITIAL_STATE = re.compile(r"export const initialState = (\{.*\})\n")
_FROM_PAGE = """\
const compiledState = {state}
const bootElement = typeof document === 'undefined' ? null : document.getElementById('rx-boot')
const boot = bootElement ? JSON.parse(bootElement.textContent) : {{}}
export const initialState = Object.fromEntries(Object.entries(compiledState)
  .map(([name, vars]) => [name, boot[name] ? {{ ...vars, ...boot[name] }} : vars]))
"""


def start_from_page(source: str) -> str:
    """Rewrite the generated context module.

    Raises:
        RuntimeError: this Reflex version generates it in another form.
    """
    patched, count = _INITIAL_STATE.subn(
        lambda found: _FROM_PAGE.format(state=found.group(1)), source, count=1
    )
    if count != 1:
        raise RuntimeError("Reflex changed utils/context.jsx: adapt BootStatePlugin")
    return patched


def same_origin(source: str) -> str:
    """Rewrite the client so that it calls the host and port in the address bar.

    Raises:
        RuntimeError: this Reflex version does it in another way.
    """
    for baked, own in (
        ("endpoint.hostname = frontend_hostname;", "endpoint.host = window.location.host;"),
        ('endpoint.port = ""; // Assume', "// Was: no port. Assume"),
    ):
        if source.count(own) == 0:
            if source.count(baked) != 1:
                raise RuntimeError("Reflex changed utils/state.js: adapt OneBuildPlugin")
            source = source.replace(baked, own)
    return source


class OneBuildPlugin(Plugin):
    """Registers the changes with the compiler."""

    def pre_compile(self, **context: Any) -> None:
        """Ask for the generated modules to be rewritten."""
        context["add_modify_task"]("utils/context.jsx", start_from_page)
        context["add_modify_task"]("utils/state.js", same_origin)
