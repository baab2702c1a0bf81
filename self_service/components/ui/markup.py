"""One description of a screen, two results: live components, and the HTML of the first response.

A view is written once as `view(h, state)`. With `Live` it becomes Reflex components whose data
are the state's Vars; with `Paper` it becomes an HTML string whose data are the values that the
server just read. So a page is readable in its first bytes, with scripts off too, and the live
page that replaces it has the same boxes: nothing shifts. `decisions/0002-first-paint.md` says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import reflex as rx
from markupsafe import Markup, escape
from reflex_components_core.el.elements.base import BaseHTML

from self_service import i18n

#: Elements whose value is no attribute: of a select, its option says it is selected.
VALUE_INSIDE = frozenset({"textarea", "select"})
VOID = frozenset({"input", "img", "br", "hr", "use", "meta", "link"})
#: React's names for what HTML calls otherwise; the others differ by their underscores only.
HTML_NAMES = {
    "class_name": "class",
    "html_for": "for",
    "default_value": "value",
    "default_checked": "checked",
}


class NativeForm(BaseHTML):  # type: ignore[misc]
    """A <form> that the browser submits itself; `rx.form` always calls preventDefault()."""

    tag = "form"
    action: rx.Var[str]
    method: rx.Var[str]


class NativeAnchor(BaseHTML):  # type: ignore[misc]
    """An <a>; `rx.el.a` is the router's link, which renders anew at every change of address."""

    tag = "a"
    href: rx.Var[str]
    rel: rx.Var[str]
    target: rx.Var[str]
    download: rx.Var[str | bool]


#: Elements that Reflex would make otherwise.
NATIVE: dict[str, Any] = {"native_form": NativeForm, "a": NativeAnchor}


class Builder:
    """What both share: the language, and texts in it."""

    live: bool

    def __init__(self, language: str) -> None:
        self.language = language
        self.direction = i18n.LANGUAGES[language].direction

    def t(self, text: str, **places: Any) -> str:
        """Translate a text that is known when the page is built; places may be Vars."""
        found = i18n.translate(self.language, text)
        for name, value in places.items():
            found = found.replace(f"{{{name}}}", f"{value}")
        return found

    def el(self, tag: str, *children: Any, **props: Any) -> Any:
        """Make an element."""
        raise NotImplementedError

    def link(self, *children: Any, to: Any, keep_scroll: bool = False, **props: Any) -> Any:
        """Make a link inside the application: no page load, once the page is live.

        `assets/start.js` hands a click on it to the router.
        """
        return self.el("a", *children, href=to, data_to="same" if keep_scroll else "new", **props)

    def __getattr__(self, tag: str) -> Callable[..., Any]:
        if tag.startswith("_"):
            raise AttributeError(tag)
        return lambda *children, **props: self.el(tag, *children, **props)


class Live(Builder):
    """Makes Reflex components."""

    live = True

    def el(self, tag: str, *children: Any, **props: Any) -> Any:
        """Make a live element."""
        children = tuple(child for child in children if child is not None)
        props = {name: value for name, value in props.items() if value is not None}
        if tag in NATIVE:
            return NATIVE[tag].create(*children, **props)
        if tag == "use":
            return rx.el.svg.use(*children, **props)
        return getattr(rx.el, tag)(*children, **props)

    def when(self, condition: Any, then: Any, otherwise: Any = None) -> Any:
        """Show `then` while `condition` holds, else `otherwise`."""
        if isinstance(condition, bool):
            return then if condition else (otherwise if otherwise is not None else rx.fragment())
        if otherwise is None:
            otherwise = rx.fragment() if isinstance(then, rx.Component) else ""
        return rx.cond(condition, then, otherwise)

    def each(self, rows: Any, make: Callable[[Any], Any]) -> Any:
        """Show `make(row)` for every row."""
        return rx.foreach(rows, make)

    def search_form(self, *children: Any, action: str, on_submit: Any, **props: Any) -> Any:
        """Make a form that only leads to an address: live by event, else by the browser."""
        del action
        return rx.el.form(*children, on_submit=on_submit, role="search", **props)

    def live_form(self, *children: Any, **props: Any) -> Any:
        """Make a form whose submit is an event."""
        return rx.el.form(*children, **props)

    def style(self, **rules: Any) -> Any:
        """Make an inline style."""
        return rules

    def group(self, *children: Any) -> Any:
        """Put elements side by side without a box of their own."""
        return rx.fragment(*children)

    def count(self, rows: Any) -> Any:
        """Return how many rows there are."""
        return rows.length()


class Paper(Builder):
    """Makes HTML. Handlers are left out: they come with the live page."""

    live = False

    def el(self, tag: str, *children: Any, **props: Any) -> Markup:
        """Make an element as HTML, everything escaped."""
        tag = "form" if tag == "native_form" else tag
        if tag in VALUE_INSIDE:
            value = props.pop("default_value", None) or props.pop("value", None)
            children = (value,) if tag == "textarea" else children
        plain = {name.lower(): value for name, value in props.pop("custom_attrs", {}).items()}
        attributes = "".join(_attribute(name, value) for name, value in {**props, **plain}.items())
        if tag in VOID:
            return Markup(f"<{tag}{attributes}>")
        body = "".join(_html(child) for child in children)
        return Markup(f"<{tag}{attributes}>{body}</{tag}>")

    def when(self, condition: Any, then: Any, otherwise: Any = None) -> Any:
        """Choose now."""
        return then if condition else ("" if otherwise is None else otherwise)

    def each(self, rows: Iterable[Any], make: Callable[[Any], Any]) -> Markup:
        """Repeat now."""
        return Markup("".join(_html(make(row)) for row in rows))

    def search_form(self, *children: Any, action: str, on_submit: Any, **props: Any) -> Markup:
        """Make a form that leads to an address."""
        del on_submit
        return self.el("form", *children, action=action, method="get", role="search", **props)

    def live_form(self, *children: Any, **props: Any) -> Markup:
        """Make a form that waits for the live page: sending it does nothing yet.

        By its default method the browser would put what was typed into the address.
        """
        return self.el("form", *children, **props, method="dialog")

    def style(self, **rules: Any) -> str:
        """Make an inline style."""
        return ";".join(f"{name.replace('_', '-')}:{value}" for name, value in rules.items())

    def group(self, *children: Any) -> Markup:
        """Put elements side by side."""
        return Markup("".join(_html(child) for child in children))

    def count(self, rows: Any) -> int:
        """Return how many rows there are."""
        return len(rows)


def _html(child: Any) -> str:
    if child is None or isinstance(child, bool):
        return ""
    if isinstance(child, (list, tuple)):
        return "".join(_html(part) for part in child)
    return str(escape(child))


def _attribute(name: str, value: Any) -> str:
    if name.startswith("on_") or name == "key" or value is None:
        return ""
    if name.startswith(("aria_", "data_")):
        name = name.replace("_", "-")
        value = str(value).lower() if isinstance(value, bool) else value
    else:
        name = HTML_NAMES.get(name) or name.replace("_", "")
    if isinstance(value, bool):
        return f" {name}" if value else ""
    return f' {name}="{escape(value)}"'
