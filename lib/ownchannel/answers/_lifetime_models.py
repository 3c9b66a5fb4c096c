"""The other answers of workbook 02: which model, who is still there, whether channels differ."""

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.answers._answer import Answer, when_seen
from ownchannel.answers._lifetimes import Lifetimes
from ownchannel.charts import (
    alive_map,
    by_frequency,
    estimates,
    orders_by_month,
    tracking_by_week,
    tracking_in_all,
)
from ownchannel.clv import (
    FEWEST_CUSTOMERS,
    FEWEST_REPEATERS,
    BetaGeoModel,
    ChannelFit,
    FitError,
    Floats,
    LikelihoodRatio,
    ModifiedBetaGeoModel,
    Parameters,
    PurchaseModel,
    PurchaseResults,
    RepeatCurve,
    burn_in_day,
    channel_orders,
    first_seen_since,
    fitted_curve,
    likelihood_ratio_test,
    too_few,
)
from ownchannel.customers import Estimate, customer_summary, time_to_second_order
from ownchannel.formats import count, listed, percent
from ownchannel.orders import day

_ENOUGH = f"{FEWEST_CUSTOMERS} customers, {FEWEST_REPEATERS} of them returning"
_TOO_FEW = (
    f"No channel has enough returning customers to fit a model ({_ENOUGH}). Add more order files that show "
    "who bought. Until then the repeat rate so far is used, or your assumption."
)
#: Months over which channels, and ways to count new customers, are compared.
_AHEAD = 24

_MORE_LIKELY_THAN_NOT = 0.5

#: A hold-out's metrics in plain words, with how each is written.
_METRICS = {
    "bias": ("Bias per customer", "{:+.3f}"),
    "mae": ("Mean absolute error per customer (MAE)", "{:.3f}"),
    "rmse": ("Root mean square error per customer (RMSE)", "{:.3f}"),
    "total_error": ("Error of the total", "{:+.1%}"),
    "calibration_error": ("Mean error of groups of similar customers", "{:.3f}"),
    "gini": ("Ranking of customers (Gini: 1 perfect, 0 chance)", "{:.2f}"),
    "bic": ("Fit to the past (BIC, lower is better)", "{:,.0f}"),
}


@when_seen
def which_model(found: Lifetimes) -> Answer:
    """Which model to use and why: what it predicted for the last quarter of the time, and what came."""
    comparison = found.comparison
    if comparison is None:
        return Answer(_TOO_FEW)
    best, table, text = comparison.best, comparison.table, str(comparison)
    shown = {"Measure": [words for words, _ in _METRICS.values()]}
    for name, row in table.iterrows():
        shown[str(name)] = [how.format(row[metric]) for metric, (_, how) in _METRICS.items()]
    expected, actual = best.by_customer["expected"].sum(), best.by_customer["actual"].sum()
    numbers = (
        ("Customers judged", f"{len(best.by_customer):,}"),
        ("Weeks predicted", f"{best.weeks:.0f}"),
        ("Actual purchases", f"{actual:,.0f}"),
        ("Predicted purchases", f"{expected:,.0f}"),
    )
    notes = [f"{name} could not be fitted: {why}" for name, why in comparison.not_fitted.items()]
    return Answer(
        f"On {found.compared_on}, {text[0].lower()}{text[1:]}",
        numbers,
        (tracking_in_all(best), tracking_by_week(best), by_frequency(best)),
        pd.DataFrame(shown),
        tuple(notes),
    )


@when_seen
def who_is_still_a_customer(found: Lifetimes) -> Answer:
    """How many are probably still customers, by channel, and how that shows in one customer's purchases."""
    if not found.compared_on or found.compared_on not in found.fits.fitted:
        return Answer(_TOO_FEW)
    rows, still = [], []
    for channel, fit in found.fits.fitted.items():
        results = _with_dropout_at_once(fit)
        alive, low, high = _alive_in_all(results, fit.customers)
        everyone = len(fit.customers)
        still.append(f"**{alive:,.0f}** of {count(everyone, 'customer')} on {channel}")
        seen = results.expected_probability_alive(fit.customers)
        rows.append(
            {
                "Channel": channel,
                "Customers so far": f"{everyone:,}",
                "Probably still customers": f"{alive:,.0f}",
                "95% range": f"{low:,.0f} to {high:,.0f}",
                "Share": percent(alive / everyone),
                "More likely still one than not": f"{np.count_nonzero(seen > _MORE_LIKELY_THAN_NOT):,}",
            }
        )
    fit = found.fits.fitted[found.compared_on]
    age = float(fit.customers["T"].median())
    chart = alive_map(alive_by_history(_with_dropout_at_once(fit), age), found.compared_on, age)
    sentence = f"Probably still customers: {listed(still)}."
    ground = (
        "The probability compares the time since the last purchase with the customer's own rhythm: a long "
        "silence of a frequent buyer says more than that of a rare one."
    )
    return Answer(sentence, charts=(chart,), table=pd.DataFrame(rows), how_we_know=(ground,))


