"""Shopify Payments' transactions: what cards paid a shop and what was kept of it, a row a transaction."""

import numpy as np
import pyarrow as pa

from ownchannel.orders.amounts import Millionths
from ownchannel.orders.kinds import ENTRIES_AS_READ, Gives
from ownchannel.orders.readers.base import Context
from ownchannel.orders.readers.shopify import CHANNEL
from ownchannel.orders.rows import Rows
from ownchannel.orders.schema import Event, Part

_PAYMENTS_HEADER = frozenset(
    {"transaction date", "type", "order", "amount", "fee", "net", "currency", "payout status"}
)
_OF_ORDERS: dict[str, Event] = {"charge": "sale", "refund": "refund"}
#: What a row moves besides its fee. The shop's own export tells what orders and refunds are worth: here these
#: are cash on its way, and no profit. A dispute takes money back that no order export tells.
_PARTS: dict[str, Part] = {
    "charge": "transfer",
    "refund": "transfer",
    "payout": "transfer",
    "transfer": "transfer",
    "reserve": "transfer",
    "chargeback": "reimbursement",
    "dispute": "reimbursement",
}
_STILL_HELD = ("pending", "scheduled", "in_transit", "in transit")
_SAME_IN_ANY_EXPORT = ("checkout", "transaction date", "type", "order", "amount", "fee", "net")


class ShopifyPayments:
    """The export `payment_transactions_export.csv` of payouts.

    It names orders as the shop shows them (#1001) and not by their number, so that its fees have no identity
    of their own: they belong to the one order of that name, see `orders.matching`.
    """

    name = "Shopify Payments transactions"
    lacks = "This export tells what cards paid and cost, not what was bought: read the shop's orders as well."
    gives: Gives = "entries"
    order_starts = ""

    def recognises(self, columns: frozenset[str]) -> bool:
        """By its transaction date, fee, net amount and payout."""
        return columns >= _PAYMENTS_HEADER

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """Two entries a row: what moved, and the fee, which is all that did not arrive."""
        kind = rows.each(_kind, "type", otherwise="")
        amount, net = rows.amounts("amount", required=True), rows.amounts("net", required=True)
        of_row = {
            "posted_at": rows.moments("transaction date", context.timezone),
            "channel": CHANNEL,
            "kind": "owned",
            "description": rows.required("type"),
            "currency": rows.currencies("currency"),
            "settlement_id": rows.labels("payout id"),
            "deferred": [cell.casefold() in _STILL_HELD for cell in rows.text("payout status")],
            "row_key": ["|".join(cells) for cells in zip(*map(rows.text, _SAME_IN_ANY_EXPORT), strict=True)],
        }
        of_order = [_OF_ORDERS.get(word) for word in kind]
        names = [name if event else None for name, event in zip(rows.labels("order"), of_order, strict=True)]
        moved = rows.batch(
            ENTRIES_AS_READ,
            event="account",
            part=[_PARTS.get(word, "unclassified") for word in kind],
            amount=amount,
            **of_row,
        )
        fees = rows.batch(
            ENTRIES_AS_READ,
            event=[
                event if event and name else "account" for event, name in zip(of_order, names, strict=True)
            ],
            part="fee",
            order_id=names,
            amount=net - amount,
            **of_row,
        )
        # That a sale cost nothing is worth telling; of other rows it goes without saying.
        tells = np.isin(kind, "charge") | (amount != net)
        return pa.concat_batches([moved, fees.filter(pa.array(tells[rows.kept()]))])

    def money(self, rows: Rows, context: Context) -> tuple[list[str], Millionths]:
        """The net amount: what arrives."""
        return [code.upper() for code in rows.text("currency")], rows.readable_amounts("net")


def _kind(cell: str) -> str:
    """The first word of a type, which tells what it is: chargeback_won, payout failure, reserved_funds."""
    word = cell.casefold().replace("_", " ").partition(" ")[0]
    return "reserve" if word.startswith("reserve") else word
