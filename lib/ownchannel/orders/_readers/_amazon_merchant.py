"""Amazon's order reports of sellers who ship themselves: one row per item, with the buyer's relay address."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.files import Rows
from ownchannel.orders._readers._amazon_orders import buyers, columns_of_lines, sales_channel
from ownchannel.orders._readers._reader import Context, Reader
from ownchannel.orders._schema import LINES_AS_READ

_HEADER = frozenset(
    {"order-id", "order-item-id", "purchase-date", "buyer-email", "sku", "quantity-purchased"}
)
#: The order reports of all sellers go before, and before a list of what is to be sent that of what was sold.
_SOLD, _TO_SEND = 2, 4
_NO_PRICE = "is not the price of an order line"
_UNPRICED = "Orders without a price in this report: {n}. They count once another report has their amounts."


class AmazonMerchantOrders(Reader):
    """New Orders, and Unshipped Orders, which may have no prices; older ones name no marketplace.

    Documented as "Order Report" and "Unshipped Orders Report":
    https://developer-docs.amazon.com/sp-api/docs/report-type-values-order.
    """

    name = "Amazon Order Report"
    lacks = (
        "This report does not include fees, refunds or later cancellations, and covers only what you shipped "
        "yourself."
    )
    headers = (_HEADER,)
    worth = ("item-price",)

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """One line per row."""
        order = rows.identities("order-id")
        item_value = rows.amounts("item-price")
        rows.reject_where(item_value < 0, "item-price", _NO_PRICE, "Export the report again.")
        # As in All Orders, what is not shipped yet is pending, and may be cancelled.
        unpriced = ~rows.has_text("item-price")
        to_send = unpriced | ("days-past-promise" in rows.columns)
        named = "sales-channel" in rows.columns
        batch = rows.batch(
            LINES_AS_READ,
            item=pc.binary_join_element_wise(
                rows.first_label("sku", "product-name", otherwise="item"),
                rows.words(_short, "order-item-id", otherwise=""),
                " ",
            ),
            channel=rows.words(sales_channel, "sales-channel", otherwise="") if named else "Amazon",
            customer_key=buyers(rows, context),
            quantity=rows.quantities("quantity-purchased"),
            **columns_of_lines(rows, order, item_value),
            currency=rows.currencies("currency", unless=unpriced),
            status=pa.array(np.where(to_send, "pending", "completed")),
            rank=np.where(to_send, _TO_SEND, _SOLD),
        )
        context.note(_UNPRICED, int((unpriced & rows.kept()).sum()))
        return batch


def _short(number: str) -> str:
    """An item's number to three digits: more are not left of it where a spreadsheet saved another export.

    >>> _short("59686379847882"), _short("5.96864E+13"), _short("5,97E+13")
    ('5.97E+13', '5.97E+13', '5.97E+13')
    """
    try:
        return f"{float(number.replace(',', '.')):.2E}"
    except ValueError:
        return ""
