"""Tables that a person made: of orders, once their columns are named, and of exchange rates."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any, Literal, Self

import numpy as np
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ownchannel.assumptions import why_refused
from ownchannel.orders._cells import BadCell, Millionths, decimals
from ownchannel.orders._exchange import LARGEST_RATE, SMALLEST_RATE
from ownchannel.orders._layout import folded_name
from ownchannel.orders._readers._reader import (
    DAYS,
    MARKS,
    Choice,
    Context,
    Reader,
    less_refund,
    status_of,
)
from ownchannel.orders._rows import Rows, as_label, is_currency
from ownchannel.orders._schema import LINES_AS_READ, NO_CURRENCY, RATE, RATES_AS_READ, ChannelKind, Status
from ownchannel.orders._times import are_serials

_CONSENT = dict.fromkeys(("yes", "true", "1", "y"), True) | dict.fromkeys(("no", "false", "0", "n"), False)
_AMOUNTS = ("item_value", "unit_price", "quantity", "discount", "shipping", "tax", "refund", "fee")
#: Order of day and month, and decimal mark, that are usual with a currency or in a time zone. Where people
#: write in several ways (the euro's decimal mark, Canada's dates), nothing is said.
_HABITS = {
    "USD": ("m", "."),
    **dict.fromkeys(("GBP", "AUD", "NZD", "INR", "SGD", "MXN"), ("d", ".")),
    **dict.fromkeys(("BRL", "PLN", "CZK", "DKK", "NOK", "TRY", "RON"), ("d", ",")),
    **dict.fromkeys(("JPY", "CNY", "HKD", "KRW"), ("", ".")),
    "EUR": ("d", ""),
}
_ZONES = {
    "Europe/": ("d", ""),
    "Australia/": ("d", "."),
    **dict.fromkeys(("America/New_York", "America/Chicago", "America/Denver"), ("m", ".")),
    **dict.fromkeys(("America/Los_Angeles", "America/Phoenix"), ("m", ".")),
}
_NOTHING_PROVES = (
    "Cells of {column} that can be read in two ways, such as in line {line}: {{n}}. Nothing in the column "
    "proves which; they were read with {way}, {why}. If that is wrong, say "
    "{option} in the mapping."
)
_ONE_TABLE = "Nothing is to be done, unless these are other orders: give each table a file of its own."
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
    surveys = True

    def __init__(self, mapping: ColumnMapping) -> None:
        self._mapping = mapping
        columns = mapping.model_dump(exclude={"kind", "decimal", "day_first"}, exclude_none=True)
        # A field that the mapping does not name has a column of no name, as no table has.
        self._column = defaultdict(str, {field: folded_name(name) for field, name in columns.items()})
        self.currency = self._column["currency"]
        priced = ("item_value",) if mapping.item_value else ("unit_price", "quantity")
        self.worth = tuple(self._column[field] for field in priced)
        self._amounts = tuple(filter(None, (self._column[field] for field in _AMOUNTS)))
        # A channel's own name and a currency's code stand for columns.
        apart = {"channel", "currency"} if is_currency(mapping.currency.upper()) else {"channel"}
        self.headers = (frozenset(self._column[field] for field in columns.keys() - apart),)

    def survey(self, rows: Rows, context: Context) -> None:
        """How amounts and dates are written, and in which currencies."""
        for column in self._amounts:
            MARKS.shown(rows, column, context.seen[column])
        context.codes.update(map(str.upper, rows.text(self.currency)))
        date = self._column["ordered_at"]
        DAYS.shown(rows, date, context.seen[date])
        context.serials &= are_serials(rows.column(date))
        headers = [name == date for name in rows.each(folded_name, date, otherwise="")]
        if not context.second_header and any(headers):
            context.second_header = int(rows.lines[headers.index(True)])

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """One line per row; a negative total is a refund without its order line."""
        column = self._column
        marks = self._marks(rows, context)
        day_first = self._day_first(rows, context)
        if context.second_header:
            self._reject_repeats(rows, context)
        for name in filter(None, self.worth):
            rows.reject_where(~rows.has_text(name), name, "is empty", "An empty cell is no 0: fill it in.")
        total = self._totals(rows, marks)
        only_refund = total < 0
        order, line_id = self._orders(rows, context)
        named = as_label(self._mapping.channel) or "Own store"
        channel = rows.each(lambda cell: as_label(cell) or named, column["channel"], otherwise=named)
        money = {
            name: rows.amounts(column[name], marks[column[name]])
            for name in ("discount", "shipping", "tax", "refund")
        }
        fee = decimals(abs(rows.amounts(column["fee"], marks[column["fee"]]))) if column["fee"] else None
        status = rows.each(self._status, column["status"], otherwise="completed")
        units = rows.quantities(column["quantity"], marks[column["quantity"]])
        ordered_at = rows.moments(column["ordered_at"], context.timezone, day_first, serials=context.serials)
        self._name_options(rows)
        in_column = self.currency in rows.columns
        return rows.batch(
            LINES_AS_READ,
            order_id=order,
            line_id=line_id,
            item=rows.first_label(column["sku"], column["product"], otherwise="item"),
            channel=channel,
            kind=self._mapping.kind,
            ordered_at=ordered_at,
            customer_key=self._customers(rows, context),
            sku=rows.labels(column["sku"]),
            product=rows.labels(column["product"]),
            quantity=np.where(rows.has_text(column["quantity"]), units, 1.0),
            item_value=np.maximum(total, 0),
            discount=abs(money["discount"]),
            **self._refunds(rows, context, total, status, money),
            fee=fee,
            currency=rows.currencies(self.currency) if in_column else self._mapping.currency.upper(),
            country=rows.labels(column["country"]),
            status=np.where(only_refund, "refunded", status),
            consent=rows.each(lambda cell: _CONSENT.get(cell.casefold()), column["consent"], otherwise=None),
            amount=total,
            identity=[f"{name}/{number}" for name, number in zip(channel, order, strict=True)],
            rank=0,
        )

    def money(self, rows: Rows, context: Context) -> tuple[list[str], Millionths]:
        """The line's total as it stands, negative where money was given back."""
        codes = [code.upper() for code in rows.text(self.currency)]
        apart, quiet = rows.unjudged(), replace(context, notes={})
        amounts = self._totals(apart, self._marks(apart, quiet))
        # What can be read in two ways is no sum that could be stated.
        amounts[list(apart.faults)] = 0
        in_column = self.currency in rows.columns
        return codes if in_column else [self._mapping.currency.upper()] * len(rows), amounts

    def _reject_repeats(self, rows: Rows, context: Context) -> None:
        """Below a second header, set the rows aside that stand above it as well: tables pasted together."""
        header, order = context.second_header, self._column["order_id"]
        columns = sorted(set(self._column.values()) & rows.columns.keys())
        cells = list(zip(*(rows.text(name) for name in columns), strict=True))
        above = rows.lines < header
        context.above.update(row for row, is_above in zip(cells, above.tolist(), strict=True) if is_above)
        again = np.array([row in context.above for row in cells], dtype=np.bool_) & ~above
        names = [order == folded_name(cell) for cell in rows.text(order)]
        rows.reject_where(np.array(names, dtype=np.bool_), order, "is a further header", _ONE_TABLE)
        repeats = f"stands above the second header (line {header}) as well, and counts once"
        rows.reject_where(again, order, repeats, _ONE_TABLE)

    def _totals(self, rows: Rows, marks: Mapping[str, str]) -> Millionths:
        price, *units = self.worth
        if not units:
            return rows.amounts(price, marks[price])
        return rows.line_totals(price, units[0], marks[price], units_decimal=marks[units[0]])

    def _marks(self, rows: Rows, context: Context) -> dict[str, str]:
        """Decimal marks by column: as the mapping says, the column proves, or the rest of the file shows."""
        given, usual = self._mapping.decimal or "", _usual(context, self._mapping.currency.upper(), of=1)
        judged = {
            each: _judged(MARKS, rows, context, each, given=given, usual=usual) for each in self._amounts
        }
        return {"": ".", **{column: mark or "." for column, mark in judged.items()}}

    def _day_first(self, rows: Rows, context: Context) -> bool | None:
        """Whether days come before months in the dates; None where it makes no difference."""
        given = {True: "d", False: "m", None: ""}[self._mapping.day_first]
        usual = _usual(context, self._mapping.currency.upper(), of=0)
        way = _judged(DAYS, rows, context, self._column["ordered_at"], given=given, usual=usual)
        return way == "d" if way else None

    def _orders(self, rows: Rows, context: Context) -> tuple[list[str], list[str | None]]:
        """Order and line ids: an order id that a spreadsheet rounded gives way to the line's own."""
        order, line = rows.required(self._column["order_id"]), rows.labels(self._column["line_id"])
        rounded = rows.is_rounded(self._column["order_id"])
        own = rows.has_text(self._column["line_id"]) & ~rows.is_rounded(self._column["line_id"])
        rows.reject_where(rounded & ~own, self._column["order_id"], _IS_ROUNDED, _FORMAT_AS_TEXT)
        context.note(_LINES_AS_ORDERS, int(np.count_nonzero(rounded & own)))
        # Rounded line ids would make one line of several.
        line = [number if exact else None for number, exact in zip(line, own.tolist(), strict=True)]
        for place in np.flatnonzero(rounded & own):
            order[place] = line[place] or ""
        return order, line

    def _customers(self, rows: Rows, context: Context) -> list[str | None]:
        """Keys of customers; none where their number was rounded, since many would look like one."""
        rounded = rows.is_rounded(self._column["customer"])
        context.note(_NO_CUSTOMER, int(np.count_nonzero(rounded)))
        keys = rows.each(partial(_customer, context), self._column["customer"], otherwise=None)
        return [None if no_id else key for key, no_id in zip(keys, rounded.tolist(), strict=True)]

    def _refunds(
        self,
        rows: Rows,
        context: Context,
        total: Millionths,
        status: Sequence[str],
        money: dict[str, Millionths],
    ) -> dict[str, Millionths]:
        """What was given back, and the shipping and tax that are left."""
        stated = rows.has_text(self._column["refund"])
        whole = np.isin(status, "refunded") & ~stated & (total >= 0)
        words = rows.text(self._column["status"])
        in_part = np.array(["part" in word.casefold() and "refund" in word.casefold() for word in words])
        context.note(_PART_UNKNOWN, int(np.count_nonzero(in_part & ~stated)))
        goods = np.maximum(total - abs(money["discount"]), 0)
        everything = less_refund(
            goods + money["shipping"] + money["tax"], goods, money["shipping"], money["tax"]
        )
        known = {
            "refund": abs(money["refund"]) + np.maximum(-total, 0),
            **{n: money[n] for n in ("shipping", "tax")},
        }
        return {name: np.where(whole, everything[name], known[name]) for name in known}

    def _name_options(self, rows: Rows) -> None:
        """Every remedy for an amount or a date says how the mapping can help."""
        hints = dict.fromkeys(self._amounts, MARKS.said()) | {self._column["ordered_at"]: DAYS.said()}
        for place, fault in rows.faults.items():
            hint = hints.get(fault.column, "")
            if fault.value and hint and hint not in fault.remedy:
                remedy = f"{fault.remedy} If the whole column is written so, say {hint} in the mapping."
                rows.faults[place] = fault._replace(remedy=remedy)

    def _status(self, cell: str) -> Status:
        return status_of(cell, self._column["status"]) if cell else "completed"


