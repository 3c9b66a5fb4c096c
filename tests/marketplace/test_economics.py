"""What an order leaves, added up line by line from the order table."""

import pytest

from ownchannel.customers.months import channel_months
from ownchannel.marketplace.economics import Economics, contribution_by_month


@pytest.mark.parametrize("costs", [Economics(), Economics(goods_cost_rate=0.55, owned_ad_rate=0.3)])
def test_contribution_equals_a_reading_order_by_order(sample, costs):
    left: dict[tuple[str, str], float] = {}
    seen: set[tuple[str, str]] = set()
    for line in sample.sales.itertuples():
        rented = line.kind == "marketplace"
        value = float(line.item_value - line.discount - line.refund)
        paid = value + float(line.shipping)
        fee = costs.marketplace_fee_rate if rented else costs.owned_payment_rate
        advertising = costs.marketplace_ad_rate if rented else costs.owned_ad_rate
        parcel = costs.marketplace_fulfilment if rented else costs.owned_fulfilment
        first_line = (line.channel, line.order_id) not in seen
        seen.add((line.channel, line.order_id))
        month = (str(line.ordered_on)[:7], line.channel)
        left[month] = left.get(month, 0.0) + (
            paid
            - costs.goods_cost_rate * float(line.item_value)
            - fee * paid
            - advertising * value
            - (parcel if first_line else 0.0)
        )
    found = contribution_by_month(channel_months(sample), costs)
    read = {
        (str(m)[:7], c): x
        for m, c, x in zip(found["month"], found["channel"], found["contribution"], strict=True)
    }
    assert read == pytest.approx(left, abs=1e-6)
