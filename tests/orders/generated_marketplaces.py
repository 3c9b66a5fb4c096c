"""Order exports of eBay and TikTok Shop made up at random, each with what it holds: see generated_orders."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hypothesis import strategies as st

from tests.orders.generated_truth import (
    GeneratedFile,
    Order,
    Row,
    Style,
    day_of,
    file_of,
    made_up_orders,
    styles,
    sums_of,
    truth_of,
)
from tests.orders.headers import EBAY_COLUMNS, EBAY_GERMAN, EBAY_UK, TIKTOK_COLUMNS


@dataclass(frozen=True)
class Site:
    """How one of eBay's sites writes its report."""

    names: Mapping[str, str]
    """By column of ebay.com, what it calls it."""
    currency: str
    money: str
    day: str
    months: tuple[str, ...] = ()
    """The twelve, where they are not the English ones."""

    def date(self, moment: datetime) -> str:
        """A day as the site writes it, Jul-21-26 or 21-Jul-26."""
        text = moment.strftime(self.day)
        return text.replace(moment.strftime("%b"), self.months[moment.month - 1]) if self.months else text


_GERMAN_MONTHS = ("Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez")
SITES = {
    ".": (
        Site({}, "USD", "${}", "%b-%d-%y"),
        Site({}, "AUD", "AU ${}", "%d-%b-%y"),
        Site(EBAY_UK, "GBP", "£{}", "%d-%b-%y"),
    ),
    ",": (
        Site(EBAY_GERMAN, "EUR", "EUR {}", "%d-%b-%y", _GERMAN_MONTHS),
        Site(EBAY_GERMAN, "EUR", "{} €", "%d-%b-%y", _GERMAN_MONTHS),
    ),
}


def ebay_number(order: Order) -> str:
    return f"24-14934-{order.number:07}"


