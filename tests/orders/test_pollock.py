"""The Pollock benchmark: one table of 83 orders in 2,290 states of damage, none read wrong in silence.

Vitagliano et al., "Pollock: A Data Loading Benchmark", PVLDB 16(8), 2023. Its files are too many to ship;
what they hold in small stands in `test_tables` and `test_delimited`.
"""

import csv
import io
import re
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from ownchannel.orders import Orders, read_orders

MAPPING = {
    "order_id": "PRODUCTID",
    "ordered_at": "DATE",
    "unit_price": "Price",
    "quantity": "Qty",
    "currency": "USD",
}
#: In the quick run, of each kind of damaged row one file in so many; it divides no number of columns.
ONE_IN = 13
MOST_LOST = 2
#: What nobody can read without a guess: no header, no rows, and blanks both between cells and in them.
REFUSED = {
    "file_no_header.csv": "None of its first 15 lines is a known header",
    "file_field_delimiter_0x20.csv": "None of its first 15 lines is a known header",
    "file_header_only.csv": "It has no rows below its header",
    "file_no_payload.csv": "It is empty or blank",
}

Row = tuple[str, str, int, Decimal]


def files(archive: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(archive) as packed:
        for member in packed:
            path = Path(member.name)
            if path.parent.name == "csv" and (content := packed.extractfile(member)):
                yield path.name, content.read()


def kind(name: str) -> str:
    """The kind of damage: a whole file's own name, or what was done to one row."""
    damaged_row = re.match(r"row_([a-z_]+?)_?(?:row)?(\d+)_", name)
    if damaged_row is None:
        return name
    return f"{'header' if damaged_row[2] == '0' else 'row'}: {damaged_row[1].replace('_', ' ')}"


def truth(source: bytes) -> list[Row]:
    rows = csv.DictReader(io.StringIO(source.decode()))
    return [as_row(row["PRODUCTID"], row["DATE"], row["Qty"], row["Price"]) for row in rows]


def as_row(number: str, day: str, quantity: str, price: str) -> Row:
    return (
        number,
        "-".join(reversed(day.split("/"))),
        int(quantity),
        int(quantity) * Decimal(price.strip(" $")),
    )


def lines_of(orders: Orders) -> Counter[Row]:
    lines = orders.table[["order_id", "ordered_on", "quantity", "item_value"]].itertuples(index=False)
    return Counter((number, str(day), int(quantity), value) for number, day, quantity, value in lines)


@pytest.mark.parametrize(
    "one_in", [pytest.param(ONE_IN, id="some"), pytest.param(1, id="all", marks=pytest.mark.slow)]
)
def test_no_damage_is_read_wrong_or_lost_in_silence(pollock: Path, tmp_path: Path, one_in: int):
    contents = dict(files(pollock))
    assert len(contents) == 2_290
    rows = truth(contents["source.csv"])
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    bad: list[str] = []
    seen: Counter[str] = Counter()
    for name, content in sorted(contents.items()):
        seen[kind(name)] += 1
        if kind(name).startswith("row:") and seen[kind(name)] % one_in:
            continue
        orders = read_orders((name, content), MAPPING, tmp_path)
        (file,) = orders.report.files
        expected = Counter(rows[:1] if name == "file_one_data_row.csv" else rows)
        wrong, lost = (lines_of(orders) - expected).total(), (expected - lines_of(orders)).total()
        state = "wrong" if wrong else "whole" if not lost else "in part" if lost <= MOST_LOST else "refused"
        counts[kind(name)][state] += 1
        is_said = bool(file.rejected or file.warnings)
        is_refused = (
            name in REFUSED and not len(orders) and any(REFUSED[name] in said for said in file.warnings)
        )
        if wrong or (lost and not is_said) or (lost > MOST_LOST and not is_refused):
            bad.append(f"{name}: {wrong} wrong, {lost} lost, {'' if is_said else 'not '}said")
        elif name.startswith("file_") and lost and not is_refused:
            bad.append(f"{name}: {lost} lost of a file that was changed as a whole")
    for each, states in counts.items():
        print(f"{each:40} {', '.join(f'{number:,} {state}' for state, number in states.items())}")
    assert not bad
