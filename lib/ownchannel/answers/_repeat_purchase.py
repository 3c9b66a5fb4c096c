"""Where the sliders of workbook 03 start: at what the orders tell, where they tell it."""

import math
from collections.abc import Collection
from dataclasses import replace
from typing import Annotated, Any, NamedTuple

import numpy as np
import pandas as pd
from pydantic import create_model

from ownchannel.answers._answer import Answer, Question
from ownchannel.answers._marketplace_dependence import starting_settings as starting_costs
from ownchannel.assumptions import Confidence, Unit, scaled
from ownchannel.charts import kinds_of_customer, more_and_earlier, repeat_revenue, repeats_by_age
from ownchannel.customers import ENOUGH_AT_RISK, channel_months
from ownchannel.formats import count, listed, money, percent
from ownchannel.marketplace import MEASURED, contribution_by_month, last_twelve_months
from ownchannel.orders import Orders
from ownchannel.outreach import (
    DAYS_A_MONTH,
    HORIZON,
    ComingBack,
    Floats,
    Gain,
    MeasuredHabit,
    gain,
    measured_habit,
)


class _Order(NamedTuple):
    """What an order is worth, and what it leaves before advertising."""

    value: float
    left: float


def customers_within_reach(orders: Orders) -> tuple[list[str], MeasuredHabit | None]:
    """The channels whose customers the brand may write to, its own stores, and how these come back.

    All channels where the own stores have fewer than 30 customers; None where no customer has a key.
    """
    kinds = orders.channels()
    owned = [channel for channel, kind in kinds.items() if kind == "owned"]
    measured = measured_habit(orders, owned) if len(orders.sales) else None
    if measured is not None and measured.customers >= ENOUGH_AT_RISK:
        return owned, measured
    return list(kinds), measured_habit(orders, kinds) if len(orders.sales) else None


def habit_settings(orders: Orders, channels: Collection[str], measured: MeasuredHabit | None) -> ComingBack:
    """The declared defaults, those that the orders tell replaced by what they tell."""
    order = _an_order(orders, channels)
    sizes: dict[Unit, float] = {}
    if order is not None:
        sizes["money an order"] = _size("order_value", order.value)
    if measured is not None and measured.new_customers > 0:
        sizes["customers a month"] = _size("new_customers", measured.new_customers)
    model = scaled(ComingBack, sizes)
    fields = {} if order is None else _order_fields(model, order)
    if measured is not None:
        fields |= _habit_fields(model, measured, f"Kaplan-Meier curve of your orders on {listed(channels)}")
    return _with_fields(model, fields)()


def _size(name: str, value: float) -> float:
    """The power of ten by which a brand is larger than the one that the declared defaults suit."""
    return 10.0 ** round(math.log10(value / ComingBack.model_fields[name].default))


def _with_fields(model: type[ComingBack], fields: dict[str, Any]) -> type[ComingBack]:
    return create_model(model.__name__, __base__=model, **fields)


def _order_fields(model: type[ComingBack], order: _Order) -> dict[str, Any]:
    year = "of the last twelve complete months"
    costs = f"Orders {year}, with booked fees where files tell them and workbook 01's costs"
    return {
        "order_value": _started_at(model, "order_value", order.value, f"Measured: orders {year}"),
        "left_by_order": _started_at(model, "left_by_order", order.left, costs, confidence="assumption"),
    }


