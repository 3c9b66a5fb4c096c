"""Blocks read as columns, against the reading of one record after another."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownchannel.orders._delimited import LINE, LONGEST_RECORD, Lines, cells_of, read_block, records

Found = list[tuple[int, list[str] | str]]


def one_by_one(lines: list[str], delimiter: str, quoted: bool) -> Found:
    blocks = records(Lines(io.StringIO("\n".join(lines))), delimiter, quoted)
    return [record for block in blocks for record in block]


def at_once(lines: list[str], delimiter: str = ",", quoted: bool = True, width: int = 2) -> Found | None:
    table = read_block(lines, 1, delimiter, quoted, width)
    if table is None:
        return None
    cells = zip(*(table.column(place).to_pylist() for place in range(width)), strict=True)
    return list(zip(table[LINE].to_pylist(), map(list, cells), strict=True))


quotes_anywhere = st.text(st.sampled_from('ab" ,,;\té\0'), min_size=1, max_size=12)
in_quotes = quotes_anywhere.map(lambda text: ",".join(f'"{cell}"' for cell in text.split(",")))


@given(
    st.lists(st.one_of(quotes_anywhere, in_quotes), min_size=1, max_size=6),
    st.sampled_from(",;\t"),
    st.booleans(),
    st.integers(2, 3),
)
def test_a_block_that_is_read_at_once_holds_what_its_records_hold(lines, delimiter, quoted, width):
    found = at_once(lines, delimiter, quoted, width)
    assert found is None or found == one_by_one(lines, delimiter, quoted)


proper = st.lists(st.text(st.sampled_from('ab,"\n é'), max_size=6), min_size=2, max_size=2)


@given(st.lists(proper, min_size=1, max_size=5))
def test_every_block_in_order_is_read_at_once(table):
    def written(cell: str) -> str:
        return '"' + cell.replace('"', '""') + '"'

    lines = "\n".join(",".join(map(written, row)) for row in table).split("\n")
    assert at_once(lines) == one_by_one(lines, ",", True)


def test_rows_bear_the_line_that_they_start_on():
    assert at_once(["1,a", '2,"b', 'c"', "3,d"]) == [(1, ["1", "a"]), (2, ["2", "b\nc"]), (4, ["3", "d"])]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(["1,a,b", "2,c"], id="another width"),
        pytest.param(["1,a", "", "2,c"], id="a blank line"),
        pytest.param(["1,a", '2,"c'], id="an open quote at the end"),
        pytest.param(['1,"12 inch', '2,"14 inch'], id="two open quotes that seem to be one cell"),
        pytest.param(['1,"a', *["x"] * LONGEST_RECORD, '"'], id="a cell of too many lines"),
        pytest.param([f"1,{'x' * 140_000}"], id="a cell too long"),
        pytest.param(["1,a", None], id="a line too long"),
    ],
)
def test_what_is_out_of_order_needs_a_closer_look(lines):
    assert at_once(lines) is None


def test_cells_lie_in_columns_with_their_lines():
    table = cells_of([["a", "b"], ["c", "d"]], [2, 5], 2)
    assert table.to_pylist() == [{"0": "a", "1": "b", LINE: 2}, {"0": "c", "1": "d", LINE: 5}]
    assert cells_of([], [], 2).schema == table.schema
