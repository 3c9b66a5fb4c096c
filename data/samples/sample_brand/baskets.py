"""What is in an order: units by the buyer's tier, then discounts, shipping, tax, fees and refunds."""

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from .stated import (
    CLOSED,
    DAY,
    ETSY_DISCOUNT,
    ETSY_SHARE,
    FEES,
    PRODUCTS,
    PROMOTION_DISCOUNT,
    PROMOTION_SHARE,
    TASTE,
    UNITS,
    WELCOME_DISCOUNT,
    WELCOME_SHARE,
    part_of,
)

PRICES = np.array([product.price for product in PRODUCTS])
FULFILMENT_FEES = np.array([product.fulfilment_fee for product in PRODUCTS])
STORE_SHIPPING, FREE_SHIPPING_FROM, AMAZON_SHIPPING = 695, 7_500, 499
ETSY_SHIPPING, ETSY_FREE_SHIPPING_FROM = 595, 3_500

#: Columns of a line that hold cents.
LINE_AMOUNTS = (
    "item", "promotion", "shipping", "ship_promotion", "tax", "referral_fee", "fulfilment_fee", "refund",
)  # fmt: skip

_part = np.vectorize(part_of, otypes=[np.int64])


def baskets(tiers: NDArray[np.int64], rng: Generator) -> pd.DataFrame:
    """Lines of one order for each tier given: units drawn by the tier's taste, like ones on one line."""
    units = rng.choice(list(UNITS), tiers.size, p=np.array(list(UNITS.values())) / 100)
    order = np.repeat(np.arange(tiers.size), units)
    taste = np.cumsum(TASTE, axis=1)[tiers[order]]
    product = (rng.integers(100, size=order.size)[:, None] >= taste).sum(axis=1)
    pairs, quantity = np.unique(order * len(PRODUCTS) + product, return_counts=True)
    order, product = np.divmod(pairs, len(PRODUCTS))
    lines = pd.DataFrame({"order": order, "product": product, "quantity": quantity})
    lines.insert(1, "line", lines.groupby("order").cumcount())
    lines[list(LINE_AMOUNTS)] = 0
    return lines.assign(item=PRICES[product] * quantity, cancelled=False)


def amazon_lines(
    orders: pd.DataFrame, lines: pd.DataFrame, tax_rate: NDArray[np.int64], rng: Generator
) -> pd.DataFrame:
    """Amazon's amounts, which belong to the line, and a few items cancelled inside orders that were sent."""
    lines = _with_cancelled_items(orders, lines, rng)
    number, of_order = len(lines), lines["order"].to_numpy()
    promoted = rng.random(number) < PROMOTION_SHARE / 100
    lines["promotion"] = _part(lines["item"], promoted * PROMOTION_DISCOUNT)
    pays_shipping = rng.random(len(orders)) < 0.10
    lines["shipping"] = pays_shipping[of_order] * AMAZON_SHIPPING
    lines["ship_promotion"] = lines["shipping"] * (rng.random(number) < 0.5)
    lines["tax"] = _part(lines["item"] - lines["promotion"], tax_rate[of_order])
    paid = lines["item"] + lines["shipping"] - lines["promotion"] - lines["ship_promotion"]
    lines["referral_fee"] = _part(paid, FEES.amazon_referral)
    by_amazon = ~orders["merchant_fulfilled"].to_numpy()[of_order]
    lines["fulfilment_fee"] = FULFILMENT_FEES[lines["product"]] * lines["quantity"] * by_amazon
    # A refund gives back what was paid for the goods of the whole order; All Orders does not show it.
    refunded_at = orders["updated"] + rng.integers(3 * DAY, 30 * DAY, len(orders))
    refunded = (rng.random(len(orders)) < 0.06) & (refunded_at < CLOSED) & (orders["status"] == "completed")
    orders["refunded_at"] = refunded_at.where(refunded, -1)
    lines["refund"] = (lines["item"] - lines["promotion"]) * np.asarray(refunded)[of_order]
    lines.loc[lines["cancelled"], list(LINE_AMOUNTS)] = 0
    return lines


def _with_cancelled_items(orders: pd.DataFrame, lines: pd.DataFrame, rng: Generator) -> pd.DataFrame:
    """Add a cancelled item to about one in a hundred of the orders with one line."""
    alone = lines[~lines["order"].duplicated(keep=False)]
    alone = alone[(orders["status"] == "completed").to_numpy()[alone["order"]]]
    extra = alone[rng.random(len(alone)) < 0.01]
    extra = extra.assign(line=1, product=(extra["product"] + 5) % len(PRODUCTS), quantity=0, cancelled=True)
    return pd.concat([lines, extra]).sort_values(["order", "line"], ignore_index=True)


