"""What the sliders say and what the page shows are one."""

import asyncio
import dataclasses
from typing import Any

import pytest

from ownchannel.answers import Answer, LaterAnswer, LaterChart, Question
from ownchannel.charts import Chart
from ownchannel.panels import AnswerView, Panel
from tests.panels.toy import Rent, answer


@pytest.fixture
def panel() -> Panel[Rent]:
    return Panel(Question(Rent(), answer, "USD"))


def shown(panel: Panel[Rent]) -> dict[str, Any]:
    """What the panel's widgets hold, which is all that a page can see."""
    view = panel._view
    return {
        "head": view._head.html,
        "numbers": view._texts[0].html,
        "charts": [(figure.figure["data"], figure.caption) for figure in panel.figures],
        "table": view._texts[2].html,
        "styles": view.top._dom_classes,
    }


def test_every_part_of_the_page_follows_a_move(panel: Panel[Rent]) -> None:
    before = shown(panel)
    panel.set(fee=0.2)
    after = shown(panel)
    assert "$4,800" in after["head"]
    assert "20%" in after["head"]
    assert "$21,120" in after["numbers"]
    assert "$21,120" in after["table"]
    assert "$4,800" in after["charts"][0][1]
    assert after["charts"][0] != before["charts"][0]
    assert after["charts"][1] != before["charts"][1]


def test_moving_and_moving_back_shows_the_same(panel: Panel[Rent]) -> None:
    before = shown(panel)
    panel.set(fee=0.2, months=4)
    panel.reset()
    assert shown(panel) == before


def test_at_gives_the_answer_there_and_leaves_the_panel_as_it_was(panel: Panel[Rent]) -> None:
    panel.set(budget=6_000)
    before = shown(panel)
    assert panel.at(fee=0.2).sentence == answer(Rent(fee=0.2, budget=6_000)).sentence
    assert shown(panel) == before
    assert panel.settings == Rent(budget=6_000)


def test_at_reads_what_the_widgets_show(panel: Panel[Rent]) -> None:
    heads: list[str] = []
    panel._view._head.observe(lambda change: heads.append(change["new"]), "html")
    there = panel.at(fee=0.2)
    assert "$4,800" in there.sentence
    assert "$4,800" in heads[0]


def test_a_value_error_is_shown_in_place_of_the_answer_until_the_next_move(panel: Panel[Rent]) -> None:
    panel.controls.set(fee=0.45)
    assert "Above a fee of 40%" in shown(panel)["head"]
    assert "oc-no-answer" in shown(panel)["styles"]
    assert repr(panel).startswith("Panel: Above a fee of 40%")
    with pytest.raises(ValueError, match="Above a fee of 40%"):
        _ = panel.answer
    panel.set(fee=0.15)
    assert shown(panel) == shown(Panel(Question(Rent(), answer, "USD")))


def test_at_raises_what_the_panel_would_show_and_still_goes_back(panel: Panel[Rent]) -> None:
    with pytest.raises(ValueError, match="Above a fee of 40%"):
        panel.at(fee=0.45)
    assert panel.answer.sentence == answer(Rent()).sentence


def test_settings_that_the_declaration_refuses_are_told_in_its_words(panel: Panel[Rent]) -> None:
    panel.controls.values = {
        **panel.controls.values,
        "fee": 2,
    }  # no slider offers it, but a page could send it
    assert "fee must lie between 0 and 1" in shown(panel)["head"]


def test_a_setting_beyond_its_source_is_noted(panel: Panel[Rent]) -> None:
    assert "lies outside" not in shown(panel)["numbers"]
    panel.set(fee=0.2)
    assert "Referral fee: 20% lies outside 8% to 17%" in shown(panel)["numbers"]


def test_another_number_of_charts_is_refused() -> None:
    def forgetful(rent: Rent) -> Answer:
        full = answer(rent)
        return full if rent.months < 2 else dataclasses.replace(full, charts=full.charts[:1])

    panel = Panel(Question(Rent(), forgetful, "USD"))
    with pytest.raises(TypeError, match="had 2 charts and this one has 1"):
        panel.set(months=2)


def test_its_stored_output_is_short_stable_and_readable_without_a_kernel(panel: Panel[Rent]) -> None:
    bundle = panel._repr_mimebundle_()
    again = Panel(Question(Rent(), answer, "USD"))._repr_mimebundle_()
    view = "application/vnd.jupyter.widget-view+json"
    assert {key: again[key] for key in again if key != view} == {
        key: bundle[key] for key in bundle if key != view
    }
    assert bundle["text/plain"].startswith("Panel: In a year your own shop leaves $3,480")
    assert "$25,920" in bundle["text/html"]


def test_undo_shows_what_was_shown_before_and_reading_elsewhere_is_no_step(panel: Panel[Rent]) -> None:
    panel.set(fee=0.2)
    before = shown(panel)
    panel.set(months=4)
    panel.at(fee=0.1)
    panel.undo()
    assert shown(panel) == before


def test_charts_out_of_sight_are_drawn_when_the_sliders_rest() -> None:
    drawn: list[float] = []

    def later(rent: Rent) -> Answer:
        def draw() -> Chart:
            drawn.append(rent.fee)
            return Chart(full.charts[1].figure, full.charts[1].caption)

        full = answer(rent)
        return dataclasses.replace(full, charts=(full.charts[0], LaterChart(draw)))

    panel = Panel(Question(Rent(), later, "USD"))
    panel.figures[1].visible = False
    drawn.clear()

    async def move() -> None:
        for fee in (0.2, 0.21, 0.22):
            panel.set(fee=fee)
            assert panel.figures[0].caption == answer(Rent(fee=fee)).charts[0].caption
        assert drawn == []
        await asyncio.sleep(0.45)  # three times what counts as rest

    asyncio.run(move())
    assert drawn == [0.22]
    assert panel.figures[1].caption == answer(Rent(fee=0.22)).charts[1].caption


def test_a_chart_that_scrolls_into_sight_before_the_sliders_rest_is_drawn_all_the_same() -> None:
    panel = Panel(Question(Rent(), answer, "USD"))
    panel.figures[1].visible = False

    async def move() -> None:
        panel.set(fee=0.2)
        panel.figures[1].visible = True
        await asyncio.sleep(0.45)  # three times what counts as rest

    asyncio.run(move())
    assert shown(panel)["charts"] == shown(Panel(Question(Rent(fee=0.2), answer, "USD")))["charts"]


def test_what_waits_to_be_seen_is_worked_out_when_the_page_says_so() -> None:
    view = AnswerView(LaterAnswer(lambda: answer(Rent())))
    assert view.figures == []
    view._head.awaits = False  # as the page sets it
    assert "$3,480" in view._head.html
    assert len(view.figures) == 2


def test_what_cannot_be_worked_out_then_is_said_in_its_place() -> None:
    view = AnswerView(LaterAnswer(lambda: answer(Rent(fee=0.45))))
    view._head.awaits = False
    assert "Above a fee of 40%" in view._head.html
