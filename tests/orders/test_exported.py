"""What leaves as CSV runs nowhere and says what it said."""

import csv
import re
from datetime import date
from decimal import Decimal
from io import StringIO

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

# inside: cells that no export file brings into a table
from ownchannel.orders import TABLE, _orders, as_csv

#: As OWASP lists them, their full-width forms included.
FORMULA_SIGNS = "=+-@＝＋－＠"
LEADS = FORMULA_SIGNS + "\t\r\n\0"

#: Texts with more formula signs, blanks and unseen characters than chance would bring.
texts = st.text(
    st.sampled_from(FORMULA_SIGNS + "\t\r\n\0 '\"a1,;\u00a0\u200b\ufeff") | st.characters(codec="utf-8"),
    max_size=8,
)


def neutral(text: str) -> str:
    return str(_orders.neutral(pa.scalar(text)).as_py())


def starts_dangerously(text: str) -> bool:
    return text.startswith(tuple(LEADS)) or text.strip("\u200b\ufeff\0 ").strip().startswith(
        tuple(FORMULA_SIGNS)
    )


def original(text: str) -> str:
    """A cell as it was: less the apostrophe where taking it away leaves something that needed it."""
    bare = text.lstrip("'")
    return text[1:] if text != bare and neutral(bare) != bare else text


def read_back(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "-5.00",
        "@SUM(A1:A9)",
        "\t=1",
        "\rx",
        "\nx",
        "\0=1",
        " =1",
        "\u00a0=1",
        "\u200b=1",
        "\ufeff=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "=cmd|' /C calc'!A0",
        '=HYPERLINK("http://example.com";"x")',
        "'=1",
    ],
)
def test_what_could_run_is_put_behind_an_apostrophe(text):
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Pan", "a=b", "'tis", "10 - 5", '12" pan', "日本", "#1001", "a\n=b"])
def test_other_text_stays(text):
    assert neutral(text) == text


@given(texts)
@example("'=")
@example("''\t")
def test_no_cell_starts_dangerously_and_the_original_comes_back(text):
    assert not starts_dangerously(neutral(text))
    assert original(neutral(text)) == text


@given(st.lists(st.tuples(texts, texts | st.none()), max_size=5), texts)
def test_csv_cells_and_headers_are_safe_and_nothing_else_changes(rows, name):
    table = pa.table(
        {f"{name}0": [r[0] for r in rows], f"{name}1": pa.array([r[1] for r in rows], pa.string())}
    )
    header, *cells = read_back(as_csv(table))
    assert not any(starts_dangerously(cell) for row in (header, *cells) for cell in row)
    assert [original(cell) for cell in header] == [f"{name}0", f"{name}1"]
    assert [tuple(map(original, row)) for row in cells] == [(a, b or "") for a, b in rows]


def test_no_other_delimiter_splits_a_text_into_a_formula():
    table = pa.table({"product": ["Pan;=cmd()", "Pan\t=cmd()", 'Pan",=cmd()'], "value": [1, 2, 3]})
    lines = as_csv(table).decode("utf-8-sig").splitlines()
    for delimiter in ",;\t":
        cells = [cell for row in csv.reader(lines, delimiter=delimiter) for cell in row]
        assert not any(starts_dangerously(cell) for cell in cells)


def test_numbers_stay_numbers_and_decimals_are_written_out():
    table = pa.table(
        {
            "money": pa.array([Decimal("-5"), Decimal(0), Decimal("0.000001"), None], pa.decimal128(18, 6)),
            "count": [-1, 2, 3, None],
            "day": pa.array([date(2026, 3, 1)] * 4, pa.date32()),
            "word": ["-5.00", "x", "x", None],
        }
    )
    content = as_csv(table)
    _, *rows = read_back(content)
    assert [row[0] for row in rows] == ["-5.000000", "0.000000", "0.000001", ""]
    assert [row[1:] for row in rows[:2]] == [["-1", "2026-03-01", "'-5.00"], ["2", "2026-03-01", "x"]]
    assert not re.search(rb"\d[eE]", content)


def test_a_file_carries_the_mark_by_which_excel_knows_utf_8():
    content = as_csv(pa.table({"-key": ["@a", "b"], "name": ["Crème =1", "=1"]}))
    assert content.startswith(b"\xef\xbb\xbf")
    assert read_back(content) == [["'-key", "name"], ["'@a", "Crème =1"], ["b", "'=1"]]


def test_every_text_of_an_order_table_is_of_the_kind_that_is_looked_at():
    kinds = {field.type for field in TABLE}
    assert {kind for kind in kinds if "string" in str(kind)} == {pa.string()}
    assert {kind.scale for kind in kinds if pa.types.is_decimal(kind)} == {6}  # written without an exponent
