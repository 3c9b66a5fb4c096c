"""One look for every chart: colours that a colour-blind reader tells apart, quiet axes, names at the lines.

The colours are Okabe and Ito's (2008, jfly.uni-koeln.de/color), limited to those that stand out from a white
and from a dark page alike. What you own is cool, what you rent is warm, in every chart.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go

from ownchannel.formats import money

OWNED = "#0072B2"
MARKETPLACE = "#D55E00"
NOTE = "#7A828C"

#: A brand's second and third channel of a kind stay on their kind's side of the wheel.
_BY_KIND = {
    "owned": (OWNED, "#009E73", "#56B4E9"),
    "marketplace": (MARKETPLACE, "#E69F00", "#CC79A7"),
}
_FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
_LETTER_WIDTH = 7.5  # pixels of an average letter at the template's font size
_LINE_HEIGHT = 18  # pixels that one label needs


@dataclass(frozen=True)
class Chart:
    """A figure, and the line of text that says what it shows: read below it, and aloud in its place.

    `drawn` is a plotly figure, or its `data` and `layout` as plain dictionaries. A live page needs no more,
    and plotly takes longer to make a figure of them than most charts take to be worked out.

    >>> Chart(
    ...     {"data": [{"type": "bar", "y": [1]}], "layout": {"height": 200}}, "One bar."
    ... ).figure.layout.height
    200
    """

    drawn: go.Figure | Mapping[str, Any]
    caption: str

    @cached_property
    def figure(self) -> go.Figure:
        """The plotly figure, its traces checked by plotly."""
        return self.drawn if isinstance(self.drawn, go.Figure) else go.Figure(self.drawn)

    @property
    def spec(self) -> dict[str, Any]:
        """Data and layout as a page draws them, without a look of their own."""
        if not isinstance(self.drawn, go.Figure):
            return dict(self.drawn)
        figure: dict[str, Any] = self.drawn.to_dict()
        return figure | {"layout": {k: v for k, v in figure["layout"].items() if k != "template"}}


def channel_colours(kinds: Sequence[str]) -> list[str]:
    """A colour for each channel, from its kind; the first of a kind has the kind's own colour.

    >>> channel_colours(["owned", "marketplace", "owned"])
    ['#0072B2', '#D55E00', '#009E73']
    """
    seen: defaultdict[str, int] = defaultdict(int)
    colours = []
    for kind in kinds:
        if kind not in _BY_KIND:
            raise ValueError(f"A channel's kind is one of {', '.join(_BY_KIND)}: you gave {kind!r}.")
        wheel = _BY_KIND[kind]
        colours.append(wheel[seen[kind] % len(wheel)])
        seen[kind] += 1
    return colours


@cache
def template(*, dark: bool = False) -> go.layout.Template:
    """The look as a plotly template, for a light page or a dark one.

    >>> template().layout.font.size
    14
    """
    text, quiet, grid = ("#E6E8EB", "#A9B0B8", "#3A4048") if dark else ("#1F2933", "#59626D", "#E4E7EB")
    axis = {
        "automargin": True,
        "gridcolor": grid,
        "linecolor": grid,
        "tickcolor": grid,
        "tickfont": {"color": quiet, "size": 13},
        "title": {"font": {"color": quiet, "size": 13}, "standoff": 12},
        "zeroline": True,
        "zerolinecolor": quiet,
        "zerolinewidth": 1,
    }
    return go.layout.Template(
        layout={
            "font": {"family": _FONT, "size": 14, "color": text},
            "title": {
                "font": {"size": 16},
                "x": 0,
                "xanchor": "left",
                "xref": "paper",
                "yref": "container",
                "automargin": True,
                "pad": {"t": 4, "b": 16},
            },
            "colorway": [OWNED, MARKETPLACE, "#009E73", "#E69F00", "#56B4E9", "#CC79A7", NOTE],
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "margin": {"l": 12, "r": 12, "t": 20, "b": 12},
            "height": 340,
            "bargap": 0.35,
            "xaxis": axis | {"showgrid": False, "ticks": "outside", "ticklen": 4},
            "yaxis": axis | {"ticks": "", "ticklabelstandoff": 6},
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 13}},
            "hoverlabel": {"font": {"family": _FONT, "size": 13}, "namelength": -1},
            "annotationdefaults": {"font": {"size": 13}, "showarrow": False},
        },
        data={
            "scatter": [{"line": {"width": 2.5}, "marker": {"size": 7}}],
            "bar": [{"marker": {"line": {"width": 0}}, "textfont": {"size": 13}, "cliponaxis": False}],
        },
    )


def label_lines(figure: go.Figure, height: int = 280) -> go.Figure:
    """Write each line's name at its right end, behind a dash of its colour, in place of a legend.

    `height` is the height of the plot in pixels, from which follows how far apart two names must stand.
    Returns the figure that it was given.

    >>> lines = [go.Scatter(y=[1, 3], name="Shop"), go.Scatter(y=[1, 2], name="Market")]
    >>> len(label_lines(go.Figure(lines)).layout.annotations)
    2
    """
    lines = list(figure.data)
    shifts = _shifts(lines, height)
    longest = max(len(line.name) for line in lines)
    return figure.update_layout(
        annotations=[_name_at_end(line, shift) for line, shift in zip(lines, shifts, strict=True)],
        showlegend=False,
        margin_r=40 + _LETTER_WIDTH * longest,
    )


def _name_at_end(line: go.Scatter, shift: float) -> dict[str, object]:
    return {
        "text": f'<b style="color:{line.line.color}">—</b> {line.name}',
        "x": 1,
        "xref": "paper",
        "xanchor": "left",
        "xshift": 8,
        "y": line.y[-1],
        "yanchor": "middle",
        "yshift": shift,
        "showarrow": False,
    }


def _shifts(lines: Sequence[go.Scatter], height: int) -> list[float]:
    """Pixels to move each label up, so that no two stand closer than a line of text."""
    lowest = min(0, *(min(line.y) for line in lines))  # where most axes begin, and the labels come closest
    span = max(max(line.y) for line in lines) - lowest or 1
    wanted = [(line.y[-1] - lowest) / span * height for line in lines]
    placed = list(wanted)
    for below, above in pairwise(sorted(range(len(lines)), key=wanted.__getitem__)):
        placed[above] = max(placed[above], placed[below] + _LINE_HEIGHT)
    return [round(float(after - before), 1) for after, before in zip(placed, wanted, strict=True)]


# ---------------------------------------------------------------- parts that several charts have


def line(
    name: str, x: Sequence[object], y: Sequence[object], colour: str, dash: str = "solid"
) -> dict[str, Any]:
    """A trace through points; a single one is marked."""
    return {
        "type": "scatter",
        "mode": "lines" if len(x) > 1 else "markers",
        "name": name,
        "x": list(x),
        "y": list(y),
        "line": {"color": colour, "dash": dash},
        "marker": {"color": colour},
    }


def points(
    name: str, x: Iterable[float], y: Sequence[object], marker: dict[str, Any], **more: Any
) -> dict[str, Any]:
    """A mark in each row."""
    trace = {"type": "scatter", "mode": "markers", "name": name, "x": list(x), "y": list(y)}
    return trace | {"marker": marker} | more


def band(
    name: str, x: list[Any], ends: Sequence[list[float]], colour: str, *, opacity: float
) -> dict[str, Any]:
    """The area between two lines, along the lower and back along the upper."""
    lower, upper = ends
    return {
        "type": "scatter",
        "name": name,
        "x": x + x[::-1],
        "y": lower + upper[::-1],
        "fill": "toself",
        "fillcolor": colour,
        "opacity": opacity,
        "mode": "none",
        "hoverinfo": "skip",
        "showlegend": False,
    }


def error_bars(values: Sequence[float], lower: Sequence[float], upper: Sequence[float]) -> dict[str, Any]:
    """The range about each value."""
    return {
        "type": "data",
        "array": [high - value for value, high in zip(values, upper, strict=True)],
        "arrayminus": [value - low for value, low in zip(values, lower, strict=True)],
        "color": NOTE,
    }


def flat_bars(
    name: str,
    rows: Sequence[object],
    values: Sequence[float],
    colour: str | list[str],
    text: Sequence[str] = (),
) -> dict[str, Any]:
    """A bar for each row, from the top down, with a text at its end."""
    bars = {"type": "bar", "name": name, "orientation": "h", "y": list(rows), "x": list(values)}
    texts = {"text": list(text), "textposition": "outside"} if text else {}
    return bars | {"marker": {"color": colour}} | texts


def money_axis(currency: str, values: Iterable[float] = (), **more: Any) -> dict[str, Any]:
    """An axis of money, or of plain numbers; with `values`, it has room for amounts at the ends of bars."""
    ends = [0.0, *values]
    room = {"range": [1.2 * min(ends), 1.2 * max(ends)]} if len(ends) > 1 else {}
    sign = money(0, currency).rstrip("0") if currency else ""
    return {"tickprefix": sign, "tickformat": ",.0f"} | room | more


def money_ticks(currency: str, values: Iterable[float], *, from_zero: bool = True) -> dict[str, Any]:
    """Marks of an axis of money that goes below zero, written as everywhere else: -$5,000.

    Plotly would put the currency before the minus. Nothing where no value is negative. The axis reaches to
    zero, but not if `from_zero` is False.

    >>> money_ticks("USD", [12_000, -4_696])["ticktext"]
    ['-$5,000', '$0', '$5,000', '$10,000', '$15,000']
    >>> money_ticks("USD", [-80_000, -26_000], from_zero=False)["ticktext"]
    ['-$80,000', '-$60,000', '-$40,000', '-$20,000']
    """
    values = [*([0.0] if from_zero else []), *values]
    low, high = min(values), max(values)
    if low >= 0 or low == high:
        return {}
    rough = (high - low) / 4
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * nice for nice in (1, 2, 5, 10) if size * nice >= rough)
    marks = [step * number for number in range(math.floor(low / step), math.ceil(high / step) + 1)]
    return {"tickvals": marks, "ticktext": [money(mark, currency, 0 if step >= 1 else 2) for mark in marks]}


def readable_on(colour: str) -> str:
    """Black or white, whichever stands out more on a colour; its contrast is at least 4.5 to 1.

    >>> readable_on(OWNED), readable_on(MARKETPLACE)
    ('white', 'black')
    """
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "white" if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 else "black"


def over_time(lines: Sequence[Mapping[str, Any]], title: str, height: int = 320, **layout: Any) -> go.Figure:
    """Lines over days or months, read together under the pointer."""
    xaxis = ({"title": {"text": title}} if title else {}) | layout.pop("xaxis", {})
    shown = {"height": height, "hovermode": "x unified", "xaxis": xaxis} | layout
    return go.Figure(list(lines), shown)


def in_rows(
    traces: Sequence[Mapping[str, Any]], height: int, xaxis: Mapping[str, Any], **layout: Any
) -> go.Figure:
    """Bars or points in rows, from the top down."""
    yaxis = {"autorange": "reversed"} | layout.pop("yaxis", {})
    return go.Figure(list(traces), {"height": height, "xaxis": xaxis, "yaxis": yaxis} | layout)


def amounts_in_rows(
    name: str, rows: Sequence[str], values: Sequence[float], colours: list[str], currency: str, *, title: str
) -> Chart:
    """A bar of money for each row; the title opens the caption."""
    amounts = [money(value, currency, 2) for value in values]
    bars = flat_bars(name, rows, values, colours, amounts)
    figure = in_rows([bars], 90 + 52 * len(rows), money_axis(currency, values), showlegend=False)
    each = ", ".join(f"{row} {amount}" for row, amount in zip(rows, amounts, strict=True))
    return Chart(figure, f"{title}: {each}.")
