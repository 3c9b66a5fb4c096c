"""Several reports as one table: each order once, gaps filled, bookings matched."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

# inside: rows of any state and order, without a file for each
from ownchannel.orders import ENTRIES, REPEAT_RATES, TABLE, _merge, _schema, read_orders
from tests.orders.exports import shopify, shopify_row
from tests.orders.test_shopify_payments import A_CHARGE, payments

SCHEMA = _schema.AS_READ["lines"].append(pa.field("file_no", pa.int32()))
#: Lines whose goods were looked up.
LINES = _schema.AS_READ["lines"].append(TABLE.field("goods"))
Line = Mapping[str, Any]


def table(lines: Sequence[Line], chunks: int = 2) -> pa.Table:
    """Lines as a table of some chunks; what a line does not hold is null."""
    rows = [{field.name: None for field in SCHEMA} | dict(line) for line in lines]
    cut = len(rows) // chunks
    parts = [rows[:cut], rows[cut:]]
    return pa.concat_tables([pa.Table.from_pylist(part, schema=SCHEMA) for part in parts])


def told(found: pa.Table) -> list[dict[str, Any]]:
    """The lines without what is null."""
    return [{name: value for name, value in row.items() if value is not None} for row in found.to_pylist()]


FIRST = datetime(2026, 3, 1, tzinfo=UTC)
moments = st.integers(0, 3).map(lambda days: FIRST + timedelta(days))
amounts = st.one_of(st.just(Decimal(0)), st.decimals(0, 99, places=2))


@st.composite
def some_lines(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = []
    for place in range(draw(st.integers(0, 12))):
        line = {
            "identity": draw(st.sampled_from(["amazon/1", "amazon/2", "shopify/1"])),
            "item": draw(st.sampled_from(["PAN", "LID"])),
            "line_id": draw(st.sampled_from([None, None, "own-1", "own-2"])),
            "rank": draw(st.integers(0, 2)),
            "file_no": draw(st.integers(0, 2)),
            "updated_at": draw(st.one_of(st.none(), moments)),
            "ordered_at": draw(moments),
            "item_value": draw(amounts),
            "currency": draw(st.sampled_from(["USD", "USD", "EUR"])),
            "source_row": place,
            "customer_key": draw(st.sampled_from([None, "k1", "k2"])),
            "consent": draw(st.sampled_from([None, True, False])),
            "country": draw(st.sampled_from([None, "US", "DE"])),
        }
        line |= {column: draw(st.one_of(st.none(), amounts)) for column in _merge.MONEY_FACTS}
        found.append({name: value for name, value in line.items() if value is not None})
    return found


# ---------------------------------------------------------------- names of lines


@settings(max_examples=40)
@given(some_lines())
def test_lines_without_an_id_are_named_by_item_and_occurrence_in_a_run(lines):
    # Items of one order that stand in several runs with several amounts are other lines: see below.
    alike = dict.fromkeys(("item_value", *_merge.MONEY_FACTS), Decimal(1))
    one_price = [line | alike for line in lines]
    expected = []
    for _, run in groupby(one_price, itemgetter("identity")):
        seen: Counter[str] = Counter()
        for line in run:
            seen[line["item"]] += 1
            expected.append(line.get("line_id", f"{line['item']}#{seen[line['item']]}"))
    assert _merge.numbered(_merge.in_runs(table(one_price), []))["line_id"].to_pylist() == expected


def test_scattered_lines_of_an_item_are_told_apart_by_their_amounts_in_one_state():
    def of(number: int, value: str | None, **more: Any) -> dict[str, Any]:
        line = {"identity": f"amazon/{number}", "item": "PAN", "status": "completed"} | more
        return line | ({"item_value": Decimal(value)} if value else {})

    def named(*lines: dict[str, Any]) -> list[str]:
        rows = [line | {"source_row": row} for row, line in enumerate(lines)]
        return list(_merge.numbered(_merge.in_runs(table(rows), []))["line_id"].to_pylist())

    assert named(of(1, "5"), of(2, "7"), of(1, "9"), of(3, "9"), of(1, "5")) == [
        *("PAN#1", "PAN#1", "PAN#2", "PAN#1", "PAN#1")
    ]
    assert named(of(1, "0", status="pending"), of(2, "7"), of(1, "9")) == ["PAN#1"] * 3
    cancelled = (of(1, "5", status="cancelled"), of(2, "7"), of(1, "9", status="cancelled"))
    assert named(*cancelled) == ["PAN#1", "PAN#1", "PAN#2"]
    assert named(of(1, "9", updated_at=FIRST), of(2, "7"), of(1, "5", updated_at=FIRST + timedelta(1))) == [
        *["PAN#1"] * 3
    ]


def test_a_header_between_two_rows_of_an_order_begins_another_run():
    lines = [{"identity": "amazon/1", "item": "PAN", "source_row": row} for row in (2, 3, 5)]
    named = _merge.numbered(_merge.in_runs(table(lines), [4]))
    assert named["line_id"].to_pylist() == ["PAN#1", "PAN#2", "PAN#1"]
    assert named["run"].to_pylist() == [2, 2, 5]


def test_orders_known_by_name_are_those_of_the_one_id_that_has_name_and_time():
    own = {"channel": "Shopify", "kind": "owned", "order_id": "#1", "ordered_at": FIRST, "rank": 0}
    by_name = own | {"rank": 1, "identity": "shopify/#1/then"}
    other = by_name | {"ordered_at": FIRST + timedelta(1), "identity": "shopify/#1/later"}
    lines = table([own | {"identity": "shopify/55"}, by_name, other])
    expected = ["shopify/55", "shopify/55", "shopify/#1/later"]
    assert _merge.known_by_id(lines)["identity"].to_pylist() == expected
    two = table([own | {"identity": "shopify/55"}, own | {"identity": "shopify/56"}, by_name])
    assert _merge.known_by_id(two)["identity"].to_pylist()[2] == "shopify/#1/then"


def test_lines_with_ids_of_their_own_keep_them():
    lines = [{"identity": "amazon/1", "item": "PAN", "line_id": "own"}] * 2
    assert _merge.numbered(table(lines))["line_id"].to_pylist() == ["own", "own"]


# ---------------------------------------------------------------- each once


def once(lines: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    best: dict[str, int] = {}
    reaches: dict[int, datetime] = {}
    for line in lines:
        best[line["identity"]] = min(best.get(line["identity"], 9), line["rank"])
        reaches[line["file_no"]] = max(reaches.get(line["file_no"], FIRST), line["ordered_at"])
    newest: dict[object, Line] = {}
    for line in lines:
        key = line["identity"], line["line_id"], line["rank"]
        there = newest.get(key)
        if there is None or _state(line, reaches) >= _state(there, reaches):
            newest[key] = line
    kept = [line for line in lines if any(line is other for other in newest.values())]
    counting = [line for line in kept if line["rank"] == best[line["identity"]]]
    return counting, [line for line in kept if line["rank"] != best[line["identity"]]]


def _state(line: Line, reaches: Mapping[int, datetime]) -> tuple[datetime, datetime, int]:
    """Of states that are alike the first file's counts, and of one file's the last."""
    return line.get("updated_at", FIRST - timedelta(9)), reaches[line["file_no"]], -line["file_no"]


named_lines = some_lines().map(lambda lines: [{"line_id": "own-3"} | line for line in lines])


@settings(max_examples=40)
@given(named_lines)
def test_of_each_line_the_newest_state_of_the_best_report_counts(lines):
    counting, others = _merge.counted_once(table(lines))
    assert (told(counting), told(others)) == once(lines)


@settings(max_examples=40)
@given(named_lines, st.randoms())
def test_the_order_of_the_files_changes_nothing_but_between_states_that_are_alike(lines, random):
    for place, line in enumerate(lines):
        line["updated_at"] = FIRST + timedelta(place)
    counting, others = _merge.counted_once(table(lines))
    random.shuffle(lines)
    again, others_again = _merge.counted_once(table(lines))
    assert by_row(counting) == by_row(again)
    assert by_row(others) == by_row(others_again)


def by_row(found: pa.Table) -> list[dict[str, Any]]:
    return sorted(told(found), key=lambda line: line["source_row"])


# ---------------------------------------------------------------- gaps filled


def fill(lines: Sequence[Line], others: Sequence[Line]) -> tuple[list[Line], Counter[tuple[int, str]]]:
    found = [dict(line) for line in lines]
    given_by: Counter[tuple[int, str]] = Counter()
    of_order = defaultdict(list)
    for line in found:
        of_order[line["identity"]].append(line)
    for order, its_lines in of_order.items():
        for column in (*_merge.FACTS, *_merge.MONEY_FACTS):
            tell = [line for line in others if line["identity"] == order and column in line]
            if column in _merge.MONEY_FACTS:
                tell = [line for line in tell if line["currency"] == its_lines[0]["currency"]]
            best = [line for line in tell if line["rank"] == min(line["rank"] for line in tell)]
            if not best:
                continue
            parts = [best[0][column]] * len(its_lines)
            if column in _merge.MONEY_FACTS:
                parts = shared(sum(line[column] for line in best), [line["item_value"] for line in its_lines])
            gaps = [(line, part) for line, part in zip(its_lines, parts, strict=True) if column not in line]
            for line, part in gaps:
                line[column] = part
            is_other = best[0]["file_no"] != its_lines[0]["file_no"]
            if is_other and any(part or column in _merge.FACTS for _, part in gaps):
                given_by[best[0]["file_no"], column] += 1
    return found, given_by


def shared(total: Decimal, weights: list[Decimal]) -> list[Decimal]:
    in_millionths = np.array([int(weight * 10**6) for weight in weights])
    shares = _merge.spread(
        np.array([int(total * 10**6)]), np.zeros(len(weights), dtype=np.intp), in_millionths
    )
    return [Decimal(share) / 10**6 for share in shares.tolist()]


@settings(max_examples=40)
@given(some_lines(), some_lines())
def test_what_is_not_told_comes_from_the_best_report_that_tells_it(lines, others):
    found, given_by = _merge.filled(table(lines), table(others))
    expected, expected_given = fill(lines, others)
    assert told(found) == expected
    assert given_by == expected_given


@settings(max_examples=40)
@given(some_lines(), some_lines())
def test_an_amount_that_one_report_tells_of_an_order_is_all_of_it(lines, others):
    untold = [{n: v for n, v in line.items() if n != "fee"} | {"currency": "EUR"} for line in lines]
    found, _ = _merge.filled(table(untold), table(others))
    for order in {line["identity"] for line in untold}:
        euros = [line for line in others if line["currency"] == "EUR"]
        tell = [line for line in euros if line["identity"] == order and "fee" in line]
        best = [line["fee"] for line in tell if line["rank"] == min(line["rank"] for line in tell)]
        fees = [line["fee"] for line in told(found) if line["identity"] == order and "fee" in line]
        assert sum(fees) == sum(best)


# ---------------------------------------------------------------- no gaps


@settings(max_examples=40)
@given(some_lines())
def test_what_nobody_tells_is_nothing_but_fees_stay_unknown(lines):
    nothing = {"discount", "shipping", "tax", "refund"}
    untold = {column: Decimal(0) for column in nothing} | {"status": "completed"}
    expected = [untold | line for line in lines]
    assert told(_merge.without_gaps(table(lines))) == expected


UTC_MOMENT = pa.timestamp("us", tz="UTC")
NEW_YEAR = datetime(2026, 1, 1, 3, tzinfo=UTC)

#: From 1995 to 2098.
some_instants = st.integers(789_000_000, 4_070_900_000).map(
    lambda second: datetime.fromtimestamp(second, UTC)
)
zones = st.sampled_from(["UTC", "America/New_York", "Europe/Berlin", "Asia/Kolkata", "Pacific/Apia"])


def as_read(schema: pa.Schema, *rows: dict[str, object]) -> pa.Table:
    schema = schema.append(pa.field("file_no", pa.int32()))
    return pa.Table.from_pylist([dict.fromkeys(schema.names) | row for row in rows], schema=schema)


@given(st.lists(some_instants, max_size=20), zones)
def test_days_are_those_of_the_brands_clock(instants, zone):
    column = pa.chunked_array([instants[:3], instants[3:]], UTC_MOMENT)
    expected = [instant.astimezone(ZoneInfo(zone)).date() for instant in instants]
    assert _merge.local_days(column, zone).to_pylist() == expected


def test_lines_have_their_day_and_file():
    lines = as_read(
        LINES,
        {"file_no": 1, "ordered_at": NEW_YEAR},
        {"file_no": 0, "ordered_at": NEW_YEAR},
    )
    table = _merge.finished(lines, TABLE, ["a.txt", "b.txt"], "America/New_York")
    assert table.schema == TABLE
    assert table["source_file"].to_pylist() == ["b.txt", "a.txt"]
    assert [str(day) for day in table["ordered_on"].to_pylist()] == ["2025-12-31"] * 2


@pytest.mark.parametrize("consent", [True, False, None])
def test_of_nobody_there_is_no_consent(consent):
    known = {"file_no": 0, "ordered_at": NEW_YEAR, "consent": consent}
    lines = as_read(LINES, known, known | {"customer_key": "k"})
    table = _merge.finished(lines, TABLE, ["a.txt"], "UTC")
    assert table["consent"].to_pylist() == [None, consent]


def test_bookings_and_rates_likewise():
    entries = _merge.finished(
        as_read(_schema.AS_READ["entries"], {"file_no": 0, "posted_at": NEW_YEAR}),
        ENTRIES,
        ["a.txt"],
        "America/New_York",
    )
    assert entries.schema == ENTRIES
    assert str(entries["posted_on"][0].as_py()) == "2025-12-31"
    rates = _merge.finished(
        as_read(_schema.AS_READ["repeat_rates"], {"file_no": 1, "orders": 5}),
        REPEAT_RATES,
        ["a.txt", "b.txt"],
        "UTC",
    )
    assert rates.schema == REPEAT_RATES
    assert (rates["source_file"].to_pylist(), rates["orders"].to_pylist()) == (["b.txt"], [5])


def test_no_rows_make_a_table_of_none():
    assert _merge.finished(as_read(LINES), TABLE, [], "UTC").schema == TABLE


def lines(*orders: tuple[str, str, str]) -> pa.Table:
    channel, order_id, identity = zip(*orders, strict=True) if orders else ((), (), ())
    columns = {"channel": channel, "order_id": order_id, "identity": identity}
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


def entry(order_id: str | None, event: str = "sale", identity: str | None = None) -> pa.Table:
    row = {"channel": "Shopify", "order_id": order_id, "event": event, "identity": identity}
    return pa.table({name: pa.array([value], pa.string()) for name, value in row.items()})


@pytest.mark.parametrize(
    ("orders", "identity"),
    [
        ([("Shopify", "#1001", "shopify/55")], "shopify/55"),
        ([("Shopify", "#1001", "shopify/55")] * 3, "shopify/55"),
        ([("Shopify", "#1001", "shopify/55"), ("Shopify", "#1001", "shopify/66")], None),
        ([("Etsy", "#1001", "etsy/55")], None),
        ([("Shopify", "#1002", "shopify/55")], None),
        ([], None),
    ],
)
def test_an_entry_belongs_to_the_one_order_of_its_name_on_its_channel(orders, identity):
    assert _merge.matched(entry("#1001"), lines(*orders))["identity"].to_pylist() == [identity]


def test_what_has_an_identity_keeps_it_and_what_is_no_orders_gets_none():
    orders = lines(("Shopify", "#1001", "shopify/55"))
    assert _merge.matched(entry("#1001", identity="amazon/1"), orders)["identity"].to_pylist() == ["amazon/1"]
    assert _merge.matched(entry("#1001", event="account"), orders)["identity"].to_pylist() == [None]
    assert _merge.matched(entry(None), orders)["identity"].to_pylist() == [None]


def test_without_entries_there_is_nothing_to_match():
    assert _merge.matched(entry("#1001").slice(1), lines()).num_rows == 0


def test_the_fee_of_a_card_comes_to_the_order_that_it_paid(tmp_path):
    orders = shopify(shopify_row({"Id": "55"}), shopify_row({"Name": "#1002", "Id": "56"}))
    files = [("orders.csv", orders), ("payments.csv", payments(A_CHARGE))]
    table = read_orders(files, workspace=tmp_path).arrow
    assert table["order_id"].to_pylist() == ["#1001", "#1002"]
    assert table["fee"].to_pylist() == [Decimal("2.74"), None]
