"""Shopify Payments' `payment_transactions_export.csv`: the shop's charges, their fees, and its refunds."""

from typing import Any, NamedTuple

import numpy as np

from .exports import Export, records
from .ledger import STREAMS, Brand
from .stated import CLOSED, CURRENCY, DAY, OWN_STORE, SALES, local, money

NAME = "shopify_payments_transactions.csv"
_NAMES = (
    "Transaction Date,Type,Order,Card Brand,Card Source,Payout Status,Payout Date,Payout ID,Available On,"
    "Amount,Fee,Net,Checkout,Payment Method Name,Presentment Amount,Presentment Currency,Currency"
)
HEADER = _NAMES.split(",")
CARDS = {"visa": 52, "master": 28, "american_express": 15, "discover": 5}  # in percent
PAYOUT_AFTER = 2 * DAY


class Transaction(NamedTuple):
    """Money that came in or went back, in cents."""

    kind: str
    posted: int
    cents: int
    fee: int


def export(brand: Brand) -> Export:
    """The export, newest first; facts: `data_rows, charges, refunds, charged, refunded, fees`."""
    orders = brand.orders[(brand.orders["channel"] == OWN_STORE) & brand.orders["status"].isin(SALES)]
    rng = np.random.default_rng([brand.seed, STREAMS["cards"]])
    cards = rng.choice(list(CARDS), len(orders), p=np.array(list(CARDS.values())) / 100)
    charged = orders["item"] - orders["discount"] + orders["shipping"] + orders["tax"]
    rows: list[tuple[int, str]] = []
    for order, card, paid in zip(records(orders), cards, charged, strict=True):
        # Five seconds after the order, as the shop's own export says.
        charge = Transaction("charge", order.placed + 5, paid, order.fee)
        refund = Transaction("refund", order.refunded_at, -order.refund, 0)
        made = (charge, refund) if order.refund else (charge,)
        rows.extend((transaction.posted, _row(order, card, transaction)) for transaction in made)
    newest_first = [text for _, text in sorted(rows, key=lambda row: -row[0])]
    facts = {
        "data_rows": len(rows),
        "charges": len(orders),
        "refunds": int((orders["refund"] > 0).sum()),
        "charged": money(charged.sum()),
        "refunded": money(orders["refund"].sum()),
        "fees": money(orders["fee"].sum()),
        "bad_rows": [],
    }
    return Export(NAME, "\n".join([",".join(HEADER), *newest_first]) + "\n", facts)


def _row(order: Any, card: str, transaction: Transaction) -> str:
    """One transaction; what the buyer's side shows has no sign."""
    kind, posted, cents, fee = transaction
    paid_out = posted + PAYOUT_AFTER
    is_paid_out = paid_out < CLOSED
    day = local(paid_out).strftime("%Y-%m-%d")
    fields = (
        local(posted).strftime("%Y-%m-%d %H:%M:%S %z"),
        kind,
        order.store_name,
        card,
        "online",
        "paid" if is_paid_out else "pending",
        day,
        str(96_000_000_000 + paid_out // DAY) if is_paid_out else "",
        day,
        money(cents),
        money(fee),
        money(cents - fee),
        f"#{41_000_000_000_000 + 32_768 * order.Index}",
        "card",
        money(abs(cents)),
        CURRENCY,
        CURRENCY,
    )
    return ",".join(fields)
