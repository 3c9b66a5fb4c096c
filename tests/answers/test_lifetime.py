"""The first answer of workbook 02, against the functions that it rests on, and for brands of every kind."""

import time

import pytest

from ownchannel.answers import (
    are_channels_different,
    files_begin_in_the_middle,
    lifetimes,
    what_a_customer_is_worth,
    what_if_it_stopped,
    which_model,
    who_is_still_a_customer,
    without_buyer_keys,
)
from ownchannel.clv import ReportedRepeats, value_of_new_customer
from ownchannel.formats import money
from ownchannel.marketplace import order_terms
from ownchannel.orders import read_orders, sample_orders
from ownchannel.panels import Panel
from ownchannel.workspace import Workspace
from tests.answers.test_dependence import BRANDS

BY_KEYS, BY_REPORT, BY_ASSUMPTION = "buyers' keys", "its repeat report", "your assumption"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory):
    return lifetimes(sample_orders(Workspace(tmp_path_factory.mktemp("workspace"))))


@pytest.fixture(scope="module")
def panel(found):
    return Panel(what_a_customer_is_worth(found))


@pytest.mark.parametrize(
    "moved",
    [{}, {"horizon_months": 7, "discount_rate": 0.3}, {"goods_cost_rate": 0.6, "owned_fulfilment": 12}],
)
def test_values_are_those_of_the_fitted_models_at_the_settings(found, panel, moved):
    settings = panel.question.settings_at(moved)
    answer = panel.at(**moved)
    left = dict(zip(answer.table["Channel"], answer.table["A customer leaves"], strict=True))
    ranges = dict(zip(answer.table["Channel"], answer.table["95% range"], strict=True))
    for channel, fit in found.fits.fitted.items():
        terms = order_terms(found.months, settings)[channel]
        horizon = int(settings.horizon_months)
        value = value_of_new_customer(fit.purchases, fit.spend, horizon, terms).iloc[-1]
        assert left[channel] == money(value["expected"], "USD", 2)
        assert ranges[channel] == " to ".join(money(value[end], "USD", 2) for end in ("lower", "upper"))
        assert f"**{left[channel]}** on {channel}" in answer.sentence


def test_cost_to_win_is_taken_off_by_kind_of_channel(panel):
    before, after = panel.answer, panel.at(marketplace_cac=10.5, owned_cac=panel.question.settings.owned_cac)

    def kept(answer, channel):
        return float(dict(answer.numbers)[f"{channel}: left after winning"].replace("$", ""))

    moved = 10.5 - panel.question.settings.marketplace_cac
    assert kept(before, "Amazon.com") - kept(after, "Amazon.com") == pytest.approx(moved, abs=0.011)
    assert kept(before, "Shopify") == kept(after, "Shopify")


def test_a_cost_that_does_not_come_back_is_said(panel):
    answer = panel.at(marketplace_cac=30)
    assert "the cost does not come back on **Etsy and Amazon.com**" in answer.sentence
    paid = dict(zip(answer.table["Channel"], answer.table["Paid back"], strict=True))
    assert paid == {
        "Shopify": "with the first order",
        "Etsy": "not within the horizon",
        "Amazon.com": "not within the horizon",
    }
    assert "in month " in panel.at(owned_cac=35).table["Paid back"].iloc[0]


def test_the_assumed_share_moves_only_where_nothing_else_tells(found, panel):
    assert found.rests_on == {"Amazon.com": BY_KEYS, "Etsy": BY_ASSUMPTION, "Shopify": BY_KEYS}
    moved, still = panel.at(returning_share=0.5).table, panel.answer.table
    changed = moved["A customer leaves"] != still["A customer leaves"]
    assert moved.loc[changed, "Channel"].tolist() == ["Etsy"]
    assert "your own assumption" in " ".join(panel.answer.notes)


def test_costs_start_where_those_of_dependence_do_and_advertising_becomes_the_cost_to_win(found, panel):
    other, numbers = what_if_it_stopped(found.orders).numbers, panel.question.numbers
    for name in ("goods_cost_rate", "owned_fulfilment", "marketplace_ad_rate"):
        assert numbers[name] == other[name]
    assert panel.question.settings.marketplace_cac == pytest.approx(0.085 * 66.1, abs=0.25)
    assert panel.question.settings.owned_cac == pytest.approx(0.18 * 91.4, abs=0.25)
    _, declared = numbers["marketplace_cac"]
    assert declared.confidence == "measured"
    assert declared.source.startswith("Marketplace advertising at 8.5% of sales, over the new customers")
    assert not any("lies outside" in note for note in panel.answer.notes)
    assert {"marketplace_ad_rate", "owned_ad_rate"} <= set(panel.question.hidden)
    assert len(panel.question.documentation().table) == len(numbers) - len(panel.question.hidden)


def test_a_report_stands_in_for_keys(found):
    by_report = dict(found.reports) | {"Etsy": ReportedRepeats(0.1, 400, None)}
    other = type(found)(**{**vars(found), "reports": by_report})
    assert other.rests_on["Etsy"] == BY_REPORT
    answer = Panel(what_a_customer_is_worth(other)).answer
    row = answer.table.set_index("Channel").loc["Etsy"]
    assert (row["Orders in 24 months"], row["95% range"]) == ("1.10", "")
    assert "a lower bound: 10.0% of 400 customers bought a product again" in " ".join(answer.notes)
    assert "returning_share" in what_a_customer_is_worth(other).hidden


def test_one_marketplace_by_every_source(found, panel):
    answer = without_buyer_keys(found, panel.question.settings)
    assert answer.table["Told by"].tolist() == ["Buyers' keys", "Its repeat report", "Your assumption"]
    shown = panel.answer.table.set_index("Channel").loc["Amazon.com", "A customer leaves"]
    assert answer.table["A customer leaves"].iloc[0] == shown
    assert answer.table["Orders in 24 months"].iloc[2] == "1.15"


def test_a_move_fits_nothing_again(panel):
    started = time.perf_counter()
    for months in range(6, 16):
        panel.set(horizon_months=months)
    panel.reset()
    assert (time.perf_counter() - started) / 10 < 0.5  # fitting takes two seconds; a busy machine some time


@pytest.mark.parametrize("name", BRANDS)
def test_brands_with_few_customers_have_every_answer(name, tmp_path):
    orders = read_orders(BRANDS[name], workspace=tmp_path)
    few = lifetimes(orders)
    assert repr(few) == "No channel has customers enough to fit a model."
    panel = Panel(what_a_customer_is_worth(few))
    answers = [
        which_model(few),
        who_is_still_a_customer(few),
        are_channels_different(few),
        files_begin_in_the_middle(few),
        without_buyer_keys(few, panel.question.settings),
    ]
    assert all("nan" not in str(answer) for answer in answers)
    if name == "everything refunded":
        assert "Nothing was sold in USD that was not given back" in repr(panel)
    else:
        assert "nan" not in str(panel.at(horizon_months=60, returning_share=0.4))
