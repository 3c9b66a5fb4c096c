"""What is true of the brand, summed from its ledger and never from a reader of the files."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pandas as pd

from .amazon import overlap
from .exports import Export
from .ledger import Brand
from .notes import NOTES
from .stated import (
    ALL_CHANNELS,
    BRAND,
    CONSENT_SHARE,
    CURRENCY,
    DAYS,
    ETSY_COUPON,
    ETSY_DISCOUNT,
    ETSY_SHARE,
    FEES,
    FIRST_DAY,
    OWN_STORE,
    PRODUCTS,
    PROMOTION,
    PROMOTION_DISCOUNT,
    PROMOTION_SHARE,
    SALES,
    SEASON,
    TASTE,
    TIERS,
    TIME_ZONE,
    UNITS,
    WELCOME_CODE,
    WELCOME_DISCOUNT,
    WELCOME_SHARE,
    Channel,
    local,
    money,
)


def truth(brand: Brand, exports: list[Export]) -> dict[str, Any]:
    """The whole truth as it is written to `truth.json`; money as decimal text."""
    orders = _earned(brand).join(brand.people[["guest"]], on="person")
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
        "channels": {channel.name: _channel(brand, orders, channel) for channel in ALL_CHANNELS},
        "months": {channel.name: _months(orders, channel.name) for channel in ALL_CHANNELS},
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
            "currency": channel.currency,
            "first_day": channel.opens.isoformat(),
            "last_day": (channel.closes - timedelta(days=1)).isoformat(),
        }
        for channel in ALL_CHANNELS
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
            "etsy_card_rate": _rate(FEES.etsy_card),
            "etsy_card_fixed": money(FEES.etsy_card_fixed),
            "etsy_transaction_rate": _rate(FEES.etsy_transaction),
            "etsy_listing": money(FEES.etsy_listing),
            "etsy_offsite_ads_rate": _rate(FEES.etsy_offsite_ads),
            "etsy_label": money(FEES.etsy_label),
            "ebay_rate": _rate(FEES.ebay),
            "ebay_fixed": money(FEES.ebay_fixed),
        },
        "discounts": {
            WELCOME_CODE: {"rate": _rate(WELCOME_DISCOUNT), "share_of_first_orders_percent": WELCOME_SHARE},
            PROMOTION: {"rate": _rate(PROMOTION_DISCOUNT), "share_of_lines_percent": PROMOTION_SHARE},
            ETSY_COUPON: {"rate": _rate(ETSY_DISCOUNT), "share_of_orders_percent": ETSY_SHARE},
        },
        "consent_percent": CONSENT_SHARE,
    }


def _earned(brand: Brand) -> pd.DataFrame:
    """Orders with `refund` of goods alone, `shipping` less what was refunded of it, and what is left of them.

    Further columns: `net, refund_of_shipping, fulfilment_fee, contribution`.
    """
    orders = brand.orders
    goods = orders["item"] - orders["discount"]
    # The shop alone refunds whole orders, and with them shipping and tax.
    refund = orders["refund"].clip(upper=goods)
    refund_of_shipping = orders["shipping"].where(orders["status"] == "refunded", 0)
    shipping = orders["shipping"] - refund_of_shipping
    return orders.assign(
        refund=refund,
        net=goods - refund,
        shipping=shipping,
        refund_of_shipping=refund_of_shipping,
        fulfilment_fee=brand.lines.groupby("order")["fulfilment_fee"].sum(),
        contribution=goods - refund + shipping - orders["fee"],
    )


def _channel(brand: Brand, all_orders: pd.DataFrame, channel: Channel) -> dict[str, Any]:
    orders = all_orders[all_orders["channel"] == channel.name]
    sales = orders[_sold(orders)]
    lines = brand.lines[brand.lines["order"].isin(orders.index)]
    sold_lines = lines[lines["order"].isin(sales.index) & ~lines["cancelled"]]
    identified = sales[~sales["guest"]] if channel.name == OWN_STORE else sales.iloc[:0]
    latest = identified.sort_values("placed").groupby("person").tail(1)
    return {
        "currency": channel.currency,
        "orders": len(orders),
        "lines": len(lines),
        "pending_orders": int((orders["status"] == "pending").sum()),
        "cancelled_orders": int((orders["status"] == "cancelled").sum()),
        "sales_orders": len(sales),
        "sales_lines": len(sold_lines),
        "item_value": money(sold_lines["item"].sum()),
        "discount": money(sales["discount"].sum()),
        "refund": money(sales["refund"].sum()),
        "net_value": money(sales["net"].sum()),
        "refunded_orders": int((sales["refund"] > 0).sum()),
        "shipping": money(sales["shipping"].sum()),
        "refund_of_shipping": money(sales["refund_of_shipping"].sum()),
        "fees": money(sales["fee"].sum()),
        "fulfilment_fees": money(sales["fulfilment_fee"].sum()),
        "contribution": money(sales["contribution"].sum()),
        "customers": sales["person"].nunique(),
        "first_orders": int(sales["first_sale"].sum()),
        "repeat_orders": int((~sales["first_sale"]).sum()),
        "identified_orders": len(identified),
        "identified_customers": identified["person"].nunique(),
        "consenting_customers": int(latest["consent"].sum()),
    }


def _months(all_orders: pd.DataFrame, channel: str) -> dict[str, dict[str, Any]]:
    sales = all_orders[(all_orders["channel"] == channel) & _sold(all_orders)]
    by_month = sales.assign(month=[local(second).strftime("%Y-%m") for second in sales["placed"]]).groupby(
        "month"
    )
    return {
        str(month): {
            "sales_orders": len(of_month),
            "first_orders": int(of_month["first_sale"].sum()),
            "net_value": money(of_month["net"].sum()),
            "refund": money(of_month["refund"].sum()),
            "fees": money(of_month["fee"].sum()),
            "fulfilment_fees": money(of_month["fulfilment_fee"].sum()),
            "contribution": money(of_month["contribution"].sum()),
        }
        for month, of_month in by_month
    }


def _sold(orders: pd.DataFrame) -> pd.Series:
    return orders["status"].isin(SALES)


def _rate(basis_points: int) -> str:
    return f"{basis_points / 10_000:g}"
