"""Rows of delimited text, whatever state it is in: every row has its line, its cells or its fault."""

import csv
import io
import time
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

# inside: rows of any text, beside a slow way through the same, and the limits
from ownchannel.files import _delimited, _encoding, _sources

LINE, LINE_TOO_LONG, LONGEST_LINE = _delimited.LINE, _delimited.LINE_TOO_LONG, _delimited.LONGEST_LINE
QUOTE_NOT_CLOSED, TOO_MANY_CELLS = _delimited.QUOTE_NOT_CLOSED, _delimited.TOO_MANY_CELLS
Form, Tables = _delimited.Form, _delimited.Tables

Found = list[tuple[int, list[str] | str]]


def texts(text: str) -> Iterator[str]:
    """A text that lies on a disk as it is: any line end ends a line."""
    source = _sources.Source("a.csv", lambda: io.BytesIO(text.encode()))
    return _encoding.texts(source, _encoding.Encoding("utf-8"))


def read(text: str, delimiter: str = ",", quote: str = '"', width: int = 2) -> Found:
    """Every row of a text, or its fault; blank lines are no rows."""
    tables = Tables(texts(text), Form(delimiter, quote, width))
    found: Found = []
    for table in tables:
        rows = zip(*(table.column(place).to_pylist() for place in range(width)), strict=True)
        for line, cells in zip(table[LINE].to_pylist(), map(list, rows), strict=True):
            if line in tables.faults or any(cells):
                found.append((line, tables.faults.get(line, cells)))
    return found


def faults(text: str, width: int = 2) -> dict[int, str]:
    return {line: cells for line, cells in read(text, width=width) if isinstance(cells, str)}


def good(text: str, width: int = 2) -> dict[int, list[str]]:
    return {line: cells for line, cells in read(text, width=width) if isinstance(cells, list)}


cell = st.one_of(
    st.text(st.sampled_from('ab",;\t\n\r \0é'), max_size=8),
    st.sampled_from(["", '"', '""', "\r\n", "\n", "\r", '"\r\n"', ",", "\n\n"]),
)
tables = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(cell, min_size=width, max_size=width).filter(any), max_size=8)
)
line_ends = st.sampled_from(["\n", "\r\n", "\r"])
block_sizes = st.sampled_from([3, 20, 1 << 20])


def with_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(tables, line_ends, st.sampled_from(",;\t|"), st.booleans(), block_sizes)
def test_what_csv_writes_comes_back_with_its_line_numbers(table, line_end, delimiter, quotes_all, block):
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
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(_delimited, "_BLOCK", block)
        assert read(text.getvalue(), delimiter, width=len(table[0]) if table else 2) == expected


def one_by_one(text: str, delimiter: str, width: int) -> Found:
    """The same rows in a slow and plain way: line by line, cell by cell."""
    lines, found, at = with_newlines(text).removesuffix("\n").split("\n"), [], 0
    while at < len(lines):
        for height in range(1, len(lines) - at + 1):
            record = "\n".join(lines[at : at + height])
            cells, state = split(record, delimiter)
            if state != "open":
                break
        if state == "open" or (state == "loose" and height > 1):
            height, cells = 1, QUOTE_NOT_CLOSED
        elif len(cells) != width and state == "loose":
            mended = paired(record, delimiter)
            cells = mended if len(mended) == width else QUOTE_NOT_CLOSED
        elif any(map(str.strip, cells[width:])):
            cells = TOO_MANY_CELLS
        else:
            cells = (cells + [""] * width)[:width]
        if isinstance(cells, str) or any(cells):
            found.append((at + 1, cells))
        at += height
    return found


def split(record: str, delimiter: str) -> tuple[list[str], str]:
    """Cells, and whether a quote is open at the end, or has closed a cell before its end."""
    cells, state, place = [""], "start", 0
    loose = False
    while place < len(record):
        letter, after = record[place], record[place + 1 : place + 2]
        place += 1
        if state == "quoted":
            if letter == '"' and after == '"':
                cells[-1], place = cells[-1] + '"', place + 1
            elif letter == '"':
                state = "closed"
            else:
                cells[-1] += letter
        elif letter == delimiter:
            cells.append("")
            state = "start"
        elif letter == '"' and state == "start":
            state = "quoted"
        elif letter == "\n":
            return cells, "loose"  # the row ended before
        else:
            loose = loose or state == "closed"
            cells[-1] += letter
            state = "plain"
    return cells, "open" if state == "quoted" else "loose" if loose else "closed"


def paired(record: str, delimiter: str) -> list[str]:
    """Cells where a quote closes only before a delimiter or the end."""
    parts, cells = record.split(delimiter), []
    while parts:
        cell = parts.pop(0)
        while cell.startswith('"') and (cell == '"' or not cell.endswith('"')):
            if not parts:
                return []
            cell += delimiter + parts.pop(0)
        cells.append(cell[1:-1].replace('""', '"') if cell.startswith('"') else cell)
    return cells


