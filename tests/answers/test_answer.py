"""An answer's printed form tells all that a lesson must be able to check."""

import datetime as dt

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from ownchannel.answers import Answer, LaterAnswer, when_seen
from ownchannel.charts import Chart


def printed(trace: go.Scatter | go.Bar | go.Pie | go.Heatmap | go.Sankey) -> str:
    chart = Chart(go.Figure(trace), "What it shows.")
    return str(Answer("Yes.", charts=(chart,))).split("Chart: What it shows.\n")[1]


def test_everything_but_the_bold_is_printed() -> None:
    answer = Answer(
        "You keep **$5** of **$20**.",
        numbers=(("Share", "25%"),),
        charts=(Chart(go.Figure(go.Bar(x=["a", "b"], y=[1, 2.5], name="Kept")), "Two bars."),),
        table=pd.DataFrame({"Channel": ["Shop"], "Kept": [1234.5678]}),
        notes=("Mind the gap.",),
    )
    assert str(answer) == (
        "You keep $5 of $20.\n  Share: 25%\n  Note: Mind the gap.\n\n"
        "Chart: Two bars.\n  Kept: a=1; b=2.5\n\n"
        "Channel  Kept\n   Shop 1,235"
    )


def test_its_repr_is_the_sentence_with_its_numbers_and_never_long() -> None:
    table = pd.DataFrame({"Channel": ["Shop"] * 99})
    assert repr(Answer("You keep **$5**.", (("Share", "25%"),), table=table)) == "You keep $5.\n  Share: 25%"
    wordy = Answer("It goes on. " * 200)
    assert 900 < len(repr(wordy)) < 1_000
    assert repr(wordy).endswith(" … (print it to see all)")
    assert str(wordy) == wordy.sentence


def test_a_notebook_keeps_the_printed_form() -> None:
    answer = Answer("You keep **$5**.", notes=("Mind the gap.",))
    assert answer._repr_mimebundle_()["text/plain"] == str(answer) == "You keep $5.\n  Note: Mind the gap."
    chart = Chart(go.Figure(go.Bar(x=["a"], y=[1])), "A bar.")
    live = Answer("You keep **$5**.", charts=(chart,))
    assert live._repr_mimebundle_()["text/plain"] == str(live)


def test_data_is_rounded_to_four_digits_and_never_in_powers_of_ten() -> None:
    trace = go.Scatter(x=[1, 2, 3], y=np.array([123456.7, 0.000123456, -1.0]), name="A")
    assert printed(trace) == "  A: 1=123,500; 2=0.0001235; 3=-1"


def test_a_long_line_is_thinned_and_keeps_its_end() -> None:
    told = printed(go.Scatter(x=list(range(1, 61)), y=list(range(1, 61)), name="A"))
    assert told.startswith("  A: 5=5; 10=10; 15=15;")
    assert told.endswith("60=60")


def test_months_category_bars_pies_and_grids_are_told() -> None:
    assert printed(go.Scatter(x=[dt.date(2027, 1, 1)], y=[2])) == "  scatter: 2027-01-01=2"
    assert printed(go.Scatter(x=pd.to_datetime(["2027-01-01"]), y=[2])) == "  scatter: 2027-01-01=2"
    assert printed(go.Bar(y=["Shop"], x=[3], orientation="h")) == "  bar: Shop=3"
    assert printed(go.Pie(labels=["Shop"], values=[3])) == "  pie: Shop=3"
    assert printed(go.Heatmap(z=[[1, 2], [3, 4]])) == "  heatmap: 1 2; 3 4"


def test_a_trace_of_an_unknown_kind_is_named() -> None:
    assert printed(go.Sankey()) == "  sankey:"


def test_an_answer_for_later_is_worked_out_once_when_somebody_looks() -> None:
    asked: list[str] = []

    @when_seen
    def kept(of: str) -> Answer:
        asked.append(of)
        return Answer(f"You keep **$5** of {of}.", numbers=(("Kept", "$5"),), notes=("Check it.",))

    later = kept("$20")
    assert isinstance(later, LaterAnswer)
    assert asked == []
    assert str(later) == str(kept("$20").now())  # type: ignore[attr-defined]
    assert (later.numbers, later.notes, later.charts) == ((("Kept", "$5"),), ("Check it.",), ())
    assert asked == ["$20", "$20"]


def test_a_page_shows_an_answer_for_later_without_working_it_out(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    @when_seen
    def kept() -> Answer:
        asked.append(1)
        return Answer("You keep **$5** of $20.")

    monkeypatch.setenv("SERVER_SOFTWARE", "voila/0.5")
    assert "application/vnd.jupyter.widget-view+json" in kept()._repr_mimebundle_()
    assert asked == []
    monkeypatch.delenv("SERVER_SOFTWARE")
    assert kept()._repr_mimebundle_()["text/plain"] == "You keep $5 of $20."