def alive_by_history(results: PurchaseResults, age: float) -> pd.DataFrame:
    """The probability of still being a customer at an age in weeks: rows weeks since the last purchase.

    Columns are repeat purchases, 1 to 8.
    """
    since = np.linspace(0.0, age, 9)[:-1].round()
    often = np.arange(1, 9)
    grid = pd.DataFrame(
        {
            "frequency": np.tile(often, len(since)),
            "recency": np.repeat(age - since, len(often)),
            "T": age,
        }
    )
    alive = np.asarray(results.expected_probability_alive(grid)).reshape(len(since), len(often))
    return pd.DataFrame(alive, index=since, columns=often)


def _with_dropout_at_once(fit: ChannelFit) -> PurchaseResults:
    """BG/NBD takes every one-time buyer for a customer, so MBG/NBD stands in for it here."""
    if not isinstance(fit.purchases.model, BetaGeoModel):
        return fit.purchases
    results = ModifiedBetaGeoModel(fit.customers).fit()
    assert isinstance(results, PurchaseResults)
    return results


def _alive_in_all(results: PurchaseResults, customers: pd.DataFrame) -> tuple[float, float, float]:
    """How many of the customers are still there: expected, and the ends of its 95% interval."""
    rows = results.model.rows(customers)

    def in_all(p: Parameters) -> Floats:
        return np.array([rows.weights @ results.model.alive(p, rows)])

    value, ends = results.predicted(in_all, rows, 0.95)
    assert ends is not None
    return float(value[0]), float(ends[0, 0]), float(ends[1, 0])


@when_seen
def are_channels_different(found: Lifetimes) -> Answer:
    """Whether customers of different channels come back differently, or only seem to by chance."""
    names = list(found.curves)
    if len(names) < 2:
        return Answer(
            f"To compare channels, two need enough returning customers ({_ENOUGH}); {len(names)} of yours "
            f"{'does' if names else 'do'}."
        )
    rates = time_to_second_order(found.orders).repeat_rates()
    rows = [
        _repeating(channel, found.fits.fitted[channel], found.curves[channel], rates.get(channel))
        for channel in names
    ]
    kinds = [found.kinds[channel] for channel in names]
    chart = orders_by_month({name: _orders(found.curves[name]) for name in names}, kinds)
    return Answer(_verdict(found, names), charts=(chart,), table=pd.DataFrame(rows))


def _verdict(found: Lifetimes, names: list[str]) -> str:
    model = type(found.fits.fitted[names[0]].purchases.model)
    try:
        test = _test_by_channel(found, names, model)
    except (FitError, ValueError) as problem:
        return f"Whether customers on {listed(names)} differ cannot be tested here: {problem}"
    figures = (
        f"likelihood ratio {test.statistic:,.1f} on {test.df} degrees of freedom, "
        f"p {'< 0.001' if test.pvalue < 0.001 else f'= {test.pvalue:.3f}'}"
    )
    if test.pvalue >= 0.05:
        return f"**Nothing shows** that customers on {listed(names)} return differently ({figures})."
    ranked = sorted(names, key=lambda name: found.curves[name].repeats[_AHEAD - 1])
    most, least = (float(found.curves[name].repeats[_AHEAD - 1]) for name in (ranked[-1], ranked[0]))
    return (
        f"**Yes, they are different.** In {_AHEAD} months a new customer on {ranked[-1]} orders again "
        f"**{most:.2f}** times and one on {ranked[0]} **{least:.2f}** times. Chance does not explain that "
        f"({figures})."
    )


def _test_by_channel(found: Lifetimes, names: list[str], model: type[PurchaseModel]) -> LikelihoodRatio:
    customers = pd.concat(
        [found.fits.fitted[name].customers.assign(channel=name) for name in names], ignore_index=True
    )
    return likelihood_ratio_test(model.from_formula("~ channel", customers).fit(), model(customers).fit())


def _repeating(
    channel: str, fit: ChannelFit, curve: RepeatCurve, repeat_rate: Estimate | None
) -> dict[str, str]:
    returned = fit.customers["frequency"] > 0
    expected, low, high = curve.orders(_AHEAD)
    return {
        "Channel": channel,
        "Customers": f"{len(fit.customers):,}",
        "Returned so far": percent(returned.mean()),
        "Repeat rate within a year": percent(repeat_rate.share) if repeat_rate else "not known yet",
        f"Orders in {_AHEAD} months, expected": f"{expected:.2f}",
        "95% range": f"{low:.2f} to {high:.2f}",
    }


