"""Two plain numbers in place of a curve: the repeat rate and the days between orders that match it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
from scipy.optimize import brentq

from ownchannel.clv import Floats, PurchaseResults, curve_of_share, reported_repeats
from ownchannel.formats import count, percent
from ownchannel.orders import Orders, day
from ownchannel.scenarios._arrivals import Arrivals, Counted
from ownchannel.scenarios._channels import AnyChannel
from ownchannel.scenarios._measured_repeats import (
    ObservedCustomers,
    Repeats,
    active_at_rates,
    active_customers,
    fitted_repeats,
    grouped_histories,
    observed_customers,
)
from ownchannel.scenarios._observed import DAYS_A_MONTH, INTERVAL, MeasuredNumber, Observed, measured_orders
from ownchannel.scenarios._purchase_curve import FittedPurchases, drawn_curves

#: The ages in months at which the curves match; the second is four times the first.
MATCHED_AT = (6, 24)
_CLOSE = 1e-6
_DRAWS = 200


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


# ------------------------ What the files tell of a channel's customers

#: What a plan refuses beside a fitted model.
_NEED_A_RATE = ("member_drop_reduction", "member_annual_fee", "member_annual_cost")


@dataclass(frozen=True)
class Returning:
    """How a channel's customers come back: by a model, or by two numbers."""

    model: FittedPurchases | None
    rates: MatchedRates
    """In the model's place; the user's own where nothing tells them."""
    measured: Mapping[str, MeasuredNumber]
    """Of the numbers, those that are not the user's own."""
    why_no_model: str = ""


def returning(
    channel: AnyChannel,
    customers: ObservedCustomers,
    repeats: Repeats | str,
    repeat_rates: pa.Table,
) -> Returning:
    """The best that tells: a fitted model, rates that match it, the marketplace's report, the user's own."""
    if isinstance(repeats, Repeats):
        model = FittedPurchases.of(repeats.fit, grouped_histories(repeats.fit, customers.summary))
        in_its_way = [name for name in _NEED_A_RATE if getattr(channel, name, 0)]
        if not in_its_way:
            return Returning(model, MatchedRates(channel.repeat_rate, channel.days_between_orders), {})
        rates, rate, days = rates_of_model(model)
        told = {"repeat_rate": rate, "days_between_orders": days}
        return Returning(None, rates, told, f"{in_its_way[0]} needs a single repeat rate")
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
    told = {
        "repeat_rate": MeasuredNumber(rates.repeat_rate, np.nan, np.nan, source),
        "days_between_orders": MeasuredNumber(rates.days_between_orders, np.nan, np.nan, source),
    }
    return Returning(None, rates, told, repeats)


def counted(its: Observed, customers: ObservedCustomers, repeats: Repeats | str) -> Counted:
    """New customers day by day; orders, where buyers have no key.

    Where old customers seem to be taken for new ones, only those first seen late are counted.
    """
    if not customers.are_told:
        days = its.sales[its.sales["ordered_on"] <= its.end].groupby("order_id")["ordered_on"].min()
        return Counted(days, its.first, its.end, its.whole_months(), f"orders of {its.channel}")
    days, first = customers.first_days(), its.first
    if isinstance(repeats, Repeats) and repeats.hides_old_customers:
        first = customers.burned_in
        days = days[days.dt.date >= first]
    return Counted(days, first, its.end, its.whole_months(first), f"new customers of {its.channel}")


def new_a_month(
    level: MeasuredNumber, its: Observed, customers: ObservedCustomers, rates: MatchedRates
) -> MeasuredNumber:
    """New customers a month: of orders without a key as many are first ones as of the others.

    Where buyers have no key, `level` is of orders, and the rates say how many of them were repeats.
    """
    if not customers.are_told:
        share = float(1 / np.mean(1 + rates.repeat_orders(_ages(its))))
        found = level.times(share)
        note = f"; buyers have no key, {percent(share)} are taken for new at the plan's repeat rate"
    else:
        found = level.times(1 / customers.identified)
        note = _unknown(customers)
    return MeasuredNumber(found.value, found.low, found.high, found.source + note)


