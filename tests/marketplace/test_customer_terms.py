"""What an order leaves and a customer costs, against contribution as workbook 01 counts it."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownchannel.clv import OrderTerms, curve_of_share
from ownchannel.customers import channel_months
from ownchannel.marketplace import (
    MEASURED,
    CustomerEconomics,
    Worth,
    contribution_by_month,
    order_terms,
    revenue_a_new_customer,
    worth_by_channel,
)
from ownchannel.orders import sample_orders
from ownchannel.workspace import Workspace


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    found = channel_months(sample_orders(Workspace(tmp_path_factory.mktemp("workspace"))))
    in_dollars = found[found["currency"] == "USD"]
    months = in_dollars.astype(dict.fromkeys((*MEASURED, "fulfilment"), "float64"))
    known = months["item_value"] * (months.index % 2)  # of every second month what the goods cost
    return months.assign(goods_base_told=known, goods=0.37 * known)


@given(goods=st.floats(0, 1), fee=st.floats(0, 0.5), parcel=st.floats(0, 30), advertising=st.floats(0, 1))
def test_all_orders_together_leave_the_contribution_without_advertising(
    months, goods, fee, parcel, advertising
):
    costs = {
        "goods_cost_rate": goods,
        "marketplace_fee_rate": fee,
        "owned_payment_rate": fee,
        "marketplace_fulfilment": parcel,
        "owned_fulfilment": parcel + 1,
    }
    without = {"marketplace_ad_rate": 0.0, "owned_ad_rate": 0.0}
    expected = contribution_by_month(months, CustomerEconomics(**costs, **without))
    expected = expected.groupby("channel")["contribution"].sum()
    sold = months.groupby("channel")[["net_value", "orders"]].sum().astype(float)
    rates = CustomerEconomics(**costs, marketplace_ad_rate=advertising, owned_ad_rate=advertising)
    for channel, terms in order_terms(months, rates).items():
        net, orders = sold.loc[channel]
        assert net * terms.margin_rate - orders * terms.cost_per_order == pytest.approx(
            expected[channel], abs=1e-6 * net
        )


def test_a_channel_that_gave_all_back_has_no_terms(months):
    gone = months.assign(net_value=months["net_value"].where(months["channel"] != "Etsy", 0))
    assert sorted(order_terms(gone, CustomerEconomics())) == ["Amazon.com", "Shopify", "eBay"]


def test_orders_without_a_key_count_as_those_with_one():
    sold = {"kind": "marketplace", "net_value": 100.0}
    table = pd.DataFrame(
        [
            sold | {"channel": "A", "orders": 20, "identified_orders": 10, "first_orders": 5},
            sold | {"channel": "B", "orders": 15, "identified_orders": 0, "first_orders": 0},
        ]
    )
    assert revenue_a_new_customer(table) == {"marketplace": pytest.approx(200 / (10 + 15))}


def test_cost_to_win_is_paid_back_in_the_month_in_which_enough_is_left():
    economics = CustomerEconomics(horizon_months=12, discount_rate=0, marketplace_cac=21.0, owned_cac=19.0)
    terms = dict.fromkeys(("Market", "Shop"), without_discount(0.5, 5.0))
    curves = {"Market": curve_of_share(0.12, 50.0), "Shop": curve_of_share(0.24, 50.0)}
    shop, market = worth_by_channel(curves, {"Market": "marketplace", "Shop": "owned"}, terms, economics)
    assert isinstance(shop, Worth)
    assert (shop.channel, market.channel) == ("Shop", "Market")
    assert (shop.paid_back, market.paid_back) == (0, 5)  # 20 at once, then 0.2 a month
    assert market.kept == pytest.approx(20 * 1.12 - 21)
    dear = {"Market": without_discount(0.5, 9.0)}
    assert worth_by_channel(curves, {"Market": "marketplace"}, dear, economics)[0].paid_back is None


def without_discount(margin: float, cost: float) -> OrderTerms:
    return OrderTerms(margin, cost, 0.0)
