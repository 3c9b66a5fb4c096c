"""What a file gave, in plain words: for the founder who handed it in."""

import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.formats import count, listed, money
from ownchannel.orders.merging import Given
from ownchannel.orders.one_file import FileRead
from ownchannel.orders.schema import SALES

_FACTS = {
    "status": "the status",
    "customer_key": "the buyers (as keys)",
    "consent": "the buyers' consent",
    "country": "the countries",
    "discount": "the discounts",
    "shipping": "the shipping",
    "tax": "the taxes",
    "refund": "the refunds",
    "fee": "the fees",
    "fulfilment": "the fulfilment fees",
}
_PARTS = {
    "advertising": "advertising",
    "fee": "fees of the account",
    "fulfilment": "storage and handling",
    "reimbursement": "reimbursements",
    "unclassified": "what nobody here can name",
    "transfer": "transfers, which are no profit",
}


def gave(file: FileRead, kept: pa.Table, number: int, given: Given, made: pa.Table) -> str:
    """A sentence or two on what of a file counts; empty where nothing does.

    `kept` is what counts of it, `given` what each file told of orders whose lines another report gives, and
    `made` the order lines that were made of its bookings.
    """
    if file.gives == "lines":
        return " ".join(filter(None, [_orders(kept), _filled_in(number, given)]))
    if file.gives == "entries":
        return " ".join(filter(None, [_booked(kept), _account(kept), _made(made)]))
    if file.gives == "repeat_rates" and len(kept):
        return f"How many customers came back, for {count(len(kept), 'product')}."
    return f"{count(len(kept), 'rate')} of exchange." if len(kept) else ""


def _orders(kept: pa.Table) -> str:
    told = kept.select(["identity", "customer_key", "fee"])
    sold = told.filter(pc.is_in(kept["status"].fill_null(SALES[0]), pa.array(SALES)))
    if not len(sold):
        return ""
    orders = len(pc.unique(sold["identity"]))
    text = count(orders, "order sold", "orders sold")
    known = len(pc.unique(sold.filter(sold["customer_key"].is_valid())["identity"]))
    text += f", the buyers (as keys) of {known:,}" if known else ", without their buyers"
    fees = len(pc.unique(sold.filter(sold["fee"].is_valid())["identity"]))
    return f"{text}{f', the fees of {fees:,}' if fees else ''}."


def _filled_in(number: int, given: Given) -> str:
    parts = [f"{_FACTS[column]} of {orders:,}" for (file, column), orders in given.items() if file == number]
    return f"For orders that another report holds: {listed(parts)}." if parts else ""


def _booked(kept: pa.Table) -> str:
    parts = []
    for event, words in (("sale", "the fees of"), ("refund", "the refunds of")):
        orders = len(pc.unique(kept.filter(pc.equal(kept["event"], event))["identity"].drop_null()))
        parts += [f"{words} {count(orders, 'order')}"] if orders else []
    text = listed(parts) if parts else ""
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _account(kept: pa.Table) -> str:
    account = kept.filter(pc.equal(kept["event"], "account"))
    sums = account.group_by(["part", "currency"]).aggregate([("amount", "sum")]).to_pylist()
    by_part = {(row["part"], row["currency"]): row["amount_sum"] for row in sums if row["amount_sum"]}
    parts = [
        f"{words} {money(amount, currency, 2)}"
        for part, words in _PARTS.items()
        for (booked, currency), amount in sorted(by_part.items())
        if booked == part
    ]
    return f"Besides orders: {listed(parts)}." if parts else ""


def _made(made: pa.Table) -> str:
    if not len(made):
        return ""
    orders = count(len(pc.unique(made["identity"])), "order")
    return (
        f"No order report holds {orders} of it: their lines are made of the bookings, and bear their dates."
    )
