"""From bytes to rows: the encoding, the header and the chunks, whatever the file."""

import gzip
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

# inside: how a table lies in a file of any encoding, by chunks of any size
from ownchannel.files import _delimited, _layout, _sources

HEADER = frozenset({"order", "sku", "price"})


def held(content: bytes) -> _sources.Source:
    return _sources.Source("a.csv", lambda: io.BytesIO(content))


def layout_of(content: bytes) -> _layout.Layout | None:
    return _layout.find_layout(held(content), lambda columns: columns >= HEADER)


def rows_of(source: _sources.Source, order_starts: str = "") -> list[_layout.Rows]:
    layout = _layout.find_layout(source, lambda columns: columns >= HEADER)
    assert layout
    with _layout.open_rows(source, layout, order_starts) as chunks:
        return list(chunks)


def cells_of(content: bytes) -> list[tuple[int, str, str, str]]:
    """Line, order, sku and price of every row that is whole."""
    return [
        row
        for rows in rows_of(held(content))
        for place, row in enumerate(
            zip(rows.lines.tolist(), *map(rows.text, ("order", "sku", "price")), strict=True)
        )
        if place not in rows.faults
    ]


def faults_of(content: bytes) -> dict[int, str]:
    return {fault.line: fault.reason for rows in rows_of(held(content)) for fault in rows.faults.values()}


# ---------------------------------------------------------------- encodings

WORDS = {"western": "Käse für 5 €", "japanese": "鉄のフライパン 5円", "plain": "Pan"}


@pytest.mark.parametrize(
    ("codec", "words", "name"),
    [
        ("utf-8", "western", "utf-8-sig"),
        ("utf-8", "japanese", "utf-8-sig"),
        ("utf-8-sig", "western", "utf-8-sig"),
        ("utf-16", "japanese", "utf-16"),
        ("utf-16-le", "western", "utf-16-le"),
        ("cp1252", "western", "cp1252"),
        ("cp932", "japanese", "cp932"),
        ("ascii", "plain", "utf-8-sig"),
    ],
)
def test_an_encoding_is_known_by_the_bytes(codec, words, name):
    text = "order,sku,price\n" + f"1,{WORDS[words]},2\n" * 40
    encoding = _layout.detect_encoding(held(text.encode(codec)))
    assert (encoding.name, encoding.remark) == (name, "")
    assert text.encode(codec).decode(encoding.name).removeprefix("\ufeff") == text
    assert cells_of(text.encode(codec))[0] == (2, "1", WORDS[words], "2")


def test_utf_16_with_the_other_end_first_is_known_by_its_mark():
    text = "\ufefforder,sku,price\n1,Käse,2\n"
    assert _layout.detect_encoding(held(text.encode("utf-16-be"))).name == "utf-16"
    assert cells_of(text.encode("utf-16-be")) == [(2, "1", "Käse", "2")]


def test_a_few_bad_bytes_do_not_change_the_encoding_and_are_told():
    text = "order,sku,price\n" + "1,Crème brûlée,2\n" * 40
    encoding = _layout.detect_encoding(held(text.encode() + b"2,Cr\xe8me,3\n"))
    assert encoding.name == "utf-8-sig"
    assert "in another encoding than the rest" in encoding.remark
    assert cells_of(text.encode() + b"2,Cr\xe8me,3\n")[-1] == (42, "2", "Cr\ufffdme", "3")


def test_a_letter_that_two_blocks_share_is_whole(monkeypatch):
    monkeypatch.setattr("ownchannel.files._encoding._CHUNK_BYTES", 1)
    assert _layout.detect_encoding(held("order,Käse".encode())).name == "utf-8-sig"
    assert _layout.detect_encoding(held("order,Käse".encode()[:-3])).name != "utf-8-sig"
    assert _layout.detect_encoding(held("フライパン".encode("cp932"))).name == "cp932"
    assert (
        _layout.detect_encoding(held(b"\xc3a\xa9")).name == "cp1252"
    )  # half a letter, and its other half later


@given(st.binary(max_size=200))
def test_any_bytes_have_an_encoding_that_reads_them(content):
    encoding = _layout.detect_encoding(held(content))
    content.decode(encoding.name, errors="replace")


# ---------------------------------------------------------------- headers


@pytest.mark.parametrize("delimiter", list("\t,;|"))
def test_each_delimiter_is_found(delimiter):
    layout = layout_of(f"order{delimiter}sku{delimiter}price\n".encode())
    assert layout is not None
    assert (layout.delimiter, layout.columns) == (delimiter, {"order": 0, "sku": 1, "price": 2})


