"""The question of workbook 03: who comes back, and what if more did, or sooner."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ownchannel.answers._answer import Answer, Question, amounts, worked_out_once
from ownchannel.answers._lifetimes import buyers_are_in
from ownchannel.answers._return_lessons import half_of_a_year, nobody_known, too_young
from ownchannel.answers._starting_settings import customers_within_reach, habit_numbers, settings_of
from ownchannel.charts import kinds_of_customer, more_and_earlier, repeat_revenue, repeats_by_age
from ownchannel.clv import ReportedRepeats, reported_repeats
from ownchannel.customers import ENOUGH_AT_RISK, Estimate, SecondOrder, time_to_second_order
from ownchannel.formats import count, listed, money, percent, round_money
from ownchannel.orders import Orders
from ownchannel.outreach import DAYS_A_MONTH, HORIZON, ComingBack, Floats, Gain, MeasuredHabit, gain

#: The settings that decide.
_FIRST = ("points", "days_sooner", "new_customers", "first_rate", "order_value", "left_by_order")

_DAYS = HORIZON * DAYS_A_MONTH
_NAMED = 3  # channels, by name in the sentence
_MOSTLY = 0.5


@dataclass(frozen=True)
class _Returning:
    """What the orders show of returning customers; no slider moves it."""

    within_reach: Collection[str]
    """Channels whose customers the sliders speak of."""
    habit: MeasuredHabit | None
    kinds: Mapping[str, str]
    found: SecondOrder | None
    """None where no file shows who bought."""
    reports: Mapping[str, ReportedRepeats]

    @property
    def is_measured(self) -> bool:
        """Whether the sliders start at what the orders show."""
        habit = self.habit
        return habit is not None and habit.first is not None and habit.interval is not None

    @cached_property
    def rates(self) -> dict[str, Estimate]:
        """The repeat rate of each channel that has one, own stores first."""
        rates = {} if self.found is None else self.found.repeat_rates()
        return dict(sorted(rates.items(), key=lambda rate: self.kinds[rate[0]] != "owned"))

    def who_comes_back(self) -> str:
        """The repeat rate by channel, or why it is not known."""
        if rates := self.rates:
            (channel, rate), *others = list(rates.items())[:_NAMED]
            named = [f"**{percent(rate.share)}** of new customers on {channel}"]
            named += [f"**{percent(other.share)}** on {name}" for name, other in others]
            return f"About {listed(named)} order again within a year."
        if self.found is None:
            return self._hidden()
        begun = {name: back for name, curve in self.found.curves.items() if (back := curve.returned_within())}
        if begun:
            name, back = max(begun.items(), key=lambda each: each[1].days)
            return (
                f"How many customers return within a year is not known yet. On {name}, "
                f"**{percent(back.share)}** did so within {count(round(back.days), 'day')}; your files "
                "do not follow enough of them for longer."
            )
        known = sum(curve.customers for curve in self.found.curves.values())
        return (
            f"How many customers return is not known yet: your files show {count(known, 'customer')} by ID, "
            f"and {ENOUGH_AT_RISK} are needed."
        )

    def _hidden(self) -> str:
        if not self.reports:
            channels = f"your {listed(self.kinds)} files do" if self.kinds else "your files do"
            return f"How many customers return cannot be known: {channels} not show who bought."
        channel, report = next(iter(self.reports.items()))
        return (
            f"How many customers return cannot be known exactly. {channel} reports that at least "
            f"**{percent(report.share, 1)}** bought a product again."
        )

    def tile(self) -> tuple[str, str]:
        """The repeat rate of the first channel, with its range."""
        for channel, rate in self.rates.items():
            low, high = percent(rate.lower), percent(rate.upper)
            return f"Repeat rate within a year, {channel} ({low} to {high})", percent(rate.share)
        return "Repeat rate within a year", "not known"

    def what_to_add(self) -> str:
        """Which files would show more."""
        if self.found is not None:
            return "Add the order files of more months, until they follow customers for a year."
        return buyers_are_in(next(iter(self.kinds), ""))

    @cached_property
    def half_are_back(self) -> tuple[str, float] | None:
        """An own store, and the days after which half of those are back who return within a year."""
        for channel, curve in ({} if self.found is None else self.found.curves).items():
            days = half_of_a_year(curve)
            if days and self.kinds[channel] == "owned":
                return channel, days
        return None


@worked_out_once
def what_if_more_returned(orders: Orders) -> Question[ComingBack]:
    """Sliders for how many return and how soon, starting at what the orders show.

    They speak of the customers of the brand's own stores, whom it may write to; of all customers where it
    has no store with 30 of them.
    """
    currency = orders.main_currency
    channels, measured = customers_within_reach(orders)
    kinds = orders.channels()
    reports = {channel: reported_repeats(orders.repeat_rates, channel) for channel in kinds}
    returning = _Returning(
        channels,
        measured,
        kinds,
        None if nobody_known(orders) else time_to_second_order(orders),
        {channel: report for channel, report in reports.items() if report},
    )
    sliders = habit_numbers(orders, channels, measured)
    settings = settings_of(ComingBack, sliders)
    who, tile, how_we_know = returning.who_comes_back(), returning.tile(), _how_we_know(returning, settings)
    assumed = (
        ()
        if returning.is_measured
        else ("Rates, days and the number of new customers are assumptions here.",)
    )

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
            f"{who} {_what_if(now, found, currency, assumed=bool(assumed))}",
            (tile, *_numbers(now, found, currency)),
            charts,
            _table(now, names, own, friends, currency),
            assumed,
            _next_steps(returning, now, found, currency),
            how_we_know,
        )

    return Question(settings, answer, currency, sliders, first=_FIRST)


def _what_if(now: ComingBack, found: Gain, currency: str, *, assumed: bool) -> str:
    before, after = (
        round_money(float(orders.sum()) * now.order_value, currency, digits=3)
        for orders in (found.before, found.after)
    )
    more = "1 more customer" if now.points == 0.01 else f"{100 * now.points:g} more customers"
    wishes = [f"**{more} in 100** returned after each order"] if now.points else []
    if now.days_sooner:
        sooner = f"**{now.days_sooner:g} {'day' if now.days_sooner == 1 else 'days'}** sooner"
        wishes.append(sooner if wishes else f"they returned {sooner}")
    if not wishes:
        return f"As things are, new customers bring about **{before}** of repeat orders in two years."
    start = "With assumed numbers, if" if assumed else "If"
    return (
        f"{start} {', and '.join(wishes)}, repeat orders would bring about **{after}** in two years instead "
        f"of {before}."
    )


def _numbers(now: ComingBack, found: Gain, currency: str) -> tuple[tuple[str, str], ...]:
    share = _only_sooner(found)
    return (
        (f"Repeat orders in two years, instead of {found.before.sum():,.0f}", f"{found.after.sum():,.0f}"),
        (
            "Contribution of the further orders in two years",
            money(float(found.more.sum()) * now.left_by_order, currency),
        ),
        ("Share of the gain that only comes sooner", "no gain" if share is None else percent(share)),
        ("Most you can pay per new customer for more returns", money(_most_to_pay(now), currency, 2)),
    )


def _only_sooner(found: Gain) -> float | None:
    """The share of the gain that only comes sooner; None where nothing is gained."""
    gained = float((found.more + found.earlier).sum())
    return float(found.earlier.sum()) / gained if gained > 0 else None


def _most_to_pay(now: ComingBack) -> float:
    """What the further orders of a new customer leave in the end."""
    return (now.changed.in_the_end - now.today.in_the_end) * now.left_by_order


def _next_steps(returning: _Returning, now: ComingBack, found: Gain, currency: str) -> tuple[str, ...]:
    """Measure what is assumed, test what pays, and put the rate before the timing."""
    steps = []
    yours = "owned" in returning.kinds.values()
    most = money(_most_to_pay(now), currency, 2)
    if not returning.is_measured or not returning.rates:
        steps.append(f"**Measure who returns.** {returning.what_to_add()}")
    if now.left_by_order <= 0:
        steps.append("**Make repeat orders pay first.** Each one loses money before any advertising.")
    elif now.points and yours:
        steps.append(
            "**Test it on half of your new customers**, and compare how many order again. Spend at most "
            f"{most} per new customer on it."
        )
    if (_only_sooner(found) or 0) >= _MOSTLY:
        steps.append(
            "**Work on how many return, not on how soon.** Most of this gain is missing again later."
        )
    if not yours:
        most_here = (
            f" Spend at most {most} per new customer on it." if now.points and now.left_by_order > 0 else ""
        )
        steps.append(
            "**Use the marketplace's own tools to reach buyers.** Writing to them yourself breaks its rules."
            f"{most_here}"
        )
    elif half := returning.half_are_back:
        channel, days = half
        steps.append(
            f"**Write to customers on {channel} who are silent after {days:.0f} days**, if they agreed. "
            "Half of those who return within a year are back by then."
        )
    if not (now.points or now.days_sooner):
        steps.append("**Move “More customers return”** to see what a higher rate would bring.")
    return tuple(steps[:3])


def _kinds(now: ComingBack) -> tuple[list[str], Floats, Floats]:
    """Kinds of customer, the orders of each in two years, and those of the friends whom each brings."""
    loyal = 1 + now.today.repeats_of_the_loyal(_DAYS)
    friends = now.friends * (1 + float(now.today.repeats(_DAYS)))
    names = ["One-time buyer", "Loyal customer", "Referring customer"]
    return names, np.array([1.0, loyal, loyal]), np.array([0.0, 0.0, friends])


def _table(now: ComingBack, names: list[str], own: Floats, friends: Floats, currency: str) -> pd.DataFrame:
    averages = [1 + float(habit.repeats(_DAYS)) for habit in (now.today, now.changed)]
    orders = np.array([*(own + friends), *averages])
    return pd.DataFrame(
        {
            "Customer": [*names, "Average new customer, as today", "Average new customer, changed"],
            "Orders in two years": [f"{number:.2f}" for number in orders],
            "Revenue": amounts(orders * now.order_value, currency),
            "Left, before the cost to win one": amounts(orders * now.left_by_order, currency),
        }
    )


def _how_we_know(returning: _Returning, started: ComingBack) -> tuple[str, ...]:
    """What the rates are, whose they are, how well the model fits their past, and what it leaves out."""
    grounds = [
        "The repeat rate is the share of new customers with a second purchase day within 365 days of the "
        "first, by survival estimate (Kaplan-Meier): recent customers count only as long as the files follow "
        "them. “Ever order again” has no time limit, so it is higher."
    ]
    habit = returning.habit
    if habit is not None and habit.first is not None and habit.interval is not None:
        expected = habit.expected_repeats(started.today)
        grounds += [
            f"The sliders start at {count(habit.customers, 'customer')} on {listed(returning.within_reach)}; "
            f"whoever returns after day {habit.first.days:.0f} is not counted.",
            "Tested on your own past: for the same customers the model predicts "
            f"{expected:,.0f} repeat orders until today, and there were {habit.repeats:,}.",
        ]
    if returning.found is not None:
        grounds += too_young(returning.found)
    return (
        *grounds,
        "How many return decides how many repeat orders there are in the end; how soon they return decides "
        "only when. Real customers differ more than that: some return at once, some after years.",
        "Only customers who are new from now on count. A loyal customer returns at least once in two years; "
        "friends are counted over two years of their own, without friends of theirs.",
    )
