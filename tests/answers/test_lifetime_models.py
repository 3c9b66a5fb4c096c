"""The answers of workbook 02 on models, against the models themselves and other ways to count."""

import numpy as np
import pandas as pd
import pytest

from ownchannel.answers import are_channels_different, lifetimes, which_model, who_is_still_a_customer
from ownchannel.answers._lifetime_models import alive_by_history  # inside: the chart rounds it
from ownchannel.clv import BetaGeoModel, ChannelFits, ModifiedBetaGeoModel, fit_channels
from ownchannel.customers import time_to_second_order
from ownchannel.formats import percent
from ownchannel.orders import sample_orders
from ownchannel.workspace import Workspace


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory):
    return lifetimes(sample_orders(Workspace(tmp_path_factory.mktemp("workspace"))))


def test_models_are_judged_by_the_last_quarter_of_the_largest_channel(found):
    answer = which_model(found)
    held = found.comparison.best
    assert found.compared_on == "Amazon.com"
    assert (held.until - held.split).days == 26 * 7
    assert answer.sentence == f"On Amazon.com, use {found.comparison}".replace("use Use", "use")
    bought = found.orders.sales
    its = bought[(bought["channel"] == "Amazon.com") & bought["customer_key"].notna()]
    its = its[(its["item_value"] > 0)]
    days = its.drop_duplicates(["customer_key", "ordered_on"])
    before = set(days.loc[days["ordered_on"] <= held.split, "customer_key"])
    after = days[(days["ordered_on"] > held.split) & days["customer_key"].isin(before)]
    assert dict(answer.numbers)["Actual purchases"] == f"{len(after):,}"
    assert dict(answer.numbers)["Customers judged"] == f"{len(before):,}"


def test_metrics_are_those_of_the_hold_outs(found):
    table = which_model(found).table.set_index("Measure")
    assert list(table.columns) == list(found.comparison.table.index)
    for name, held in found.comparison.holdouts.items():
        assert table.loc["Mean absolute error per customer (MAE)", name] == f"{held.metrics['mae']:.3f}"


def test_customers_still_there_are_the_sum_of_their_probabilities(found):
    answer = who_is_still_a_customer(found)
    for channel, fit in found.fits.fitted.items():
        alive = ModifiedBetaGeoModel(fit.customers).fit().expected_probability_alive(fit.customers)
        row = answer.table.set_index("Channel").loc[channel]
        assert row["Probably still customers"] == f"{alive.sum():,.0f}"
        assert row["More likely still one than not"] == f"{(alive > 0.5).sum():,}"
        low, high = (float(end.replace(",", "")) for end in row["95% range"].split(" to "))
        assert low < alive.sum() < high


def test_one_time_buyers_may_have_left_whatever_model_is_best(found):
    customers = {name: fit.customers for name, fit in found.fits.fitted.items()}
    by_beta_geo: ChannelFits = fit_channels(customers, BetaGeoModel)
    other = type(found)(**{**vars(found), "fits": by_beta_geo})
    assert who_is_still_a_customer(other).sentence == who_is_still_a_customer(found).sentence


def test_silence_says_more_of_who_came_often(found):
    alive = alive_by_history(found.fits.fitted["Shopify"].purchases, 60.0)
    assert alive.index.tolist() == [0, 8, 15, 22, 30, 38, 45, 52]  # eighths of 60 weeks
    assert (np.diff(alive, axis=0) < 0).all()
    assert (np.diff(alive.iloc[0]) > 0).all()
    assert (np.diff(alive.iloc[-1]) < 0).all()


def test_channels_that_differ_are_said_to(found):
    sentence = are_channels_different(found).plain_sentence
    assert sentence.startswith("Yes, they are different. In 24 months a new customer on Shopify orders again")
    assert "on 3 degrees of freedom, p < 0.001" in sentence


def test_the_repeat_rate_is_that_of_the_survival_curve(found):
    rates = are_channels_different(found).table.set_index("Channel")["Repeat rate within a year"]
    curves = time_to_second_order(found.orders).curves
    for channel in found.curves:
        assert rates[channel] == percent(curves[channel].returned_by(365).share)


def test_a_crowd_split_by_chance_is_not_said_to_differ(found):
    fit = found.fits.fitted["Amazon.com"]
    # By their histories: the keys that they stand under are drawn anew in every workspace.
    alike = fit.customers.sort_values(["T", "recency", "frequency", "monetary_value"])
    halves = {"A": alike.iloc[::2], "B": alike.iloc[1::2]}
    fits = fit_channels(halves, ModifiedBetaGeoModel)
    curves = dict.fromkeys(halves, found.curves["Amazon.com"])
    months = pd.DataFrame({"channel": ["A", "B"], "kind": "marketplace"})
    other = type(found)(**{**vars(found), "fits": fits, "curves": curves, "months": months})
    assert are_channels_different(other).plain_sentence.startswith("Nothing shows that customers on A and B")