def _judged(choice: Choice, rows: Rows, context: Context, column: str, *, given: str, usual: str) -> str:
    """The one way to read a column; empty where it makes no difference or its rows were set aside."""
    seen, either = context.seen[column], "".join(choice.words)
    proven = choice.proven(seen)
    if given or len(proven) == 1:
        return given or proven
    if proven:
        choice.reject_both(rows, column, seen)
        return ""
    if either not in seen:
        return ""
    elsewhere = {choice.proven(other) for name, other in context.seen.items() if name != column} - {""}
    way = elsewhere.pop() if len(elsewhere) == 1 else ""
    why = "as in the file's other columns" if way in choice.words else f"as is usual with {usual[1:]}"
    way = way if way in choice.words else usual[:1]
    if not way:
        choice.reject_open(rows, column)
        return ""
    name = column.replace("{", "{{").replace("}", "}}")
    option = choice.options[either.replace(way, "")]
    note = _NOTHING_PROVES.format(
        column=name, line=seen[either], way=choice.words[way], why=why, option=option
    )
    context.note(note, sum(each == either for each in rows.each(choice.ways, column, otherwise="")))
    return way


def _usual(context: Context, code: str, of: int) -> str:
    """The way that is usual with currencies and time zone, and these; nothing where they differ."""
    codes = sorted(context.codes - {""} or {code})
    habits = {each: _HABITS[each][of] for each in codes if each in _HABITS}
    habits[context.zone] = next(
        (way[of] for start, way in _ZONES.items() if context.zone.startswith(start)), ""
    )
    places, ways = [place for place, way in habits.items() if way], set(habits.values()) - {""}
    return ways.pop() + " and ".join(places) if len(ways) == 1 else ""


