"""Exports as spreadsheets leave them: saved in another country, quoted, sorted, summed up below."""

import csv
import io
import re
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownchannel.files import Source, find_layout

# inside: how a file that was just made up is to be opened as a table
from ownchannel.orders import ColumnMapping, Orders, _import
from tests.orders.generated_bookings import Generated
from tests.orders.generated_truth import GeneratedFile, in_order, told, told_of_orders
from tests.orders.test_generated import FORMATS, NUMBER, read

LINES = list(NUMBER)
ALONE = [name for name in NUMBER if name not in ("Shopify orders", "eBay orders")]
"""Formats each of whose rows stands alone, wherever it is in the file."""
_PLAIN = re.compile(r"-?[0-9]+\.[0-9]{2}")
_GROUPED = re.compile(r"\(?-?\d{1,3}([.,'’]\d{2,3})+\)?|-?\d+,\d\d|.*[０-９].*")


@dataclass
class Table:
    """What stands above the header, the header, and the rows below it."""

    above: list[list[str]]
    header: list[str]
    rows: list[list[str]]

    def saved(self, delimiter: str, quoting: int = csv.QUOTE_MINIMAL, encoding: str = "utf-8") -> bytes:
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=delimiter, quoting=quoting).writerows(
            [*self.above, self.header, *self.rows]
        )
        return out.getvalue().encode(encoding)


def opened(file: GeneratedFile | Generated) -> Table:
    """A file's cells, as a spreadsheet shows them."""
    mapping = getattr(file, "mapping", None)
    own = [_import.MappedOrders(ColumnMapping(**mapping))] if mapping else []
    source = Source(file.name, lambda: io.BytesIO(file.content))
    layout = find_layout(source, lambda names: any(r.recognises(names) for r in [*own, *_import.READERS]))
    assert layout is not None
    text = file.content.decode(layout.encoding.name)
    quoting = csv.QUOTE_MINIMAL if layout.quote else csv.QUOTE_NONE
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=layout.delimiter, quoting=quoting))
    at = layout.header_line - 1
    return Table(rows[:at], rows[at], rows[at + 1 :])


def read_again(file: GeneratedFile | Generated, content: bytes) -> Orders:
    """A file as it is now, however it was written before."""
    mapping = {name: of for name, of in (getattr(file, "mapping", None) or {}).items() if name != "decimal"}
    return read([(file.name, content)], mapping or None)


def holds_the_same(file: GeneratedFile | Generated, orders: Orders) -> None:
    if isinstance(file, Generated):
        assert sorted(orders.entries["amount"].to_pylist()) == sorted(e.amount for e in file.entries)
    else:
        assert told(orders, file.gives) == file.holds
        assert told_of_orders(orders) == file.of_orders


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=7)
@given(data=st.data())
def test_a_spreadsheet_in_europe_saves_with_semicolons_and_commas(name: str, data: st.DataObject):
    file = data.draw(FORMATS[name])
    table = opened(file)
    cells = [cell for row in table.rows for cell in row]
    # Amounts with marks for thousands are texts to a spreadsheet: it leaves them as they are.
    if not any(_GROUPED.fullmatch(cell) for cell in cells if not _PLAIN.fullmatch(cell)):
        table.rows = [
            [cell.replace(".", ",") if _PLAIN.fullmatch(cell) else cell for cell in row] for row in table.rows
        ]
    holds_the_same(file, read_again(file, table.saved(";")))


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=6)
@given(data=st.data())
def test_a_spreadsheet_saves_every_cell_in_quotes_or_as_unicode_text(name: str, data: st.DataObject):
    file = data.draw(FORMATS[name])
    way = data.draw(st.sampled_from([(",", csv.QUOTE_ALL, "utf-8-sig"), ("\t", csv.QUOTE_MINIMAL, "utf-16")]))
    holds_the_same(file, read_again(file, opened(file).saved(*way)))


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=6)
@given(data=st.data())
def test_a_file_in_many_pieces_is_read_as_in_one(name: str, data: st.DataObject):
    file = data.draw(FORMATS[name])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("ownchannel.files._delimited._BLOCK", data.draw(st.integers(200, 1_000)))
        patched.setattr("ownchannel.files._layout.CHUNK_ROWS", data.draw(st.integers(1, 4)))
        orders = read_again(file, opened(file).saved(";"))
    holds_the_same(file, orders)


@pytest.mark.parametrize("name", ALONE)
@settings(max_examples=8)
@given(data=st.data())
def test_rows_sorted_by_any_column_are_the_same_orders(name: str, data: st.DataObject):
    file = data.draw(FORMATS[name])
    table = opened(file)
    place = data.draw(st.integers(0, len(table.header) - 1))
    table.rows.sort(key=lambda row: row[place] if place < len(row) else "")
    orders = read_again(file, table.saved(","))
    assert in_order(told(orders, "lines")) == in_order(file.holds)
    assert sorted(told_of_orders(orders)) == sorted(file.of_orders)


@settings(max_examples=20)
@given(data=st.data())
def test_rows_of_a_sorted_shopify_export_find_their_order_or_say_that_they_do_not(data: st.DataObject):
    file = data.draw(FORMATS["Shopify orders"])
    table = opened(file)
    table.rows.sort(key=lambda row: row[table.header.index("Lineitem sku")])
    orders = read_again(file, table.saved(","))
    known = {row[1]: row for row in file.of_orders}
    assert all(row[1] in known for row in told_of_orders(orders))
    (report,) = orders.report.files
    lost = orders.report.rejected
    apart = lost["reason"].str.contains("does not stand above")
    assert report.rejected - apart.sum() <= file.rejected, "no row is blamed for anything else"


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=6)
@given(data=st.data())
def test_a_row_of_totals_below_the_table_is_no_row_of_it(name: str, data: st.DataObject):
    file = data.draw(FORMATS[name])
    table = opened(file)
    total = (
        ["Total", *[""] * (len(table.header) - 1)] if data.draw(st.booleans()) else [""] * len(table.header)
    )
    for place in range(1, len(table.header)):
        amounts = [row[place] for row in table.rows if place < len(row) and _PLAIN.fullmatch(row[place])]
        if amounts and len(amounts) == len([row for row in table.rows if place < len(row) and row[place]]):
            total[place] = f"{sum(map(float, amounts)):.2f}"
    table.rows.append(total)
    holds_the_same(file, read_again(file, table.saved(",")))
