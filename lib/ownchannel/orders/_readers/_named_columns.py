"""Tables that a person made: of orders, once their columns are named, and of exchange rates."""

import re
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Any, Literal, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ownchannel.assumptions import why_refused
from ownchannel.files import (
    DAYS,
    MARKS,
    NO_CURRENCY,
    BadCell,
    Millionths,
    Rows,
    as_label,
    as_millionths,
    decimals,
    flags,
    folded_name,
    is_currency,
)
from ownchannel.orders._bookings import Numbers
from ownchannel.orders._exchange import LARGEST_RATE, SMALLEST_RATE
from ownchannel.orders._readers._reader import Context, Reader, is_one_of, status_of
from ownchannel.orders._schema import RATE, ChannelKind, Status

_CONSENT = dict.fromkeys(("yes", "true", "1", "y"), True) | dict.fromkeys(("no", "false", "0", "n"), False)
_AMOUNTS = ("item_value", "unit_price", "quantity", "discount", "shipping", "tax", "refund", "fee")
_ONE_TABLE = "Nothing is to be done, unless these are other orders: give each table a file of its own."
_REFUNDED_IN_PART = "(?i)part.*refund|refund.*part"
_IS_ROUNDED = "was rounded by a spreadsheet, so that different orders look alike"
_FORMAT_AS_TEXT = (
    "Export the table again and open it with this column as text, or name another column as order_id."
)
_NO_CUSTOMER = (
    "Rows whose customer number was rounded by a spreadsheet: {n}. Their customers are not known apart and "
    "are left out."
)
_PART_UNKNOWN = (
    "Rows that were refunded in part without an amount: {n}. They count in full: name the column of "
    "refunds in the mapping."
)
_DIFFERS = (
    "Rows with another amount for their whole order than its first row has: {n}. The first row's is used; "
    "leave the column out of of_order if each row has an amount of its own."
)
_LINES_AS_ORDERS = (
    "Rows whose order id was rounded by a spreadsheet: {n}. Each counts as an order of its own, known by "
    "its line_id. Export the table again without opening it in a spreadsheet."
)


