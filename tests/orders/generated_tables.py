"""Tables made up at random that hold no order lines: card payments, repeat rates, exchange rates."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from tests.orders.generated_truth import GeneratedFile, amount, file_of, in_order, made_up_orders, styles
from tests.orders.headers import PAYMENT_COLUMNS, REPEAT_COLUMNS, REPEAT_PERIOD


@st.composite
def shopify_payments(draw: st.DrawFn) -> GeneratedFile:
    """Shopify Payments' transactions: a charge an order, and a refund where there was one."""
    style = draw(styles())
    orders = draw(made_up_orders(style, ("completed", "refunded")))
    rows, entries = [], []
    for order in orders:
        fee = order.total * 29 // 1000 + 30
        for kind, event, cents, kept in (
            ("charge", "sale", order.total, fee),
            ("refund", "refund", -order.refund, 0),
        ):
            if not cents and kind == "refund":
                continue
            row = {
                "Transaction Date": order.placed.strftime("%Y-%m-%d %H:%M:%S +0000"),
                "Type": kind,
                "Order": f"#{order.number}",
                "Payout Status": "paid",
                "Amount": style.money(cents),
                "Fee": style.money(kept),
                "Net": style.money(cents - kept),
                "Checkout": f"#{order.number}",
                "Currency": order.currency,
            }
            rows.append(row)
            entries.append((order.placed, "account", "transfer", None, amount(cents), order.currency))
            if kept:
                fee_of = (order.placed, event, "fee", f"#{order.number}", amount(-kept), order.currency)
                entries.append(fee_of)
    truth = {"gives": "entries", "holds": in_order(entries)}
    return file_of(draw, "payments.csv", PAYMENT_COLUMNS, rows, style, wrong="Net", **truth)


@st.composite
def repeat_rates(draw: st.DrawFn) -> GeneratedFile:
    """Brand Analytics' repeat purchases."""
    style = draw(styles())
    asins = st.lists(st.integers(0, 99), max_size=6, unique=True)
    counts = st.tuples(
        st.integers(0, 99_999), st.integers(0, 99_999), st.integers(0, 10_000), st.integers(0, 10**8)
    )
    truth = [(f"B{asin:09}", *draw(counts)) for asin in draw(asins)]
    percent = draw(st.sampled_from(["", "%"]))
    rows = [
        {
            "ASIN": asin,
            "Number of Orders": f"{orders:,}",
            "Unique Customer Count": str(customers),
            "Repeat Ordered Product Sales: Sales": style.money(cents),
            "Repeat Customer Share: % Share of Total Customers": f"{basis / 100:.2f}{percent}",
            "Reporting Date": "2026-09-30",
        }
        for asin, orders, customers, basis, cents in truth
    ]
    holds = in_order(
        (asin, orders, customers, float(Decimal(basis).scaleb(-4)), amount(cents), date(2026, 9, 30))
        for asin, orders, customers, basis, cents in truth
    )
    truth_and_form = {"gives": "repeat_rates", "holds": holds, "top": REPEAT_PERIOD + style.line_end}
    return file_of(
        draw, "repeat.csv", REPEAT_COLUMNS, rows, style, wrong="Unique Customer Count", **truth_and_form
    )


@st.composite
def exchange_rates(draw: st.DrawFn) -> GeneratedFile:
    """A table of exchange rates, with commas between semicolons as in much of Europe, or points."""
    style = draw(styles(".,"))
    rates = st.decimals("0.0001", "999", places=4)
    keys = st.tuples(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.sampled_from(["EUR", "GBP"]))
    truth = [(*key, "USD", draw(rates)) for key in draw(st.lists(keys, max_size=8, unique=True))]
    rows = [
        {"Date": day.isoformat(), "From": source, "To": target, "Rate": str(rate).replace(".", style.decimal)}
        for day, source, target, rate in truth
    ]
    delimiter = ";" if style.decimal == "," else ","
    truth_and_form = {"gives": "rates", "holds": in_order(truth), "delimiter": delimiter}
    return file_of(
        draw, "rates.csv", ["Date", "From", "To", "Rate"], rows, style, wrong="From", **truth_and_form
    )


COST_COLUMNS = {
    ".": ("SKU", "Received on", "Unit cost", "Freight", "Units", "Currency"),
    ",": ("Artikelnummer", "Datum", "EK-Preis", "Fracht", "Menge", "Devise"),
}


@st.composite
def costs(draw: st.DrawFn) -> GeneratedFile:
    """What goods cost, as prices and as batches: between commas, or as it is written in much of Europe."""
    style = draw(styles(".,"))
    columns = COST_COLUMNS[style.decimal]
    days, cents = st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 99_999)
    keys = draw(st.lists(st.tuples(st.sampled_from("ABC"), days), max_size=8, unique=True))
    rows, holds = [], []
    for sku, day in keys:
        cost, freight, units = draw(cents), draw(cents), draw(st.none() | st.integers(1, 900))
        written = (
            day.isoformat(),
            style.money(cost),
            style.money(freight),
            "" if units is None else str(units),
        )
        rows.append(dict(zip(columns, (sku, *written, "EUR"), strict=True)))
        holds.append((sku, day, amount(cost + freight), units, "EUR"))
    truth = {"gives": "costs", "holds": in_order(holds), "delimiter": ";" if style.decimal == "," else ","}
    return file_of(draw, "costs.csv", columns, rows, style, wrong=columns[2], **truth)
