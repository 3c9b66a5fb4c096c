"""More reports made up at random with what they hold: returns, visits, baskets, customers, payouts."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from tests.orders.generated_truth import GeneratedFile, Style, amount, file_of, in_order, styles
from tests.orders.headers import (
    BASKET_COLUMNS,
    CUSTOMER_COLUMNS,
    PAIR_COLUMNS,
    PAYOUT_COLUMNS,
    REPEAT_PERIOD,
    RETURN_COLUMNS,
    TRAFFIC_BY_DATE_COLUMNS,
    TRAFFIC_COLUMNS,
)

_START = datetime(2024, 1, 1, tzinfo=UTC)


@st.composite
def amazon_returns(draw: st.DrawFn) -> GeneratedFile:
    """FBA returns, a label for each unit."""
    style = draw(styles())
    back = st.tuples(
        st.integers(1, 99),
        st.sampled_from(["PAN-12", "POT 3", "A:B"]),
        st.integers(0, 86_400 * 1_000).map(lambda seconds: _START + timedelta(seconds=seconds)),
        st.integers(1, 3),
        st.sampled_from(["DEFECTIVE", "UNWANTED_ITEM"]),
        st.sampled_from(["SELLABLE", "CUSTOMER_DAMAGED"]),
    )
    truth = [
        (f"114-0000000-{number:07}", sku, at, units, reason, state)
        for number, sku, at, units, reason, state in draw(st.lists(back, max_size=6))
    ]
    hours = draw(st.integers(-11, 13))
    rows = [
        {
            "return-date": (at + timedelta(hours=hours)).strftime(f"%Y-%m-%dT%H:%M:%S{hours:+03}:00"),
            "order-id": order,
            "sku": sku,
            "asin": "B000000001",
            "product-name": "Pan",
            "quantity": str(units),
            "detailed-disposition": state,
            "reason": reason,
            "status": "Unit returned to inventory",
            "license-plate-number": f"LPN{place}",
        }
        for place, (order, sku, at, units, reason, state) in enumerate(truth)
    ]
    holds = in_order(
        (order, sku, at.date(), float(units), reason, state, "Amazon")
        for order, sku, at, units, reason, state in truth
    )
    truth_and_form = {"gives": "returns", "holds": holds, "delimiter": draw(st.sampled_from(["\t", ","]))}
    return file_of(draw, "returns.txt", RETURN_COLUMNS, rows, style, wrong="quantity", **truth_and_form)


_SIGNS = {"USD": "$", "MXN": "MX$", "EUR": "€", "INR": "₹", "GBP": "£"}


@st.composite
def amazon_traffic(draw: st.DrawFn) -> GeneratedFile:
    """Sales and Traffic, by product or by days of a whole month."""
    style = draw(styles())
    code = draw(st.sampled_from([each for each, sign in _SIGNS.items() if _is_written(sign, style)]))
    by_date, day_first = draw(st.booleans()), draw(st.booleans())
    count = st.integers(0, 99_999)
    figures = st.tuples(count, count, st.integers(0, 10_000), count, count, st.integers(0, 10**8))
    most = 31 if by_date else 6
    truth = draw(st.lists(figures, min_size=most if by_date else 0, max_size=most))
    days = [date(2026, 7, number) for number in range(1, 32)]
    keys = [(days[at], None, None, None) if by_date else _product(at) for at in range(len(truth))]
    rows = [
        {
            "Date": "" if day is None else day.strftime("%d/%m/%y" if day_first else "%m/%d/%y"),
            "(Parent) ASIN": parent or "",
            "(Child) ASIN": child or "",
            "Title": "Pan",
            "SKU": sku or "",
            "Sessions - Total": f"{sessions:,}",
            "Sessions - Total - B2B": "1",
            "Page Views - Total": f"{views:,}",
            "Featured Offer (Buy Box) Percentage": f"{basis / 100:.2f}%",
            "Units Ordered": str(units),
            "Ordered Product Sales": _SIGNS[code] + style.money(cents),
            "Ordered Product Sales - B2B": f"{_SIGNS[code]}0.00",
            "Total Order Items": str(items),
        }
        for (day, parent, child, sku), (sessions, views, basis, units, items, cents) in zip(
            keys, truth, strict=True
        )
    ]
    columns = TRAFFIC_BY_DATE_COLUMNS if by_date else TRAFFIC_COLUMNS
    holds = in_order(
        (day, child, parent, sku, sessions, views, units, items, amount(cents), code)
        for (day, parent, child, sku), (sessions, views, _, units, items, cents) in zip(
            keys, truth, strict=True
        )
    )
    return file_of(
        draw, "business.csv", columns, rows, style, wrong="Units Ordered", gives="traffic", holds=holds
    )


def _is_written(sign: str, style: Style) -> bool:
    """Whether files of this encoding have the sign; nobody writes pounds in Japan's."""
    return sign.isascii() or style.encoding.startswith("utf") or (style.encoding == "cp1252" and sign in "£€")


