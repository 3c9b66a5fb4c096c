"""Amazon's settlements made up by hypothesis: a file's bytes, and what is in it as plain tuples.

`settlements()` draws files in every form that Amazon writes, a few rows of them damaged; `transactions()` of
generated_transactions likewise. What a file holds is told from tables of this folder, which no reader knows.
"""

import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from hypothesis import strategies as st

from ownchannel.orders import read_orders
from tests.orders.amazon_languages import COMMAS, POINTS, WESTERN, Form

V2_COLUMNS = (  # noqa: SIM905
    "settlement-id settlement-start-date settlement-end-date deposit-date total-amount currency "
    "transaction-type order-id merchant-order-id adjustment-id shipment-id marketplace-name amount-type "
    "amount-description amount fulfillment-id posted-date posted-date-time order-item-code "
    "merchant-order-item-id merchant-adjustment-item-id sku quantity-purchased promotion-id"
).split()
V1_COLUMNS = (  # noqa: SIM905
    "settlement-id settlement-start-date settlement-end-date deposit-date total-amount currency "
    "transaction-type order-id merchant-order-id adjustment-id shipment-id marketplace-name "
    "shipment-fee-type shipment-fee-amount order-fee-type order-fee-amount fulfillment-id posted-date "
    "order-item-code merchant-order-item-id merchant-adjustment-item-id sku quantity-purchased price-type "
    "price-amount item-related-fee-type item-related-fee-amount misc-fee-amount other-fee-amount "
    "other-fee-reason-description promotion-id promotion-type promotion-amount direct-payment-type "
    "direct-payment-amount other-amount"
).split()


class Entry(NamedTuple):
    """An amount as it should be read."""

    line: int
    event: str
    part: str
    amount: Decimal
    currency: str
    posted_at: datetime
    channel: str | None
    settlement_id: str
    order_id: str | None = None
    sku: str | None = None
    quantity: float | None = None
    product: str | None = None
    deferred: bool = False


@dataclass(frozen=True)
class Generated:
    """A file and what is in it; money by currency, XXX where the file does not tell it."""

    name: str
    content: bytes
    rows: int
    entries: list[Entry]
    rejected: dict[int, tuple[str, Decimal]]
    """By line that cannot be used, the currency and amount that it carries."""
    difference: Decimal | None
    """By how much the file's own totals are missed; None where it states none."""

    def money(self) -> dict[str, tuple[Decimal, Decimal]]:
        """By currency what is good and what is not."""
        sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
        for entry in self.entries:
            sums[entry.currency][0] += entry.amount
        for code, amount in self.rejected.values():
            sums[code][1] += amount
        return {code: (good, bad) for code, (good, bad) in sums.items()}


