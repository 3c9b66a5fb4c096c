"""Any table of orders, once its columns are named."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from ownchannel.orders.cells import BadCell
from ownchannel.orders.readers.base import Context
from ownchannel.orders.records import Line, Rejection, Row
from ownchannel.orders.schema import Kind, Status

_CONSENT = {
    "yes": True,
    "true": True,
    "1": True,
    "y": True,
    "no": False,
    "false": False,
    "0": False,
    "n": False,
}
_STATUS: dict[str, Status] = {
    "": "completed",
    "completed": "completed",
    "complete": "completed",
    "paid": "completed",
    "shipped": "completed",
    "delivered": "completed",
    "pending": "pending",
    "processing": "pending",
    "on hold": "pending",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "failed": "cancelled",
    "refunded": "refunded",
    "returned": "refunded",
}


class ColumnMapping(BaseModel):
    """Which column of your table holds what. Give the name of a column for each field you have.

    `item_value` is the line's total, or `unit_price` the price for one (times `quantity`); before discount
    and tax. A negative total is money given back: a refund without an order line.

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
    kind: Kind = "owned"
    decimal: Literal[".", ","] = "."

    @model_validator(mode="after")
    def _has_a_value(self) -> Self:
        if (self.item_value is None) == (self.unit_price is None):
            raise ValueError(
                "name the column of either item_value (the line's total) or unit_price (for one)"
            )
        return self

    @classmethod
    def of(cls, given: "ColumnMapping | Mapping[str, Any]") -> "ColumnMapping":
        """A mapping from itself or a dict; what is wrong with it is said in a sentence (ValueError)."""
        if isinstance(given, cls):
            return given
        try:
            return cls(**given)  # type: ignore[arg-type]
        except ValidationError as error:
            faults = "; ".join(
                f"{'.'.join(map(str, fault['loc'])) or 'mapping'}: {fault['msg']}" for fault in error.errors()
            )
            raise ValueError(f"The mapping of columns cannot be used. {faults}.") from None


class MappedOrders:
    """A table whose columns a person named."""

    name = "Table with named columns"
    lacks = ""

    def __init__(self, mapping: ColumnMapping) -> None:
        self._mapping = mapping
        columns = mapping.model_dump(exclude={"currency", "channel", "kind", "decimal"}, exclude_none=True)
        self._column = {field: str(name).strip().casefold() for field, name in columns.items()}
        self._column |= {
            "currency": mapping.currency.strip().casefold(),
            "channel": mapping.channel.strip().casefold(),
        }

    def recognises(self, columns: frozenset[str]) -> bool:
        """Whether every column that the mapping names is there."""
        named = {name for field, name in self._column.items() if field not in ("currency", "channel")}
        return named <= columns

    def read(self, rows: Iterator[Row], context: Context) -> Iterator[Line | Rejection]:
        """A Line or a Rejection for each row."""
        for row in rows:
            try:
                yield self._line(row, context)
            except BadCell as bad:
                yield row.rejected(bad)

    def money(self, row: Row) -> tuple[str, Decimal]:
        """The line's total as it stands, negative where money was given back."""
        currency = self._constant_or_cell(row, "currency", self._mapping.currency).upper()
        try:
            return currency, self._total(row)
        except BadCell:
            return currency, Decimal(0)

    def _line(self, row: Row, context: Context) -> Line:
        total = self._total(row)
        currency = self._currency(row)
        order = row.required(self._column["order_id"])
        channel = self._constant_or_cell(row, "channel", self._mapping.channel) or self._mapping.channel
        sku, product = self._label(row, "sku"), self._label(row, "product")
        item = self._label(row, "line_id") or context.line_id(order, sku or product or "item")
        quantity = self._number(row, "quantity", default=Decimal(1))
        only_refund = total < 0
        return Line(
            order_id=order,
            line_id=item,
            channel=channel,
            kind=self._mapping.kind,
            ordered_at=row.instant(self._column["ordered_at"], context.timezone),
            customer_key=self._customer(row, context),
            sku=sku,
            product=product,
            quantity=float(quantity),
            item_value=Decimal(0) if only_refund else total,
            discount=abs(self._number(row, "discount")),
            shipping=self._number(row, "shipping"),
            tax=self._number(row, "tax"),
            refund=abs(self._number(row, "refund")) + (-total if only_refund else Decimal(0)),
            fee=abs(self._number(row, "fee")) if "fee" in self._column else None,
            currency=currency,
            country=self._label(row, "country"),
            status="refunded" if only_refund else self._status(row),
            consent=_CONSENT.get(self._text(row, "consent").casefold()),
            source_row=row.line,
            amount=total,
            identity=f"{channel}/{order}",
        )

    def _total(self, row: Row) -> Decimal:
        decimal = self._mapping.decimal
        if "item_value" in self._column:
            return row.number(self._column["item_value"], decimal)
        return row.line_total(self._column["unit_price"], self._column.get("quantity", ""), decimal)

    def _currency(self, row: Row) -> str:
        if self._column["currency"] in row.columns:
            return row.currency(self._column["currency"])
        return self._mapping.currency.upper()

    def _constant_or_cell(self, row: Row, field: str, constant: str) -> str:
        column = self._column[field]
        return (row.label(column) or "") if column in row.columns else constant

    def _customer(self, row: Row, context: Context) -> str | None:
        text = self._text(row, "customer")
        return context.keys.of_email(text) if "@" in text else context.keys.of_id(text)

    def _status(self, row: Row) -> Status:
        text = self._text(row, "status").casefold().replace("_", " ").replace("-", " ")
        if text not in _STATUS:
            raise BadCell(
                self._column["status"],
                text,
                "is a status that is not known",
                f"Write one of {', '.join(filter(None, _STATUS))}.",
            )
        return _STATUS[text]

    def _text(self, row: Row, field: str) -> str:
        column = self._column.get(field)
        return row.text(column) if column else ""

    def _label(self, row: Row, field: str) -> str | None:
        column = self._column.get(field)
        return row.label(column) if column else None

    def _number(self, row: Row, field: str, default: Decimal = Decimal(0)) -> Decimal:
        column = self._column.get(field)
        return row.number(column, self._mapping.decimal, default) if column else default
