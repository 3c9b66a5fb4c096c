"""Shopify's exports beside its orders: customers, for whether they agreed to be written to, and payouts."""

from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.files import MILLION, Rows
from ownchannel.orders._readers._reader import Context, Reader
from ownchannel.orders._readers._shopify import CHANNEL, CONSENT, STILL_HELD, payouts
from ownchannel.orders._schema import Part

_SAID = "accepts email marketing"


class ShopifyCustomers(Reader):
    """The export of Customers, of whom nothing passes but their keys and what they said of e-mails.

    Columns: https://help.shopify.com/en/manual/customers/import-export-customers; older ones say `Accepts
    Marketing`.
    """

    name = "Shopify customers"
    lacks = "This export does not include orders: it only adds who agreed to receive e-mails."
    gives = "customers"
    channel = CHANNEL
    headers = (frozenset({"email", _SAID, "total spent", "total orders"}),)
    names = MappingProxyType({_SAID: ("accepts marketing",)})
    currency = ""

    def values(self, rows: Rows, context: Context) -> dict[str, Any]:
        """One customer per row; who has no address is nobody whom an order could name."""
        return {
            "customer_key": rows.words(context.keys.of_email, "email"),
            "consent": rows.each(lambda cell: CONSENT.get(cell.casefold()), _SAID, otherwise=None),
            "orders": rows.amounts("total orders") // MILLION,
            "row_key": self.customers(rows, context, "customer id"),
        }


#: What moves money without being profit: the shop's orders have what charges and refunds are worth.
_MOVED = ("charges", "refunds", "advance", "advances", "reserved funds", "retried amount")
_PARTS: dict[str, Part] = {"adjustments": "reimbursement", "marketplace sales tax": "tax", "fees": "fee"}
_ODD_TOTAL = "Payouts whose parts do not add up to their total: {n}. The difference is taken as moved money."


class ShopifyPayouts(Reader):
    """The export of Payouts: a row sums up the transactions that were paid out at once.

    Where these were read as well, what they have gives way to them: see `orders.without_restated`.
    """

    name = "Shopify payouts"
    lacks = "This export does not include single orders: add the transactions of your payouts as well."
    gives = "entries"
    channel, kind = CHANNEL, "owned"
    headers = (
        frozenset(
            {"payout date", "status", "charges", "refunds", "adjustments", "fees", "total", "currency"}
        ),
    )
    plain = "posted_at = payout date, currency"
    worth = ("total",)

    def read(self, rows: Rows, context: Context) -> pa.RecordBatch:
        """An entry for each part of a payout, and one for all that only moves."""
        total = rows.amounts("total", required=True)
        amounts = {name: rows.amounts(name) for name in (*_MOVED, *_PARTS)}
        parts = np.sum([*amounts.values()], axis=0)
        # Fees are taken off, however they are written.
        amounts["fees"] = np.where(parts == total, amounts["fees"], -abs(amounts["fees"]))
        apart = np.sum([amounts[name] for name in _PARTS], axis=0)
        explained = np.sum([amounts[name] for name in _MOVED], axis=0) + apart
        context.note(_ODD_TOTAL, (explained != total) & rows.kept())
        payout, totals = payouts(rows), pa.array(total).cast(pa.string())
        of_row = partial(
            self.batch,
            rows,
            **self.plainly(rows, context),
            event="account",
            deferred=pc.is_in(pc.utf8_lower(rows.column("status")), STILL_HELD),
            sums_up=payout,
            row_key=pc.binary_join_element_wise("payout", payout, totals, "|"),
        )
        moved = of_row(part="transfer", description="Payout", amount=total - apart)
        entries = [
            of_row(part=part, description=f"Payout: {name}", amount=amounts[name])
            for name, part in _PARTS.items()
        ]
        others = pa.concat_batches(entries)
        return pa.concat_batches([moved, others.filter(pc.not_equal(others["amount"], 0))])
