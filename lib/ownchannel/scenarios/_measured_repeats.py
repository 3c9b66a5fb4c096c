"""How the customers of a channel come back, as their keys tell: a fitted model, and who is active still."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ownchannel.clv import (
    FitError,
    Floats,
    ModifiedBetaGeoModel,
    Parameters,
    PurchaseResults,
    burn_in_day,
    channel_orders,
    first_seen_since,
    too_few,
)
from ownchannel.customers import customer_summary
from ownchannel.formats import count, percent
from ownchannel.orders import Orders, day
from ownchannel.scenarios._observed import INTERVAL, MeasuredNumber, Observed

#: The age at which repeat orders are told.
TOLD_AT = 12
#: Most old customers have bought again by then; of longer files half would be given away for nothing.
LONGEST_BURN_IN = dt.timedelta(weeks=26)
#: With fewer of the orders telling their buyer, orders are counted and not customers: a judgement.
FEWEST_IDENTIFIED = 0.5


@dataclass(frozen=True)
class ObservedCustomers:
    """The customers of one channel whom files tell apart, and the orders that have no key."""

    channel: str
    summary: pd.DataFrame
    """As `customer_summary` gives it, in weeks; empty where nobody has a key."""
    identified: float
    """Share of orders whose buyer has a key."""
    burned_in: dt.date
    """Who is first seen before this day may be an old customer."""
    end: dt.date

    @property
    def are_told(self) -> bool:
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


def observed_customers(orders: Orders, its: Observed, currency: str) -> ObservedCustomers:
    """The customers of a channel up to the end of its observation."""
    known = its.sales[its.sales["ordered_on"] <= its.end].groupby("order_id")["customer_key"].max()
    lines = channel_orders(orders, its.channel, currency)
    return ObservedCustomers(
        its.channel,
        customer_summary(lines, until=its.end),
        float(known.notna().mean()),
        min(burn_in_day(its.first, its.end), its.first + LONGEST_BURN_IN),
        its.end,
    )


@dataclass(frozen=True)
class Repeats:
    """A model of a channel's customers, by both ways to tell who is new."""

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
        return f"only {percent(customers.identified)} of its orders tell their buyer"
    if why := too_few(customers.summary):
        return why
    first_seen = f"{customers.channel} first seen since {day(customers.burned_in)}"
    try:
        everybody = _fit(customers.summary)
        late = None if too_few(customers.late) else _fit(customers.late)
    except FitError as error:
        return f"no model could be fitted ({error})"
    of_all = f"all {count(len(customers.summary), 'customer')} of {customers.channel}"
    if late is None:
        who = f"{of_all}, for too few were first seen since {day(customers.burned_in)}"
        return Repeats(everybody, who, None, _told(everybody, who))
    who = f"{count(len(customers.late), 'customer')} of {first_seen}"
    return Repeats(late, who, _told(late, who), _told(everybody, of_all))


def active_customers(fit: PurchaseResults, customers: ObservedCustomers) -> MeasuredNumber:
    """The sum of P(alive) over all customers, those who bought before the files begin among them."""
    rows = fit.model.rows(customers.summary)

    def alive(p: Parameters) -> Floats:
        return np.array([rows.weights @ fit.model.alive(p, rows)])

    found, ends = fit.predicted(alive, rows, INTERVAL)
    assert ends is not None
    source = f"measured: P(alive) of {count(len(customers.summary), 'customer')} of {customers.channel}"
    return MeasuredNumber(float(found[0]), float(ends[0, 0]), float(ends[1, 0]), source)


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


def _fit(table: pd.DataFrame) -> PurchaseResults:
    results = ModifiedBetaGeoModel(table).fit()
    assert isinstance(results, PurchaseResults)
    return results


def _told(fit: PurchaseResults, who: str) -> MeasuredNumber:
    found = fit.expected_purchases_new_customer([TOLD_AT], "months", interval=INTERVAL)
    expected, low, high = found.iloc[0].to_numpy(np.float64)
    source = f"measured: repeat orders of a new customer in {TOLD_AT} months, by MBG/NBD fitted to {who}"
    return MeasuredNumber(float(expected), float(low), float(high), source)


