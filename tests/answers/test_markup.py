"""What comes from a file or a formula is text on the page, never markup."""

from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownchannel.answers import (
    Answer,
    notes_html,
    numbers_html,
    problem_html,
    sentence_html,
    table_html,
)
from ownchannel.panels import AnswerView

#: Text that XML, the stricter parser, can hold.
words = st.text(st.characters(min_codepoint=32, codec="utf-8", exclude_characters="*"), max_size=20)


def text_of(html: str) -> str:
    return "".join(ET.fromstring(f"<page>{html}</page>").itertext())


@given(words, words)
def test_a_sentence_is_escaped_and_only_its_marks_become_bold(plain: str, bold: str) -> None:
    html = sentence_html(f"{plain} **x{bold}** end")
    assert text_of(html) == f"{plain} x{bold} end"
    assert [strong.text for strong in ET.fromstring(html).iter("strong")] == [f"x{bold}"]


@given(words, words)
def test_numbers_notes_and_problems_are_escaped(label: str, value: str) -> None:
    assert text_of(numbers_html(((label, value),))) == f"{value} {label}"
    assert text_of(notes_html((label, value))) == label + value
    assert text_of(problem_html(label)) == label


def test_nothing_is_shown_for_nothing() -> None:
    assert numbers_html(()) == notes_html(()) == ""


@pytest.mark.parametrize(
    ("column", "right"),
    [
        (["$1,200", "-$3.50"], True),
        (["CA$9", "€1,234,567"], True),
        (["CHF 12"], True),
        (["25%", "1.5%"], True),
        ([1.5, None], True),
        (["", "12"], True),
        (["2027-01"], False),
        (["A1"], False),
        (["Shop", "12"], False),
    ],
)
def test_numbers_stand_to_the_right(column: list[object], right: bool) -> None:
    cells = ET.fromstring(table_html(pd.DataFrame({"c": column}))).iter("td")
    assert {cell.get("class") for cell in cells} == {"oc-number" if right else None}


def test_numbers_are_grouped_missing_values_dashed_and_text_escaped() -> None:
    table = pd.DataFrame({"a<b": ["<i>", "x"], "n": [1234567.0, None], "k": [1, 2_000]})
    root = ET.fromstring(table_html(table))
    assert [head.text for head in root.iter("th")] == ["a<b", "n", "k"]
    assert [cell.text for cell in root.iter("td")] == ["<i>", "1,234,567", "1", "x", "–", "2,000"]


def test_a_saved_notebook_shows_the_answer_and_says_how_to_bring_it_to_life() -> None:
    answer = Answer("Yes: **25%**.", numbers=(("Share", "25%"),), notes=("Careful.",))
    html = AnswerView(answer)._repr_mimebundle_()["text/html"]
    for told in ("Yes: 25%.", "Share", "Careful.", "run this notebook"):
        assert told in text_of(html)
