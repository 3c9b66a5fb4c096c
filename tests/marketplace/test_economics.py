"""What an order leaves, added up line by line from the order table."""

from dataclasses import replace
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ownchannel.customers import channel_months
from ownchannel.files import MONEY
from ownchannel.marketplace import Economics, contribution_by_month
from ownchannel.orders import Orders


def is_above_0(amount: object) -> bool:
    return not pd.isna(amount) and amount > 0


def known_in_part(orders: Orders) -> Orders:
    """The same orders, as if files had the fees of every third line alone, and what its goods cost."""
    booked = pa.array([place % 3 == 0 for place in range(len(orders.arrow))])
    lines = orders.arrow
    for name in ("fee", "fulfilment"):
        known = pc.if_else(booked, lines[name], pa.scalar(None, MONEY))
        lines = lines.set_column(lines.column_names.index(name), lines.schema.field(name), known)
    goods = pc.if_else(booked, pc.multiply(lines["item_value"], pa.scalar(Decimal("0.3"))).cast(MONEY), None)
    lines = lines.set_column(lines.column_names.index("goods"), lines.schema.field("goods"), goods)
    return replace(orders, arrow=lines)


@pytest.mark.parametrize("costs", [Economics(), Economics(goods_cost_rate=0.55, owned_ad_rate=0.3)])
@pytest.mark.parametrize("booked", [True, False])
def test_contribution_equals_a_reading_order_by_order(sample, costs, booked):
    """With what the files of the sample brand say, and with fees and goods of every third line alone."""
    orders = sample if booked else known_in_part(sample)
    sent = {
        (line.channel, line.order_id) for line in orders.sales.itertuples() if is_above_0(line.fulfilment)
    }
    left: dict[tuple[str, str], float] = {}
    seen: set[tuple[str, str]] = set()
    for line in orders.sales.itertuples():
        rented = line.kind == "marketplace"
        value = float(line.item_value - line.discount - line.refund)
        paid = value + float(line.shipping)
        rate = costs.marketplace_fee_rate if rented else costs.owned_payment_rate
        fee = rate * paid if pd.isna(line.fee) else float(line.fee)
        advertising = costs.marketplace_ad_rate if rented else costs.owned_ad_rate
        parcel = costs.marketplace_fulfilment if rented else costs.owned_fulfilment
        order = line.channel, line.order_id
        pays_parcel = order not in sent and order not in seen
        seen.add(order)
        month = (str(line.ordered_on)[:7], line.channel)
        left[month] = left.get(month, 0.0) + (
            paid
            - (costs.goods_cost_rate * float(line.item_value) if pd.isna(line.goods) else float(line.goods))
            - fee
            - advertising * value
            - (parcel if pays_parcel else 0.0)
        )
    found = contribution_by_month(channel_months(orders), costs)
    read = {
        (str(m)[:7], c): x
        for m, c, x in zip(found["month"], found["channel"], found["contribution"], strict=True)
    }
    assert read == pytest.approx(left, abs=1e-6)
