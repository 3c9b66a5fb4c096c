"""Tables that a person made: of orders, once their columns are named, and of exchange rates."""

import re
from collections import defaultdict
from collections.abc import Mapping
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
from ownchannel.orders._readers._reader import Context, Reader, status_of, statuses
from ownchannel.orders._rows import Rows, as_label, is_currency
from ownchannel.orders._schema import LINES_AS_READ, NO_CURRENCY, RATE, RATES_AS_READ, ChannelKind, Status

_CONSENT = dict.fromkeys(("yes", "true", "1", "y"), True) | dict.fromkeys(("no", "false", "0", "n"), False)
_STATUS: dict[str, Status] = {
    "": "completed",
    **statuses(
        completed="completed | complete | paid | shipped | delivered",
        pending="pending | processing | on hold",
        cancelled="cancelled | canceled | failed",
        refunded="refunded | returned",
    ),
}


class ColumnMapping(BaseModel):
    """Which column of your table holds what. Give the name of a column for each field you have.

    `item_value` is the line's total, or `unit_price` the price for one (times `quantity`); before discount
    and tax. A negative total is money given back: a refund without an order line. Raises ValueError where a
    field is missing or unknown.

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
    decimal: Literal[".", ","] = "."

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

    def __init__(self, mapping: ColumnMapping) -> None:
        self._mapping = mapping
        columns = mapping.model_dump(exclude={"kind", "decimal"}, exclude_none=True)
        # A field that the mapping does not name has a column of no name, as no table has.
        self._column = defaultdict(str, {field: folded_name(name) for field, name in columns.items()})
        self.currency = self._column["currency"]
        priced = ("item_value",) if mapping.item_value else ("unit_price", "quantity")
        self.worth = tuple(self._column[field] for field in priced)
        # A channel's own name and a currency's code stand for columns.
        apart = {"channel", "currency"} if is_currency(mapping.currency.upper()) else {"channel"}
        self.headers = (frozenset(self._column[field] for field in columns.keys() - apart),)

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """One line per row; a negative total is a refund without its order line."""
        column = self._column
        mark = context.decimal = self._mapping.decimal
        total = self.worths(rows, mark)
        only_refund = total < 0
        order = rows.required(column["order_id"])
        named = as_label(self._mapping.channel) or "Own store"
        channel = rows.each(lambda cell: as_label(cell) or named, column["channel"], otherwise=named)
        money = {name: rows.amounts(column[name], mark) for name in ("discount", "shipping", "tax", "refund")}
        fee = decimals(abs(rows.amounts(column["fee"], mark))) if column["fee"] else None
        status = rows.each(self._status, column["status"], otherwise="completed")
        units = rows.quantities(column["quantity"], mark)
        in_column = self.currency in rows.columns
        return rows.batch(
            LINES_AS_READ,
            order_id=order,
            line_id=rows.labels(column["line_id"]),
            item=rows.first_label(column["sku"], column["product"], otherwise="item"),
            channel=channel,
            kind=self._mapping.kind,
            ordered_at=rows.moments(column["ordered_at"], context.timezone),
            customer_key=rows.each(partial(_customer, context), column["customer"], otherwise=None),
            sku=rows.labels(column["sku"]),
            product=rows.labels(column["product"]),
            quantity=np.where(rows.has_text(column["quantity"]), units, 1.0),
            item_value=np.maximum(total, 0),
            discount=abs(money["discount"]),
            shipping=money["shipping"],
            tax=money["tax"],
            refund=abs(money["refund"]) + np.where(only_refund, -total, 0),
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
        codes, amounts = super().money(rows, context)
        in_column = self.currency in rows.columns
        return codes if in_column else [self._mapping.currency.upper()] * len(rows), amounts

    def _status(self, cell: str) -> Status:
        word = cell.casefold().replace("_", " ").replace("-", " ")
        return status_of(word, _STATUS, self._column["status"])


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
