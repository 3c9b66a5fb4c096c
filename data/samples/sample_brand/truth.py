"""What is true of the brand, summed from its ledger and never from a reader of the files."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pandas as pd

from .amazon import overlap
from .exports import Export
from .ledger import Brand
from .stated import (
    AMAZON,
    BRAND,
    CHANNELS,
    CONSENT_SHARE,
    CURRENCY,
    DAYS,
    FEES,
    FIRST_DAY,
    PRODUCTS,
    PROMOTION,
    PROMOTION_DISCOUNT,
    PROMOTION_SHARE,
    SEASON,
    TASTE,
    TIERS,
    TIME_ZONE,
    UNITS,
    WELCOME_CODE,
    WELCOME_DISCOUNT,
    WELCOME_SHARE,
    local,
    money,
)

NOTES = {
    "persons": "Nobody is real: invented names, e-mails (reserved domains), phones (555-01xx), streets.",
    "process": (
        "MBG/NBD in weeks: purchases at a Poisson rate ~ Gamma(r, alpha) while active; drop-out after every "
        "purchase, the first included, with probability ~ Beta(a, b). Expected new customers are constant "
        "within each 24 hours from the opening: arrivals_a_day * (1 + growth_a_month)^(day / (365.25 / 12)) "
        "* season of the month that the day from the first day on falls in. No customer is older than the "
        "window."
    ),
    "exactness": (
        "Cancelled orders are added to the process, not taken from it. Orders still pending at the end are "
        "purchases of the last three days: observation that ends a week before the window's end sees the "
        "process whole."
    ),
    "spend": (
        "A customer belongs for good to one tier, drawn apart from how often they buy. An order has 1 to 3 "
        "units; each is drawn by the tier's taste (percent, in the order of products); like units share a "
        "line. expected_order_value is exact: before discount, tax and shipping."
    ),
    "orders": (
        "Counted once over all files; cancelled and pending orders and lines included. A synced order is "
        "Amazon's. Bad rows and Non-Amazon rows are no orders."
    ),
    "sales": (
        "Orders with status completed or refunded, and their lines; an item cancelled in a sent order is "
        "none."
    ),
    "item_value": "Of sales lines, before discount, tax and shipping.",
    "discount": "Own store: the order's code. Amazon: item promotions (shipping promotions are not in it).",
    "refund": (
        "As these files show it: the shop's Refunded Amount, which for a full refund has shipping and tax "
        "in it. Nothing for Amazon."
    ),
    "refund_of_goods": "The part of the true refunds that gives back goods; Amazon's from the ledger.",
    "net_value": "item_value - discount - refund.",
    "fees": (
        "True fees at the time of sale on sales orders, in no file. Amazon: 15% of item and shipping less "
        "promotions, by line, and a fulfilment fee a unit where Amazon sends. Own store: 2.9% of what the "
        "buyer pays, tax included, and 0.30. Nothing is given back on a refund."
    ),
    "customers": "Persons with a sales order; on Amazon and for guests the ledger alone knows them.",
    "first_orders": "A customer's first sales order; repeat_orders are the other sales orders.",
    "identified": (
        "A sales order of the own store with an e-mail, whatever its capitals and spaces. A synced order "
        "shows a relay address, business buyers share one, and none is counted as identified here."
    ),
    "consenting_customers": "Identified customers whose latest sales order says yes to marketing.",
    "months": "Of the brand's time zone. First orders are those of the ledger's customers.",
    "files": (
        "data_rows: rows below the header that are not blank, bad and Non-Amazon rows among them. line: the "
        "file's own, the header being 1. rows_in_both: Amazon's rows that both reports hold; the newer "
        "last-updated-date is the true one. orders: without bad, Non-Amazon and synced ones."
    ),
}


def truth(brand: Brand, exports: list[Export]) -> dict[str, Any]:
    """The whole truth as it is written to `truth.json`; money as decimal text."""
    orders = brand.orders.join(brand.people[["guest"]], on="person")
    sold = _sold(orders)
    orders["first_sale"] = sold & ~orders["person"].where(sold).duplicated()
    return {
        "brand": BRAND,
        "seed": brand.seed,
        "currency": CURRENCY,
        "window": {
            "first_day": FIRST_DAY.isoformat(),
            "last_day": (FIRST_DAY + timedelta(days=DAYS - 1)).isoformat(),
            "time_zone": TIME_ZONE.key,
        },
        "notes": NOTES,
        "stated": _stated(),
        "channels": {channel.name: _channel(brand, orders, channel.name) for channel in CHANNELS},
        "months": {channel.name: _months(orders, channel.name) for channel in CHANNELS},
        "files": {export.name: export.facts for export in exports},
        "overlap": overlap(brand),
    }


def _stated() -> dict[str, Any]:
    channels = {
        channel.name: {
            "process": asdict(channel.process),
            "arrivals_a_day": channel.arrivals_a_day,
            "growth_a_month": channel.growth_a_month,
            "tier_shares_percent": dict(zip(TIERS, channel.tier_shares, strict=True)),
            "expected_order_value": str(channel.expected_order_value()),
        }
        for channel in CHANNELS
    }
    return {
        "channels": channels,
        "season_january_to_december": SEASON,
        "units_an_order_percent": {str(units): share for units, share in UNITS.items()},
        "taste_percent": dict(zip(TIERS, TASTE, strict=True)),
        "products": {
            product.sku: {"price": money(product.price), "fulfilment_fee": money(product.fulfilment_fee)}
            for product in PRODUCTS
        },
        "fees": {
            "amazon_referral_rate": _rate(FEES.amazon_referral),
            "card_rate": _rate(FEES.card),
            "card_fixed": money(FEES.card_fixed),
        },
        "discounts": {
            WELCOME_CODE: {"rate": _rate(WELCOME_DISCOUNT), "share_of_first_orders_percent": WELCOME_SHARE},
            PROMOTION: {"rate": _rate(PROMOTION_DISCOUNT), "share_of_lines_percent": PROMOTION_SHARE},
        },
        "consent_percent": CONSENT_SHARE,
    }


def _channel(brand: Brand, all_orders: pd.DataFrame, channel: str) -> dict[str, Any]:
    orders = all_orders[all_orders["channel"] == channel]
    sales = orders[_sold(orders)]
    lines = brand.lines[brand.lines["order"].isin(orders.index)]
    sold_lines = lines[lines["order"].isin(sales.index) & ~lines["cancelled"]]
    visible_refund = 0 if channel == AMAZON else int(sales["refund"].sum())
    goods = sales["item"] - sales["discount"]
    identified = sales.iloc[:0] if channel == AMAZON else sales[~sales["guest"]]
    latest = identified.sort_values("placed").groupby("person").tail(1)
    return {
        "orders": len(orders),
        "lines": len(lines),
        "pending_orders": int((orders["status"] == "pending").sum()),
        "cancelled_orders": int((orders["status"] == "cancelled").sum()),
        "sales_orders": len(sales),
        "sales_lines": len(sold_lines),
        "item_value": money(sold_lines["item"].sum()),
        "discount": money(sales["discount"].sum()),
        "refund": money(visible_refund),
        "net_value": money(goods.sum() - visible_refund),
        "refunded_orders": int((sales["refund"] > 0).sum()),
        "refund_of_goods": money(sales["refund"].clip(upper=goods).sum()),
        "fees": money(sales["fee"].sum()),
        "customers": sales["person"].nunique(),
        "first_orders": int(sales["first_sale"].sum()),
        "repeat_orders": int((~sales["first_sale"]).sum()),
        "identified_orders": len(identified),
        "identified_customers": identified["person"].nunique(),
        "consenting_customers": int(latest["consent"].sum()),
    }


def _months(all_orders: pd.DataFrame, channel: str) -> dict[str, dict[str, Any]]:
    sales = all_orders[(all_orders["channel"] == channel) & _sold(all_orders)]
    visible_refund = 0 if channel == AMAZON else sales["refund"]
    by_month = sales.assign(
        month=[local(second).strftime("%Y-%m") for second in sales["placed"]],
        net=sales["item"] - sales["discount"] - visible_refund,
    ).groupby("month")
    return {
        str(month): {
            "sales_orders": len(of_month),
            "first_orders": int(of_month["first_sale"].sum()),
            "net_value": money(of_month["net"].sum()),
        }
        for month, of_month in by_month
    }


def _sold(orders: pd.DataFrame) -> pd.Series:
    return orders["status"].isin(["completed", "refunded"])


def _rate(basis_points: int) -> str:
    return f"{basis_points / 10_000:g}"
