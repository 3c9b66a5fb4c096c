"""Amazon's report of what customers sent back to its warehouses: one row per unit, with why."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.files import NO_CURRENCY, Rows
from ownchannel.orders._readers._reader import Context, Reader
from ownchannel.orders._schema import AS_READ

_HEADER = frozenset({"return-date", "order-id", "sku", "quantity", "detailed-disposition", "reason"})
_NO_UNITS = "is not a number of units that came back"


class AmazonReturns(Reader):
    """FBA customer returns; what customers wrote stays in the file.

    Documented as "FBA Returns Report":
    https://developer-docs.amazon.com/sp-api/docs/report-type-values-fba.
    """

    name = "Amazon FBA returns"
    lacks = (
        "This report does not include what was refunded, and covers only what Amazon's warehouses got back."
    )
    gives = "returns"
    headers = (_HEADER,)
    currency = ""

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """One return per row; a unit's label tells it from another of its order."""
        order, units = rows.identities("order-id"), rows.quantities("quantity")
        rows.reject_where(units <= 0, "quantity", _NO_UNITS, "Export the report again.")
        return rows.batch(
            AS_READ["returns"],
            order_id=order,
            identity=pc.binary_join_element_wise("amazon", order, "/"),
            row_key=rows.labels("license-plate-number"),
            sku=rows.labels("sku"),
            returned_at=rows.moments("return-date"),
            units=units,
            reason=rows.labels("reason"),
            disposition=rows.labels("detailed-disposition"),
            channel="Amazon",
            amount=np.zeros(len(rows), dtype=np.int64),
            currency=NO_CURRENCY,
        )