instants = st.datetimes(
    datetime(2019, 1, 1),  # noqa: DTZ001, hypothesis draws without an offset
    datetime(2027, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda at: at.replace(microsecond=0))
cents = st.integers(-9_999_999, 9_999_999).filter(bool).map(lambda number: Decimal(number).scaleb(-2))
order_ids = st.integers(0, 7).map(lambda number: f"702-0000000-{number:07}")
ends = st.sampled_from(["\n", "\r\n"])
_SKUS = st.sampled_from(["PAN-12", "Pfännchen 8", "SALT & PEPPER", 'LID 12"'])


class Booked(NamedTuple):
    """An amount in V2's words, and what it is."""

    transaction: str
    type: str
    description: str
    event: str
    part: str


V2_BOOKED = [
    Booked("Order", "ItemPrice", "Principal", "sale", "goods"),
    Booked("Order", "ItemPrice", "Shipping", "sale", "shipping"),
    Booked("Order", "ItemPrice", "Tax", "sale", "tax"),
    Booked("Order", "ItemPrice", "GiftWrap", "sale", "shipping"),
    Booked("Order", "ItemWithheldTax", "MarketplaceFacilitatorTax-Principal", "sale", "tax"),
    Booked("Order", "ItemFees", "Commission", "sale", "fee"),
    Booked("Order", "ItemFees", "FBAPerUnitFulfillmentFee", "sale", "fulfilment"),
    Booked("Order", "ItemFees", "MoonlightFee", "sale", "unclassified"),
    Booked("Order", "Promotion", "Principal", "sale", "discount"),
    Booked("Order", "Promotion", "Shipping", "sale", "shipping"),
    Booked("Refund", "ItemPrice", "Principal", "refund", "goods"),
    Booked("Refund", "ItemFees", "RefundCommission", "refund", "fee"),
    Booked("Refund", "Promotion", "Principal", "refund", "discount"),
    Booked("Chargeback Refund", "ItemPrice", "Principal", "refund", "goods"),
    Booked("ServiceFee", "Cost of Advertising", "TransactionTotalAmount", "account", "advertising"),
    Booked("other-transaction", "other-transaction", "Subscription Fee", "account", "fee"),
    Booked("other-transaction", "other-transaction", "Storage Fee", "account", "fee"),
    Booked(
        "other-transaction", "FBA Inventory Reimbursement", "WAREHOUSE_DAMAGE", "account", "reimbursement"
    ),
    Booked("other-transaction", "other-transaction", "Current Reserve Amount", "account", "transfer"),
    Booked("other-transaction", "other-transaction", "Mondscheingutschrift", "account", "unclassified"),
]

#: In V1 the type of an amount is the column that it stands in.
V1_BOOKED = [
    Booked("Order", "price", "Principal", "sale", "goods"),
    Booked("Order", "price", "Shipping", "sale", "shipping"),
    Booked("Order", "price", "Tax", "sale", "tax"),
    Booked("Order", "item-related-fee", "Commission", "sale", "fee"),
    Booked("Order", "item-related-fee", "FBAPerUnitFulfillmentFee", "sale", "fulfilment"),
    Booked("Order", "item-related-fee", "MoonlightFee", "sale", "unclassified"),
    Booked("Order", "order-fee", "FBAPerOrderFulfillmentFee", "sale", "fulfilment"),
    Booked("Order", "shipment-fee", "FBATransportationFee", "sale", "fulfilment"),
    Booked("Order", "promotion", "Principal", "sale", "discount"),
    Booked("Order", "promotion", "Shipping", "sale", "shipping"),
    Booked("Order", "misc-fee", "", "sale", "fee"),
    Booked("Refund", "price", "Principal", "refund", "goods"),
    Booked("Refund", "item-related-fee", "RefundCommission", "refund", "fee"),
    Booked("ServiceFee", "item-related-fee", "Cost of Advertising", "account", "advertising"),
    Booked("Subscription Fee", "other-fee", "Monatliche Gebühr", "account", "fee"),
]
#: Columns that only the wider V1 has.
V1_WIDE_BOOKED = [
    Booked("Payable to Amazon", "other", "", "account", "transfer"),
    Booked("Successful charge", "other", "", "account", "transfer"),
    Booked("Moonlight Credit", "other", "", "account", "unclassified"),
    Booked("Order", "direct-payment", "Moonlight payment", "sale", "unclassified"),
]

DATES = {
    "iso": lambda at: at.isoformat(),
    "utc": lambda at: f"{at:%Y-%m-%d %H:%M:%S} UTC",
    "german": lambda at: f"{at:%d.%m.%Y %H:%M:%S} UTC",
    "day": lambda at: f"{at:%d.%m.%Y}",
}
SITES = {"USD": "Amazon.com", "EUR": "Amazon.de", "CAD": "Amazon.ca", "JPY": "Amazon.co.jp"}


@dataclass
class _File:
    """A file on its way: how it writes, its rows as cells by column, and what is in them."""

    columns: Sequence[str]
    booked: Sequence[Booked]
    form: Form
    dates: str
    rows: list[dict[str, str]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    rejected: dict[int, tuple[str, Decimal]] = field(default_factory=dict)

    def line(self) -> int:
        """That of the next row, below the header."""
        return len(self.rows) + 2

    def written(self, at: datetime) -> str:
        return DATES[self.dates](at)

    def told(self, at: datetime) -> datetime:
        """An instant as far as the file tells it."""
        return at.replace(hour=0, minute=0, second=0) if self.dates == "day" else at


@st.composite
def settlements(draw: st.DrawFn) -> Generated:
    """One to three settlements in a file of V1, 33 or 36 columns wide, or of V2."""
    width = draw(st.sampled_from([None, 33, 36]))
    file = _File(
        V1_COLUMNS[:width] if width else V2_COLUMNS,
        V1_BOOKED + (V1_WIDE_BOOKED if width == 36 else []) if width else V2_BOOKED,
        draw(st.sampled_from(POINTS + COMMAS)),
        draw(st.sampled_from([*DATES])),
    )
    numbers = [f"2387439712{number}" for number in range(draw(st.integers(1, 3)))]
    differences = [_settlement(draw, file, number) for number in numbers]
    lines = ["\t".join(file.columns)]
    lines += ["\t".join(row.get(column, "") for column in file.columns) for row in file.rows]
    end = draw(ends)
    text = end.join(lines) + (end if draw(st.booleans()) else "")
    return Generated(
        "settlement.txt",
        text.encode(draw(st.sampled_from(WESTERN))),
        len(file.rows),
        file.entries,
        file.rejected,
        max((each for each in differences if each is not None), default=None),
    )


def _settlement(draw: st.DrawFn, file: _File, number: str) -> Decimal | None:
    """A settlement's rows into the file; gives how far its lines miss the stated total, if one is stated."""
    currency = draw(st.sampled_from([*SITES]))
    own = {"settlement-id": number, "marketplace-name": SITES[currency]}
    is_headed = draw(st.integers(0, 9)) > 0
    stated_at = file.line()
    if is_headed:
        file.rows.append({})
    first, known = len(file.entries), currency if is_headed else "XXX"
    in_lines = sum(_row(draw, file, own, known) for _ in range(draw(st.integers(0, 8))))
    if not is_headed:
        return None
    off = draw(st.sampled_from([Decimal(0), Decimal(0), Decimal("0.01"), Decimal("-3.00")]))
    end = draw(instants)
    file.rows[stated_at - 2] |= {
        "settlement-id": number,
        "settlement-end-date": file.written(end),
        "total-amount": file.form.write(in_lines + off),
        "currency": currency,
    }
    read = file.entries[first:]
    # The table gives a booking without a site that of its settlement, where any other booking tells it.
    site = SITES[currency] if read else "Amazon"
    nothing = Entry(stated_at, "account", "transfer", Decimal(0), currency, file.told(end), site, number)
    file.entries.append(nothing)
    return abs(in_lines + off - sum(entry.amount for entry in read))


def _row(draw: st.DrawFn, file: _File, own: Mapping[str, str], currency: str) -> Decimal:
    """One row, perhaps damaged, into the file; gives the money in it."""
    booked, at, amount = draw(st.sampled_from(file.booked)), draw(instants), draw(cents)
    line = file.line()
    row = {**own, "transaction-type": booked.transaction, "posted-date": file.written(at)}
    if "posted-date-time" in file.columns and draw(st.booleans()):
        row |= {"posted-date": f"{at:%Y-%m-%d}", "posted-date-time": file.written(at)}
    if booked.event != "account":
        row |= {"order-id": draw(order_ids), "sku": draw(_SKUS)}
    if (booked.event, booked.part) == ("sale", "goods"):
        row["quantity-purchased"] = str(draw(st.integers(1, 3)))
    row |= _amount_cells(booked, file.form.write(amount))
    damage = draw(st.sampled_from([""] * 12 + ["amount", "posted-date", "settlement-id"]))
    if damage == "amount":
        row[next(name for name in ("amount", f"{booked.type}-amount") if name in row)] = "n/a"
        amount = Decimal(0)
    elif damage == "posted-date":
        row |= {"posted-date": "yesterday", "posted-date-time": ""}
    elif damage:
        row[damage], currency = "", "XXX"
    file.rows.append(row)
    if damage or currency == "XXX":
        file.rejected[line] = currency, amount
        return amount
    units = row.get("quantity-purchased")
    file.entries.append(
        Entry(
            line=line,
            event=booked.event,
            part=booked.part,
            amount=amount,
            currency=currency,
            posted_at=file.told(at),
            channel=own["marketplace-name"],
            settlement_id=own["settlement-id"],
            order_id=row.get("order-id"),
            sku=row.get("sku"),
            quantity=float(units) if units else None,
        )
    )
    return amount


def _amount_cells(booked: Booked, amount: str) -> dict[str, str]:
    """The cells of an amount and its name, in the columns of V2 or V1."""
    if booked in V2_BOOKED:
        return {"amount-type": booked.type, "amount-description": booked.description, "amount": amount}
    name = "other-fee-reason-description" if booked.type == "other-fee" else f"{booked.type}-type"
    return {f"{booked.type}-amount": amount, name: booked.description}


def assert_read_as_generated(generated: Generated) -> None:
    """Every row and cent is accounted for, and the values read are those that were written."""
    with tempfile.TemporaryDirectory() as folder:
        orders = read_orders((generated.name, generated.content), workspace=folder)
    (file,) = orders.report.files
    assert file.was_read, file.warnings
    assert (file.rows_in, file.rejected, file.duplicates) == (generated.rows, len(generated.rejected), 0)
    assert file.accepted == len({entry.line for entry in generated.entries})
    assert orders.report.rejected["line"].tolist() == sorted(generated.rejected)
    assert not any("do not add up" in warning for warning in file.warnings)
    money = generated.money()
    # A currency that is not known is shown where there is money in it.
    assert {**file.money} == {
        code: {"in": good + bad, "accepted": good, "rejected": bad, "duplicates": 0}
        for code, (good, bad) in money.items()
        if code != "XXX" or bad
    }
    assert file.difference == generated.difference
    assert file.reconciled == (None if generated.difference is None else not generated.difference)
    fields = ["source_row", *Entry._fields[1:]]
    read = [Entry(*row.values()) for row in orders.entries.select(fields).to_pylist()]
    assert sorted(read, key=repr) == sorted(generated.entries, key=repr)