def _habit_fields(model: type[ComingBack], measured: MeasuredHabit, curve: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, found in (("first_rate", measured.first), ("later_rate", measured.later)):
        if found is not None:
            likely = (found.lower, found.upper) if found.lower < found.upper else None
            source = f"Measured: {curve}, by day {found.days:.0f}, 95% range"
            fields[name] = _started_at(model, name, found.share, source, likely=likely)
    if measured.interval is not None:
        source = f"Measured: {curve}, mean wait of who came back"
        fields["interval"] = _started_at(model, "interval", measured.interval, source)
        fields["days_sooner"] = _sooner_by_a_fifth(model, measured.interval)
    if measured.new_customers > 0:
        fields["new_customers"] = _started_at(
            model, "new_customers", measured.new_customers, "Measured: the last twelve months"
        )
    if measured.first is not None and measured.first.share + model.model_fields["points"].default > 1:
        fields["points"] = (Annotated[float, model.declared()["points"]], 0.0)  # there are no more to come
    return fields


def _sooner_by_a_fifth(model: type[ComingBack], interval: float) -> Any:
    """A slider that suits the interval: whoever orders every ten days cannot come twenty days sooner."""
    likely, most = (max(1, round(share * interval)) for share in (0.3, 0.6))
    declared = replace(model.declared()["days_sooner"], slider=(0, most), plausible=(0, likely))
    return (Annotated[float, declared], round(0.2 * interval))


def _started_at(
    model: type[ComingBack],
    name: str,
    value: float,
    source: str,
    *,
    likely: tuple[float, float] | None = None,
    confidence: Confidence = "measured",
) -> Any:
    """A field that starts at what was measured, to a step of its slider, which reaches as far as it must.

    Likely is the interval of the measurement; where it has none, a quarter more or less.
    """
    declared = model.declared()[name]
    lowest, highest = declared.valid

    def to_step(number: float) -> float:
        return min(max(round(round(number / declared.step) * declared.step, 6), lowest), highest)

    start = to_step(value)
    low, high = sorted(map(to_step, likely or (0.75 * value, 1.25 * value)))
    if low == high:
        low, high = to_step(start - declared.step), to_step(start + declared.step)
    plausible = (min(low, start), max(high, start))
    slider = (min(declared.slider[0], plausible[0]), max(declared.slider[1], plausible[1]))
    told = replace(declared, slider=slider, plausible=plausible, source=source, confidence=confidence)
    return (Annotated[float, told], start)


def _an_order(orders: Orders, channels: Collection[str]) -> _Order | None:
    """The mean order of the last twelve complete months in the main currency; None where there is none."""
    months = channel_months(orders)
    months = months[months["currency"] == orders.main_currency].astype(dict.fromkeys(MEASURED, "float64"))
    if months.empty:
        return None
    unadvertised = {"owned_ad_rate": 0.0, "marketplace_ad_rate": 0.0}
    costs = starting_costs(orders, months).model_copy(update=unadvertised)
    by_month = contribution_by_month(months[months["channel"].isin(list(channels))], costs)
    try:
        year, _ = last_twelve_months(by_month, orders.sales["ordered_on"].max())
    except ValueError:  # no month is complete
        return None
    sums = year[["orders", "revenue", "contribution"]].sum()
    if sums["orders"] == 0 or sums["revenue"] <= 0:
        return None
    return _Order(float(sums["revenue"] / sums["orders"]), float(sums["contribution"] / sums["orders"]))


# ------------------------ The what-if of workbook 03

_DAYS = HORIZON * DAYS_A_MONTH


def what_if_more_returned(orders: Orders) -> Question[ComingBack]:
    """Sliders for how many come back and how soon, starting at what the orders tell.

    They speak of the customers of the brand's own stores, whom it may write to; of all customers where it
    has no store with 30 of them.
    """
    currency = orders.main_currency
    channels, measured = customers_within_reach(orders)
    settings = habit_settings(orders, channels, measured)
    fixed_notes = _rests_on(channels, measured, settings)

    def answer(now: ComingBack) -> Answer:
        found = gain(now.today, now.changed, now.new_customers)
        habits = {"As today": now.today, "Only sooner": now.only_sooner, "Changed": now.changed}
        names, own, friends = _kinds(now)
        charts = (
            repeat_revenue(found, now.order_value, currency),
            more_and_earlier(found, now.order_value, currency),
            repeats_by_age(habits),
            kinds_of_customer(names, own * now.order_value, friends * now.order_value, currency),
        )
        return Answer(
            _sentence(now, found, currency),
            _numbers(now, found, currency),
            charts,
            _table(now, names, own, friends, currency),
            fixed_notes,
        )

    return Question(settings, answer, currency)


def _sentence(now: ComingBack, found: Gain, currency: str) -> str:
    before, more, earlier, after = (
        money(float(orders.sum()) * now.order_value, currency)
        for orders in (found.before, found.more, found.earlier, found.after)
    )
    wishes, gains = [], []
    if now.points:
        wishes.append(f"**{now.points * 100:g} points** more customers came back after each order")
        gains.append(f"**{more}** for orders that are **more**")
    if now.days_sooner:
        who = "they" if wishes else "customers"
        wishes.append(f"{who} came back **{now.days_sooner:g} days** sooner")
        gains.append(f"**{earlier}** for orders that only come **earlier**")
    if not wishes:
        return f"As things are, new customers bring **{before}** of repeat revenue in two years."
    return (
        f"If {listed(wishes)}, repeat revenue in two years would be **{after}** instead of {before}: "
        f"{listed(gains)}. {_in_the_end(now)}"
    )


def _in_the_end(now: ComingBack) -> str:
    """What remains of the change when all orders have come."""
    before, after = (f"{100 * habit.in_the_end:.0f}" for habit in (now.today, now.changed))
    if not now.days_sooner:
        return f"In the end 100 customers bring {after} repeat orders instead of {before}."
    same = f"In the end the shorter interval changes nothing: 100 customers bring {before} repeat orders"
    return f"{same} with it as without it" + (f"; the higher rate makes them {after}." if now.points else ".")


def _numbers(now: ComingBack, found: Gain, currency: str) -> tuple[tuple[str, str], ...]:
    gained = float((found.more + found.earlier).sum())
    share = percent(float(found.earlier.sum()) / gained) if gained > 0 else "no gain"
    lasting = (now.changed.in_the_end - now.today.in_the_end) * now.left_by_order
    return (
        ("Repeat orders in two years", f"{found.before.sum():,.0f} → {found.after.sum():,.0f}"),
        (
            "Left by the further orders in two years",
            money(float(found.more.sum()) * now.left_by_order, currency),
        ),
        ("Of the gain is only earlier", share),
        ("The higher rate may cost, a new customer", money(lasting, currency, 2)),
    )


def _kinds(now: ComingBack) -> tuple[list[str], Floats, Floats]:
    """Kinds of customer, the orders of each in two years, and those of the friends whom it brings."""
    loyal = 1 + now.today.repeats_of_the_loyal(_DAYS)
    friends = now.friends * (1 + float(now.today.repeats(_DAYS)))
    names = ["One-time buyer", "Loyal customer", "Referring customer"]
    return names, np.array([1.0, loyal, loyal]), np.array([0.0, 0.0, friends])


def _table(now: ComingBack, names: list[str], own: Floats, friends: Floats, currency: str) -> pd.DataFrame:
    means = [1 + float(habit.repeats(_DAYS)) for habit in (now.today, now.changed)]
    orders = np.array([*(own + friends), *means])
    return pd.DataFrame(
        {
            "Customer": [*names, "Average new customer, as today", "Average new customer, changed"],
            "Orders in two years": [f"{number:.2f}" for number in orders],
            "Revenue": [money(number * now.order_value, currency) for number in orders],
            "Left, before the cost of winning them": [
                money(number * now.left_by_order, currency) for number in orders
            ],
        }
    )


def _rests_on(
    channels: Collection[str], measured: MeasuredHabit | None, started: ComingBack
) -> tuple[str, ...]:
    """Whose habit it is, how well the model tells their own past, and what it leaves out."""
    left_out = (
        "Only customers who are new from now on count, not those that you have. Loyal is who comes back at "
        "least once in two years; friends are counted over two years of their own, without friends of theirs."
    )
    if measured is None or measured.first is None or measured.interval is None:
        return (
            "Too few customers of these files can be told apart to measure how they come back: every rate "
            "here is an assumption.",
            left_out,
        )
    told = measured.expected_repeats(started.today)
    return (
        f"Measured on {count(measured.customers, 'customer')} of {listed(channels)} with Kaplan-Meier "
        "curves, which count the newest fairly; who comes back after day "
        f"{measured.first.days:.0f} is not in them.",
        f"Put to the test on your own past: for the same customers the model tells {told:,.0f} repeat orders "
        f"until today, and there were {measured.repeats:,}.",
        left_out,
    )