def _orders(curve: RepeatCurve) -> pd.DataFrame:
    at_first = (1.0, 1.0, 1.0)
    by_month = [at_first, *(curve.orders(month) for month in range(1, _AHEAD + 1))]
    return pd.DataFrame(by_month, columns=["expected", "lower", "upper"])


# ---------------------------------------------------------------- files that begin in the middle

_YEAR, _TWO_YEARS = dt.timedelta(days=365), dt.timedelta(days=729)


@dataclass(frozen=True)
class _ModelEstimate:
    """Orders of a new customer, by some of the customers."""

    name: str
    customers: int
    orders: tuple[float, float, float]
    """Expected, lower, upper."""


@when_seen
def files_begin_in_the_middle(found: Lifetimes) -> Answer:
    """Repeats of a new customer by all first seen, and by those first seen late; and so of short files.

    On your own store where models were fitted to it, for its customers come back; else on the channel with
    the most customers.
    """
    channel = next((name for name in found.curves if found.kinds[name] == "owned"), found.compared_on)
    if channel not in found.curves:
        return Answer(_TOO_FEW)
    fit = found.fits.fitted[channel]
    until = dt.date.fromisoformat(fit.customers.attrs["until"])
    first = until - dt.timedelta(weeks=float(fit.customers["T"].max()))
    lines = channel_orders(found.orders, channel, found.currency)
    everybody, late = _both_ways(fit, lines, "All files", first, until)
    ways = [everybody, late]
    notes: tuple[str, ...] = ()
    if first <= until - _TWO_YEARS:
        short = _both_ways(fit, lines, "Last year only", until - _YEAR, until)
        ways += short
        notes = _short_files(*short)
    known = [each for each in ways if each]
    sentence = _sentence(channel, burn_in_day(first, until), everybody, late)
    if not known:
        return Answer(sentence)
    what = f"Orders of a new customer in {_AHEAD} months"
    chart = estimates([each.name for each in known], [each.orders for each in known], what)
    rows = [
        {
            "Counted as new": each.name,
            "Customers": f"{each.customers:,}",
            what: f"{each.orders[0]:.2f}",
            "95% range": f"{each.orders[1]:.2f} to {each.orders[2]:.2f}",
        }
        for each in known
    ]
    return Answer(sentence, (), (chart,), pd.DataFrame(rows), notes)


def _both_ways(
    fit: ChannelFit, lines: pa.Table, files: str, first: dt.date, until: dt.date
) -> tuple[_ModelEstimate | None, _ModelEstimate | None]:
    """By everybody in the files since a day, and by those first seen late; None where they do not suffice."""
    later = lines.filter(pc.greater_equal(lines["ordered_on"], pa.scalar(first)))
    everybody = customer_summary(later, until=until)
    late = first_seen_since(everybody, burn_in_day(first, until))
    return _estimate(fit, f"{files}: everybody", everybody), _estimate(fit, f"{files}: first seen late", late)


def _estimate(fit: ChannelFit, name: str, customers: pd.DataFrame) -> _ModelEstimate | None:
    if too_few(customers):
        return None
    with suppress(FitError):
        results = type(fit.purchases.model)(customers).fit()
        assert isinstance(results, PurchaseResults)
        return _ModelEstimate(name, len(customers), fitted_curve(results, fit.spend).orders(_AHEAD))
    return None


def _sentence(
    channel: str, burned: dt.date, everybody: _ModelEstimate | None, late: _ModelEstimate | None
) -> str:
    if everybody is None or late is None:
        return (
            f"Too few of {channel}'s customers were first seen since {day(burned)} to judge by them alone "
            "how often new ones return."
        )
    naive, (careful, low, high) = everybody.orders[0], late.orders
    text = (
        f"A new customer on {channel} orders **{naive:.2f}** times in {_AHEAD} months if everybody in the "
        f"files counts as new, and **{careful:.2f}** if only those first seen since {day(burned)} do. "
    )
    if low <= naive <= high:
        return f"{text}The two agree: nothing shows that old customers are counted as new."
    if careful < naive:
        return f"{text}Old customers seem to be among the first: trust the second number."
    return f"{text}Later customers return more often than those before them: trust the second number."


def _short_files(everybody: _ModelEstimate | None, late: _ModelEstimate | None) -> tuple[str, ...]:
    """What the last year's files alone would say, where old customers would then look new."""
    if everybody is None or late is None or everybody.orders[0] <= late.orders[0]:
        return ()
    return (
        f"With the last year's files alone, everybody would give {everybody.orders[0]:.2f} orders, because "
        f"old customers look new; those first seen late give {late.orders[0]:.2f}, with a wider range, "
        "because there is less time to see repeats.",
    )