@pytest.mark.parametrize("preamble", range(_layout.HEADER_WITHIN))
def test_a_header_may_stand_below_lines_of_another_kind(preamble):
    content = b'"Includes Amazon Marketplace, Fulfilment"\n' * preamble + b"Order,SKU,Price\n1,A,2\n"
    layout = layout_of(content)
    assert layout is not None
    assert layout.header_line == preamble + 1
    assert cells_of(content) == [(preamble + 2, "1", "A", "2")]


def test_below_that_it_is_not_looked_for():
    assert layout_of(b"a remark\n" * _layout.HEADER_WITHIN + b"order,sku,price\n") is None


def test_names_of_columns_are_folded():
    layout = layout_of('\ufeff"ORDER" , Sku,  Price\t\n'.encode())
    assert layout is not None
    assert layout.columns == {"order": 0, "sku": 1, "price": 2}


def test_of_columns_of_one_name_the_first_counts_and_they_are_told():
    content = b"order,sku,price,SKU,Price,,\n1,A,2,B,3,,\n"
    layout = layout_of(content)
    assert layout is not None
    assert layout.repeated == ("price", "sku")
    assert cells_of(content) == [(2, "1", "A", "2")]


def test_quotes_between_tabs_are_characters_until_a_spreadsheet_saved_the_file():
    assert cells_of(b'order\tsku\tprice\n1\t12" pan\t2\n2\t"B"\t3\n') == [
        (2, "1", '12" pan', "2"),
        (3, "2", '"B"', "3"),
    ]
    assert cells_of(b'"order"\tsku\tprice\n1\t"12"" pan"\t2\n') == [(2, "1", '12" pan', "2")]


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(b'order,"sku,price,note', id="a quote too many"),
        pytest.param(b'order,sku,price,"note', id="a quote that swallows rows"),
        pytest.param(b"order,,sku,price,note", id="a delimiter too many"),
        pytest.param(b"ordersku,price,note", id="a delimiter missing"),
        pytest.param(b'order,sku,price"note"', id="no delimiter before a quote"),
        pytest.param(b"order sku price note", id="blanks in place of delimiters"),
    ],
)
def test_a_damaged_header_is_mended_where_the_rows_prove_it_and_it_is_said(header):
    content = header + b'\n1,A,2,\n2,B,3,"a, b"\n'
    layout = layout_of(content)
    assert layout is not None
    assert "Its header is damaged" in layout.remark
    assert cells_of(content) == [(2, "1", "A", "2"), (3, "2", "B", "3")]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"ordersku,price,note\n1,A,2\n", id="rows as narrow as it"),
        pytest.param(b"order sku price note\n1,A,2\n2,B,3,x\n3,C\n", id="rows of any width"),
        pytest.param(b"ordersku,price,notemore\n1,A,2,x,y\n", id="two delimiters missing"),
        pytest.param(
            b"skuprice,order,whatnot\n1,A,2,x\n".replace(b"order,", b"order"), id="two ways to part it"
        ),
        pytest.param(b"1,A,2,\n2,B,3,\n", id="no header"),
    ],
)
def test_a_header_is_never_guessed(content):
    assert layout_of(content) is None


def test_an_empty_name_is_no_damage_where_rows_are_as_wide_or_may_lack_their_last_cells():
    assert cells_of(b"order,,sku,price\n1,x,A,2\n2,,B,3\n") == [(2, "1", "A", "2"), (3, "2", "B", "3")]
    assert cells_of(b"order,,sku,price\n1,x,A\n2,x,B\n") == [(2, "1", "A", ""), (3, "2", "B", "")]


def test_a_blank_behind_each_delimiter_hides_no_quote():
    content = b'order, sku, price\n1, "A, large", 2\n2, B, 3\n'
    assert cells_of(content) == [(2, "1", "A, large", "2"), (3, "2", "B", "3")]


def test_single_quotes_count_where_the_header_has_them():
    assert cells_of(b"order,'sku',price\n1,'A, it''s large',2\n") == [(2, "1", "A, it's large", "2")]
    assert cells_of(b"order,sku,price\n1,'A',2\n") == [(2, "1", "'A'", "2")]


def test_units_or_a_title_around_the_header_are_no_rows_of_orders():
    content = b'Orders of March\norder,sku,price\n,,EUR\n1,"A",2\n'
    assert cells_of(content) == [(3, "", "", "EUR"), (4, "1", "A", "2")], "its reader sets the units aside"


def test_what_a_spreadsheet_wrapped_between_tabs_is_unwrapped():
    assert cells_of('order\tsku\tprice\n1\t"Sauté Pan 10"", copper"\t2\n2\t"B"\t3\n'.encode()) == [
        (2, "1", 'Sauté Pan 10", copper', "2"),
        (3, "2", '"B"', "3"),
    ]