class ColumnMapping(BaseModel):
    """Which column of your table holds what. Give the name of a column for each field you have.

    `item_value` is the line's total, or `unit_price` the price for one (times `quantity`); before discount
    and tax. A negative total is money given back: a refund without an order line. Whether days or months
    come first, and the decimal mark, are judged from whole columns: say `day_first` and `decimal` where
    these prove nothing. Raises ValueError where a field is missing or unknown.

    >>> ColumnMapping(order_id="Invoice", ordered_at="Date", item_value="Amount", currency="GBP").channel
    'Own store'
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    order_id: str
    ordered_at: str
    item_value: str | None = None
    unit_price: str | None = None
    quantity: str | None = None
    customer: str | None = Field(
        default=None, description="e-mail or customer number; only a keyed hash is kept"
    )
    sku: str | None = None
    product: str | None = None
    discount: str | None = None
    shipping: str | None = None
    tax: str | None = None
    refund: str | None = None
    fee: str | None = None
    country: str | None = None
    status: str | None = None
    consent: str | None = None
    line_id: str | None = None

    currency: str = Field(description="the name of a column, or a code such as USD for the whole file")
    channel: str = Field(default="Own store", description="the name of a column, or the channel's own name")
    kind: ChannelKind = "owned"
    of_order: tuple[Literal["discount", "shipping", "tax", "refund", "fee"], ...] = Field(
        default=(), description="amounts that are the whole order's and stand on each of its rows"
    )
    decimal: Literal[".", ","] | None = Field(
        default=None, description="the decimal mark, where the columns themselves do not prove it"
    )
    day_first: bool | None = Field(
        default=None, description="in dates such as 05/01/2026, where the column itself does not prove it"
    )

    def __init__(self, **columns: Any) -> None:
        try:
            super().__init__(**columns)
        except ValidationError as error:
            raise ValueError(f"The mapping of columns cannot be used. {why_refused(error)}") from None

    @model_validator(mode="after")
    def _has_a_value(self) -> Self:
        if (self.item_value is None) == (self.unit_price is None):
            raise ValueError(
                "Name the column of either item_value (the line's total) or unit_price (for one)."
            )
        return self

    @classmethod
    def of(cls, given: "ColumnMapping | Mapping[str, Any]") -> "ColumnMapping":
        """A mapping from itself or a dict."""
        return given if isinstance(given, cls) else cls(**given)  # type: ignore[arg-type]


class MappedOrders(Reader):
    """A table whose columns a person named."""

    name = "Table with named columns"
    habits = MappingProxyType({})  # a person may have written it in any way
    is_one_run = True

    def __init__(self, mapping: ColumnMapping) -> None:
        self._mapping = mapping
        options = {"kind", "decimal", "day_first", "of_order"}
        columns = mapping.model_dump(exclude=options, exclude_none=True)
        # A field that the mapping does not name has a column of no name, as no table has.
        self._column = defaultdict(str, {field: folded_name(name) for field, name in columns.items()})
        self.of_order = tuple(filter(self._column.get, mapping.of_order))
        self.kind, self._code = mapping.kind, mapping.currency.upper()
        self.currency = self._column["currency"]
        priced = ("item_value",) if mapping.item_value else ("unit_price", "quantity")
        self.worth = tuple(self._column[field] for field in priced)
        # A channel's own name and a currency's code stand for columns.
        apart = {"channel", "currency"} if is_currency(self._code) else {"channel"}
        self.headers = (frozenset(self._column[field] for field in columns.keys() - apart),)
        self.given = dict.fromkeys(map(self._column.__getitem__, _AMOUNTS), mapping.decimal or "")
        self.given[self._column["ordered_at"]] = {True: "d", False: "m", None: ""}[mapping.day_first]
        self.given = {column: way for column, way in self.given.items() if way}

    def values(self, rows: Rows, context: Context) -> dict[str, Any]:
        """One line per row; a negative total is a refund without its order line."""
        column, in_column = self._column, self.currency in rows.columns
        if not in_column:
            rows.notation.codes.add(self._code)
        self._reject_headers(rows, context)
        for name in filter(None, self.worth):
            rows.reject_where(~rows.has_text(name), name, "is empty", "An empty cell is no 0: fill it in.")
        total = self.worths(rows)
        order, line_id = self._orders(rows, context)
        named = as_label(self._mapping.channel) or "Own store"
        channel = rows.labels(column["channel"]).fill_null(named)
        status = rows.words(self._status, column["status"], otherwise="completed")
        units = rows.quantities(column["quantity"])
        values = {
            "order_id": order,
            "line_id": line_id,
            "channel": channel,
            "ordered_at": rows.moments(column["ordered_at"], context.timezone),
            "customer_key": self._customers(rows, context),
            "quantity": np.where(rows.has_text(column["quantity"]), units, 1.0),
            "item_value": np.maximum(total, 0),
            "discount": abs(rows.amounts(column["discount"])),
            "shipping": rows.amounts(column["shipping"]),
            "tax": rows.amounts(column["tax"]),
            "refund": self._refunds(rows, context, total, status),
            "fee": decimals(abs(rows.amounts(column["fee"]))) if column["fee"] else None,
            "currency": rows.currencies(self.currency) if in_column else self._code,
            "status": np.where(total < 0, "refunded", status),
            "consent": rows.each(
                lambda cell: _CONSENT.get(cell.casefold()), column["consent"], otherwise=None
            ),
            "amount": total,
            "identity": pc.binary_join_element_wise(channel, order, "/"),
            **{field: rows.labels(column[field]) for field in ("sku", "product", "country")},
        }
        self._name_options(rows)
        return values

    def money(self, rows: Rows, context: Context) -> tuple[pa.StringArray, Millionths]:
        """The line's total as it stands, negative where money was given back."""
        apart = rows.unjudged()
        amounts = self.worths(apart)
        # What can be read in two ways is no sum that could be stated.
        amounts[list(apart.faults)] = 0
        in_column = pc.utf8_upper(rows.column(self.currency))
        return in_column if self.currency in rows.columns else pa.repeat(self._code, len(rows)), amounts

    def of_orders(
        self, lines: pa.Table, order: Numbers, first: Numbers, context: Context
    ) -> dict[str, Millionths]:
        """By order the amounts that its first line has, whatever the others have."""
        amounts = {name: as_millionths(lines[name]) for name in self.of_order}
        for stated in amounts.values():
            context.note(_DIFFERS, stated != stated[first][order])
        return {name: stated[first] for name, stated in amounts.items()}

    def _reject_headers(self, rows: Rows, context: Context) -> None:
        """A further header, maybe of a wider table: what stands above and below it counts once."""
        fields = ("order_id", "ordered_at")
        named = [pc.equal(pc.utf8_lower(rows.column(self._column[f])), self._column[f]) for f in fields]
        headers = flags(pc.and_(*named))
        context.headers += rows.lines[headers].tolist()
        rows.reject_where(headers, self._column["order_id"], "is a further header", _ONE_TABLE)

    def _orders(self, rows: Rows, context: Context) -> tuple[pa.StringArray, pa.StringArray]:
        """Order and line ids: an order id that a spreadsheet rounded gives way to the line's own."""
        order, line = rows.required(self._column["order_id"]), rows.exact_labels(self._column["line_id"])
        rounded, own = rows.is_rounded(self._column["order_id"]), flags(line.is_valid())
        rows.reject_where(rounded & ~own, self._column["order_id"], _IS_ROUNDED, _FORMAT_AS_TEXT)
        context.note(_LINES_AS_ORDERS, rounded & own)
        return pc.if_else(rounded & own, line, order), line

    def _customers(self, rows: Rows, context: Context) -> pa.StringArray:
        """Keys of customers; none where their number was rounded, since many would look like one."""
        rounded = rows.is_rounded(self._column["customer"])
        context.note(_NO_CUSTOMER, rounded)
        keys = rows.words(partial(_customer, context), self._column["customer"])
        return pc.if_else(rounded, None, keys)

    def _refunds(self, rows: Rows, context: Context, total: Millionths, status: pa.StringArray) -> pa.Array:
        """What was given back; null where all was, and no sum is stated."""
        stated = rows.has_text(self._column["refund"])
        in_part = flags(pc.match_substring_regex(rows.column(self._column["status"]), _REFUNDED_IN_PART))
        context.note(_PART_UNKNOWN, in_part & ~stated)
        refund = abs(rows.amounts(self._column["refund"])) + np.maximum(-total, 0)
        return decimals(refund, stated | (total < 0) | ~is_one_of(status, "refunded"))

    def _name_options(self, rows: Rows) -> None:
        """Every remedy for an amount or a date says how the mapping can help."""
        hints = {self._column[field]: MARKS.said for field in _AMOUNTS}
        hints[self._column["ordered_at"]] = DAYS.said
        for place, fault in rows.faults.items():
            hint = hints.get(fault.column, "")
            if fault.value and hint and hint not in fault.remedy:
                remedy = f"{fault.remedy} If the whole column is written so, say {hint} in the mapping."
                rows.faults[place] = fault._replace(remedy=remedy)

    def _status(self, cell: str) -> Status:
        return status_of(cell, self._column["status"]) if cell else "completed"


