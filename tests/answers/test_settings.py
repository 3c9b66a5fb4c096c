"""Where the sliders start, and which are not there."""

from pathlib import Path

import pandas as pd
import pytest

from ownchannel.answers import what_if_it_stopped
from ownchannel.answers._starting_settings import without_effect  # inside: months that no files give
from ownchannel.marketplace import MEASURED, Shocks
from ownchannel.orders import read_orders, sample_orders
from ownchannel.workspace import Workspace
from tests.answers.test_repeat import shops

MONTH = dict.fromkeys(MEASURED, 100.0) | {"shipping": 0.0, "orders": 10, "orders_sent": 4}
MONTH |= {"goods": 0.0, "goods_base_told": 0.0}


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory):
    return sample_orders(Workspace(tmp_path_factory.mktemp("workspace")))


def test_advertising_starts_at_what_was_booked_in_the_last_year(orders):
    question = what_if_it_stopped(orders)
    assert question.settings.marketplace_ad_rate == pytest.approx(0.085)
    value, declared = question.numbers["marketplace_ad_rate"]
    assert value == question.settings.marketplace_ad_rate
    assert declared.source == "Measured in your files: advertising booked in the year to 30 Sep 2026"
    assert declared.confidence == "measured"
    assert not any("lies outside" in note for note in question.answer.notes)
    assert Shocks().marketplace_ad_rate == 0.10


def test_only_a_brand_with_etsys_fees_and_no_statement_reads_what_etsys_exports_leave_out(
    orders, root: Path, tmp_path: Path
):
    samples = root / "data" / "samples"
    files = [*samples.glob("etsy_order*"), samples / "shopify_orders_export.csv"]
    without_statement = read_orders(files, workspace=tmp_path, timezone="America/New_York")
    brands = (without_statement, orders, shops(tmp_path, Till=4))
    named = ["Etsy's exports" in str(what_if_it_stopped(brand).answer) for brand in brands]
    assert named == [True, False, False]


@pytest.mark.parametrize(
    ("kind", "changes", "hidden"),
    [
        ("marketplace", {}, ("marketplace_fee_rate",)),
        ("marketplace", {"orders_sent": 10}, ("marketplace_fee_rate", "marketplace_fulfilment")),
        ("marketplace", {"fee_base_told": 99.99}, ()),
        (
            "marketplace",
            {"goods": 40.0, "goods_base_told": 100.0},
            ("goods_cost_rate", "marketplace_fee_rate"),
        ),
        ("owned", {}, ("owned_payment_rate",)),
        ("owned", {"shipping": 5.0}, ()),
        ("owned", {"net_value": 0.0, "fee_base_told": 0.0}, ()),
    ],
)
def test_a_slider_goes_when_files_tell_all_that_it_stands_for(kind, changes, hidden):
    assert without_effect(pd.DataFrame([MONTH | {"kind": kind} | changes])) == hidden


def test_goods_start_at_what_files_say_they_cost(root: Path, tmp_path: Path):
    """The knives cost 40% of their price; what other goods cost is not known."""
    shop = root / "data" / "samples" / "shopify_orders_export.csv"
    costs = ("costs.csv", b"sku,unit cost,currency\nHL-KNIFE-6,19.60,USD\nHL-KNIFE-8,25.60,USD\n")
    brand = read_orders([shop, costs], workspace=tmp_path, timezone="America/New_York")
    knives = brand.sales[brand.sales["goods"].notna()]
    rate = float(knives["goods"].sum() / knives["item_value"].sum())
    value, declared = what_if_it_stopped(brand).numbers["goods_cost_rate"]
    assert value == pytest.approx(rate, abs=declared.step / 2)
    share = float(knives["item_value"].sum() / brand.sales["item_value"].sum())
    assert declared.source == f"Measured: the cost in your files of {share:.0%} of sales"
    assert f"goods at the cost in your files for {share:.0%} of sales, assumed for the rest" in str(
        what_if_it_stopped(brand).answer
    )
