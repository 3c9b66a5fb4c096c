"""Records of delimited text, one by one and by blocks: both ways agree."""

import csv
import io
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

# inside: two ways through one text, and the limits of each
from ownchannel.orders._delimited import (
    CELL_TOO_LONG,
    LINE,
    LINE_TOO_LONG,
    LONGEST_LINE,
    LONGEST_RECORD,
    MOST_SEARCHES,
    QUOTE_NOT_CLOSED,
    Lines,
    cells_of,
    read_block,
    records,
)


def read(text: str, delimiter: str = ",", quoted: bool = True) -> list[tuple[int, list[str] | str]]:
    """Every record of a text that lies on a disk as it is: any line end ends a line."""
    lines = Lines(io.TextIOWrapper(io.BytesIO(text.encode()), encoding="utf-8"))
    return [record for block in records(lines, delimiter, quoted) for record in block]


def faults(text: str) -> dict[int, str]:
    return {line: cells for line, cells in read(text) if isinstance(cells, str)}


def good(text: str) -> dict[int, list[str]]:
    return {line: cells for line, cells in read(text) if isinstance(cells, list)}


cell = st.one_of(
    st.text(st.sampled_from('ab",;\t\n\r \0é'), max_size=8),
    st.sampled_from(["", '"', '""', "\r\n", "\n", "\r", '"\r\n"', ",", "\n\n"]),
)
tables = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(cell, min_size=width, max_size=width), max_size=8)
)
line_ends = st.sampled_from(["\n", "\r\n", "\r"])


def with_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(tables, line_ends, st.sampled_from(",;\t|"), st.booleans())
def test_what_csv_writes_comes_back_with_its_line_numbers(table, line_end, delimiter, quotes_all):
    # Python's writer leaves line ends that are not its own without quotes.
    quotes_all = quotes_all or any({"\n", "\r"} & set(cell) for cells in table for cell in cells)
    text = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quotes_all else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    expected, line = [], 1
    for cells in table:
        written_so_far = len(text.getvalue())
        writer.writerow(cells)
        expected.append((line, [with_newlines(cell) for cell in cells]))
        line += with_newlines(text.getvalue()[written_so_far:]).count("\n")
    assert read(text.getvalue(), delimiter) == expected


@given(st.text(st.sampled_from('a",\n\r\0é'), max_size=60))
def test_whatever_the_text_every_line_is_in_one_record_or_told(text):
    found = read(text)
    lines = with_newlines(text).removesuffix("\n").split("\n") if text else []
    starts = [line for line, _ in found]
    assert starts[:1] == [1][: len(lines)]
    for (start, cells), end in zip(found, [*starts[1:], len(lines) + 1], strict=bool(found)):
        assert start < end
        if isinstance(cells, list):
            assert "".join(cells).count("a") == "".join(lines[start - 1 : end - 1]).count("a")
        else:
            assert end == start + 1


@given(st.text(st.sampled_from('ab"\t\n'), max_size=60))
def test_where_cells_are_not_quoted_quotes_are_plain_characters(text):
    lines = text.split("\n")
    expected = list(enumerate((line.split("\t") for line in lines), start=1))
    assert read(text, "\t", quoted=False) == (expected if lines[-1] else expected[:-1])


# ---------------------------------------------------------------- quotes that are not closed


def test_of_a_record_whose_quote_is_never_closed_only_the_first_line_is_lost():
    text = 'name,note\n1,fine\n2,"open\n3,fine\n4,"closed"\n5,"over\ntwo lines"\n'
    assert faults(text) == {3: QUOTE_NOT_CLOSED}
    assert good(text) == {
        1: ["name", "note"],
        2: ["1", "fine"],
        4: ["3", "fine"],
        5: ["4", "closed"],
        6: ["5", "over\ntwo lines"],
    }


def test_a_quote_is_not_closed_by_the_next_one_that_is_left_open():
    text = '1,"open,x\n2,fine,x\n3,"open too,x\n4,fine,x\n'
    assert faults(text) == {1: QUOTE_NOT_CLOSED, 3: QUOTE_NOT_CLOSED}
    assert good(text) == {2: ["2", "fine", "x"], 4: ["4", "fine", "x"]}


