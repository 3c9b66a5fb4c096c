"""The drawn ledger agrees with the stated purchase process and spend, by integrals and without simulation."""

from functools import cache

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import integrate, stats

from data.samples.sample_brand import Brand, generate
from data.samples.sample_brand.stated import ALL_CHANNELS, CHANNELS, CLOSED, DAY, Channel, Process

WEEK = 7 * DAY
SEEDS = (20241001, 1, 2)


@pytest.fixture(scope="module", params=SEEDS)
def brand(request: pytest.FixtureRequest) -> Brand:
    return generate(request.param)


@pytest.fixture(params=ALL_CHANNELS, ids=lambda channel: channel.name)
def channel(request: pytest.FixtureRequest) -> Channel:
    return request.param


def customers(brand: Brand, channel: Channel) -> pd.DataFrame:
    """A row a buyer: repeat purchases and age in weeks when the channel's orders end."""
    bought = brand.orders[(brand.orders["channel"] == channel.name) & (brand.orders["purchase"] >= 0)]
    by_person = bought.groupby("person")["placed"].agg(["size", "min"])
    closed = channel.opened + channel.days * DAY
    return pd.DataFrame({"repeats": by_person["size"] - 1, "age": (closed - by_person["min"]) / WEEK})


def chance_of_no_repeat(process: Process, age: NDArray[np.float64]) -> NDArray[np.float64]:
    """E[p + (1 − p) e^(−λ age)] over the gamma and the beta, in closed form."""
    stays = process.b / (process.a + process.b)
    return 1 - stays * (1 - (process.alpha / (process.alpha + age)) ** process.r)


AGES = np.linspace(0, CLOSED / WEEK, 60)


@cache
def expected_repeats_by_age(process: Process) -> NDArray[np.float64]:
    """E[(1 − p)/p (1 − e^(−λ p age))] at each of AGES: λ integrated in closed form, p by quadrature."""

    def given(p: float, weeks: float) -> float:
        bought = 1 - (process.alpha / (process.alpha + p * weeks)) ** process.r
        return (1 - p) / p * bought * stats.beta.pdf(p, process.a, process.b)

    return np.array([integrate.quad(given, 0, 1, args=(weeks,))[0] for weeks in AGES])


def test_the_share_of_one_time_buyers(brand: Brand, channel: Channel) -> None:
    buyers = customers(brand, channel)
    chance = chance_of_no_repeat(channel.process, buyers["age"].to_numpy())
    error = np.sqrt((chance * (1 - chance)).sum())
    assert abs((buyers["repeats"] == 0).sum() - chance.sum()) < 4 * error


def test_the_mean_number_of_repeat_purchases(brand: Brand, channel: Channel) -> None:
    buyers = customers(brand, channel)
    expected = np.interp(buyers["age"], AGES, expected_repeats_by_age(channel.process))
    surprise = buyers["repeats"] - expected
    assert abs(surprise.mean()) < 4 * surprise.std() / np.sqrt(len(surprise))


def test_each_customer_follows_their_own_rate_and_drop_out(brand: Brand, channel: Channel) -> None:
    buyers = customers(brand, channel).join(brand.people)
    p, rate = buyers["drop_out"], buyers["rate"]
    surprise = buyers["repeats"] - (1 - p) / p * (1 - np.exp(-rate * p * buyers["age"]))
    assert abs(surprise.mean()) < 4 * surprise.std() / np.sqrt(len(surprise))
    process = channel.process
    assert stats.kstest(rate, stats.gamma(process.r, scale=1 / process.alpha).cdf).pvalue > 1e-4
    assert stats.kstest(p, stats.beta(process.a, process.b).cdf).pvalue > 1e-4


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
def test_season_and_trend_move_arrivals_alone(brand: Brand, channel: Channel) -> None:
    first = brand.orders[(brand.orders["channel"] == channel.name) & (brand.orders["purchase"] == 0)]
    by_day = np.bincount(first["placed"] // DAY, minlength=730)
    expected = channel.arrival_rates()
    for days in (slice(0, 730), slice(0, 365), slice(365, 730), slice(61, 92), slice(426, 457)):
        mean = expected[days].sum()
        assert abs(by_day[days].sum() - mean) < 4 * np.sqrt(mean)


def test_first_orders_are_worth_what_is_stated(brand: Brand, channel: Channel) -> None:
    first = brand.orders[(brand.orders["channel"] == channel.name) & (brand.orders["purchase"] == 0)]
    value = first["item"] / 100
    error = value.std() / np.sqrt(len(value))
    assert abs(value.mean() - float(channel.expected_order_value())) < 4 * error


def test_repeats_in_the_window_are_in_the_stated_range(brand: Brand) -> None:
    low_and_high = {"amazon": (0.15, 0.20), "own_store": (0.28, 0.35)}
    for channel in CHANNELS:
        share = (customers(brand, channel)["repeats"] > 0).mean()
        low, high = low_and_high[channel.name]
        assert low < share < high


def test_pending_orders_are_purchases_of_the_last_three_days(brand: Brand) -> None:
    pending = brand.orders[brand.orders["status"] == "pending"]
    assert len(pending) > 5
    assert (pending["placed"] > CLOSED - 3 * DAY).all()
    assert (pending["purchase"] >= 0).all()


def test_distinct_numbers(brand: Brand) -> None:
    for column in ("number", "store_name"):
        used = brand.orders.loc[brand.orders[column] != "", column]
        assert used.is_unique
    assert not brand.lines.duplicated(["order", "product"]).any()


def test_late_channels_take_orders_in_their_days_alone(brand: Brand) -> None:
    for channel in ALL_CHANNELS:
        placed = brand.orders.loc[brand.orders["channel"] == channel.name, "placed"]
        assert channel.opened <= placed.min()
        assert placed.max() < channel.opened + channel.days * DAY
