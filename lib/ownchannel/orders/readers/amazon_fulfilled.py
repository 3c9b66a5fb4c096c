"""Amazon Fulfilled Shipments: a row a parcel's item, with a relay address that tells buyers apart."""

import re

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ownchannel.orders.amounts import Millionths
from ownchannel.orders.kinds import LINES_AS_READ, Gives
from ownchannel.orders.readers.amazon_orders import beside_the_price, decimal_of, sales_channel
from ownchannel.orders.readers.base import Context
from ownchannel.orders.rows import Rows

_SHIPMENT_HEADER = frozenset(
    {"amazon-order-id", "shipment-id", "purchase-date", "sku", "quantity-shipped", "item-price", "currency"}
)
_AFTER_ALL_ORDERS = 1
#: Amazon hides business buyers behind one address, such as no-reply-amazon-iba-buyer@…: it is nobody's.
_SHARED_ADDRESS = re.compile(r"no-?reply", re.IGNORECASE)
_OF_BUSINESSES = "Shipments to an address that Amazon shares among buyers: {n}. They tell no customer."
_NEGATIVE = "is negative"
_NO_REFUNDS = "This report holds no refunds: export it again."


class AmazonFulfilled:
    """Shipments from Amazon's warehouses; what a merchant sends himself is not in it."""

    name = "Amazon Fulfilled Shipments"
    lacks = "This report tells no fees or refunds, and only what Amazon's warehouses sent."
    gives: Gives = "lines"
    order_starts = ""

    def recognises(self, columns: frozenset[str]) -> bool:
        """By its order and shipment numbers, its date of purchase and the quantity shipped."""
        return columns >= _SHIPMENT_HEADER

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """A line a row: an item sent in two parcels is two lines, each with its part of the price."""
        order = rows.required("amazon-order-id")
        channel = rows.each(sales_channel, "sales-channel", otherwise="")
        mark = decimal_of(rows, context, "item-price")
        item_value = rows.amounts("item-price", mark)
        rows.reject_where(item_value < 0, "item-price", _NEGATIVE, _NO_REFUNDS)
        batch = rows.batch(
            LINES_AS_READ,
            order_id=order,
            line_id=rows.first_label("shipment-item-id"),
            item=[label or "item" for label in rows.first_label("sku", "product-name")],
            channel=channel,
            kind="marketplace",
            ordered_at=rows.moments("purchase-date"),
            customer_key=rows.each(
                lambda cell: None if _is_shared(cell) else context.keys.of_email(cell),
                "buyer-email",
                otherwise=None,
            ),
            sku=rows.labels("sku"),
            product=rows.labels("product-name"),
            quantity=rows.quantities("quantity-shipped", mark),
            item_value=item_value,
            **beside_the_price(rows, mark),
            currency=rows.currencies("currency"),
            country=rows.labels("ship-country"),
            status="completed",
            amount=item_value,
            identity=[f"amazon/{number}" for number in order],
            rank=_AFTER_ALL_ORDERS,
        )
        shared: NDArray[np.bool_] = np.array(
            rows.each(_is_shared, "buyer-email", otherwise=False), dtype=bool
        )
        context.note(_OF_BUSINESSES, int((shared & rows.kept()).sum()))
        return batch

    def money(self, rows: Rows, context: Context) -> tuple[list[str], Millionths]:
        """The item price, a total for the units sent already."""
        codes = [code.upper() for code in rows.text("currency")]
        return codes, rows.readable_amounts("item-price", context.decimal)


def _is_shared(address: str) -> bool:
    return _SHARED_ADDRESS.match(address) is not None
