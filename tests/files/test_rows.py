"""Cells by column: each distinct text is read once, and what cannot be read sets its row aside."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

# inside: cells of every kind, without a file for each
from ownchannel.files import MONEY, _labels, _rows, as_label

SCHEMA = pa.schema(
    {
        "order_id": pa.string(),
        "item_value": MONEY,
        "ordered_at": pa.timestamp("us", "UTC"),
        "quantity": pa.float64(),
        "channel": pa.string(),
        "kind": pa.string(),
        "rank": pa.int8(),
        "fee": MONEY,
        "source_row": pa.int64(),
    }
)


def table(cells: Sequence[Sequence[str]], width: int = 3) -> pa.Table:
    columns = zip(*cells, strict=True) if cells else [()] * width
    return pa.table({str(place): pa.array(column, pa.string()) for place, column in enumerate(columns)})


def rows(**columns: list[str]) -> _rows.Rows:
    """Rows 2, 3, 4 …, by column."""
    cells = list(zip(*columns.values(), strict=True))
    names = {name.replace("_", " "): place for place, name in enumerate(columns)}
    return _rows.Rows(range(2, len(cells) + 2), table(cells), names)


def reasons(of: _rows.Rows) -> dict[int, tuple[str, str]]:
    return {fault.line: (fault.column, fault.reason) for fault in of.faults.values()}


# ---------------------------------------------------------------- texts


def test_cells_are_stripped_and_a_missing_column_is_empty():
    some = rows(sku=[" A\t", "\u3000B ", ""])
    assert some.text("sku") == ["A", "B", ""]
    assert some.text("product") == ["", "", ""]
    assert some.has_text("sku").tolist() == [True, True, False]


@given(st.lists(st.tuples(*[st.sampled_from(["", "a", "b", " a"])] * 3), max_size=20))
def test_each_distinct_text_is_read_once_and_every_row_gets_its_own(cells):
    some = _rows.Rows(range(len(cells)), table(cells), {"x": 0, "y": 1, "z": 2})
    asked: Counter[tuple[str, ...]] = Counter()

    def read(*texts: str) -> str:
        asked[texts] += 1
        return "|".join(texts)

    stripped = [tuple(cell.strip() for cell in row) for row in cells]
    assert some.each(read, "x", "y", "z", otherwise="") == ["|".join(row) for row in stripped]
    assert asked == Counter(dict.fromkeys(stripped, 1))


def test_many_columns_of_many_texts_are_told_apart():
    number = 3_000  # to the sixth power beyond 64 bits
    cells = [[f"{column}{row * 7 % number}" for column in "abcdef"] for row in range(number)]
    some = _rows.Rows(range(number), table(cells), {column: place for place, column in enumerate("abcdef")})
    assert some.each(lambda *texts: texts, *"abcdef", otherwise=()) == [tuple(row) for row in cells]


def test_where_a_text_cannot_be_read_every_row_with_it_is_set_aside():
    def read(cell: str) -> int:
        if cell == "b":
            raise _rows.BadCell("x", cell, "is b", "Write a.")
        return 1

    some = rows(x=["a", "b", "a", "b"])
    assert some.each(read, "x", otherwise=-1) == [1, -1, 1, -1]
    assert some.faults == {
        1: _rows.Rejection(3, "x", "a", "is b", "Write a."),
        3: _rows.Rejection(5, "x", "a", "is b", "Write a."),
    }
    assert some.kept().tolist() == [True, False, True, False]


def test_the_first_fault_of_a_row_is_the_one_told():
    some = rows(price=["no"], quantity=["none"])
    some.amounts("quantity")
    some.amounts("price")
    assert reasons(some) == {2: ("quantity", "is not an amount that can be read")}


def test_a_fault_tells_the_shape_of_a_cell_only():
    some = rows(price=["Jane Roe 12", "x" * 100])
    some.amounts("price")
    assert [fault.value for fault in some.faults.values()] == ["aaaa aaa 99", "a" * 24 + "…"]


@pytest.mark.parametrize(
    ("cell", "label"),
    [
        ("Pan", "Pan"),
        ("", None),
        ("a\0b\x07 c\n\x85d", "a b c d"),
        ("\0", None),
        ("for jane@example.com", "for [address removed]"),
        ("x" * 10**6, "x" * _labels.LONGEST_LABEL),
        ("鉄のフライパン", "鉄のフライパン"),
    ],
)
def test_labels_hold_no_address_no_control_character_and_no_megabyte(cell, label):
    assert as_label(cell) == label


label_cells = st.lists(st.tuples(*[st.sampled_from(["", "a", "b@c.d", "\0"])] * 3), max_size=10)


@given(label_cells)
def test_the_first_label_there_is(cells):
    some = _rows.Rows(range(len(cells)), table(cells), {"x": 0, "y": 1, "z": 2})
    expected = [next((as_label(cell) for cell in row if as_label(cell)), None) for row in cells]
    assert some.first_label("x", "y", "z").to_pylist() == expected


def test_a_required_text():
    some = rows(order=["1", "", "\0"])
    assert some.required("order").to_pylist() == ["1", "", ""]
    assert reasons(some) == {3: ("order", "is empty"), 4: ("order", "is empty")}


def test_rows_under_other_names_share_their_faults():
    some = rows(Preis=["1", "x"])
    same = some.renamed({"Preis": "price"})
    assert same.amounts("price").tolist() == [1_000_000, 0]
    assert some.faults is same.faults and list(some.faults) == [1]
    assert some.text("Preis") == ["1", "x"]
    assert some.text("price") == ["", ""]


def test_some_of_the_rows_have_faults_of_their_own():
    some = rows(price=["1", "x", "3"])
    part = some.at(np.array([2, 1]))
    assert part.amounts("price").tolist() == [3_000_000, 0]
    assert reasons(part) == {3: ("price", "is not an amount that can be read")}
    assert part.lines.tolist() == [4, 3]
    assert some.faults == {}


# ---------------------------------------------------------------- numbers

money = st.decimals(-(10**11), 10**11, places=6)


@given(st.lists(money, min_size=1, max_size=10), st.sampled_from(".,"))
def test_amounts_are_exact(amounts, mark):
    some = rows(price=[f"{amount:f}".replace(".", mark) for amount in amounts])
    assert [Decimal(n) / 10**6 for n in some.amounts("price", mark).tolist()] == amounts
    assert some.faults == {}


@given(st.lists(st.tuples(st.decimals(0, 10**5, places=4), st.decimals(0, 10**4, places=2)), max_size=9))
def test_totals_are_price_times_quantity(pairs):
    some = rows(price=[f"{p:f}" for p, _ in pairs], units=[f"{q:f}" for _, q in pairs])
    assert some.line_totals("price", "units").tolist() == [int(p * q * 10**6) for p, q in pairs]


def test_what_is_empty_counts_as_nothing_and_one_unit_unless_it_is_required():
    cells = {"price": ["", "5"], "units": ["2", ""]}
    assert rows(**cells).amounts("price").tolist() == [0, 5_000_000]
    assert rows(**cells).line_totals("price", "units").tolist() == [0, 5_000_000]
    assert rows(**cells).quantities("units").tolist() == [2, 0]
    strict = rows(**cells)
    assert strict.amounts("price", required=True).tolist() == [0, 5_000_000]
    assert strict.line_totals("price", "units", required=True).tolist() == [0, 0]
    assert list(reasons(strict).values()) == [
        (column, "is not an amount that can be read") for column in cells
    ]


def test_what_cannot_be_read_is_nothing_where_only_the_readable_counts():
    some = rows(price=["5", "x", ""], units=["2", "2", "x"])
    assert some.unjudged().amounts("price").tolist() == [5_000_000, 0, 0]
    assert some.unjudged().line_totals("price", "units").tolist() == [10_000_000, 0, 0]
    assert some.faults == {}


def test_a_total_of_a_trillion_is_refused():
    some = rows(price=["999999999999", "1000000000000", "500000000000"], units=["1", "1", "2"])
    assert some.line_totals("price", "units").tolist() == [999_999_999_999 * 10**6, 0, 0]
    assert reasons(some) == {
        3: ("price", "is not an amount that can be read"),
        4: ("price", "makes a trillion or more with the quantity"),
    }


# ---------------------------------------------------------------- times and currencies

times = st.integers(789_004_800, 4_070_822_400).map(lambda second: datetime.fromtimestamp(second, UTC))
written_times = st.one_of(
    times.map(lambda t: t.isoformat()),
    times.map(lambda t: f"{t:%Y-%m-%d %H:%M:%S} -0500"),
    times.map(lambda t: f"{t:%Y-%m-%dT%H:%M:%SZ}"),
    st.sampled_from(
        [
            "2024-02-29T10:00:00Z",
            "2023-02-29T10:00:00Z",
            "2023-04-31T10:00:00Z",
            "2023-04-30 24:00:00Z",
            "2023-12-31T23:59:60Z",
            "2023-12-31T23:59:59+14:30",
            "2023-12-31 23:59:59 +1400",
            "1994-12-31T23:59:59Z",
            "2099-01-01T00:00:00Z",
            "1970-01-01T00:00:00+00:00",
            "Jan 5, 2026 11:03:05 PM PST",
            "2026-03-01",
            "tomorrow",
        ]
    ),
)


@given(st.lists(written_times, max_size=12))
def test_times_column_by_column_are_those_that_are_read_one_by_one(cells):
    some = rows(date=cells)
    found = some.moments("date", zone="America/New_York")
    for place, cell in enumerate(cells):
        try:
            expected = _rows.moment(cell, "America/New_York")
        except ValueError:
            assert place in some.faults
        else:
            assert place not in some.faults
            assert found[place] == np.datetime64(expected.replace(tzinfo=None), "us")


def test_a_time_that_is_not_required_may_be_missing():
    some = rows(date=["", "2026-03-01T00:00:00Z"])
    assert np.isnat(some.moments("date", required=False)).tolist() == [True, False]
    assert some.faults == {}
    some.moments("date")
    assert reasons(some) == {2: ("date", "is empty")}


def test_currencies():
    some = rows(currency=["usd", "EUR", "", "dollars", "", "U$D"])
    unpriced = np.array([False, False, True, False, False, False])
    assert some.currencies("currency", unless=unpriced).to_pylist() == ["USD", "EUR", *["XXX"] * 4]
    assert reasons(some) == {
        5: ("currency", "is not a currency code"),
        6: ("currency", "is empty"),
        7: ("currency", "is not a currency code"),
    }


@pytest.mark.parametrize(("code", "is_one"), [("USD", True), ("usd", False), ("US", False), ("ÄÖÜ", False)])
def test_the_form_of_a_currency_code(code, is_one):
    assert _rows.is_currency(code) is is_one


# ---------------------------------------------------------------- batches


def test_a_batch_holds_the_rows_that_are_left():
    some = rows(price=["1", "x", "3"], date=["2026-03-01T00:00:00Z"] * 3)
    batch = some.batch(
        SCHEMA,
        order_id=["a", "b", "c"],
        item_value=some.amounts("price"),
        ordered_at=some.moments("date"),
        quantity=[1.0, 2.0, 3.0],
        channel="Shopify",
        rank=2,
    )
    assert batch.schema == SCHEMA
    assert batch["source_row"].to_pylist() == [2, 4]
    assert batch["order_id"].to_pylist() == ["a", "c"]
    assert batch["item_value"].to_pylist() == [1, 3]
    assert batch["ordered_at"].to_pylist() == [datetime(2026, 3, 1, tzinfo=UTC)] * 2
    assert batch["channel"].to_pylist() == ["Shopify"] * 2
    assert batch["rank"].to_pylist() == [2, 2]
    assert batch["fee"].to_pylist() == [None, None]
    batch.validate(full=True)


def test_no_row_may_be_left():
    some = rows(price=["x"])
    some.amounts("price")
    assert len(some.batch(SCHEMA, channel="Shopify", item_value=some.amounts("price"))) == 0
    assert len(_rows.Rows([], table([]), {}).batch(SCHEMA, channel="Shopify")) == 0


def test_one_value_for_all_rows_is_in_memory_once():
    batches = [
        _rows.Rows(range(n), table([[""]] * n), {}).batch(SCHEMA, kind="owned") for n in (5_000, 6_000)
    ]
    addresses = {batch["kind"].buffers()[2].address for batch in batches}
    assert len(addresses) == 1
    assert pa.compute.unique(batches[1]["kind"]).to_pylist() == ["owned"]


@given(st.lists(st.text(st.sampled_from("aB1 .-@é\x07\u2028フ＠"), max_size=6), max_size=8))
def test_labels_are_those_of_each_cell_however_many_are_plain(cells):
    some = rows(product=cells)
    assert some.labels("product").to_pylist() == [as_label(cell.strip()) for cell in cells]
    assert some.required("product").to_pylist() == [as_label(cell.strip()) or "" for cell in cells]
    assert set(some.faults) == {place for place, cell in enumerate(cells) if not as_label(cell.strip())}


def test_a_plain_label_that_is_too_long_is_cut():
    labels = rows(product=["a" * (_labels.LONGEST_LABEL + 1), "b"]).labels("product")
    assert labels.to_pylist() == ["a" * _labels.LONGEST_LABEL, "b"]


def test_rows_that_are_left_out_count_nowhere_and_faults_stay_with_their_rows():
    some = rows(x=["a", "footer", "b"], y=["1", "", "x"])
    some.reject_where(np.array([False, False, True]), "y", "is odd", "Mend it.")
    kept = some.without(np.array([False, True, False]))
    assert (kept.lines.tolist(), kept.text("x"), list(kept.faults)) == ([2, 4], ["a", "b"], [1])
    assert kept.without(np.array([False, False])) is kept