def existing(
    fit: PurchaseResults | None,
    new: MeasuredNumber | None,
    its: Observed,
    customers: ObservedCustomers,
    rates: MatchedRates,
) -> MeasuredNumber | None:
    """Customers who are active still: by a fitted model, else by the rates; None where nothing tells.

    Without keys they are those that the new customers of the months observed would have left.
    """
    if not customers.are_told:
        if new is None:
            return None
        left = float(rates.active_share(_ages(its)).sum())
        source = "measured: what new customers of the months observed leave at the plan's repeat rate"
        return MeasuredNumber(new.value * left, np.nan, np.nan, source)
    if fit is None:
        active = active_at_rates(customers, rates.repeat_rate, rates.days_between_orders)
        size = count(len(customers.summary), "customer")
        source = f"measured: P(alive) of {size} of {its.channel} at the plan's repeat rate"
        found = MeasuredNumber(active, np.nan, np.nan, source)
    else:
        found = active_customers(fit, customers)
    found = found.times(1 / customers.identified)
    return MeasuredNumber(found.value, found.low, found.high, found.source + _unknown(customers))


def _unknown(customers: ObservedCustomers) -> str:
    hidden = 1 - customers.identified
    return f"; the buyers of the {percent(hidden, 1)} of orders without a key count alike" if hidden else ""


def _ages(its: Observed) -> Floats:
    """Ages today, in months, of who came in the middle of each month observed."""
    return np.arange(max(1, round(its.months)), dtype=np.float64) + 0.5


# ------------------------ All that the files tell of one channel, gathered


@dataclass(frozen=True)
class MeasuredChannel:
    """A channel of a plan beside what its files tell."""

    channel: AnyChannel
    its: Observed
    customers: ObservedCustomers
    repeats: Repeats | str
    """Or why no model was fitted."""
    back: Returning
    measured: dict[str, MeasuredNumber]
    """By field of the channel."""
    notes: tuple[str, ...] = field(default=())
    """What is to be said of them, in sentences."""

    def counted(self) -> Counted:
        """Its new customers, day by day."""
        return counted(self.its, self.customers, self.repeats)


def measured_channel(orders: Orders, channel: AnyChannel, its: Observed, currency: str) -> MeasuredChannel:
    """What a channel's orders tell without the other channels'."""
    customers = observed_customers(orders, its, currency)
    repeats = fitted_repeats(customers)
    back = returning(channel, customers, repeats, orders.repeat_rates)
    measured = measured_orders(its) | dict(back.measured)
    if "fee_rate" in measured:
        # The plan's fee base holds the tax; the value measured does not.
        measured["fee_rate"] = measured["fee_rate"].times(1 / (1 + channel.fee_tax_rate))
    return MeasuredChannel(channel, its, customers, repeats, back, measured)


def with_customers(found: MeasuredChannel, came: Arrivals) -> MeasuredChannel:
    """The same with new customers, their growth, and those who are active today."""
    name, channel, rates = found.its.channel, found.channel, found.back.rates
    new, measured, notes = None, dict(found.measured), found.notes
    if name in came.level:
        new = new_a_month(came.level[name], found.its, found.customers, rates)
        claimed = channel.reference_spend / channel.cac if channel.reference_spend else 0.0
        measured["organic_customers"] = _organic(new, claimed)
        if claimed > new.value:
            notes += (_floor(name, claimed, new.value),)
    if name in came.growth:
        measured["organic_growth"] = came.growth[name]
    fit = found.repeats.fit if isinstance(found.repeats, Repeats) else None
    base = existing(fit, new, found.its, found.customers, rates)
    if base is not None:
        measured["existing_customers"] = base
    return replace(found, measured=measured, notes=notes)


def possible(found: MeasuredChannel) -> MeasuredChannel:
    """The same without numbers that a plan cannot take, and a sentence on each."""
    kept, notes, declared = {}, found.notes, found.channel.declared()
    for name, number in found.measured.items():
        low, high = declared[name].valid
        if low <= number.value <= high:
            kept[name] = number
            continue
        notes += (
            f"{found.its.channel}: {name} comes to {number.value:,.3g} in your files, outside {low:g} to "
            f"{high:g}: your own value stays.",
        )
    return replace(found, measured=kept, notes=notes)


def _organic(new: MeasuredNumber, claimed: float) -> MeasuredNumber:
    if not claimed:
        return new
    left = new.less(claimed)
    return replace(left, source=f"{new.source}; less {claimed:,.0f} a month whom advertising claims")


def _floor(name: str, claimed: float, observed: float) -> str:
    return (
        f"{name}: advertising claims {claimed:,.0f} customers a month (reference_spend / cac), and "
        f"{observed:,.0f} were observed in all, so organic_customers is 0. Check spend and cac, or take it "
        "as a sign that the platform's report claims customers who would have come anyway."
    )
