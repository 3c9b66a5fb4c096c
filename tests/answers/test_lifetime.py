"""The first answer of workbook 02, against the functions that it rests on, and for brands of every kind."""

import time
from dataclasses import replace

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
from ownchannel.customers import time_to_second_order
from ownchannel.formats import money, percent, round_money
from ownchannel.marketplace import order_terms
from ownchannel.orders import read_orders, sample_orders
from ownchannel.panels import Panel
from ownchannel.workspace import Workspace
from tests.answers.test_dependence import BRANDS

BY_KEYS, BY_RATE = "buyer IDs", "repeat rate so far"
BY_REPORT, BY_ASSUMPTION = "the marketplace's repeat report", "your assumption"


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
        assert f"{round_money(value['expected'], 'USD')}" in answer.sentence


def test_cost_to_win_is_taken_off_by_kind_of_channel(panel):
    before, after = panel.answer, panel.at(marketplace_cac=10.5, owned_cac=panel.question.settings.owned_cac)

    def kept(answer, channel):
        return float(dict(answer.numbers)[f"{channel}: left after the cost to win one"].replace("$", ""))

    moved = 10.5 - panel.question.settings.marketplace_cac
    assert kept(before, "Amazon.com") - kept(after, "Amazon.com") == pytest.approx(moved, abs=0.011)
    assert kept(before, "Shopify") == kept(after, "Shopify")


def test_a_cost_that_does_not_come_back_is_said(panel):
    answer = panel.at(marketplace_cac=35, owned_cac=15)
    assert answer.sentence.endswith("On **Etsy, Amazon.com and eBay** that cost does not come back.")
    paid = dict(zip(answer.table["Channel"], answer.table["Paid back by"], strict=True))
    assert paid == {
        "Shopify": "first order",
        "Etsy": "not in 24 months",
        "Amazon.com": "not in 24 months",
        "eBay": "not in 24 months",
    }
    assert panel.at(owned_cac=35).table["Paid back by"].iloc[0].startswith("month ")


def test_a_channel_with_too_few_customers_for_a_model_counts_those_who_returned(found, panel):
    assert found.rests_on == {"Amazon.com": BY_KEYS, "Etsy": BY_RATE, "Shopify": BY_KEYS, "eBay": BY_RATE}
    back = time_to_second_order(found.orders).curves["Etsy"].returned_within()
    row = panel.answer.table.set_index("Channel").loc["Etsy"]
    assert row["Orders in 24 months"] == f"{1 + back.share:.2f}"
    assert panel.answer.notes[0] == (
        f"Etsy: 28 of 108 customers returned, too few to fit a model, so only the {percent(back.share)} who "
        f"returned within {back.days:.0f} days count: a lower bound."
    )
    assert "returning_share" in panel.question.hidden  # nothing is left to assume


def test_the_assumed_share_moves_only_where_nothing_else_shows_it(found):
    blind = Panel(what_a_customer_is_worth(replace(found, so_far={})))
    moved, still = blind.at(returning_share=0.5), blind.answer.table
    changed = moved.table["A customer leaves"] != still["A customer leaves"]
    assert moved.table.loc[changed, "Channel"].tolist() == ["Etsy", "eBay"]
    assert "so we assume that 50% of customers order again" in moved.notes[0]


def test_costs_start_where_those_of_dependence_do_and_advertising_becomes_the_cost_to_win(found, panel):
    other, numbers = what_if_it_stopped(found.orders).numbers, panel.question.numbers
    for name in ("goods_cost_rate", "owned_fulfilment", "marketplace_ad_rate"):
        assert numbers[name] == other[name]
    assert panel.question.settings.marketplace_cac == pytest.approx(0.085 * 66.1 / 0.5, abs=0.25)
    assert panel.question.settings.owned_cac == pytest.approx(0.18 * 91.4 / 0.5, abs=0.25)
    _, declared = numbers["marketplace_cac"]
    assert declared.confidence == "measured"
    assert declared.source.startswith(
        "Marketplace advertising at 8.5% of sales, over 50% of the new customers"
    )
    assert not any("lies outside" in note for note in panel.answer.notes)
    assert {"marketplace_ad_rate", "owned_ad_rate"} <= set(panel.question.hidden)
    assert len(panel.question.documentation().table) == len(numbers) - len(panel.question.hidden)


