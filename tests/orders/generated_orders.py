"""Order exports made up at random, each with what it holds as plain tuples: the truth that readers must give.

`files()` is a hypothesis strategy over every format here, in several encodings, line ends and decimal marks;
`FORMATS` names them one by one.
"""

from collections.abc import Mapping

from hypothesis import strategies as st

from tests.orders.exports import AMAZON_COLUMNS, SHOPIFY_COLUMNS
from tests.orders.generated_advertising import amazon_ads, google_ads, meta_ads, tiktok_ads
from tests.orders.generated_etsy import etsy_items, etsy_orders, etsy_statements
from tests.orders.generated_marketplaces import ebay_orders, tiktok_orders
from tests.orders.generated_reports import (
    amazon_baskets,
    amazon_returns,
    amazon_traffic,
    shopify_customers,
    shopify_payouts,
)
from tests.orders.generated_tables import costs, exchange_rates, repeat_rates, shopify_payments
from tests.orders.generated_truth import (
    GeneratedFile,
    Order,
    Row,
    Style,
    address,
    amount,
    file_of,
    in_order,
    made_up_orders,
    plain_number,
    styles,
    truth_of,
    written,
)
from tests.orders.headers import (
    ANALYTICS_COLUMNS,
    FULFILLED_COLUMNS,
    MERCHANT_COLUMNS,
    WOOCOMMERCE_ITEM_COLUMNS,
    woocommerce_columns,
)


def _amazon_number(order: Order) -> str:
    return f"111-0000000-{order.number:07}"


def _amazon_row(order: Order, place: int, style: Style) -> dict[str, str]:
    """What all of Amazon's order reports tell of an item; the order's own amounts stand on its first."""
    item, first = order.items[place], not place
    return {
        "amazon-order-id": _amazon_number(order),
        "purchase-date": order.placed.isoformat(),
        "sales-channel": "Amazon.com",
        "product-name": item.product,
        "sku": item.sku,
        "currency": order.currency,
        "item-price": style.money(item.units * item.price),
        "item-tax": style.money(order.tax if first else 0),
        "shipping-price": style.money(order.shipping if first else 0),
        "item-promotion-discount": style.money(-order.discount if first else 0),
        "ship-country": "US",
    }


@st.composite
def amazon_orders(draw: st.DrawFn) -> GeneratedFile:
    """All Orders."""
    style = draw(styles(".,"))
    words = {"completed": "Shipped", "pending": "Pending", "cancelled": "Cancelled"}
    orders = draw(made_up_orders(style, tuple(words)))
    rows = [
        _amazon_row(order, place, style)
        | {
            "order-status": words[order.status],
            "item-status": words[order.status],
            "quantity": str(item.units),
        }
        for order in orders
        for place, item in enumerate(order.items)
    ]
    truth = truth_of(orders, "Amazon.com", _amazon_number, untold=["refund"], hides_buyers=True)
    return file_of(
        draw, "orders.txt", AMAZON_COLUMNS, rows, style, wrong="purchase-date", delimiter="\t", **truth
    )


@st.composite
def amazon_fulfilled(draw: st.DrawFn) -> GeneratedFile:
    """Fulfilled Shipments."""
    style = draw(styles(".,"))
    orders = draw(made_up_orders(style, ("completed",)))
    rows = [
        _amazon_row(order, place, style)
        | {
            "shipment-id": f"S{order.number}",
            "shipment-item-id": f"I{order.number}-{place}",
            "buyer-email": address(order, "marketplace.amazon.com"),
            "quantity-shipped": str(item.units),
        }
        for order in orders
        for place, item in enumerate(order.items)
    ]
    truth = truth_of(orders, "Amazon.com", _amazon_number, untold=["refund"])
    return file_of(
        draw,
        "shipments.txt",
        FULFILLED_COLUMNS,
        rows,
        style,
        wrong="quantity-shipped",
        delimiter="\t",
        **truth,
    )


@st.composite
def amazon_merchant(draw: st.DrawFn) -> GeneratedFile:
    """The Order Report of a seller who ships."""
    style = draw(styles(".,"))
    orders = draw(made_up_orders(style, ("completed",)))
    rows = [
        _amazon_row(order, place, style)
        | {
            "order-id": _merchant_number(order),
            "order-item-id": str((place + 1) * 20_000_000_000_000 + order.number),
            "buyer-email": address(order, "marketplace.amazon.com"),
            "quantity-purchased": str(item.units),
        }
        for order in orders
        for place, item in enumerate(order.items)
    ]
    truth = truth_of(orders, "Amazon.com", _merchant_number, untold=["refund"])
    return file_of(
        draw, "merchant.txt", MERCHANT_COLUMNS, rows, style, wrong="purchase-date", delimiter="\t", **truth
    )


def _merchant_number(order: Order) -> str:
    """None of All Orders: both are read together, and an order counts once."""
    return f"113-0000000-{order.number:07}"


