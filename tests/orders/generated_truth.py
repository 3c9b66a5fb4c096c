"""Orders made up at random, how a file of them is written, and the check that all of it is read."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import pyarrow as pa
from hypothesis import strategies as st

from ownchannel.orders import SIDE_TABLES, Orders, read_orders
from tests.orders.headers import SECRETS, sentinel

#: Of each kind of file, the columns of its tuples; an order's amounts are summed over its lines.
COLUMNS = {
    "lines": "channel order_id ordered_at sku product quantity item_value currency status",
    "entries": "posted_at event part order_id amount currency",
    "repeat_rates": "product_id orders customers repeat_customers_share repeat_revenue ends_on",
    "rates": "date from to rate",
    "returns": "order_id sku returned_on units reason disposition channel",
    "traffic": "date product_id parent_id sku sessions page_views units order_items sales currency",
    "baskets": "product_id with_product_id rank share ends_on",
    "spend": "starts_on ends_on platform channel kind campaign spend clicks claimed_orders claimed_revenue "
    "currency",
    "costs": "sku valid_from unit_cost units currency",
}
ORDER_SUMS = ("discount", "shipping", "tax", "refund")

_START = datetime(2024, 1, 1, tzinfo=UTC)
_NAMES = {
    "utf-8": ("Pan", 'Pan 12" x 2"', "Poêle à frire", "フライパン", "=cmd()", "Salt; pepper, \tmill"),
    "cp1252": ("Pan", "Küchenschürze, blau", "Poêle", "€-Schale"),
    "cp932": ("Pan", "フライパン", "なべ"),
}
_ENCODINGS = {"utf-8": "utf-8", "utf-8-sig": "utf-8", "utf-16": "utf-8", "cp1252": "cp1252", "cp932": "cp932"}

Row = Mapping[str, str]


class Item(NamedTuple):
    """A line of an order; the price is for one, in cents."""

    sku: str
    product: str
    units: int
    price: int


class Order(NamedTuple):
    """An order, amounts in cents; the discount is at most its first item's value."""

    number: int
    placed: datetime
    buyer: int | None
    currency: str
    status: str
    items: tuple[Item, ...]
    discount: int
    shipping: int
    tax: int
    refund: int

    @property
    def value(self) -> int:
        """Of all items, before the discount."""
        return sum(item.units * item.price for item in self.items)

    @property
    def total(self) -> int:
        """What the buyer pays."""
        return self.value - self.discount + self.shipping + self.tax


@dataclass(frozen=True)
class Style:
    """How a file is written."""

    encoding: str
    line_end: str
    decimal: str
    delimiter: str
    """Of files between commas, or between semicolons where a spreadsheet in Europe saved them."""

    grouping: str
    """How thousands are marked: not at all, in threes, as in India; or in the full-width digits of Japan."""

    def money(self, cents: int) -> str:
        """An amount in this file's way, in brackets where it is negative and its thousands are marked."""
        units, part = divmod(abs(cents), 100)
        text = f"{_grouped(units, self.grouping)}.{part:02}"
        if self.decimal == ",":
            text = text.translate(_COMMA_FOR_POINT)
        if self.grouping == "full-width":
            text = text.translate(_FULL_WIDTH)
        return text if cents >= 0 else f"({text})" if self.grouping == "thousands" else f"-{text}"


_COMMA_FOR_POINT = str.maketrans(",.", ".,")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def _grouped(units: int, grouping: str) -> str:
    if grouping == "thousands":
        return f"{units:,}"
    above, last = divmod(units, 1000)
    if grouping != "lakh" or not above:
        return str(units)
    pairs = re.findall(r"\d{1,2}", str(above)[::-1])  # from the right
    return f"{','.join(pairs)[::-1]},{last:03}"


@dataclass(frozen=True)
class GeneratedFile:
    """A file and what it holds."""

    name: str
    content: bytes
    gives: str
    rows: int
    rejected: int
    holds: tuple[tuple[Any, ...], ...]
    """Sorted, in the columns that stand above for what the file gives."""
    of_orders: tuple[tuple[Any, ...], ...] = ()
    """Of order lines: order number and the sums of ORDER_SUMS."""
    buyers: Mapping[str, int | None] = field(default_factory=dict)
    """Of order lines: by order number, who bought; None where the file hides it."""
    mapping: Mapping[str, str] | None = None
    """What `read_orders` must be told of a table that nobody knows."""
    repeats: int = 0
    """Rows that only sum up others."""


