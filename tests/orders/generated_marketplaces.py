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
    buyers_of,
    lines_of,
    made_up_orders,
    styles,
    sums_of,
    with_bad,
    written,
)
from tests.orders.headers import EBAY_COLUMNS, EBAY_GERMAN, EBAY_UK


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
    bad = [with_bad(row, "Sale Date") for row in rows[: draw(st.integers(0, 2))]]
    renamed = [
        {site.names.get(column, column): cell for column, cell in row.items()} for row in [*rows, *bad]
    ]
    columns = [site.names.get(column, column) for column in EBAY_COLUMNS]
    return GeneratedFile(
        "eBay-OrdersReport.csv",
        written(columns, renamed, style),
        "lines",
        len(rows) + len(bad),
        len(bad),
        lines_of(
            orders, "eBay", ebay_number, placed=lambda order: order.placed.replace(hour=0, minute=0, second=0)
        ),
        sums_of(orders, ebay_number),
        buyers_of(orders, ebay_number),
        repeats=sums,
    )


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