# ------------------------ Thousands of customers' histories as a hundred

#: Histories that a plan carries for each channel, so that a draw of parameters is cheap.
GROUPS = 100

Places = NDArray[np.intp]

_COLUMNS = ("frequency", "recency", "T")


def grouped_histories(fit: PurchaseResults, customers: pd.DataFrame, groups: int = GROUPS) -> pd.DataFrame:
    """At most `groups` histories for all customers: `frequency, recency, T, weights`.

    The groups are cut as a median-cut palette is (Heckbert 1982): the group that varies most is split in two
    at its mean, along what varies most in it, until there are enough. What varies is what the models see:
    purchases, time watched and P(alive), each customer counting with P(alive). Different frequencies stand
    apart from the start unless there are very many, and weights are such that each group's sum of P(alive)
    is kept.

    >>> from ownchannel.clv import ModifiedBetaGeoModel
    >>> table = pd.DataFrame({"frequency": [0, 0, 1, 4], "recency": [0, 0, 8.0, 30.0], "T": [39.0] * 4})
    >>> fit = ModifiedBetaGeoModel(table.assign(weights=[50, 9, 20, 21])).fit()
    >>> grouped_histories(fit, table)["weights"].round(6).tolist()
    [2.0, 1.0, 1.0]
    """
    table = customers[list(_COLUMNS)].astype(float).reset_index(drop=True)
    alive = fit.expected_probability_alive(table).to_numpy(np.float64)
    # So that customers who are surely gone have a place in some group too.
    counted = np.maximum(alive, 1e-12)
    rate = 1 / (fit.params["alpha"] + table["T"].to_numpy())
    longer = rate * (fit.params["alpha"] + table["recency"].to_numpy())
    seen = np.column_stack([np.log1p(table["frequency"]), np.log(rate), np.log(longer), alive])
    apart = [np.asarray(its) for its in table.groupby("frequency").indices.values()]
    start = apart if len(apart) <= groups // 2 else [np.arange(len(table))]
    rows = []
    for its in _cut(seen, counted, start, groups):
        mean = {name: float(np.average(table.loc[its, name], weights=counted[its])) for name in _COLUMNS}
        mean["frequency"] = float(np.rint(mean["frequency"]))
        # Purchases to come go with 1 / (alpha + T): so its mean is kept, not that of T.
        mean["T"] = max(
            1 / np.average(rate[its], weights=counted[its]) - fit.params["alpha"], mean["recency"]
        )
        rows.append(mean | {"alive": alive[its].sum()})
    found = pd.DataFrame(rows)
    found.loc[found["frequency"] == 0, "recency"] = 0.0
    weights = found["alive"] / fit.expected_probability_alive(found[list(_COLUMNS)]).to_numpy()
    return found[list(_COLUMNS)].assign(weights=weights).sort_values(list(_COLUMNS), ignore_index=True)


def _cut(seen: Floats, counted: Floats, start: list[Places], groups: int) -> list[Places]:
    """The members of each group, as places of rows, cut from those to start with."""
    members = list(start)
    variations = [_variation(seen, counted, its) for its in members]
    while len(members) < groups:
        widest = int(np.argmax([variation.max() for variation in variations]))
        its, axis = members[widest], int(np.argmax(variations[widest]))
        if variations[widest][axis] <= 0:
            break
        values = seen[its, axis]
        below = values <= np.average(values, weights=counted[its])
        halves = its[below], its[~below]
        if not all(len(half) for half in halves):
            variations[widest][axis] = 0.0  # a difference of rounding alone
            continue
        members[widest : widest + 1] = halves
        variations[widest : widest + 1] = [_variation(seen, counted, half) for half in halves]
    return members


def _variation(seen: Floats, counted: Floats, its: Places) -> Floats:
    """The sum of squares about the group's mean, along each axis."""
    weights = counted[its][:, None]
    mean = (weights * seen[its]).sum(axis=0) / weights.sum()
    return np.asarray((weights * (seen[its] - mean) ** 2).sum(axis=0))