def test_a_report_stands_in_for_keys(found):
    by_report = dict(found.reports) | dict.fromkeys(("Etsy", "eBay"), ReportedRepeats(0.1, 400, None))
    other = replace(found, reports=by_report, so_far={})
    assert other.rests_on["Etsy"] == BY_REPORT
    answer = Panel(what_a_customer_is_worth(other)).answer
    row = answer.table.set_index("Channel").loc["Etsy"]
    assert (row["Orders in 24 months"], row["95% range"]) == ("1.10", "")
    assert "10.0% of 400 customers bought a product again" in " ".join(answer.how_we_know)
    assert not any("we assume" in note for note in answer.notes)
    assert "returning_share" in what_a_customer_is_worth(other).hidden


def test_one_marketplace_by_every_source(found, panel):
    answer = without_buyer_keys(found, panel.question.settings)
    assert answer.table["Known from"].tolist() == [
        "Buyer IDs",
        "The marketplace's repeat report",
        "Your assumption",
    ]
    shown = panel.answer.table.set_index("Channel").loc["Amazon.com", "A customer leaves"]
    assert answer.table["A customer leaves"].iloc[0] == shown
    assert answer.table["Orders in 24 months"].iloc[2] == "1.15"


def test_a_move_fits_nothing_again(panel):
    started = time.perf_counter()
    for months in range(6, 16):
        panel.set(horizon_months=months)
    panel.reset()
    assert (time.perf_counter() - started) / 10 < 0.5  # fitting takes two seconds; a busy machine some time


def test_the_answer_can_be_read_aloud(panel):
    assert panel.answer.plain_sentence == (
        "A new customer leaves you about $47 in two years on Shopify, $26 on Etsy and $19 on Amazon.com, and "
        "costs $33 in your own store and $11 on marketplaces to win."
    )


def test_next_steps_follow_from_what_pays_back(panel):
    def steps(**moved):
        return " ".join(panel.at(**moved).next_steps)

    cheap = steps(owned_cac=15)
    assert "**Spend more to win customers on Shopify, step by step.**" in cheap
    assert "Stop when the next customers cost $47 each" in cheap
    lost = steps(marketplace_cac=30)
    assert (
        "**Stop or cap advertising on Amazon.com.** A new customer costs $30 and leaves $19: pay $19" in lost
    )
    slow = panel.at(owned_cac=35)
    (month,) = (row for row in slow.table["Paid back by"] if row.startswith("month "))
    first = float(slow.charts[1].figure.data[0].y[0])
    wait = f"A new customer pays back in {month}; until then each one ties up {round_money(-first, 'USD')}"
    assert wait in " ".join(slow.next_steps)
    assert "even before advertising" in steps(goods_cost_rate=1)
    assert all(len(panel.at(marketplace_cac=cost).next_steps) in (1, 2, 3) for cost in (0, 6, 30))


def test_six_sliders_are_in_sight_and_none_of_what_the_brand_does_not_have(panel, tmp_path):
    first = panel.question.first
    assert len(first) == 6
    assert {"marketplace_cac", "owned_cac", "horizon_months", "goods_cost_rate"} <= set(first)
    rented = what_a_customer_is_worth(lifetimes(read_orders(BRANDS["marketplace only"], workspace=tmp_path)))
    assert not any(name.startswith("owned_") for name in rented.numbers if name not in rented.hidden)
    assert len(rented.first) == 6


def test_a_brand_on_one_marketplace_learns_what_cannot_be_known_and_what_to_add(tmp_path):
    answer = what_a_customer_is_worth(
        lifetimes(read_orders(BRANDS["marketplace only"], workspace=tmp_path))
    ).answer
    assert answer.notes[0].startswith("Amazon.com's files do not show who bought, so we assume that 15%")
    measure, *_, second = answer.next_steps
    assert measure.startswith("**Measure how many customers return on Amazon.com.** Add Amazon's “Fulfilled")
    assert "You sell on Amazon.com alone" in second


@pytest.mark.parametrize("name", BRANDS)
def test_brands_with_few_customers_have_every_answer(name, tmp_path):
    orders = read_orders(BRANDS[name], workspace=tmp_path)
    few = lifetimes(orders)
    assert repr(few) == "No channel has enough returning customers to fit a model."
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
        assert "no revenue in USD after refunds" in repr(panel)
    else:
        assert "nan" not in str(panel.at(horizon_months=60, returning_share=0.4))
