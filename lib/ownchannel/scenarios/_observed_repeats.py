"""How the customers of a channel return: a fitted model, or two plain numbers in the place of its curve."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.optimize import brentq

from ownchannel.clv import (
    FitError,
    Floats,
    ModifiedBetaGeoModel,
    Parameters,
    PurchaseResults,
    burn_in_day,
    channel_orders,
    curve_of_share,
    first_seen_since,
    reported_repeats,
    too_few,
)
from ownchannel.customers import customer_summary
from ownchannel.formats import count, percent
from ownchannel.orders import Orders, day
from ownchannel.outreach import DAYS_A_MONTH
from ownchannel.scenarios._arrivals import Counted
from ownchannel.scenarios._channels import NEED_A_REPEAT_RATE, AnyChannel
from ownchannel.scenarios._observed import INTERVAL, MeasuredNumber, Observed
from ownchannel.scenarios._purchase_curve import FittedPurchases, drawn_curves, grouped_histories

#: Months in which the repeat orders of a new customer are shown.
_A_YEAR = 12
#: Most old customers have bought again by then; of longer files half would be given away for nothing.
LONGEST_BURN_IN = dt.timedelta(weeks=26)
#: With fewer of the orders showing their buyer, orders are counted and not customers: a judgement.
FEWEST_IDENTIFIED = 0.5
#: The ages in months at which two curves match; the second is four times the first.
MATCHED_AT = (6, 24)
_CLOSE = 1e-6
_DRAWS = 200


@dataclass(frozen=True)
class ObservedCustomers:
    """The customers of one channel who have a key, and the orders that have no key."""

    channel: str
    summary: pd.DataFrame
    """As `customer_summary` gives it, in weeks; empty where nobody has a key."""
    identified: float
    """Share of orders whose buyer has a key."""
    burned_in: dt.date
    """Who is first seen before this day may be an old customer."""
    end: dt.date

    @property
    def have_keys(self) -> bool:
        """Whether enough orders have a key to count customers by."""
        return self.identified >= FEWEST_IDENTIFIED

    @property
    def late(self) -> pd.DataFrame:
        """Those who count as new."""
        return first_seen_since(self.summary, self.burned_in)

    def first_days(self) -> pd.Series:
        """The day of each customer's first purchase in the files."""
        ages = pd.to_timedelta((self.summary["T"] * 7).round(), unit="D")
        return pd.Timestamp(self.end) - ages


def observed_customers(orders: Orders, observed: Observed, currency: str) -> ObservedCustomers:
    """The customers of a channel up to the end of its observation."""
    known = observed.until_end().groupby("order_id")["customer_key"].max()
    lines = channel_orders(orders, observed.channel, currency)
    return ObservedCustomers(
        observed.channel,
        customer_summary(lines, until=observed.end),
        float(known.notna().mean()),
        min(burn_in_day(observed.first, observed.end), observed.first + LONGEST_BURN_IN),
        observed.end,
    )


@dataclass(frozen=True)
class Repeats:
    """A model of a channel's customers, by both ways to say who is new."""

    fit: PurchaseResults
    who: str
    """In words, whom it was fitted to."""
    late: MeasuredNumber | None
    """Repeat orders of a new customer in 12 months, by those first seen late; None where they are too few."""
    everybody: MeasuredNumber
    """The same by all customers, as if none had bought before the files begin."""

    @property
    def chosen(self) -> MeasuredNumber:
        """The one that the model gives."""
        return self.late or self.everybody

    @property
    def hides_old_customers(self) -> bool:
        """Whether old customers seem to be taken for new ones where everybody counts."""
        return self.late is not None and self.everybody.value > self.late.high


def fitted_repeats(customers: ObservedCustomers) -> Repeats | str:
    """MBG/NBD, fitted to the customers first seen late, or to all where those are too few; or why not.

    Late is after half of the time that the files cover, and after half a year of longer ones.

    One-time buyers may have left in this model, so P(alive) means something for the whole customer base.
    """
    if 0 < customers.identified < FEWEST_IDENTIFIED:
        return f"only {percent(customers.identified)} of its orders show their buyer"
    if why := too_few(customers.summary):
        return why
    first_seen = f"{customers.channel} first seen since {day(customers.burned_in)}"
    try:
        everybody = ModifiedBetaGeoModel(customers.summary).fit()
        late = None if too_few(customers.late) else ModifiedBetaGeoModel(customers.late).fit()
    except FitError as error:
        return f"no model could be fitted ({error})"
    of_all = f"all {count(len(customers.summary), 'customer')} of {customers.channel}"
    if late is None:
        who = f"{of_all}, for too few were first seen since {day(customers.burned_in)}"
        return Repeats(everybody, who, None, _in_a_year(everybody, who))
    who = f"{count(len(customers.late), 'customer')} of {first_seen}"
    return Repeats(late, who, _in_a_year(late, who), _in_a_year(everybody, of_all))


