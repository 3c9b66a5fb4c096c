"""The what-if of workbook 03: sliders for how customers come back, and what that brings in two years."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from ownchannel.charts.repeat import kinds_of_customer, more_and_earlier, repeat_revenue, repeats_by_age
from ownchannel.formats import count, listed, money, percent
from ownchannel.orders.orders import Orders
from ownchannel.outreach.coming_back import ComingBack
from ownchannel.outreach.habits import MeasuredHabit
from ownchannel.outreach.repeat import DAYS_A_MONTH, HORIZON, Floats, Gain, gain
from ownchannel.panels.answer import Answer, Question
from ownchannel.panels.repeat_settings import customers_within_reach, habit_settings

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
    told = measured.told_by(started.today)
    return (
        f"Measured on {count(measured.customers, 'customer')} of {listed(channels)} with Kaplan-Meier "
        "curves, which count the newest fairly; who comes back after day "
        f"{measured.first.days:.0f} is not in them.",
        f"Put to the test on your own past: for the same customers the model tells {told:,.0f} repeat orders "
        f"until today, and there were {measured.repeats:,}.",
        left_out,
    )