def test_a_header_of_more_columns_than_any_export_has_is_none():
    for columns in (_layout.MOST_COLUMNS, _layout.MOST_COLUMNS + 1):
        content = b"order,sku,price" + b",x" * (columns - 3) + b"\n"
        assert (layout_of(content) is None) is (columns > _layout.MOST_COLUMNS)


def test_another_header_is_none():
    assert layout_of(b"name,amount\n") is None
    assert layout_of(b"") is None


# ---------------------------------------------------------------- rows


def test_blank_lines_are_no_rows_and_lines_are_counted_as_an_editor_does():
    content = b'\norder,sku,price\r\n\r\n1,"A\r\nB",2\r\n , ,\r\n,,\r\n2,C,3'
    assert cells_of(content) == [(4, "1", "A\nB", "2"), (8, "2", "C", "3")]
    assert faults_of(content) == {}


def test_ragged_rows():
    content = b"order,sku,price\n1\n2,B,3,,\n3,C,4,surplus\n4,D\n"
    assert cells_of(content) == [(2, "1", "", ""), (3, "2", "B", "3"), (5, "4", "D", "")]
    assert faults_of(content) == {4: "has more cells than the header"}


def test_a_broken_row_is_a_row_with_a_fault():
    content = b'order,sku,price\n1,"A,2\n2,B,3\n'
    assert faults_of(content) == {2: _delimited.QUOTE_NOT_CLOSED}
    assert cells_of(content) == [(3, "2", "B", "3")]


# ---------------------------------------------------------------- chunks

rows_of_orders = st.lists(st.tuples(st.sampled_from(["", "1", "2"]), st.sampled_from("AB")), max_size=30)


@given(rows_of_orders, st.sampled_from([1, 2, 7]))
def test_chunks_hold_every_row_once_and_no_order_in_two(rows, size):
    content = "order,sku,price\n" + "".join(f"{order},{sku},1\n" for order, sku in rows)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("ownchannel.files._layout.CHUNK_ROWS", size)
        patched.setattr("ownchannel.files._delimited._BLOCK", 5)
        chunks = rows_of(held(content.encode()), order_starts="order")
    found = [(o, s) for chunk in chunks for o, s in zip(chunk.text("order"), chunk.text("sku"), strict=True)]
    assert found == rows
    assert [line for chunk in chunks for line in chunk.lines] == list(range(2, len(rows) + 2))
    assert all(chunk.text("order")[0] for chunk in chunks[1:])  # each begins with an order's first row


def test_an_order_that_never_ends_is_cut_rather_than_kept_in_memory(monkeypatch):
    monkeypatch.setattr("ownchannel.files._layout.CHUNK_ROWS", 10)
    monkeypatch.setattr("ownchannel.files._layout.LONGEST_ORDER", 30)
    monkeypatch.setattr("ownchannel.files._delimited._BLOCK", 20)
    chunks = rows_of(held(b"order,sku,price\n" + b",A,1\n" * 200), order_starts="order")
    assert sum(map(len, chunks)) == 200
    assert max(map(len, chunks)) <= 45


def test_a_chunk_ends_earlier_where_its_cells_are_long(monkeypatch):
    monkeypatch.setattr("ownchannel.files._layout.CHUNK_BYTES", 1_000)
    monkeypatch.setattr("ownchannel.files._delimited._BLOCK", 100)
    chunks = rows_of(held(b"order,sku,price\n" + b"1,%s,1\n" % (b"A" * 300) * 40))
    assert sum(map(len, chunks)) == 40
    assert max(map(len, chunks)) < 10


def test_what_stands_before_damage_is_read():
    content = b"order,sku,price\n" + b"".join(b"%d,A%d,1\n" % (n, n) for n in range(200_000))
    packed = gzip.compress(content)
    (source,) = _sources.find_sources(("a.csv.gz", packed[: len(packed) // 2]))
    assert isinstance(source, _sources.Source)
    layout = _layout.find_layout(source, lambda columns: columns >= HEADER)
    assert layout is not None
    lines: list[int] = []

    def read_on() -> None:
        with _layout.open_rows(source, layout) as chunks:
            for rows in chunks:
                lines.extend(rows.lines.tolist())

    with pytest.raises(_sources.DAMAGED):
        read_on()
    assert lines == list(range(2, len(lines) + 2))
    assert len(lines) > 50_000


def test_lines_that_are_no_header_are_given_up_at_once():
    """However a line might be parted into names is asked in one go, since every format is asked each time."""
    narrow = ",".join(["a text that might be a header"] * 9)
    rows = "\n".join([narrow] * 14 + [f"{narrow},of ten"] * 150)
    asked: list[frozenset[str]] = []
    assert _layout.find_layout(held(rows.encode()), lambda columns: bool(asked.append(columns))) is None
    assert 15 <= len(asked) < 1_000
