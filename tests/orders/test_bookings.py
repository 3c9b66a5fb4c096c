"""What platforms booked, against the same worked out with dictionaries, a row at a time."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given
from hypothesis import strategies as st

# inside: bookings of any state and order, without a file for each
from ownchannel.orders import _bookings, _schema

Row = dict[str, Any]

_FILE = pa.field("file_no", pa.int32())
PARTS = ["goods", "shipping", "tax", "discount", "fee", "fulfilment", "advertising", "unclassified"]
BEGIN = datetime(2026, 3, 1, tzinfo=UTC)

settlement_ids = st.sampled_from(["S1", "S2", "S3"])
money = st.integers(-99_999, 99_999).map(lambda number: Decimal(number).scaleb(-2))
amounts = st.fixed_dictionaries(
    {
        "identity": st.sampled_from(["amazon/1", "amazon/2", "amazon/3", None]),
        "sku": st.sampled_from(["A", "B", None]),
        "event": st.sampled_from(["sale", "sale", "refund", "account"]),
        "part": st.sampled_from(PARTS),
        "amount": money,
        "currency": st.sampled_from(["USD", "USD", "USD", "EUR"]),
        "channel": st.sampled_from(["Amazon.com", "Amazon.de"]),
        "posted_at": st.integers(0, 5).map(lambda hours: BEGIN + timedelta(hours=hours)),
        "quantity": st.sampled_from([None, 1.0, 2.0]),
        "product": st.sampled_from([None, "Pan"]),
    }
)


def entries_table(rows: list[Row]) -> pa.Table:
    known = {"kind": "marketplace", "file_no": 0, "deferred": False}
    rows = [
        {**known, "source_row": at, "order_id": (row.get("identity") or "")[7:] or None, **row}
        for at, row in enumerate(rows)
    ]
    return pa.Table.from_pylist(rows, schema=_schema.ENTRIES_AS_READ.append(_FILE))


@st.composite
def booked_files(draw: st.DrawFn) -> list[Row]:
    """Entries of several files: settlements, and transactions reports, whose rows may be of two amounts."""
    rows: list[Row] = []
    for file_no in range(draw(st.integers(0, 4))):
        is_settlement = draw(st.booleans())
        for source_row in range(draw(st.integers(0, 6))):
            row = {"file_no": file_no, "source_row": source_row, "settlement_id": draw(settlement_ids)}
            if not is_settlement:
                row |= {"row_key": draw(st.sampled_from("xyz"))}
                row |= {"settlement_id": draw(st.one_of(st.none(), settlement_ids))}
            rows += [draw(amounts) | row for _ in range(draw(st.integers(1, 2)))]
    return rows


@given(booked_files())
def test_each_booking_counts_once(rows: list[Row]):
    sizes = Counter((row["settlement_id"], row["file_no"]) for row in rows if "row_key" not in row)
    fullest: dict[str, int] = {}
    for (settlement, file_no), size in sorted(sizes.items()):
        if settlement not in fullest or size > sizes[settlement, fullest[settlement]]:
            fullest[settlement] = file_no
    occurrences: Counter[tuple[int, str]] = Counter()
    transactions: dict[tuple[int, int], tuple[str, int]] = {}
    for row in rows:
        place = row["file_no"], row["source_row"]
        if "row_key" in row and place not in transactions:
            occurrences[row["file_no"], row["row_key"]] += 1
            transactions[place] = row["row_key"], occurrences[row["file_no"], row["row_key"]]
    first: dict[tuple[str, int], tuple[int, int]] = {}
    for place, transaction in transactions.items():
        first.setdefault(transaction, place)
    for row in rows:  # what one report shows as settled is settled in all
        if "row_key" in row and row["settlement_id"] in fullest:
            first[transactions[row["file_no"], row["source_row"]]] = (-1, -1)
    expected = []
    for row in rows:
        place = row["file_no"], row["source_row"]
        counts_in = first[transactions[place]] if "row_key" in row else (fullest[row["settlement_id"]],)
        if place[: len(counts_in)] == counts_in:
            expected.append((*place, row["amount"]))
    found = _bookings.entries_once(entries_table(rows)).select(["file_no", "source_row", "amount"])
    assert list(zip(*found.to_pydict().values(), strict=True)) == expected


whole_numbers = st.integers(-(2**63), 2**63 - 1)
few_numbers = st.one_of(whole_numbers, st.sampled_from([-1, 0, 1, 2**62, 2**62 + 1]))


@given(st.lists(st.tuples(few_numbers, few_numbers, few_numbers), min_size=1))
def test_rows_are_numbered_by_all_columns_together_however_large(rows: list[tuple[int, int, int]]):
    seen: dict[tuple[int, int, int], int] = {}
    expected = [seen.setdefault(row, len(seen)) for row in rows]
    columns = [np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)]
    assert _bookings.numbers(*columns).tolist() == expected


def test_what_a_report_shows_as_not_settled_yet_counts_in_the_settlement_that_a_later_one_names():
    settled = {"source_row": 1, "part": "goods", "amount": 5, "channel": "Amazon.de", "settlement_id": "S1"}
    late = settled | {"row_key": "x"}
    early = late | {"settlement_id": None}
    alone = _bookings.entries_once(entries_table([early, late | {"file_no": 1}]))
    assert alone["file_no"].to_pylist() == [0]
    for order in ([early, late, settled], [settled, late, early]):
        files = [row | {"file_no": number} for number, row in enumerate(order)]
        once = _bookings.entries_once(entries_table(files))
        assert once["file_no"].to_pylist() == [order.index(settled)]


def test_a_booking_without_a_marketplace_is_of_its_settlements():
    told = [("S1", None), ("S1", "Amazon.de"), ("S2", None), (None, None)]
    keys = [{"row_key": str(number)} for number in range(4)]
    rows = [{"settlement_id": number, "channel": site, "part": "fee", "amount": 1} for number, site in told]
    entries = entries_table([row | key for row, key in zip(rows, keys, strict=True)])
    assert _bookings.entries_once(entries)["channel"].to_pylist() == [
        "Amazon.de",
        "Amazon.de",
        "Amazon",
        "Amazon",
    ]


def test_a_booking_of_no_settlement_and_no_key_is_kept():
    assert len(_bookings.entries_once(entries_table([{"part": "fee", "amount": 1}] * 2))) == 2


def of_orders(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row["identity"] and row["event"] != "account"]


@given(st.lists(amounts, max_size=30), st.lists(st.sampled_from(["amazon/1", "amazon/9"]), max_size=2))
def test_lines_are_made_of_the_bookings_that_no_order_report_holds(rows: list[Row], held: list[str]):
    booked = [row for row in of_orders(rows) if row["identity"] not in held]
    booked.sort(key=lambda row: row["posted_at"])
    sku_of: dict[str, str] = {}
    for row in booked:
        if row["sku"]:
            sku_of.setdefault(row["identity"], row["sku"])
    lines: dict[tuple[str, str | None, str], list[Row]] = defaultdict(list)
    for row in booked:
        lines[row["identity"], row["sku"] or sku_of.get(row["identity"]), row["currency"]].append(row)
    reported = lines_table([{"identity": identity, "currency": "USD"} for identity in held])
    _, made = _bookings.with_bookings(reported, entries_table(rows))
    assert {
        (line["identity"], line["sku"], line["currency"]): line for line in made.to_pylist()
    }.keys() == lines.keys()
    assert len(made) == len(lines)
    for line in made.to_pylist():
        _check(line, lines[line["identity"], line["sku"], line["currency"]])


def _check(line: Row, rows: list[Row]) -> None:
    """A line against the bookings that it is made of, the oldest first."""

    def total(events: str, *parts: str) -> Decimal:
        return sum((r["amount"] for r in rows if r["event"] in events and r["part"] in parts), Decimal(0))

    is_sold = any(row["event"] == "sale" for row in rows)
    units = [row["quantity"] or 0 for row in rows if (row["event"], row["part"]) == ("sale", "goods")]
    refund = -total("refund", "goods", "discount")
    value, discount = total("sale", "goods"), -total("sale", "discount")
    assert line["item_value"] == line["amount"] == value
    assert (line["discount"], line["refund"]) == (discount, refund)
    assert line["shipping"] == total("sale refund", "shipping")
    assert line["tax"] == total("sale refund", "tax")
    assert line["fee"] == (-total("sale refund", "fee", "fulfilment") if is_sold else None)
    assert line["fulfilment"] == (-total("sale refund", "fulfilment") if is_sold else None)
    assert line["quantity"] == sum(units)
    assert line["status"] == ("refunded" if 0 < refund >= value - discount else "completed")
    assert (line["ordered_at"], line["rank"]) == (rows[0]["posted_at"], _bookings.RANK)
    assert line["order_id"] == line["identity"].removeprefix("amazon/")
    assert line["line_id"] == f"{line['sku'] or 'item'}#1"
    assert line["product"] == next((row["product"] for row in rows if row["product"]), None)


def lines_table(rows: list[Row]) -> pa.Table:
    known = {"kind": "marketplace", "status": "completed", "ordered_at": BEGIN, "channel": "Amazon.com"}
    rows = [{**known, "file_no": 0, "source_row": at, **row} for at, row in enumerate(rows)]
    return pa.Table.from_pylist(rows, schema=_schema.LINES_AS_READ.append(_FILE))


def joined(lines: pa.Table, entries: pa.Table) -> pa.Table:
    return _bookings.with_bookings(lines, entries)[0]


order_lines = st.fixed_dictionaries(
    {
        "identity": st.sampled_from(["amazon/1", "amazon/2", "amazon/9"]),
        "sku": st.sampled_from(["A", "B", None]),
        "item_value": st.integers(0, 9_999).map(lambda number: Decimal(number).scaleb(-2)),
        "discount": st.sampled_from([Decimal(0), Decimal(1), None]),
        "shipping": st.sampled_from([Decimal(5), None]),
        "tax": st.sampled_from([Decimal(2), None]),
        "currency": st.just("USD"),
    }
)


def sums(rows: list[Row], *parts: str, events: str = "sale refund") -> dict[str, Decimal]:
    """By order, what was booked in dollars."""
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for row in of_orders(rows):
        if row["event"] in events.split() and row["part"] in parts and row["currency"] == "USD":
            totals[row["identity"]] += row["amount"]
    return totals


def by_order(lines: pa.Table, column: str) -> Mapping[str, Decimal | None]:
    """By order the sum of a column; None where no line of it is told."""
    found = lines.group_by("identity").aggregate([(column, "sum")])
    return dict(zip(*found.select(["identity", f"{column}_sum"]).to_pydict().values(), strict=True))


@given(st.lists(order_lines, max_size=8), st.lists(amounts, max_size=30))
def test_fees_and_refunds_are_joined_to_the_lines_of_their_orders(lines: list[Row], rows: list[Row]):
    before = lines_table(lines)
    after = joined(before, entries_table(rows))
    dollars = [row for row in of_orders(rows) if row["currency"] == "USD"]
    sold = {row["identity"] for row in dollars if row["event"] == "sale"}
    fees, fulfilment = sums(rows, "fee", "fulfilment"), sums(rows, "fulfilment")
    returned = {
        r["identity"] for r in dollars if r["event"] == "refund" and r["part"] in ("goods", "discount")
    }
    refunds = sums(rows, "goods", "discount", events="refund")
    for order in {line["identity"] for line in lines}:
        assert by_order(after, "fee")[order] == (-fees[order] if order in sold else None)
        assert by_order(after, "fulfilment")[order] == (-fulfilment[order] if order in sold else None)
        assert by_order(after, "refund")[order] == (-refunds[order] if order in returned else None)
    for column in ("shipping", "tax"):
        assert after[column].is_valid().equals(before[column].is_valid())
        given_back = sums(rows, column, events="refund")
        for order, value in by_order(before, column).items():
            if all(line[column] is not None for line in lines if line["identity"] == order):
                assert by_order(after, column)[order] == value + given_back[order]
    for line in after.to_pylist():
        whole = 0 < (line["refund"] or 0) >= line["item_value"] - (line["discount"] or 0)
        assert line["status"] == ("refunded" if whole else "completed")


def test_an_amount_goes_to_the_lines_of_its_sku_else_to_all_of_the_order():
    values = {"A": 30, "B": 10}
    lines = [{"identity": "amazon/1", "sku": sku, "item_value": value} for sku, value in values.items()]
    told = {"identity": "amazon/1", "event": "sale", "part": "fee", "currency": "USD"}
    rows = [told | {"sku": sku, "amount": amount} for sku, amount in (("B", -4), ("Z", -8), (None, -4))]
    found = joined(lines_table([line | {"currency": "USD"} for line in lines]), entries_table(rows))
    assert found["fee"].to_pylist() == [9, 7]


def test_what_the_orders_own_report_tells_stays_as_it_is():
    line = {"identity": "amazon/1", "sku": "A", "item_value": 30, "fee": 2, "refund": 0, "currency": "USD"}
    told = {"identity": "amazon/1", "sku": "A", "currency": "USD"}
    rows = [
        told | {"event": "sale", "part": "fee", "amount": -4},
        told | {"event": "refund", "part": "goods", "amount": -30},
    ]
    (found,) = joined(lines_table([line]), entries_table(rows)).to_pylist()
    assert (found["fee"], found["refund"], found["status"]) == (2, 0, "completed")


def test_shipping_and_tax_that_were_given_back_lower_the_lines():
    line = {"identity": "amazon/1", "sku": "A", "item_value": 30, "shipping": 5, "tax": 2, "currency": "USD"}
    told = {"identity": "amazon/1", "sku": "A", "currency": "USD"}
    rows = [
        told | {"event": event, "part": part, "amount": amount}
        for event, part, amount in (("sale", "tax", 2), ("refund", "tax", -2), ("refund", "shipping", -4))
    ]
    untold = line | {"identity": "amazon/2", "shipping": None, "tax": None}
    also = [row | {"identity": "amazon/2"} for row in rows]
    found = joined(lines_table([line, untold]), entries_table([*rows, *also]))
    assert found.select(["shipping", "tax"]).to_pydict() == {"shipping": [1, None], "tax": [0, None]}


def test_another_currency_than_the_orders_is_not_joined():
    line = {"identity": "amazon/1", "sku": "A", "item_value": 30, "currency": "USD"}
    row = {
        "identity": "amazon/1",
        "sku": "A",
        "currency": "EUR",
        "event": "sale",
        "part": "fee",
        "amount": -4,
    }
    assert pc.all(joined(lines_table([line]), entries_table([row]))["fee"].is_null()).as_py()