def active_customers(fit: PurchaseResults, customers: ObservedCustomers) -> MeasuredNumber:
    """The sum of P(alive) over all customers, those who bought before the files begin among them."""
    rows = fit.model.rows(customers.summary)

    def alive(p: Parameters) -> Floats:
        return np.array([rows.weights @ fit.model.alive(p, rows)])

    found = fit.expectation(alive, rows)
    (low,), (high,) = found.ends(INTERVAL)
    source = f"measured: P(alive) of {count(len(customers.summary), 'customer')} of {customers.channel}"
    return MeasuredNumber(float(found.value[0]), float(low), float(high), source)


def active_at_rates(customers: ObservedCustomers, repeat_rate: float, days_between_orders: float) -> float:
    """The sum of P(alive) where all customers buy at one rate and leave with one chance after each order.

    >>> table = pd.DataFrame({"frequency": [0, 3], "recency": [0.0, 30.0], "T": [0.0, 40.0]})
    >>> some = ObservedCustomers("Shop", table, 1.0, dt.date(2025, 1, 1), dt.date(2025, 12, 31))
    >>> round(active_at_rates(some, 0.5, 70.0), 4)
    0.7689
    """
    if repeat_rate == 0:
        return 0.0
    silent = (customers.summary["T"] - customers.summary["recency"]) * 7 / days_between_orders
    odds_of_leaving = (1 - repeat_rate) / repeat_rate
    return float((1 / (1 + odds_of_leaving * np.exp(silent))).sum())


def _in_a_year(fit: PurchaseResults, who: str) -> MeasuredNumber:
    found = fit.expected_purchases_new_customer([_A_YEAR], "months", interval=INTERVAL)
    expected, low, high = found.iloc[0].to_numpy(np.float64)
    source = f"measured: repeat orders of a new customer in {_A_YEAR} months, by MBG/NBD fitted to {who}"
    return MeasuredNumber(float(expected), float(low), float(high), source)


@dataclass(frozen=True)
class MatchedRates:
    """What a plan takes where it has no fitted model."""

    repeat_rate: float
    days_between_orders: float

    def repeat_orders(self, months: Floats) -> Floats:
        """Repeat orders of a new customer by age: R(τ) = ((1−p)/p)(1 − e^(−λpτ)), p = 1 − repeat rate."""
        leaves, rate = 1 - self.repeat_rate, DAYS_A_MONTH / self.days_between_orders
        if leaves == 0:
            return rate * months
        return np.asarray(self.repeat_rate / leaves * -np.expm1(-rate * leaves * months))

    def active_share(self, months: Floats) -> Floats:
        """The share of customers who are still active so long after their first order."""
        leaves, rate = 1 - self.repeat_rate, DAYS_A_MONTH / self.days_between_orders
        return np.asarray(self.repeat_rate * np.exp(-rate * leaves * months))


def matched(at_6: float, at_24: float) -> MatchedRates:
    """The rates whose curve passes through the repeat orders of a new customer at 6 and 24 months.

    A curve that bends more, or less, than any of these can is matched at 6 months, as well as may be at 24.
    Raises ValueError where there are no repeat orders.

    >>> found = matched(0.3, 0.5)
    >>> found.repeat_orders(np.array([6.0, 24.0])).round(9).tolist()
    [0.3, 0.5]
    """
    if not 0 < at_6 <= at_24:
        raise ValueError(
            f"Repeat orders at 6 and 24 months are {at_6:g} and {at_24:g}: expected them to rise."
        )
    # With x = e^(−6λp), R(24)/R(6) = (1 − x⁴)/(1 − x) = 1 + x + x² + x³.
    bend = min(max(at_24 / at_6, 1 + _CLOSE), 4 - _CLOSE)
    x = float(brentq(lambda x: 1 + x + x**2 + x**3 - bend, 0.0, 1.0))
    odds = at_6 / (1 - x)  # (1 − p) / p
    leaves = 1 / (1 + odds)
    return MatchedRates(1 - leaves, DAYS_A_MONTH * leaves * MATCHED_AT[0] / -np.log(x))


def rates_of_model(
    fitted: FittedPurchases, seed: int = 0
) -> tuple[MatchedRates, MeasuredNumber, MeasuredNumber]:
    """The rates that match a fitted model; repeat rate and days with the intervals of its parameters."""
    new_alone = fitted.model_copy(update={"histories": ()})
    point, _ = new_alone.curves(MATCHED_AT[1])
    rates = matched(float(point[MATCHED_AT[0]]), float(point[MATCHED_AT[1]]))
    curves = drawn_curves(new_alone, MATCHED_AT[1], _DRAWS, seed).new
    drawn = [matched(float(early), float(late)) for early, late in curves[list(MATCHED_AT)].T]
    rate = _measured(rates.repeat_rate, [each.repeat_rate for each in drawn])
    return rates, rate, _measured(rates.days_between_orders, [each.days_between_orders for each in drawn])


