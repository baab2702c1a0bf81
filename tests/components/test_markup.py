"""One view, two results: safe HTML for the first response, components for the live page."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
import reflex as rx
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

import self_service.self_service  # noqa: F401  (declares the pages)
from self_service import i18n
from self_service.components.page import PAGES, Page, find
from self_service.components.ui import kit
from self_service.components.ui.markup import VOID, Live, Paper
from self_service.state.basket import BasketState
from self_service.state.shell import ShellState

h = Paper("en")
HOSTILE = st.text(max_size=30) | st.text("<>\"'&/= on`{}é", max_size=30)


class Seen(HTMLParser):
    """What a browser makes of some HTML."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: dict[str, str | None] = {}
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


@given(HOSTILE, HOSTILE)
def test_everything_is_escaped(text: str, value: str) -> None:
    made = Seen(h.p(text, title=value, data_x=value, href=value))
    assert made.tags == ["p"]
    assert set(made.attributes) == {"title", "data-x", "href"}
    assert "<script" not in h.p(text, title=value)
    unescaped = Seen(h.p(text.replace("\r", ""), title="")).text
    assert unescaped == text.replace("\r", "").replace("\0", "\ufffd") or "\0" in text


def test_markup_is_kept_and_text_is_not() -> None:
    assert h.p(h.b("a<b"), Markup("<i>c</i>"), "<u>") == "<p><b>a&lt;b</b><i>c</i>&lt;u&gt;</p>"


@pytest.mark.parametrize("tag", sorted(VOID))
def test_void_elements_have_no_end(tag: str) -> None:
    assert h.el(tag, id="x") == f'<{tag} id="x">'


@pytest.mark.parametrize(
    ("props", "written"),
    [
        ({"disabled": True}, " disabled"),
        ({"disabled": False}, ""),
        ({"disabled": None}, ""),
        ({"aria_hidden": True}, ' aria-hidden="true"'),
        ({"aria_expanded": False}, ' aria-expanded="false"'),
        ({"aria_label": None}, ""),
        ({"data_open": True}, ' data-open="true"'),
        ({"data_open": False}, ' data-open="false"'),
        ({"data_state": "x y"}, ' data-state="x y"'),
        ({"class_name": "a b"}, ' class="a b"'),
        ({"html_for": "q"}, ' for="q"'),
        ({"tab_index": -1}, ' tabindex="-1"'),
        ({"max_length": 5, "auto_complete": "off"}, ' maxlength="5" autocomplete="off"'),
        ({"no_validate": True}, " novalidate"),
        ({"read_only": True}, " readonly"),
        ({"default_value": "é"}, ' value="é"'),
        ({"default_checked": True}, " checked"),
        ({"value": ""}, ' value=""'),
        ({"value": 0}, ' value="0"'),
        ({"on_click": print, "key": "k"}, ""),
    ],
    ids=str,
)
def test_attributes_are_those_of_html(props: dict[str, Any], written: str) -> None:
    assert h.div(**props) == f"<div{written}></div>"


def test_values_of_lists_and_texts_stand_inside() -> None:
    options = [h.option("A", value="a"), h.option("B", value="b", selected=True)]
    assert "value" not in h.select(*options, value="b").split(">")[0]
    assert h.textarea(value="a<b", name="t") == '<textarea name="t">a&lt;b</textarea>'
    assert h.textarea(default_value="x") == "<textarea>x</textarea>"


def test_when_each_group_and_count() -> None:
    assert h.when(True, "a", "b") == "a"
    assert h.when("", "a", "b") == "b"
    assert h.when(0, "a") == ""
    assert h.each(["<", 2], lambda row: h.li(row)) == "<li>&lt;</li><li>2</li>"
    assert h.group("<", None, h.b("x"), ["y", h.i("z")]) == "&lt;<b>x</b>y<i>z</i>"
    assert h.div(False, True, None, 0) == "<div>0</div>"
    assert h.count([1, 2]) == 2


def test_forms() -> None:
    assert h.native_form("x", method="post", action="/do") == (
        '<form method="post" action="/do">x</form>'
    )
    assert h.search_form("x", action="/en/store", on_submit=object()) == (
        '<form action="/en/store" method="get" role="search">x</form>'
    )
    # sent before the page is live, it must not put what was typed into the address
    assert 'method="dialog"' in h.live_form(h.input(name="given_name"), on_submit=object())


def test_links_and_styles() -> None:
    assert h.link("a", to="/x?a=1&b=2", keep_scroll=True) == (
        '<a href="/x?a=1&amp;b=2" data-to="same">a</a>'
    )
    assert h.div(style=h.style(margin_top="1px", color="red")) == (
        '<div style="margin-top:1px;color:red"></div>'
    )


def test_texts_with_places_are_escaped_where_they_are_shown() -> None:
    assert h.p(h.t("Remove {name}", name="<b>")) == "<p>Remove &lt;b&gt;</p>"
    assert Paper("ar").direction == "rtl"
    with pytest.raises(AttributeError):
        h._secret  # noqa: B018


def test_live_makes_components_of_the_same_view() -> None:
    live = Live("en")
    made = live.div(live.p("a", None), live.use(href="#x"), live.native_form(method="post"))
    assert isinstance(made, rx.Component)
    assert len(made.children) == 3
    assert live.when(True, "a", "b") == "a"
    assert live.when(False, "a", "b") == "b"
    assert isinstance(live.when(False, live.p("x")), rx.Component)
    assert isinstance(live.when(ShellState.signed_in, live.p("x")), rx.Component)
    assert isinstance(live.when(ShellState.signed_in, "x"), rx.Var)


def test_each_live_row_is_a_var() -> None:
    live = Live("en")
    made = live.each(BasketState.lines, lambda row: live.li(row.name, key=row.id))
    assert isinstance(made, rx.Component)


@pytest.mark.parametrize("fault", ["", "Fill in this field."])
def test_a_field_is_tied_to_its_hint_and_fault(fault: str) -> None:
    made = str(kit.field(h, "E-mail", "email", fault=fault, hint="Yours", required=True))
    assert '<label for="email"' in made
    assert 'aria-describedby="email-hint email-fault"' in made
    assert f'aria-invalid="{"true" if fault else "false"}"' in made
    assert f'id="email-fault" class="text-sm text-bad mt-1 empty:hidden">{fault}</p>' in made
    assert " required" in made


def test_a_chosen_option_is_selected() -> None:
    rows = [type("Row", (), {"value": value, "text": value})() for value in ("DE", "ES")]
    made = str(kit.choice_field(h, "Country", "country", rows, value="ES"))
    assert '<option value="ES" selected>' in made
    assert made.count("selected") == 1


def each_page() -> list[Any]:
    return [
        pytest.param(page, language, id=f"{language}{page.path}")
        for page in PAGES
        for language in i18n.LANGUAGES
    ]


@pytest.mark.parametrize(("page", "language"), each_page())
def test_every_page_builds(page: Page, language: str) -> None:
    built = page.content(Live(language), page.state, ShellState, BasketState)
    rendered = str(built.render())
    assert "MISSING" not in rendered
    assert isinstance(page.title_of(Live(language), page.state, ShellState), rx.Var)


def test_pages_are_found_by_their_addresses() -> None:
    for page in PAGES:
        assert find(page.prefix if page.path == page.prefix else f"{page.prefix}/x") is page
    for path in ("", "/", "/nothing", "/store/x", "/product", "/product/", "/product/a/b", "store"):
        assert find(path) is None
    assert len({page.path for page in PAGES}) == len(PAGES)
