"""Models by channel: on the sample brand, whose process is stated, and where customers are few."""

import json

import numpy as np
import pandas as pd
import pytest

from ownchannel.clv import (
    ModifiedBetaGeoModel,
    channel_orders,
    customers_by_channel,
    fit_channels,
    fitted_curve,
    too_few,
)
from ownchannel.orders import read_orders, sample_orders
from ownchannel.workspace import Workspace
from tests.orders.exports import shopify, shopify_row


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory):
    return sample_orders(Workspace(tmp_path_factory.mktemp("workspace")))


@pytest.fixture(scope="module")
def fits(orders):
    return fit_channels(customers_by_channel(orders, "USD"), ModifiedBetaGeoModel)


@pytest.mark.parametrize(("channel", "stated"), [("Amazon.com", "amazon"), ("Shopify", "own_store")])
def test_repeats_of_a_new_customer_are_those_that_were_stated(fits, root, channel, stated):
    truth_file = json.loads((root / "data/samples/truth.json").read_text(encoding="utf-8"))
    r, alpha, a, b = truth_file["stated"]["channels"][stated]["process"].values()
    generator = np.random.default_rng(7)
    rate = generator.gamma(r, 1 / alpha, 400_000)
    chance = generator.beta(a, b, 400_000)
    weeks = 24 * 365.25 / 12 / 7
    truth = 1 + np.mean((1 - chance) / chance * -np.expm1(-rate * chance * weeks))
    _, low, high = fitted_curve(fits.fitted[channel].purchases, 50.0).orders(24, interval=0.99)
    # Orders without a key hide some repeats on the marketplace: a tenth of them.
    assert low < truth < high + 0.1 * (truth - 1)


def test_every_channel_of_the_currency_is_there_and_none_of_another(orders, fits):
    assert sorted([*fits.fitted, *fits.not_fitted]) == ["Amazon.com", "Etsy", "Shopify", "eBay"]
    assert list(customers_by_channel(orders, "EUR")) == ["Amazon.de"]
    assert too_few(customers_by_channel(orders, "EUR")["Amazon.de"]) == "the files do not show who bought"


def test_observation_ends_with_the_channels_own_last_day(orders):
    ends = {name: its.attrs["until"] for name, its in customers_by_channel(orders, "USD").items()}
    tried = {"Etsy": "2026-08-31", "eBay": "2025-05-31"}
    assert ends == {"Amazon.com": "2026-09-30", "Shopify": "2026-09-30", **tried}


def test_a_channel_that_sells_in_two_currencies_is_taken_apart(tmp_path):
    rows = [
        shopify_row({"Name": f"#{number}", "Currency": currency, "Email": f"{number}@example.com"})
        for number, currency in enumerate(["USD", "EUR", "USD"])
    ]
    orders = read_orders(("shop.csv", shopify(*rows)), workspace=tmp_path)
    for currency, buyers in (("USD", 2), ("EUR", 1)):
        assert channel_orders(orders, "Shopify", currency).num_rows == buyers
        assert len(customers_by_channel(orders, currency)["Shopify"]) == buyers


def customers(number: int, repeaters: int, spend: float | None = None) -> pd.DataFrame:
    """Customers of a year, repeaters with two purchases."""
    x = np.where(np.arange(number) < repeaters, 2, 0)
    value = np.arange(number) + 10.0 if spend is None else spend
    return pd.DataFrame(
        {
            "frequency": x,
            "recency": np.where(x > 0, np.linspace(5, 45, number), 0.0),
            "T": 52.0,
            "monetary_value": np.where(x > 0, value, 0.0),
        }
    )


@pytest.mark.parametrize(
    ("number", "repeaters", "enough"),
    [
        (500, 50, True),
        (499, 50, False),
        (500, 49, False),
    ],
)
def test_so_many_customers_are_enough(number, repeaters, enough):
    assert (too_few(customers(number, repeaters)) == "") is enough


def test_where_all_spend_the_same_that_amount_is_taken():
    process = {"r": 0.8, "alpha": 4.0, "a": 1.2, "b": 3.0}
    age = np.full(800, 60.0)
    x, recency = ModifiedBetaGeoModel.simulated(process, age, np.random.default_rng(1))
    alike = pd.DataFrame(
        {"frequency": x, "recency": recency, "T": age, "monetary_value": np.where(x > 0, 25.0, 0.0)}
    )
    assert fit_channels({"Shop": alike}, ModifiedBetaGeoModel).fitted["Shop"].spend == pytest.approx(25.0)


def test_why_a_model_does_not_fit_is_kept():
    nobody_varies = fit_channels({"Shop": customers(800, 200)}, ModifiedBetaGeoModel)
    assert nobody_varies.not_fitted["Shop"].startswith("no model could be fitted (ModifiedBetaGeoModel found")
