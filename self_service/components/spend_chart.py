"""Bars by Plotly: its smallest bundle, transferred only where a chart is on the screen.

Figures are plain values that the server makes; Plotly's own Python package is not needed for
them. Colours, text and lines of the grid are the style sheet's, so they follow light and dark.
"""

from __future__ import annotations

import json
from typing import Any

import reflex as rx
from reflex_base.components.component import NoSSRComponent
from reflex_base.utils.imports import ImportDict, ImportVar

from self_service.components.ui import kit
from self_service.state.spend_figure import Trace

#: The bundle with bars and lines.
_BUNDLE = "plotly.js-basic-dist-min"
_VERSION = "3.7.0"


class BarChart(NoSSRComponent):
    """A Plotly chart from traces and a layout."""

    library = "react-plotly.js@4.1.0"
    lib_dependencies: list[str] = [f"{_BUNDLE}@{_VERSION}"]
    tag = "BarChart"

    data: rx.Var[list[Trace]]
    layout: rx.Var[dict[str, Any]]
    config: rx.Var[dict[str, Any]]
    use_resize_handler: rx.Var[bool]

    def add_imports(self) -> ImportDict:
        """Import what makes a component of a bundle; the bundle itself comes when it is shown."""
        make = ImportVar(tag="createPlotlyComponent", is_default=True, package_path="/factory")
        return {"react-plotly.js": [make]}

    def _get_dynamic_imports(self) -> str:
        made = f"import({json.dumps(_BUNDLE)}).then((mod) => createPlotlyComponent(mod))"
        return f"const {self.tag} = ClientSide(() => {made}, {json.dumps(self.tag)})"


def bar_chart(h: Any, state: Any) -> Any:
    """Show the chart with its title, unit and legend; its place while it is read."""
    return h.figure(
        h.figcaption(
            kit.heading(h, state.title, 2),
            h.p(state.unit, class_name="text-sm text-muted"),
        ),
        h.div(
            _drawn(state) if h.live else h.div(class_name="skeleton size-full"),
            role="img",
            aria_label=state.title,
            class_name="chart h-80 my-3",
            dir="ltr",
        ),
        h.ul(
            h.each(state.legend, lambda row: _named(h, row)),
            aria_label=h.t("Colours"),
            class_name="grid gap-x-6 gap-y-1 sm:grid-cols-2 text-sm",
        ),
        class_name="min-w-0",
    )


def _drawn(state: Any) -> Any:
    return BarChart.create(
        data=state.chart_data,
        layout=_layout(state.axes),
        config={"displayModeBar": False, "responsive": True, "scrollZoom": False},
        use_resize_handler=True,
        class_name="size-full",
    )


def _layout(axes: Any) -> dict[str, Any]:
    """Lay the chart out: nothing to zoom or drag, so that a finger scrolls the page."""
    clear = "rgba(0,0,0,0)"
    return {
        "barmode": "relative",
        "bargap": 0.25,
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "autosize": True,
        "margin": {"l": 8, "r": axes.right, "t": 8, "b": 8},
        "paper_bgcolor": clear,
        "plot_bgcolor": clear,
        "font": {"family": "inherit", "size": 13},
        "xaxis": {
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
            "automargin": True,
            "tickangle": 0,
            "range": axes.ends,
            "tickvals": axes.places,
            "ticktext": axes.names,
        },
        "yaxis": {
            "fixedrange": True,
            "automargin": True,
            "side": axes.side,
            "range": axes.reach,
            "tickvals": axes.lines,
            "ticktext": axes.sums,
        },
    }


def _named(h: Any, row: Any) -> Any:
    return h.li(
        h.span(
            style=h.style(background=row.colour),
            class_name=h.when(row.line, "h-0.5 w-4 shrink-0", "size-4 rounded-sm shrink-0"),
            aria_hidden="true",
        ),
        h.span(h.bdi(row.text), class_name="min-w-0 flex-1 wrap-anywhere"),
        h.span(row.total, class_name="numbers"),
        key=row.key,
        class_name="flex items-center gap-2 min-h-8",
    )


def twin(h: Any, state: Any) -> Any:
    """Show the chart's numbers as a table."""
    cell = "p-2 text-end whitespace-nowrap"
    return h.details(
        h.summary(
            kit.icon(h, "chevron-down", class_name="turn"),
            h.t("The same as a table"),
            class_name="flex items-center gap-2 min-h-11 text-accent",
        ),
        h.div(
            h.table(
                h.caption(state.title, ", ", state.unit, class_name="sr"),
                h.thead(
                    h.tr(
                        h.th(h.t("Time"), scope="col", class_name="p-2 text-start"),
                        h.each(
                            state.columns,
                            lambda name: h.th(h.bdi(name), scope="col", class_name=cell, key=name),
                        ),
                        h.th(h.t("Total"), scope="col", class_name=cell),
                    )
                ),
                h.tbody(h.each(state.table, lambda row: _numbers(h, row, cell))),
                h.tfoot(
                    h.tr(
                        h.th(h.t("In all"), scope="row", class_name="p-2 text-start"),
                        h.each(state.sums, lambda text: h.td(text, class_name=cell)),
                        h.td(state.sum, class_name=cell),
                        class_name="font-bold border-t border-line",
                    )
                ),
                class_name="w-full text-sm numbers",
            ),
            tab_index=0,
            role="region",
            aria_label=h.t("Table"),
            class_name="overflow-x-auto",
        ),
        class_name="mt-4",
    )


def _numbers(h: Any, row: Any, cell: str) -> Any:
    return h.tr(
        h.th(row.label, scope="row", class_name="p-2 text-start font-normal whitespace-nowrap"),
        h.each(row.cells, lambda text: h.td(text, class_name=cell)),
        h.td(row.total, class_name=f"{cell} font-semibold"),
        key=row.label,
        class_name="border-t border-line",
    )