def check_reading(file: GeneratedFile, workspace: str) -> None:
    """Read a file and compare all of it with its truth."""
    orders = read_orders((file.name, file.content), mapping=file.mapping, workspace=workspace)
    (report,) = orders.report.files
    assert (report.rows_in, report.rejected, report.duplicates) == (file.rows, file.rejected, file.repeats)
    assert told(orders, file.gives) == file.holds
    assert told_of_orders(orders) == file.of_orders
    keys = told_buyers(orders)
    pairs = {(buyer, keys[number]) for number, buyer in file.buyers.items()}
    assert all((buyer is None) == (key is None) for buyer, key in pairs)
    assert len({buyer for buyer, _ in pairs}) == len({key for _, key in pairs}) == len(pairs)
    for split in report.money.values():
        assert split["in"] == split["accepted"] + split["rejected"]
    assert not any("The amounts read do not add up" in warning for warning in report.warnings)
    shown = [str(getattr(orders, name).to_pylist()) for name in ("arrow", "entries", *SIDE_TABLES)]
    shown += [str(orders.report), orders.report.rejected.to_csv()]
    assert not [secret for secret in SECRETS if any(secret in text for text in shown)]


def told(orders: Orders, gives: str) -> tuple[tuple[Any, ...], ...]:
    """What was read, in the tuples of `GeneratedFile.holds`."""
    if gives == "customers":  # they only fill in
        return ()
    table = orders.arrow if gives == "lines" else getattr(orders, gives)
    return in_order(_tuples(table, COLUMNS[gives].split()))


def told_of_orders(orders: Orders) -> tuple[tuple[Any, ...], ...]:
    """What was read, in the tuples of `GeneratedFile.of_orders`."""
    sums: dict[str, list[Decimal]] = {}
    for number, *amounts in _tuples(orders.arrow, ("order_id", *ORDER_SUMS)):
        held = sums.setdefault(number, [Decimal(0)] * len(ORDER_SUMS))
        sums[number] = [one + other for one, other in zip(held, amounts, strict=True)]
    return in_order((number, *amounts) for number, amounts in sums.items())


def told_buyers(orders: Orders) -> dict[str, str | None]:
    """By order number, the customer's key."""
    return dict(_tuples(orders.arrow, ("order_id", "customer_key")))


def _tuples(table: pa.Table, columns: Sequence[str]) -> Iterable[tuple[Any, ...]]:
    return zip(*(table[column].to_pylist() for column in columns), strict=True)


def in_order(rows: Iterable[tuple[Any, ...]]) -> tuple[tuple[Any, ...], ...]:
    return tuple(sorted(rows, key=lambda row: [(cell is None, str(type(cell)), cell) for cell in row]))


@st.composite
def styles(draw: st.DrawFn, decimals: str = ".") -> Style:
    encoding = draw(st.sampled_from(list(_ENCODINGS)))
    groupings = ["none", "thousands", "lakh", *(["full-width"] if encoding.startswith("utf") else [])]
    return Style(
        encoding,
        draw(st.sampled_from(["\n", "\r\n"])),
        draw(st.sampled_from(decimals)),
        draw(st.sampled_from(",;")),
        draw(st.sampled_from(groupings)),
    )


