"""What the files tell of a channel's customers: how they come back, how many come, how many are active."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from ownchannel.clv.purchases import PurchaseResults
from ownchannel.clv.repeat_curve import curve_of_share
from ownchannel.clv.repeat_report import reported_repeats
from ownchannel.clv.special import Floats
from ownchannel.formats import count, percent
from ownchannel.orders.report import day
from ownchannel.scenarios.calibration.grouped_histories import grouped_histories
from ownchannel.scenarios.calibration.matched_rates import MATCHED_AT, MatchedRates, matched, rates_of_model
from ownchannel.scenarios.calibration.measured import MeasuredNumber
from ownchannel.scenarios.calibration.measured_arrivals import Counted
from ownchannel.scenarios.calibration.measured_repeat import (
    ObservedCustomers,
    Repeats,
    active_at_rates,
    active_customers,
)
from ownchannel.scenarios.calibration.observed import Observed
from ownchannel.scenarios.channels import AnyChannel
from ownchannel.scenarios.purchase_curve import FittedPurchases

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