def totals(orders: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Amazon's orders with their totals over lines: `item, discount, shipping, tax, refund, fee`."""
    sums = lines.groupby("order")[list(LINE_AMOUNTS)].sum()
    return orders.assign(
        item=sums["item"],
        discount=sums["promotion"],
        shipping=sums["shipping"] - sums["ship_promotion"],
        tax=sums["tax"],
        refund=sums["refund"],
        fee=sums["referral_fee"] + sums["fulfilment_fee"],
        card_fee=0,
        cancelled_first=False,
    )


def store_orders(
    orders: pd.DataFrame, lines: pd.DataFrame, tax_rate: NDArray[np.int64], rng: Generator
) -> pd.DataFrame:
    """The shop's orders with the same totals; there all but the item value belongs to the order."""
    number = len(orders)
    item = lines.groupby("order")["item"].sum()
    welcome = (orders["purchase"] == 0) & (rng.random(number) < WELCOME_SHARE / 100)
    discount = _part(item, welcome * WELCOME_DISCOUNT)
    goods = item - discount
    shipping = np.where(goods < FREE_SHIPPING_FROM, STORE_SHIPPING, 0)
    tax = _part(goods, tax_rate)
    total = goods + shipping + tax

    # A full refund gives back all that was paid, tax and shipping too; a partial one a share of the goods.
    refunded_at = orders["updated"] + rng.integers(3 * DAY, 30 * DAY, number)
    can_refund = (refunded_at < CLOSED) & (orders["status"] == "completed")
    chance = rng.random(number)
    full, partial = can_refund & (chance < 0.035), can_refund & (chance >= 0.035) & (chance < 0.06)
    share = rng.choice([2_000, 3_000, 5_000], number)
    card_fee = _part(total, np.full(number, FEES.card)) + FEES.card_fixed
    return orders.assign(
        status=orders["status"].mask(full, "refunded"),
        refunded_at=refunded_at.where(full | partial, -1),
        item=item,
        discount=discount,
        shipping=shipping,
        tax=tax,
        refund=np.where(full, total, np.where(partial, _part(goods, share), 0)),
        fee=card_fee,
        card_fee=card_fee,
        cancelled_first=full & (rng.random(number) < 0.3),
    )


def etsy_orders(
    orders: pd.DataFrame, lines: pd.DataFrame, tax_rate: NDArray[np.int64], rng: Generator
) -> pd.DataFrame:
    """Etsy's orders with the same totals, all but the item value of the order; none was refunded."""
    item = lines.groupby("order")["item"].sum()
    discount = _part(item, (rng.random(len(orders)) < ETSY_SHARE / 100) * ETSY_DISCOUNT)
    goods = item - discount
    shipping = np.where(goods < ETSY_FREE_SHIPPING_FROM, ETSY_SHIPPING, 0)
    tax = _part(goods, tax_rate)
    card_fee = _part(goods + shipping + tax, FEES.etsy_card) + FEES.etsy_card_fixed
    sending = _part(FULFILMENT_FEES[lines["product"]] * lines["quantity"], 5_000)
    lines["fulfilment_fee"] = sending + (lines["line"] == 0) * FEES.etsy_label
    labels = lines.groupby("order")["fulfilment_fee"].sum()
    on_goods, on_shipping = _part(goods, FEES.etsy_transaction), _part(shipping, FEES.etsy_transaction)
    return orders.assign(
        refunded_at=-1,
        item=item,
        discount=discount,
        shipping=shipping,
        tax=tax,
        refund=0,
        fee=card_fee + on_goods + on_shipping + labels,
        card_fee=card_fee,
        cancelled_first=False,
    )


def ebay_orders(
    orders: pd.DataFrame, lines: pd.DataFrame, tax_rate: NDArray[np.int64], _: Generator
) -> pd.DataFrame:
    """EBay's orders with the same totals: no discount, no refund, and every parcel is free."""
    item = lines.groupby("order")["item"].sum()
    tax = _part(item, tax_rate)
    fee = _part(item + tax, FEES.ebay) + FEES.ebay_fixed
    return orders.assign(
        refunded_at=-1,
        item=item,
        discount=0,
        shipping=0,
        tax=tax,
        refund=0,
        fee=fee,
        card_fee=0,
        cancelled_first=False,
    )