@st.composite
def ebay_orders(draw: st.DrawFn) -> GeneratedFile:
    """Seller Hub's orders: of an order of several items the sum first, and its shipping and tax there."""
    style = draw(styles(".,").filter(lambda style: style.encoding != "cp932"))
    site, is_for_all = draw(st.sampled_from(SITES[style.decimal])), draw(st.booleans())
    orders = tuple(
        order._replace(currency=site.currency, discount=0, refund=0, tax=order.value // 12)
        for order in draw(made_up_orders(style, ("completed", "pending")))
    )
    rows, sums = [], 0
    for order in orders:
        several = len(order.items) > 1
        of_items = [_ebay_item(order, at, style, site, is_for_all) for at in range(len(order.items))]
        own = _ebay_own(order, style, site)
        if several:
            units, value = (
                sum(item.units for item in order.items),
                site.money.format(style.money(order.value)),
            )
            rows.append(of_items[0] | dict.fromkeys(("Item Number", "Item Title", "Custom Label"), ""))
            rows[-1] |= {"Transaction ID": "", "Quantity": str(units), "Sold For": value} | own
        rows += of_items if several else [of_items[0] | own]
        sums += several
    renamed = [{site.names.get(column, column): cell for column, cell in row.items()} for row in rows]
    columns = [site.names.get(column, column) for column in EBAY_COLUMNS]
    wrong = site.names.get("Sale Date", "Sale Date")
    truth = truth_of(orders, "eBay", ebay_number, placed=day_of) | {"repeats": sums}
    return file_of(draw, "eBay-OrdersReport.csv", columns, renamed, style, wrong=wrong, **truth)


def _ebay_item(order: Order, at: int, style: Style, site: Site, is_for_all: bool) -> Row:
    item = order.items[at]
    return {
        "Sales Record Number": str(order.number),
        "Order Number": ebay_number(order),
        "Buyer Username": "" if order.buyer is None else f"buyer_{order.buyer}",
        "Item Number": f"33500123{at:04}",
        "Item Title": item.product,
        "Custom Label": item.sku,
        "Quantity": str(item.units),
        "Sold For": site.money.format(style.money(item.price * (item.units if is_for_all else 1))),
        "Sale Date": site.date(order.placed),
        "Transaction ID": f"28{order.number}{at}",
    }


def _ebay_own(order: Order, style: Style, site: Site) -> Row:
    """What is the order's and not an item's."""
    amounts = {
        "Shipping And Handling": order.shipping,
        "eBay Collected Tax": order.tax,
        "Total Price": order.total,
    }
    paid = site.date(order.placed) if order.status == "completed" else ""
    return {column: site.money.format(style.money(cents)) for column, cents in amounts.items()} | {
        "Paid On Date": paid,
        "Ship To Country": "Germany",
    }


#: By region its currency, how it writes money and times, and its country, by which bare amounts are read.
_REGIONS = {
    ".": (
        ("USD", "${}", "%m/%d/%Y %I:%M:%S %p", "United States"),
        ("USD", "{}", "%m/%d/%Y %I:%M:%S %p", "United States"),
        ("GBP", "£{}", "%d/%m/%Y %H:%M:%S", "United Kingdom"),
        ("GBP", "{} GBP", "%d/%m/%Y %H:%M:%S", "United Kingdom"),
    ),
    ",": (("EUR", "EUR {}", "%d/%m/%Y %H:%M:%S", "Germany"), ("EUR", "{}", "%d/%m/%Y %H:%M:%S", "Ireland")),
}
_TIKTOK_WORDS = {
    "completed": "To ship",
    "pending": "Unpaid",
    "cancelled": "Canceled",
    "refunded": "Completed",
}


def tiktok_number(order: Order) -> str:
    return f"577{order.number:015}"


@st.composite
def tiktok_orders(draw: st.DrawFn, described: bool = False) -> GeneratedFile:
    """TikTok Shop's orders: what is the order's stands on each row; TikTok pays for a part of some."""
    # A test that saves the file anew has to know its encoding.
    style = draw(styles(".,").filter(lambda style: not (described and style.encoding == "cp932")))
    currency, money, time, country = draw(
        st.sampled_from(_REGIONS[style.decimal]).filter(
            lambda region: style.encoding != "cp932" or "£" not in region[1]
        )
    )
    orders = [
        order._replace(currency=currency, **({} if order.total else {"status": "completed"}))
        for order in draw(made_up_orders(style, tuple(_TIKTOK_WORDS)))
    ]
    rows = []
    for order in orders:
        platform = 100 if order.items[0].units * order.items[0].price - order.discount >= 300 else 0
        paid = order.total - platform
        of_order = {
            "Order ID": f"{tiktok_number(order)}\t",
            "Order Status": _TIKTOK_WORDS[order.status],
            "Cancelation/Return Type": "Cancel" if order.status == "cancelled" else "",
            "Shipping Fee After Discount": money.format(style.money(order.shipping)),
            "Taxes": money.format(style.money(order.tax)),
            "Order Amount": money.format(style.money(paid)),
            "Order Refund Amount": money.format(
                style.money(paid if order.status == "refunded" else order.refund)
            ),
            "Created Time": f"{order.placed.strftime(time)}\t",
            "Cancelled Time": "",
            "Buyer Username": "" if order.buyer is None else f"buyer.{order.buyer}",
            "Country": country,
        }
        for at, item in enumerate(order.items):
            discounts = (0, 0) if at else (platform, order.discount)
            of_item = {
                "SKU ID": f"1729{order.number:010}{at}\t",
                "Seller SKU": item.sku,
                "Product Name": item.product,
                "Quantity": str(item.units),
                "SKU Unit Original Price": money.format(style.money(item.price)),
                "SKU Subtotal Before Discount": money.format(style.money(item.units * item.price)),
                "SKU Platform Discount": money.format(style.money(discounts[0])),
                "SKU Seller Discount": money.format(style.money(discounts[1])),
            }
            rows.append(of_order | of_item)
    words = [dict.fromkeys(TIKTOK_COLUMNS, "What this column holds.")] if described else []
    # Of what came back whole nothing is left.
    left = [order._replace(shipping=0, tax=0) if order.status == "refunded" else order for order in orders]
    truth = truth_of(orders, "TikTok Shop", tiktok_number) | {"of_orders": sums_of(left, tiktok_number)}
    return file_of(
        draw, "All order.csv", TIKTOK_COLUMNS, rows, style, wrong="Created Time", above=words, **truth
    )
