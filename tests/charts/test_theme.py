"""The palette is held to published measures of contrast and of colour vision."""

import itertools

import numpy as np
import plotly.graph_objects as go
import pytest

from ownchannel.charts import _theme as theme  # inside: what charts are made of

#: What a dichromat sees of linear RGB: Viénot, Brettel and Mollon (1999), Color Research & Application 24.
PROTANOPE = np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]])
DEUTERANOPE = np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]])
PAGES = {"light": "#FFFFFF", "dark": "#111111"}


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's contrast ratio."""
    dark, light = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())
@pytest.mark.parametrize("colour", [theme.OWNED, theme.MARKETPLACE, theme.NOTE])
def test_a_fixed_colour_stands_out_from_the_page(colour: str, page: str) -> None:
    assert contrast(colour, page) >= 3  # WCAG 2.2, 1.4.11: graphics


@pytest.mark.parametrize("dark", [False, True])
def test_text_is_readable_on_its_page(dark: bool) -> None:
    layout = theme.template(dark=dark).layout
    page = PAGES["dark" if dark else "light"]
    for font in (layout.font, layout.xaxis.tickfont, layout.yaxis.title.font):
        assert contrast(font.color, page) >= 4.5  # WCAG 2.2, 1.4.3: text
        assert font.size >= 13


@pytest.mark.parametrize(
    "eye", [np.eye(3), PROTANOPE, DEUTERANOPE], ids=["usual", "protanope", "deuteranope"]
)
def test_owned_marketplace_and_note_stay_apart_for_every_eye(eye: np.ndarray) -> None:
    seen = [eye @ linear(colour) for colour in (theme.OWNED, theme.MARKETPLACE, theme.NOTE)]
    for one, other in itertools.combinations(seen, 2):
        assert np.linalg.norm(one - other) > 0.15


def test_the_first_channel_of_a_kind_has_the_kinds_own_colour() -> None:
    colours = theme.channel_colours(["marketplace", "owned", "marketplace", "owned"])
    assert colours[:2] == [theme.MARKETPLACE, theme.OWNED]
    assert len(set(colours)) == 4


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="owned, marketplace: you gave 'rented'"):
        theme.channel_colours(["rented"])


def test_names_of_lines_that_end_together_do_not_overlap() -> None:
    ends = [10.0, 10.1, 10.2, 0.0]
    figure = theme.label_lines(go.Figure([go.Scatter(y=[0, end], name=str(end)) for end in ends]), height=200)
    heights = sorted(note.yshift + note.y / 10.2 * 200 for note in figure.layout.annotations)
    assert all(above - below >= 17.9 for below, above in itertools.pairwise(heights))
    assert figure.layout.showlegend is False