@st.composite
def shopify_orders(draw: st.DrawFn) -> GeneratedFile:
    """Shopify's orders, an order's own fields on its first row."""
    style = draw(styles())
    words = {"completed": "paid", "pending": "pending", "cancelled": "voided", "refunded": "refunded"}
    orders = draw(made_up_orders(style, tuple(words)))
    rows = []
    for order in orders:
        first = {
            "Email": address(order),
            "Financial Status": words[order.status],
            "Currency": order.currency,
            "Subtotal": style.money(order.value - order.discount),
            "Shipping": style.money(order.shipping),
            "Taxes": style.money(order.tax),
            "Total": style.money(order.total),
            "Discount Amount": style.money(order.discount),
            "Refunded Amount": style.money(order.refund),
            "Id": str(order.number),
            "Source": "web",
        }
        of_items = [
            {
                "Name": _shop_name(order),
                "Financial Status": "",
                "Created at": order.placed.strftime("%Y-%m-%d %H:%M:%S +0000"),
                "Lineitem quantity": str(item.units),
                "Lineitem name": item.product,
                "Lineitem price": style.money(item.price),
                "Lineitem sku": item.sku,
            }
            for item in order.items
        ]
        rows += [of_items[0] | first, *of_items[1:]]
    truth = truth_of(orders, "Shopify", _shop_name)
    content = written(SHOPIFY_COLUMNS, rows, style)
    return GeneratedFile("shopify.csv", content, rows=len(rows), rejected=0, **truth)


def _shop_name(order: Order) -> str:
    return f"#{order.number}"


@st.composite
def woocommerce_orders(draw: st.DrawFn) -> GeneratedFile:
    """WooCommerce's orders, items packed into columns; a guest has no account."""
    style = draw(styles())
    words = {
        "completed": "processing",
        "pending": "on-hold",
        "cancelled": "failed",
        "refunded": "wc-refunded",
    }
    orders = draw(made_up_orders(style, tuple(words)))
    rows = [
        {
            "order_id": str(order.number),
            "order_number": _shop_name(order),
            **_of_shop(order, words, style),
            "order_subtotal": style.money(order.value),
            "order_total": style.money(order.total),
            **{f"line_item_{at}": _packed(order, at, style) for at in range(1, len(order.items) + 1)},
        }
        for order in orders
    ]
    truth = truth_of(orders, "WooCommerce", _shop_name)
    return file_of(draw, "woocommerce.csv", woocommerce_columns(4), rows, style, wrong="tax_total", **truth)


def _of_shop(order: Order, words: Mapping[str, str], style: Style) -> Row:
    """What both of WooCommerce's exports hold of an order."""
    return {
        "order_date": order.placed.strftime("%Y-%m-%d %H:%M:%S"),
        "status": words[order.status],
        "shipping_total": style.money(order.shipping),
        "tax_total": style.money(order.tax),
        "fee_total": "0.00",
        "order_currency": order.currency,
        "customer_id": "0",
        "customer_email": "",
        "billing_email": address(order),
        "shipping_country": "DE",
        "refund_items": f"amount:{style.money(order.refund)}|reason:|date:2026-01-01 10:00:00",
    }


@st.composite
def woocommerce_items(draw: st.DrawFn) -> GeneratedFile:
    """The same shop's orders with an item in each row, all of which have the order's own fields."""
    style = draw(styles())
    words = {"completed": "completed", "pending": "on-hold", "cancelled": "failed", "refunded": "refunded"}
    orders = draw(made_up_orders(style, tuple(words)))
    rows = [
        {
            "order_id": _item_number(order),
            "order_number": _item_number(order),
            **_of_shop(order, words, style),
            "item_name": item.product,
            "item_sku": item.sku,
            "item_quantity": str(item.units),
            "item_subtotal": style.money(item.units * item.price),
            "item_total": style.money(item.units * item.price - (0 if place else order.discount)),
            "item_refunded_qty": "",
        }
        for order in orders
        for place, item in enumerate(order.items)
    ]
    truth = truth_of(orders, "WooCommerce", _item_number)
    return file_of(
        draw, "woocommerce_items.csv", WOOCOMMERCE_ITEM_COLUMNS, rows, style, wrong="item_quantity", **truth
    )


def _item_number(order: Order) -> str:
    return str(10_000_000 + order.number)


