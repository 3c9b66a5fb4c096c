"""Lines of several reports as one, against the same done with dictionaries, a line at a time."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from ownchannel.orders._cells import spread
from ownchannel.orders._merge import (
    FACTS,
    MONEY_FACTS,
    counted_once,
    filled,
    numbered,
    without_gaps,
)
from ownchannel.orders._schema import LINES_AS_READ

SCHEMA = LINES_AS_READ.append(pa.field("file_no", pa.int32()))
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
        line |= {column: draw(st.one_of(st.none(), amounts)) for column in MONEY_FACTS}
        found.append({name: value for name, value in line.items() if value is not None})
    return found


# ---------------------------------------------------------------- names of lines


@settings(max_examples=40)
@given(some_lines())
def test_lines_without_an_id_are_named_by_item_and_occurrence(lines):
    seen: Counter[tuple[str, str]] = Counter()
    expected = []
    for line in lines:
        key = line["identity"], line["item"]
        seen[key] += 1
        expected.append(line.get("line_id", f"{line['item']}#{seen[key]}"))
    assert numbered(table(lines))["line_id"].to_pylist() == expected


def test_lines_with_ids_of_their_own_keep_them():
    lines = [{"identity": "amazon/1", "item": "PAN", "line_id": "own"}] * 2
    assert numbered(table(lines))["line_id"].to_pylist() == ["own", "own"]


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
        if there is None or _state(line, reaches) > _state(there, reaches):
            newest[key] = line
    kept = [line for line in lines if any(line is other for other in newest.values())]
    counting = [line for line in kept if line["rank"] == best[line["identity"]]]
    return counting, [line for line in kept if line["rank"] != best[line["identity"]]]


def _state(line: Line, reaches: Mapping[int, datetime]) -> tuple[datetime, datetime]:
    return line.get("updated_at", FIRST - timedelta(9)), reaches[line["file_no"]]


named_lines = some_lines().map(lambda lines: [{"line_id": "own-3"} | line for line in lines])


@settings(max_examples=40)
@given(named_lines)
def test_of_each_line_the_newest_state_of_the_best_report_counts(lines):
    counting, others = counted_once(table(lines))
    assert (told(counting), told(others)) == once(lines)


@settings(max_examples=40)
@given(named_lines, st.randoms())
def test_the_order_of_the_files_changes_nothing_but_between_states_that_are_alike(lines, random):
    for place, line in enumerate(lines):
        line["updated_at"] = FIRST + timedelta(place)
    counting, others = counted_once(table(lines))
    random.shuffle(lines)
    again, others_again = counted_once(table(lines))
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
        for column in (*FACTS, *MONEY_FACTS):
            tell = [line for line in others if line["identity"] == order and column in line]
            if column in MONEY_FACTS:
                tell = [line for line in tell if line["currency"] == its_lines[0]["currency"]]
            best = [line for line in tell if line["rank"] == min(line["rank"] for line in tell)]
            if not best:
                continue
            parts = [best[0][column]] * len(its_lines)
            if column in MONEY_FACTS:
                parts = shared(sum(line[column] for line in best), [line["item_value"] for line in its_lines])
            gaps = [(line, part) for line, part in zip(its_lines, parts, strict=True) if column not in line]
            for line, part in gaps:
                line[column] = part
            if any(part or column in FACTS for _, part in gaps):
                given_by[best[0]["file_no"], column] += 1
    return found, given_by


def shared(total: Decimal, weights: list[Decimal]) -> list[Decimal]:
    in_millionths = np.array([int(weight * 10**6) for weight in weights])
    shares = spread(np.array([int(total * 10**6)]), np.zeros(len(weights), dtype=np.intp), in_millionths)
    return [Decimal(share) / 10**6 for share in shares.tolist()]


@settings(max_examples=40)
@given(some_lines(), some_lines())
def test_what_is_not_told_comes_from_the_best_report_that_tells_it(lines, others):
    found, given_by = filled(table(lines), table(others))
    expected, expected_given = fill(lines, others)
    assert told(found) == expected
    assert given_by == expected_given


@settings(max_examples=40)
@given(some_lines(), some_lines())
def test_an_amount_that_one_report_tells_of_an_order_is_all_of_it(lines, others):
    untold = [{n: v for n, v in line.items() if n != "fee"} | {"currency": "EUR"} for line in lines]
    found, _ = filled(table(untold), table(others))
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
    assert told(without_gaps(table(lines))) == expected