@st.composite
def made_up_orders(draw: st.DrawFn, style: Style, statuses: Sequence[str]) -> tuple[Order, ...]:
    names = [name for name in _NAMES[_ENCODINGS[style.encoding]] if "\t" not in name]
    items = st.builds(
        Item,
        sku=st.sampled_from(["PAN-12", "POT 3", "SALT", "A:B"]),
        product=st.sampled_from(names),
        units=st.integers(1, 12),
        price=st.integers(0, 250_000),
    )
    orders = []
    for number in draw(st.lists(st.integers(1, 9_999_999), max_size=6, unique=True)):
        of_order = tuple(draw(st.lists(items, min_size=1, max_size=4)))
        discount = draw(st.integers(0, of_order[0].units * of_order[0].price))
        order = Order(
            number=number,
            placed=_START + timedelta(seconds=draw(st.integers(0, 86_400 * 1_000))),
            buyer=draw(st.one_of(st.none(), st.integers(1, 3))),
            currency=draw(st.sampled_from(["USD", "USD", "EUR"])),
            status=draw(st.sampled_from(statuses)),
            items=of_order,
            discount=discount,
            shipping=draw(st.integers(0, 2_000)),
            tax=draw(st.integers(0, 2_000)),
            refund=0,
        )
        paid = order.value - order.discount
        whole = order.status == "refunded"
        orders.append(order._replace(refund=paid if whole else draw(st.sampled_from([0, 0, paid // 3]))))
    return tuple(orders)


def amount(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)


def lines_of(
    orders: Iterable[Order], channel: str, name: Callable[[Order], str], **known: Any
) -> tuple[tuple[Any, ...], ...]:
    """The tuples of orders' lines; `known` overrides what a format does not tell or rounds."""
    told_at = known.get("placed", lambda order: order.placed)
    return in_order(
        (
            channel, name(order), told_at(order), item.sku, item.product, float(item.units),
            amount(item.units * item.price), order.currency, order.status,
        )
        for order in orders
        for item in order.items
    )  # fmt: skip


def sums_of(
    orders: Iterable[Order], name: Callable[[Order], str], untold: Sequence[str] = ()
) -> tuple[tuple[Any, ...], ...]:
    return in_order(
        (name(order), *(amount(0 if column in untold else getattr(order, column)) for column in ORDER_SUMS))
        for order in orders
    )


def written(
    columns: Sequence[str], rows: Iterable[Row], style: Style, delimiter: str = "", top: str = ""
) -> bytes:
    """Rows as a platform writes them; cells that hold people's data hold sentinels."""
    text = io.StringIO()
    delimiter = delimiter or style.delimiter
    quoting = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
    quote = None if delimiter == "\t" else '"'
    writer = csv.writer(
        text, delimiter=delimiter, lineterminator=style.line_end, quoting=quoting, quotechar=quote
    )
    writer.writerow(columns)
    for row in rows:
        writer.writerow([row.get(column, sentinel(column)) for column in columns])
    return (top + text.getvalue()).encode(style.encoding)


def day_of(order: Order) -> datetime:
    """When it was placed as far as a file by days tells it."""
    return order.placed.replace(hour=0, minute=0, second=0)


def plain_number(order: Order) -> str:
    return str(order.number)


def address(order: Order, domain: str = "example.com") -> str:
    return "" if order.buyer is None else f"Buyer.{order.buyer}@{domain}"


def truth_of(
    orders: Sequence[Order],
    channel: str,
    name: Callable[[Order], str],
    *,
    untold: Sequence[str] = (),
    hides_buyers: bool = False,
    **known: Any,
) -> dict[str, Any]:
    """What a file of orders holds, by field of `GeneratedFile`; `known` is that of `lines_of`."""
    return {
        "gives": "lines",
        "holds": lines_of(orders, channel, name, **known),
        "of_orders": sums_of(orders, name, untold),
        "buyers": {name(order): None if hides_buyers else order.buyer for order in orders},
    }


def with_bad(row: Row, column: str) -> Row:
    """A row that cannot be used: a cell holds what it should not, and nothing that could be read as it."""
    return {**row, column: "n/a ?"}


def file_of(
    draw: st.DrawFn,
    name: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    style: Style,
    *,
    wrong: str,
    delimiter: str = "",
    top: str = "",
    above: Sequence[Row] = (),
    **truth: Any,
) -> GeneratedFile:
    """The rows as a file, and below them some that cannot be used: a cell of the column `wrong` is no value.

    `above` are rows that are none of the table; `truth` has the other fields of `GeneratedFile`.
    """
    bad = [with_bad(row, wrong) for row in rows[: draw(st.integers(0, 2))]]
    content = written(columns, [*above, *rows, *bad], style, delimiter, top)
    return GeneratedFile(name, content, rows=len(rows) + len(bad), rejected=len(bad), **truth)