def _measured(value: float, drawn: list[float]) -> MeasuredNumber:
    low, high = np.quantile(drawn, [(1 - INTERVAL) / 2, (1 + INTERVAL) / 2])
    return MeasuredNumber(value, float(low), float(high), "measured: matches MBG/NBD at 6 and 24 months")


@dataclass(frozen=True)
class Returning:
    """How a channel's customers return: by a model, or by two numbers."""

    model: FittedPurchases | None
    rates: MatchedRates
    """In the model's place; the user's own where nothing is known."""
    measured: Mapping[str, MeasuredNumber]
    """Of the numbers, those that are not the user's own."""
    why_no_model: str = ""


def returning(
    channel: AnyChannel, customers: ObservedCustomers, repeats: Repeats | str, repeat_rates: pa.Table
) -> Returning:
    """The best there is: a fitted model, rates that match it, the marketplace's report, the user's own."""
    if isinstance(repeats, Repeats):
        model = FittedPurchases.of(repeats.fit, grouped_histories(repeats.fit, customers.summary))
        in_its_way = [name for name in NEED_A_REPEAT_RATE if getattr(channel, name, 0)]
        if not in_its_way:
            return Returning(model, MatchedRates(channel.repeat_rate, channel.days_between_orders), {})
        rates, rate, days = rates_of_model(model)
        both = {"repeat_rate": rate, "days_between_orders": days}
        return Returning(None, rates, both, f"{in_its_way[0]} needs a single repeat rate")
    report = reported_repeats(repeat_rates, channel.name)
    if report is None or report.share == 0:
        return Returning(None, MatchedRates(channel.repeat_rate, channel.days_between_orders), {}, repeats)
    curve = curve_of_share(report.share, 0.0).repeats
    rates = matched(*(float(curve[month - 1]) for month in MATCHED_AT))
    until = "" if report.ends_on is None else f" to {day(report.ends_on)}"
    source = (
        f"measured: {percent(report.share, 1)} of {count(report.customers, 'customer')} bought a product "
        f"again in the period{until} of the marketplace's own report, a lower bound"
    )
    both = {
        name: MeasuredNumber(getattr(rates, name), np.nan, np.nan, source)
        for name in ("repeat_rate", "days_between_orders")
    }
    return Returning(None, rates, both, repeats)


def counted(observed: Observed, customers: ObservedCustomers, repeats: Repeats | str) -> Counted:
    """New customers day by day; orders, where buyers have no key.

    Where old customers seem to be taken for new ones, only those first seen late are counted.
    """
    days, first, what = customers.first_days(), observed.first, "new customers"
    if not customers.have_keys:
        days, what = observed.until_end().groupby("order_id")["ordered_on"].min(), "orders"
    elif isinstance(repeats, Repeats) and repeats.hides_old_customers:
        first = customers.burned_in
        days = days[days.dt.date >= first]
    months = observed.whole_months(first)
    return Counted(days, first, observed.end, months, f"{what} of {observed.channel}")


def new_a_month(
    level: MeasuredNumber, observed: Observed, customers: ObservedCustomers, rates: MatchedRates
) -> MeasuredNumber:
    """New customers a month: of orders without a key as many are first ones as of the others.

    Where buyers have no key, `level` is of orders, and the rates say how many of them were repeats.
    """
    if customers.have_keys:
        return level.times(1 / customers.identified, _unknown(customers))
    share = float(1 / np.mean(1 + rates.repeat_orders(_ages(observed))))
    note = f"; buyers have no ID, {percent(share)} are taken for new at the plan's repeat rate"
    return level.times(share, note)


def existing(
    fit: PurchaseResults | None,
    new: MeasuredNumber | None,
    observed: Observed,
    customers: ObservedCustomers,
    rates: MatchedRates,
) -> MeasuredNumber | None:
    """Customers who are active still: by a fitted model, else by the rates; None where nothing is known.

    Without keys they are those that the new customers of the months observed would have left.
    """
    if not customers.have_keys:
        if new is None:
            return None
        left = float(rates.active_share(_ages(observed)).sum())
        source = "measured: what new customers of the months observed leave at the plan's repeat rate"
        return MeasuredNumber(new.value * left, np.nan, np.nan, source)
    if fit is None:
        active = active_at_rates(customers, rates.repeat_rate, rates.days_between_orders)
        size = count(len(customers.summary), "customer")
        source = f"measured: P(alive) of {size} of {observed.channel} at the plan's repeat rate"
        found = MeasuredNumber(active, np.nan, np.nan, source)
    else:
        found = active_customers(fit, customers)
    return found.times(1 / customers.identified, _unknown(customers))


def _unknown(customers: ObservedCustomers) -> str:
    hidden = 1 - customers.identified
    return (
        f"; the buyers of the {percent(hidden, 1)} of orders without a buyer ID are taken to be alike"
        if hidden
        else ""
    )


def _ages(observed: Observed) -> Floats:
    """Ages today, in months, of who came in the middle of each month observed."""
    return np.arange(max(1, round(observed.months)), dtype=np.float64) + 0.5