anything = st.text(st.sampled_from('ab" ,,;\té\0\n\n'), max_size=40)
mostly_quoted = st.lists(
    st.lists(
        st.sampled_from(["a", '"a"', '"a,b"', '"a\nb"', '"a""b"', "", '""', '"a', 'a"', '"a"b']), max_size=4
    ).map(",".join),
    max_size=8,
).map("\n".join)


@given(st.one_of(anything, mostly_quoted), st.sampled_from(",;"), st.integers(2, 3), block_sizes)
def test_a_block_at_once_gives_what_each_row_alone_gives(text, delimiter, width, block):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(_delimited, "_BLOCK", block)
        assert read(text, delimiter, width=width) == one_by_one(text, delimiter, width)


@given(st.text(st.sampled_from('ab"\t\n'), max_size=60), block_sizes)
def test_where_cells_are_not_quoted_quotes_are_plain_characters(text, block):
    expected = []
    for line, content in enumerate(text.split("\n"), start=1):
        cells = content.split("\t")
        if len(cells) < 3 and cells[-1].startswith('"') and cells[-1].count('"') % 2:
            expected.append((line, QUOTE_NOT_CLOSED))  # as a spreadsheet leaves a cell with a line break
        elif any(cells[3:]):
            wrapped, state = split(content, "\t")  # as it leaves cells with tabs
            is_wrapped = len(wrapped) == 3 and state == "closed"
            if not is_wrapped or any(wrapped):
                inner = [cell.replace("\t", " ") for cell in wrapped]
                expected.append((line, inner if is_wrapped else TOO_MANY_CELLS))
        elif any(cells):
            expected.append((line, ([*cells, "", ""])[:3]))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(_delimited, "_BLOCK", block)
        patched.setattr(_delimited, "_unwrapped", lambda table: table)
        assert read(text, "\t", "", 3) == expected


# ---------------------------------------------------------------- quotes


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
    assert faults(text, 3) == {1: QUOTE_NOT_CLOSED, 3: QUOTE_NOT_CLOSED}
    assert good(text, 3) == {2: ["2", "fine", "x"], 4: ["4", "fine", "x"]}


def test_a_cell_may_span_so_many_lines_and_no_more():
    longest = '1,"' + "x\n" * _delimited.LONGEST_RECORD + 'y"\n'
    longer = '1,"' + "x\n" * (_delimited.LONGEST_RECORD + 1) + 'y"\n'
    assert read(longest) == [(1, ["1", "x\n" * _delimited.LONGEST_RECORD + "y"])]
    assert faults(longer)[1] == QUOTE_NOT_CLOSED


def test_after_many_quotes_in_vain_each_further_one_costs_its_own_line_only():
    broken = 200
    found = read('1,"open,x\n2,fine,x\n' * broken, width=3)
    assert [cells for _, cells in found] == [QUOTE_NOT_CLOSED, ["2", "fine", "x"]] * broken
    assert broken > _delimited.MOST_SEARCHES


def test_many_quotes_that_are_not_closed_take_no_longer_than_their_lines():
    for line in ('a,"b,c\n', 'a,b,"c\n', '"a","b","c\n'):
        started = time.process_time()
        found = read(line * 200_000, width=3)
        assert time.process_time() - started < 10  # seconds; quadratic time would take hours
        assert len(found) == 200_000
        assert {cells for _, cells in found if isinstance(cells, str)} == {QUOTE_NOT_CLOSED}


def test_quotes_within_a_cell_that_are_not_doubled_are_characters_where_the_cells_come_out_right():
    escaped = '1,"Table, round 48\\"","for 6",2\n2,"a "round" one, oak","x",3\n'
    assert good(escaped, 4) == {
        1: ["1", 'Table, round 48\\"', "for 6", "2"],
        2: ["2", 'a "round" one, oak', "x", "3"],
    }
    assert faults('1,"Pan,"note",5,2\n', 6) == {1: QUOTE_NOT_CLOSED}, "else 2 would stand in the column of 5"


def test_a_spreadsheet_wraps_cells_between_tabs_for_a_quote_or_a_comma():
    text = '1\t"Sauté Pan 10"", copper"\t5\n2\t12" x 18"\t6\n3\t"B"\t7\n4\t"a, b"\t8\n'
    cells = [row for _, row in read(text, "\t", "", 3)]
    assert cells == [
        ["1", 'Sauté Pan 10", copper', "5"],
        ["2", '12" x 18"', "6"],
        ["3", '"B"', "7"],
        ["4", "a, b", "8"],
    ]


