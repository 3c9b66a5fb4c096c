"""The still answers of workbook 03, against the functions that they rest on."""

import pytest

from ownchannel.answers import cohorts, one_time_buyers, second_order, what_brings_back
from ownchannel.customers import return_drivers, time_to_second_order
from ownchannel.formats import percent
from ownchannel.orders import read_orders, sample_orders
from ownchannel.workspace import Workspace
from tests.answers.test_repeat import BRANDS, shops


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory):
    return sample_orders(Workspace(tmp_path_factory.mktemp("workspace")))


def test_cohorts_of_each_channel_and_who_is_left_out(orders):
    answer = cohorts(orders)
    assert answer.plain_sentence == (
        "In the month after their first order, 5% of new customers on Amazon.com and 12% of new customers on "
        "Shopify order again."
    )
    assert len(answer.charts) == 2
    assert answer.notes[0].startswith("Etsy is left out: its files cover no whole month")
    assert {chart.figure.data[0].zmax for chart in answer.charts} == {answer.charts[0].figure.data[0].zmax}


def test_one_time_buyers_are_counted_fairly_beside_the_plain_share(orders):
    answer = one_time_buyers(orders)
    curve = time_to_second_order(orders).curves["Shopify"]
    fair = curve.one_time_share()
    assert fair is not None
    assert f"**{percent(fair.share)}** on Shopify do not return within a year." in answer.sentence
    row = answer.table.set_index("Channel").loc["Shopify"]
    assert row["Seen once so far"] == percent(curve.seen_once, 1)
    assert fair.share < curve.seen_once
    assert "Etsy" not in answer.sentence
    assert answer.notes == tuple(
        f"{channel}: your files follow its customers for 30 days at most, too short to say how many return."
        for channel in ("Etsy", "eBay")
    )


def test_time_to_the_second_order_in_words(orders):
    answer = second_order(orders)
    curve = time_to_second_order(orders).curves["Shopify"]
    days = int(answer.sentence.split(" days** on Shopify")[0].rsplit("**", 1)[1])
    year = curve.returned_by(365).share
    assert curve.returned_by(days - 1).share < year / 2 <= curve.returned_by(days).share
    assert "On **no channel** have half of the customers ordered again" in answer.sentence
    assert "**differ** by more than chance (log-rank test, p below 0.001)" in answer.sentence
    table = answer.table.set_index("Channel")
    assert table.loc["Shopify", "By day 365"].startswith(percent(year))
    assert table.loc["Etsy", "By day 30"] == ""


@pytest.mark.parametrize(("returned", "known"), [(10, True), (11, False)])
def test_a_year_is_known_from_30_customers_still_watched(tmp_path, returned, known):
    answer = second_order(shops(tmp_path, Till=returned))
    assert ("half do so within **10 days** on Till" in answer.sentence) == known
    assert (answer.table["By day 365"][0] != "") == known


def test_a_p_value_that_rounds_to_a_thousandth_is_written_out(tmp_path):
    # 4 of 40 against 17 of 40: a log-rank statistic of 10.776, which by hand has p 0.00103.
    assert "(log-rank test, p 0.001)" in second_order(shops(tmp_path, Till=4, Stall=17)).sentence


def test_what_brings_back_says_only_what_is_clear(orders):
    answer = what_brings_back(orders)
    found = return_drivers(orders)
    shop, *others = found.effects
    assert answer.sentence.startswith(str(shop))
    assert "Etsy" not in answer.sentence
    assert "none makes a clear difference" in answer.sentence
    assert len(answer.table) == 1 + len(others)
    grounds = answer.how_we_know
    assert any(ground.startswith("Not the same at every age") and "Shopify" in ground for ground in grounds)


@pytest.mark.parametrize("name", BRANDS)
def test_every_page_has_an_answer_for_brands_of_every_kind(name, tmp_path):
    orders = read_orders(BRANDS[name], workspace=tmp_path)
    answers = [page(orders) for page in (cohorts, one_time_buyers, second_order, what_brings_back)]
    assert all("nan" not in str(answer) for answer in answers)
    assert all(answer.sentence for answer in answers)


def test_a_brand_without_customer_keys_is_told_what_to_read(tmp_path):
    orders = read_orders(BRANDS["marketplace without keys"], workspace=tmp_path)
    for page in (cohorts, one_time_buyers, second_order, what_brings_back):
        assert "Your files do not show who bought" in page(orders).sentence