def _customer(context: Context, cell: str) -> str | None:
    return context.keys.of_email(cell) if "@" in cell else context.keys.of_id(cell)


_RATES_HEADER = frozenset({"date", "from", "to", "rate"})
_DIGITS = re.compile(r"\d{1,13}(\.\d{1,24})?", re.ASCII)
_TWO_WAYS = "can be read as day or month first"
_WRITE_A_DATE = "Write it as 2026-03-01."
_WRITE_A_CODE = "Write the three letters of the currency, such as USD."
_SAME = "is the currency that it is converted from"
_NOT_IN_RANGE = (
    f"is no rate between {SMALLEST_RATE:e} and {LARGEST_RATE:e}, to {RATE.scale} decimals, "
    "without thousands marks"
)


class ExchangeRates(Reader):
    """On `date` one unit of `from` was worth `rate` units of `to`."""

    name = "Exchange rates"
    gives = "rates"
    headers = (_RATES_HEADER,)

    def values(self, rows: Rows, context: Context) -> dict[str, Any]:
        """One rate per row."""
        slashes = flags(pc.match_substring(rows.column("date"), "/"))
        rows.reject_where(slashes, "date", _TWO_WAYS, _WRITE_A_DATE)
        mark = rows.notation.way(MARKS, rows, "rate") or "."
        source, target = rows.currencies("from"), rows.currencies("to")
        for side, codes in (("from", source), ("to", target)):
            rows.reject_where(flags(pc.equal(codes, NO_CURRENCY)), side, "is no currency", _WRITE_A_CODE)
        rows.reject_where(flags(pc.equal(source, target)), "to", _SAME, "Delete the row.")
        return {
            "date": rows.moments("date", "UTC").astype("datetime64[D]"),
            "from": source,
            "to": target,
            "rate": rows.each(lambda cell: _rate(cell, mark), "rate", otherwise=Decimal(1)),
        }


def _rate(cell: str, mark: str) -> Decimal:
    """Exact, with more decimals than money has. Thousands marks are refused: 1,084 may mean 1.084 or 1084."""
    plain = cell.replace(".", "'").replace(",", ".") if mark == "," else cell
    rate = Decimal(plain) if _DIGITS.fullmatch(plain) else Decimal(0)
    if not SMALLEST_RATE <= rate <= LARGEST_RATE:
        raise BadCell("rate", cell, _NOT_IN_RANGE if cell else "is empty", "Write it as 1.0845.")
    return rate