@st.composite
def woocommerce_analytics(draw: st.DrawFn) -> GeneratedFile:
    """The shop's own report: a line an order, with what is left of its total after a refund behind it."""
    style = draw(styles())
    words = {"completed": "processing", "pending": "pending", "cancelled": "cancelled"}
    orders = draw(made_up_orders(style, tuple(words)))
    rows = [
        {
            "Date": order.placed.strftime("%Y-%m-%d %H:%M:%S"),
            "Order #": _report_number(order),
            "N. Revenue (formatted)": " ".join(
                f"{order.currency} {style.money(cents)}"
                for cents in (order.total, order.total - order.refund)
                if cents == order.total or order.refund
            ),
            "Status": words[order.status],
            "Items sold": str(sum(item.units for item in order.items)),
            "Product(s)": "1× Pan" if style.encoding.startswith("utf") else "Pan",
            "Net Sales": f"{(order.value - order.discount) / 100:.2f}",
        }
        for order in orders
    ]
    truth = truth_of(orders, "WooCommerce", _report_number, untold=["discount", "shipping", "tax"])
    truth |= {
        "holds": in_order(
            (
                "WooCommerce", _report_number(order), order.placed, None, None,
                float(sum(item.units for item in order.items)), amount(order.value - order.discount),
                order.currency, order.status,
            )
            for order in orders
        ),
        "buyers": dict.fromkeys(map(_report_number, orders)),
    }  # fmt: skip
    return file_of(draw, "analytics.csv", ANALYTICS_COLUMNS, rows, style, wrong="Items sold", **truth)


def _report_number(order: Order) -> str:
    return str(20_000_000 + order.number)


def _packed(order: Order, at: int, style: Style) -> str:
    item = order.items[at - 1]
    value = item.units * item.price
    total = value - (order.discount if at == 1 else 0)
    return (
        f"name:{item.product}|product_id:{at}|sku:{item.sku}|quantity:{item.units}|total:{style.money(total)}"
        f"|sub_total:{style.money(value)}|tax:1.00|tax_data:a:1:{{i:1;s:4:\"1.00\";}}"
    )  # fmt: skip


MAPPING = {
    "order_id": "Invoice",
    "ordered_at": "When",
    "item_value": "Total",
    "discount": "Off",
    "shipping": "Post",
    "tax": "VAT",
    "refund": "Back",
    "quantity": "Units",
    "sku": "Article",
    "product": "Title",
    "customer": "Who",
    "currency": "Money",
    "status": "State",
}


@st.composite
def mapped_orders(draw: st.DrawFn) -> GeneratedFile:
    """A table of somebody's own, with the mapping that names its columns; a row an item."""
    style = draw(styles(".,"))
    delimiter = draw(st.sampled_from([",", ";", "|"]))
    words = {"completed": "paid", "pending": "on hold", "cancelled": "failed", "refunded": "returned"}
    orders = draw(made_up_orders(style, tuple(words)))
    rows = [
        {
            "Invoice": str(order.number),
            "When": order.placed.isoformat(),
            "Total": style.money(item.units * item.price),
            "Off": style.money(0 if place else order.discount),
            "Post": style.money(0 if place else order.shipping),
            "VAT": style.money(0 if place else order.tax),
            "Back": style.money(0 if place else order.refund),
            "Units": str(item.units),
            "Article": item.sku,
            "Title": item.product,
            "Who": address(order),
            "Money": order.currency,
            "State": words[order.status],
        }
        for order in orders
        for place, item in enumerate(order.items)
    ]
    truth = truth_of(orders, "Own store", plain_number) | {"mapping": MAPPING | {"decimal": style.decimal}}
    columns = [*MAPPING.values(), "Phone"]
    return file_of(draw, "own.csv", columns, rows, style, wrong="When", delimiter=delimiter, **truth)


FORMATS: Mapping[str, st.SearchStrategy[GeneratedFile]] = {
    "Amazon All Orders": amazon_orders(),
    "Amazon Fulfilled Shipments": amazon_fulfilled(),
    "Amazon Order Report": amazon_merchant(),
    "Amazon FBA returns": amazon_returns(),
    "Amazon Sales and Traffic": amazon_traffic(),
    "Amazon Brand Analytics market basket": amazon_baskets(),
    "Amazon Brand Analytics repeat purchase": repeat_rates(),
    "Shopify orders": shopify_orders(),
    "Shopify Payments transactions": shopify_payments(),
    "Shopify customers": shopify_customers(),
    "Shopify payouts": shopify_payouts(),
    "WooCommerce orders": woocommerce_orders(),
    "WooCommerce order items": woocommerce_items(),
    "WooCommerce Analytics orders": woocommerce_analytics(),
    "Etsy orders": etsy_orders(),
    "Etsy order items": etsy_items(),
    "Etsy statement": etsy_statements(),
    "eBay orders": ebay_orders(),
    "TikTok Shop orders": tiktok_orders(),
    "Amazon Ads": amazon_ads(),
    "Meta Ads": meta_ads(),
    "Google Ads": google_ads(),
    "TikTok Ads": tiktok_ads(),
    "Exchange rates": exchange_rates(),
    "Cost of goods": costs(),
    "Table with named columns": mapped_orders(),
}


def files() -> st.SearchStrategy[GeneratedFile]:
    """Any of them."""
    return st.one_of(*FORMATS.values())