def test_a_spreadsheet_wraps_cells_that_hold_a_tab_themselves():
    text = '"57\t"\tPan 12" x 2"\n"57\t"\t"a\tb"\n58\t"c\td\n'
    assert read(text, "\t", "") == [(1, ["57 ", 'Pan 12" x 2"']), (2, ["57 ", "a b"]), (3, TOO_MANY_CELLS)]


def test_a_line_break_that_a_spreadsheet_wrapped_between_tabs_is_a_fault_and_no_short_row():
    assert read('1\t"two\nlines"\t5\n2\tx\t6\n', "\t", "", 3)[0] == (1, QUOTE_NOT_CLOSED)


def test_blanks_behind_delimiters_hide_no_quote():
    form = Form(",", '"', 3, has_blanks=True)
    (table,) = Tables(texts('1, "a, b", 2\n'), form)
    assert table.to_pylist() == [{"0": "1", "1": "a, b", "2": " 2", LINE: 1}]


# ---------------------------------------------------------------- too long


def test_a_line_of_megabytes_is_told_and_not_kept():
    text = f"1,x\n2,{'y' * 5 * LONGEST_LINE}\n3,z\n4,{'w' * (LONGEST_LINE - 2)}\n"
    found = dict(read(text))
    assert found[1] == ["1", "x"]
    assert found[2] == LINE_TOO_LONG
    assert found[3] == ["3", "z"]
    assert found[4] == ["4", "w" * (LONGEST_LINE - 2)]


def test_what_is_left_of_a_long_line_is_no_row():
    found = read("1,x\n" + "y" * 3 * LONGEST_LINE + ",z\n2,x\n")
    assert found == [(1, ["1", "x"]), (2, LINE_TOO_LONG), (3, ["2", "x"])]


def test_the_last_line_may_be_too_long():
    for length in (LONGEST_LINE + 1, 2 * LONGEST_LINE, 7 * LONGEST_LINE):
        assert read("1,x\n" + "y" * length) == [(1, ["1", "x"]), (2, LINE_TOO_LONG)]


def test_a_file_that_is_one_line_costs_no_memory():
    tracemalloc.start()
    try:
        endless = ("x" * (1 << 20) for _ in range(200))
        tables = Tables(endless, Form(",", '"', 2))
        assert sum(map(len, tables)) == 1
        assert tables.faults == {1: LINE_TOO_LONG}
        assert tracemalloc.get_traced_memory()[1] < 15e6
    finally:
        tracemalloc.stop()


def test_a_long_line_within_a_quoted_cell_ends_the_search_for_its_end():
    text = f'1,"open\n{"x" * (LONGEST_LINE + 1)}\n2,"closed"\n'
    assert read(text) == [(1, QUOTE_NOT_CLOSED), (2, LINE_TOO_LONG), (3, ["2", "closed"])]


def test_many_long_lines_within_a_quoted_cell_end_it():
    text = '1,"' + ("x" * 30_000 + "\n") * 40 + '"\n2,y\n'
    assert read(text)[0] == (1, QUOTE_NOT_CLOSED)
    assert read(text)[-1] == (42, ["2", "y"])


# ---------------------------------------------------------------- block by block


def test_lines_are_the_same_however_they_are_cut_into_blocks():
    text = "one\ntwo, three\n\nfour"
    for size in (1, 3, 7, 100):
        for pieces in ([text], list(text), [text[:5], text[5:]]):
            cut = list(_delimited.blocks(pieces, size))
            assert "".join(cut) == text
            assert all(block.endswith("\n") for block in cut[:-1])


def test_a_text_that_is_cut_short_gives_the_lines_before_its_last_and_raises():
    def cut_short() -> Iterator[str]:
        yield '1,x\n2,"y\n3,z\n4,w'
        raise EOFError

    tables = iter(Tables(cut_short(), Form(",", '"', 2)))
    assert next(tables).to_pylist() == [{"0": "1", "1": "x", LINE: 1}]
    with pytest.raises(EOFError):
        next(tables)


def test_nothing_gives_nothing():
    assert read("") == []


def test_rows_of_another_width_are_filled_up_or_cut_and_too_many_cells_are_a_fault():
    text = '1\n2,a,,\n3,b,"", \n4,c,surplus\n\n5,"d\ne",\n6\n'
    assert read(text) == [
        (1, ["1", ""]),
        (2, ["2", "a"]),
        (3, ["3", "b"]),
        (4, TOO_MANY_CELLS),
        (6, ["5", "d\ne"]),
        (8, ["6", ""]),
    ]


def test_of_a_wider_table_below_the_header_is_shown_with_its_fault():
    tables = Tables(texts("1,a\nNo,Name,Price\n2,b,5\n"), Form(",", '"', 2, {"no": 0, "name": 1}))
    (table,) = tables
    assert table.column("0").to_pylist() == ["1", "No", ""]
    assert tables.faults == {2: TOO_MANY_CELLS, 3: TOO_MANY_CELLS}