def _customer(context: Context, cell: str) -> str | None:
    return context.keys.of_email(cell) if "@" in cell else context.keys.of_id(cell)


_RATES_HEADER = frozenset({"date", "from", "to", "rate"})
_DIGITS = re.compile(r"\d{1,13}(\.\d{1,24})?", re.ASCII)
_TWO_WAYS = "can be read as day or month first"
_WRITE_A_DATE = "Write it as 2026-03-01."
_WRITE_A_CODE = "Write the three letters of the currency, such as USD."
_NOT_IN_RANGE = (
    f"is no rate between {SMALLEST_RATE:e} and {LARGEST_RATE:e}, to {RATE.scale} decimals, "
    "without thousands marks"
)


class ExchangeRates(Reader):
    """On `date` one unit of `from` was worth `rate` units of `to`."""

    name = "Exchange rates"
    gives = "rates"
    headers = (_RATES_HEADER,)

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """One rate per row."""
        slashes = np.array(["/" in cell for cell in rows.text("date")], dtype=bool)
        rows.reject_where(slashes, "date", _TWO_WAYS, _WRITE_A_DATE)
        mark = context.decimal_of(rows, "rate")
        source, target = (rows.each(partial(_code, side), side, otherwise="") for side in ("from", "to"))
        same = np.array([one == other for one, other in zip(source, target, strict=True)], dtype=bool)
        rows.reject_where(same, "to", "is the currency that it is converted from", "Delete the row.")
        return rows.batch(
            RATES_AS_READ,
            date=rows.moments("date", "UTC").astype("datetime64[D]"),
            to=target,
            rate=rows.each(lambda cell: _rate(cell, mark), "rate", otherwise=Decimal(1)),
            amount=np.zeros(len(rows), dtype=np.int64),
            currency=NO_CURRENCY,
            **{"from": source},
        )


def _code(column: str, cell: str) -> str:
    code = cell.upper()
    if not is_currency(code) or code == NO_CURRENCY:
        raise BadCell(column, cell, "is no currency" if cell else "is empty", _WRITE_A_CODE)
    return code


def _rate(cell: str, mark: str) -> Decimal:
    """Exact, with more decimals than money has. Thousands marks are refused: 1,084 may mean 1.084 or 1084."""
    plain = cell.replace(".", "'").replace(",", ".") if mark == "," else cell
    rate = Decimal(plain) if _DIGITS.fullmatch(plain) else Decimal(0)
    if not SMALLEST_RATE <= rate <= LARGEST_RATE:
        raise BadCell("rate", cell, _NOT_IN_RANGE if cell else "is empty", "Write it as 1.0845.")
    return rate