def test_a_cell_may_span_so_many_lines_and_no_more():
    longest = '1,"' + "x\n" * LONGEST_RECORD + 'y"\n'
    longer = '1,"' + "x\n" * (LONGEST_RECORD + 1) + 'y"\n'
    assert read(longest) == [(1, ["1", "x\n" * LONGEST_RECORD + "y"])]
    assert faults(longer)[1] == QUOTE_NOT_CLOSED


def test_after_many_quotes_in_vain_each_further_one_costs_its_own_line_only():
    broken = 200
    found = read('1,"open,x\n2,fine,x\n' * broken)
    assert [cells for _, cells in found] == [QUOTE_NOT_CLOSED, ["2", "fine", "x"]] * broken
    assert broken > MOST_SEARCHES


def test_many_quotes_that_are_not_closed_take_no_longer_than_their_lines():
    for line in ('a,"b,c\n', 'a,b,"c\n', '"a","b","c\n'):
        started = time.process_time()
        found = read(line * 200_000)
        assert time.process_time() - started < 10  # seconds; quadratic time would take hours
        assert len(found) == 200_000
        assert {cells for _, cells in found} == {QUOTE_NOT_CLOSED}


# ---------------------------------------------------------------- too long


def test_a_line_of_megabytes_is_told_and_not_kept():
    text = f"1,x\n2,{'y' * 5 * LONGEST_LINE}\n3,z\n4,{'w' * (LONGEST_LINE - 2)}\n"
    found = dict(read(text))
    assert found[1] == ["1", "x"]
    assert found[2] == LINE_TOO_LONG
    assert found[3] == ["3", "z"]
    assert found[4] == ["4", "w" * (LONGEST_LINE - 2)]


def test_the_last_line_may_be_too_long():
    for length in (LONGEST_LINE + 1, 2 * LONGEST_LINE, 7 * LONGEST_LINE):
        assert read("1,x\n" + "y" * length) == [(1, ["1", "x"]), (2, LINE_TOO_LONG)]


def test_a_file_that_is_one_line_costs_no_memory():
    class Endless(io.TextIOBase):
        left = 200

        def read(self, size: int | None = -1, /) -> str:
            self.left -= 1
            return "x" * (1 << 20) if self.left else ""

    tracemalloc.start()
    try:
        assert list(records(Lines(Endless()), ",", True)) == [[(1, LINE_TOO_LONG)]]
        assert tracemalloc.get_traced_memory()[1] < 10e6
    finally:
        tracemalloc.stop()


def test_a_long_line_within_a_quoted_cell_ends_the_search_for_its_end():
    text = f'1,"open\n{"x" * (LONGEST_LINE + 1)}\n2,"closed"\n'
    assert read(text) == [(1, QUOTE_NOT_CLOSED), (2, LINE_TOO_LONG), (3, ["2", "closed"])]


def test_a_quoted_cell_beyond_the_limit_is_told():
    long = "x" * csv.field_size_limit()
    assert read(f'1,"{long}"\n2,"{long}x"\n3,y\n') == [
        (1, ["1", long]),
        (2, CELL_TOO_LONG),
        (3, ["3", "y"]),
    ]


# ---------------------------------------------------------------- line by line


def test_lines_are_the_same_however_they_are_cut_into_blocks():
    class ByTheBit(io.StringIO):
        def read(self, size: int | None = -1, /) -> str:
            return super().read(3)

    text = "one\ntwo, three\n\nfour"
    whole = [line for first, block in Lines(io.StringIO(text)) for line in enumerate(block, first)]
    lines = Lines(ByTheBit(text))
    assert [line for first, block in lines for line in enumerate(block, first)] == whole
    assert whole == [(1, "one"), (2, "two, three"), (3, ""), (4, "four")]
    assert lines.characters == len(text)


def test_blocks_are_small_however_short_the_lines():
    blocks = list(Lines(io.StringIO("\n" * 1_000_000)))
    assert sum(len(lines) for _, lines in blocks) == 1_000_000
    assert max(len(lines) for _, lines in blocks) < 600_000


def test_a_text_that_is_cut_short_gives_the_lines_before_its_last_and_raises():
    def raises() -> None:
        raise EOFError

    blocks = records(Lines(io.StringIO('1,x\n2,"y\n3,z\n4,w'), raises), ",", True)
    assert next(blocks) == [(1, ["1", "x"])]
    with pytest.raises(EOFError):
        next(blocks)


def test_nothing_gives_nothing():
    assert read("") == []


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
