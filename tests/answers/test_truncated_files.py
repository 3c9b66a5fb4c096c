"""Whether old customers are taken for new ones, on a brand whose first day is in its files and cut."""

import dataclasses

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from ownchannel.answers import files_begin_in_the_middle, lifetimes
from ownchannel.orders import sample_orders
from ownchannel.workspace import Workspace


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory):
    return lifetimes(sample_orders(Workspace(tmp_path_factory.mktemp("workspace"))))


def test_both_ways_to_count_new_customers_are_told_and_those_of_short_files(found):
    answer = files_begin_in_the_middle(found)
    assert answer.table["Counted as new"].tolist() == [
        "All files: everybody",
        "All files: first seen late",
        "Last year only: everybody",
        "Last year only: first seen late",
    ]
    sizes = answer.table["Customers"].str.replace(",", "").astype(int).tolist()
    shop = found.fits.fitted["Shopify"].customers
    assert sizes[0] == len(shop)
    assert sizes[1] == (shop["T"] <= 365 / 7 + 0.01).sum()
    everybody, late = (float(orders) for orders in answer.table.iloc[2:, 2])
    assert everybody > late  # the brand's own first year is cut off, and with it who is old
    assert "The two agree" in answer.sentence


def test_where_too_few_came_late_it_is_said(found):
    shop = found.fits.fitted["Shopify"]
    early = shop.customers.loc[shop.customers["T"] > 60, "customer_key"]
    lines = found.orders.arrow
    kept = lines.filter(pc.is_in(lines["customer_key"], pa.array(early)))
    answer = files_begin_in_the_middle(
        dataclasses.replace(found, orders=dataclasses.replace(found.orders, arrow=kept))
    )
    assert "Too few of Shopify's customers were first seen since" in answer.sentence
    assert answer.table["Counted as new"].tolist()[0] == "All files: everybody"