def _product(at: int) -> tuple[None, str, str, str]:
    return None, "B000000000", f"B00000001{at}", f"SKU-{at}"


@st.composite
def amazon_baskets(draw: st.DrawFn) -> GeneratedFile:
    """Market Basket Analysis, up to three pairs in a row or one."""
    style = draw(styles())
    is_wide = draw(st.booleans())
    shares = st.lists(st.integers(0, 10_000), min_size=1, max_size=3)
    products = draw(st.dictionaries(st.integers(0, 99), shares, max_size=5))
    pairs = [
        (f"B{number:09}", f"B9{number:07}{rank}", rank, basis)
        for number, of_product in products.items()
        for rank, basis in enumerate(of_product, start=1)
    ]
    rows: list[dict[str, str]] = []
    for product, other, rank, basis in pairs:
        cells = {"ASIN": product, "Product Title": "Pan", "Reporting Date": "2026-09-30"}
        mark = f"#{rank} " if is_wide else ""
        named = {
            f"{mark}Purchased ASIN" if is_wide else "Purchased With ASIN": other,
            f"{mark}Purchased Title" if is_wide else "Purchased With Title": "Lid",
            f"{mark}Combination %": f"{basis / 100:.2f}%",
            "Purchased With Rank": str(rank),
        }
        if is_wide and rank > 1:
            rows[-1] |= named
        else:
            rows.append(cells | named)
    columns = BASKET_COLUMNS if is_wide else PAIR_COLUMNS
    wrong = "#1 Combination %" if is_wide else "Combination %"
    holds = in_order(
        (product, other, rank, float(Decimal(basis).scaleb(-4)), date(2026, 9, 30))
        for product, other, rank, basis in pairs
    )
    truth_and_form = {"gives": "baskets", "holds": holds, "top": REPEAT_PERIOD + style.line_end}
    return file_of(draw, "baskets.csv", columns, rows, style, wrong=wrong, **truth_and_form)


@st.composite
def shopify_customers(draw: st.DrawFn) -> GeneratedFile:
    """Shopify's customers, some without an address."""
    style = draw(styles())
    person = st.tuples(st.sampled_from(["yes", "no", ""]), st.integers(0, 99))
    people = draw(st.dictionaries(st.integers(1, 9), person, max_size=6))
    rows = [
        {
            "Customer ID": f"'{number}",
            "Email": f"Buyer.{number}@example.com" if number < 9 else "",
            "Accepts Email Marketing": answer,
            "Total Spent": style.money(orders * 1_000),
            "Total Orders": str(orders),
        }
        for number, (answer, orders) in people.items()
    ]
    customers = {"gives": "customers", "holds": ()}
    return file_of(draw, "customers.csv", CUSTOMER_COLUMNS, rows, style, wrong="Total Orders", **customers)


@st.composite
def shopify_payouts(draw: st.DrawFn) -> GeneratedFile:
    """Shopify's payouts, one a day."""
    style = draw(styles())
    cents = st.integers(0, 99_999)
    payouts = draw(st.dictionaries(st.integers(0, 300), st.tuples(cents, cents, cents, cents), max_size=6))
    rows, entries = [], []
    for after, (charges, refunds, adjusted, fees) in payouts.items():
        day, total = _START + timedelta(days=after), charges - refunds - adjusted - fees
        parts = {"transfer": charges - refunds, "reimbursement": -adjusted, "fee": -fees}
        rows.append(
            {
                "Payout Date": day.strftime("%Y-%m-%d"),
                "Status": "paid",
                "Charges": style.money(charges),
                "Refunds": style.money(-refunds),
                "Adjustments": style.money(-adjusted),
                "Fees": style.money(-fees),
                "Total": style.money(total),
                "Currency": "EUR",
            }
        )
        entries += [
            (day, "account", part, None, amount(moved), "EUR")
            for part, moved in parts.items()
            if moved or part == "transfer"
        ]
    truth = {"gives": "entries", "holds": in_order(entries)}
    return file_of(draw, "payouts.csv", PAYOUT_COLUMNS, rows, style, wrong="Total", **truth)
