"""Valid plans drawn at random, corners included, and events that may happen to them.

One description serves two ways to draw: `random_plan(generator)` for many plans at once, and `plans()` for
hypothesis.
"""

from collections.abc import Sequence
from math import inf
from typing import Any, Protocol, TypeVar

import numpy as np
from hypothesis import strategies as st

from ownchannel.scenarios import Event, EventKind, Plan

Document = dict[str, Any]
Option = TypeVar("Option")

FEE_CATEGORIES = ("beauty", "furniture", "electronics accessories")


class Dice(Protocol):
    """What decides."""

    def number(self, low: float, high: float) -> float:
        """A number between both."""

    def whole(self, low: int, high: int) -> int:
        """A whole number between both, both included."""

    def one_of(self, options: Sequence[Option]) -> Option:
        """One of these."""


class GeneratorDice:
    """Decides by a numpy generator."""

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator

    def number(self, low: float, high: float) -> float:
        return float(self._generator.uniform(low, high))

    def whole(self, low: int, high: int) -> int:
        return int(self._generator.integers(low, high + 1))

    def one_of(self, options: Sequence[Option]) -> Option:
        return options[self.whole(0, len(options) - 1)]


class DrawnDice:
    """Decides by hypothesis, which looks for the simplest plan that fails."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def number(self, low: float, high: float) -> float:
        return self._draw(st.floats(low, high, allow_subnormal=False))

    def whole(self, low: int, high: int) -> int:
        return self._draw(st.integers(low, high))

    def one_of(self, options: Sequence[Option]) -> Option:
        return self._draw(st.sampled_from(options))


def random_plan(generator: np.random.Generator) -> Plan:
    return Plan.model_validate(plan_document(GeneratorDice(generator)))


def random_events(plan: Plan, generator: np.random.Generator) -> tuple[Event, ...]:
    return some_events(plan, GeneratorDice(generator))


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    return Plan.model_validate(plan_document(DrawnDice(draw)))


@st.composite
def plans_with_events(draw: st.DrawFn) -> tuple[Plan, tuple[Event, ...]]:
    plan = draw(plans())
    return plan, some_events(plan, DrawnDice(draw))


# ---------------------------------------------------------------- a plan


def plan_document(dice: Dice) -> Document:
    """A plan with one to four channels."""
    channels = _channels(dice)
    document: Document = {
        "horizon_months": dice.one_of((1, 2, dice.whole(3, 36), dice.whole(3, 36), dice.whole(3, 36), 120)),
        "start": f"{dice.whole(2020, 2035)}-{dice.whole(1, 12):02}",
        "discount_rate": dice.one_of((0.0, 0.1, dice.number(0, 0.5))),
        "currency": "USD",
        "cash": dice.one_of((0.0, dice.number(0, 1e6))),
        "fixed_costs": dice.one_of((0.0, dice.number(0, 1e5))),
        "setup_cost": dice.one_of((0.0, dice.number(0, 1e5))),
        "seasonality": _seasonality(dice),
        "channels": channels,
    }
    can_spend = {channel["kind"] for channel in channels if channel.get("reference_spend", 0) > 0}
    if can_spend:
        document["growth_budget"] = dice.one_of((0.0, dice.number(0, 1e5), dice.number(0, 1e4)))
        shares = {"owned": 1.0, "marketplace": 0.0}
        some_share = dice.one_of((0.0, 1.0, dice.number(0, 1)))
        document["owned_share_of_growth_budget"] = (
            some_share if len(can_spend) == 2 else shares[can_spend.pop()]
        )
    return document


def _seasonality(dice: Dice) -> list[float]:
    kind = dice.one_of(("none", "some", "one month"))
    if kind == "none":
        return [1.0] * 12
    if kind == "one month":
        factors = [0.0] * 12
        factors[dice.whole(0, 11)] = 12.0
        return factors
    parts = [dice.number(0.1, 2) for _ in range(12)]
    return [12 * part / sum(parts) for part in parts]


def _channels(dice: Dice) -> list[Document]:
    kinds = dice.one_of(
        (
            ("marketplace",),
            ("owned",),
            ("marketplace", "owned"),
            ("marketplace", "owned"),
            ("owned", "marketplace", "marketplace"),
            ("marketplace", "owned", "owned"),
            ("marketplace", "owned", "marketplace", "owned"),
        )
    )
    make = {"marketplace": _marketplace, "owned": _owned}
    return [{"name": f"{kind} {number}", **make[kind](dice)} for number, kind in enumerate(kinds)]


def _marketplace(dice: Dice) -> Document:
    return _common(dice) | _some(
        dice,
        {
            "visibility": _times(dice),
            "steering": _share(dice),
            "undercut_loss": _share(dice),
            "refund_fee_rate": _share(dice),
            "refund_fee_cap": dice.number(0, 10),
            "suspension_hazard": dice.number(0, 0.3),
            "suspension_months": dice.one_of((1, dice.whole(1, 12), 50)),
            "suspension_recovery": _share(dice),
            "private_label_hazard": dice.number(0, 0.3),
            "private_label_loss": _share(dice),
            "fee_rise_hazard": dice.number(0, 0.3),
            "fee_rise_points": dice.one_of((0.01, dice.number(0, 0.3), 0.5)),
        },
        "marketplace",
    )


def _owned(dice: Dice) -> Document:
    channel = _common(dice) | _some(
        dice,
        {
            "checkout_conversion": _times(dice),
            "reach": _share(dice),
            "personalisation_uplift": dice.number(0, 1),
            "member_share": _share(dice),
            "member_frequency_uplift": dice.number(0, 1),
            "member_drop_reduction": dice.one_of((0.2, dice.number(0, 0.9))),
            "member_reward_rate": dice.number(0, 0.3),
            "member_annual_fee": dice.number(0, 100),
            "member_annual_cost": dice.number(0, 100),
            "cannibalisation": _share(dice),
            "ad_loss_hazard": dice.number(0, 0.3),
            "ad_loss_months": dice.one_of((1, dice.whole(1, 12), 50)),
        },
        "owned",
    )
    if "purchase_model" in channel:
        for refused in ("member_drop_reduction", "member_annual_fee", "member_annual_cost"):
            channel.pop(refused, None)
    if dice.one_of((True, False)) and (most := most_referrals(channel)):
        channel["referrals_per_order"] = dice.number(0, 0.95) * most
    return channel


def most_referrals(channel: Document) -> float:
    """Below this number of referrals an order, orders do not grow without bound; 0 where none are allowed."""
    if "purchase_model" in channel:
        return 0.1
    p = 1 - channel.get("repeat_rate", 0.0)
    member = channel.get("member_share", 0.0)
    p_member = p * (1 - channel.get("member_drop_reduction", 0.0))
    if p == 0 or p_member == 0:
        return 0.0
    written_to = 1 + channel.get("reach", 0.0) * channel.get("personalisation_uplift", 0.0)
    more = written_to * (1 + channel.get("member_frequency_uplift", 0.0))
    orders = 1 + (1 - member) * written_to * (1 - p) / p + member * more * (1 - p_member) / p_member
    return float(min(1 / orders, 1.0))


def _common(dice: Dice) -> Document:
    value = dice.one_of((20.0, dice.number(5, 500)))
    channel = _some(
        dice,
        {
            "organic_customers": dice.number(0, 2_000),
            "organic_growth": dice.number(-0.1, 0.1),
            "growth_fade": dice.one_of((0.0, 0.9, dice.number(0, 1))),
            "existing_customers": dice.number(0, 20_000),
            "spend_elasticity": dice.one_of((0.5, 1.0, dice.number(0.05, 1))),
            "ad_incrementality": _share(dice),
            "cac_inflation": dice.number(0, 0.5),
            "ramp_months": dice.number(0, 24),
            "rank_effect": dice.number(0, 1),
            "repeat_rate": dice.one_of((0.0, 1.0, dice.number(0, 1), dice.number(0.1, 0.6))),
            "days_between_orders": dice.number(5, 700),
            "discount": dice.one_of((0.1, dice.number(-0.4, 0.8))),
            "price_elasticity": dice.number(0, 4),
            "units_per_order": dice.number(1, 4),
            "goods_cost": dice.number(0, 0.6) * value,
            "fee_tax_rate": dice.number(0, 0.25),
            "ad_rate": dice.number(0, 0.3),
            "fulfilment_cost": dice.number(0, 10),
            "shipping_cost": dice.number(0, 10),
            "payment_rate": dice.number(0, 0.1),
            "payment_fixed": dice.number(0, 1),
            "return_rate": _share(dice),
            "resellable_rate": _share(dice),
            "return_handling_cost": dice.number(0, 10),
            "service_cost": dice.number(0, 10),
            "platform_fee": dice.number(0, 1_000),
            "payout_delay": _share(dice),
            "stock_lead_months": dice.whole(0, 12),
        },
    )
    channel["order_value"] = value
    channel |= dice.one_of(({}, {"fee_rate": _share(dice)}, {"fee_category": dice.one_of(FEE_CATEGORIES)}))
    if dice.one_of((True, True, False)):
        channel["reference_spend"] = dice.number(100, 50_000)
        channel["cac"] = dice.number(1, 150)
    if dice.whole(1, 4) == 4:
        channel["purchase_model"] = fitted_purchases(dice)
        channel.pop("repeat_rate", None)
        channel.pop("days_between_orders", None)
    elif dice.whole(1, 4) == 4:
        channel["planned"] = True
        channel.pop("organic_customers", None)
        channel.pop("existing_customers", None)
    return channel


def fitted_purchases(dice: Dice) -> Document:
    """A fitted purchase model, limits included, with or without the histories of today's customers."""
    model = dice.one_of(("BG/NBD", "MBG/NBD", "Pareto/NBD"))
    r, alpha = dice.number(0.1, 3), dice.number(1, 20)
    if model == "Pareto/NBD":
        s = dice.one_of((0.0, dice.number(0.1, 3), dice.number(0.1, 3), dice.number(0.1, 3)))
        parameters = {"r": r, "alpha": alpha, "s": s, "beta": dice.number(1, 40)}
    else:
        a = dice.one_of((0.0, inf, dice.number(0.1, 3), dice.number(0.1, 3), dice.number(0.1, 3)))
        parameters = {"r": r, "alpha": alpha, "a": a, "b": dice.number(0.3, 5)}
    return {
        "model": model,
        "parameters": parameters,
        "histories": [_history(dice) for _ in range(dice.whole(0, 4))],
    }


def _history(dice: Dice) -> list[float]:
    """Frequency, recency, T and the number of customers."""
    repeats, weeks = dice.one_of((0, 1, dice.whole(0, 15))), dice.number(2, 120)
    return [float(repeats), weeks * dice.number(0.01, 1) if repeats else 0.0, weeks, float(dice.whole(1, 50))]


def _share(dice: Dice) -> float:
    return dice.one_of((0.0, 1.0, dice.number(0, 1), dice.number(0, 1), dice.number(0, 1)))


def _times(dice: Dice) -> float:
    return dice.one_of((0.0, 1.0, dice.number(0.2, 2), dice.number(0.2, 2)))


def _some(dice: Dice, fields: Document, kind: str | None = None) -> Document:
    """About two thirds of the fields; the others keep their neutral values."""
    kept = {name: value for name, value in fields.items() if dice.whole(1, 3) > 1}
    return kept if kind is None else {"kind": kind, **kept}


# ---------------------------------------------------------------- events


def some_events(plan: Plan, dice: Dice) -> tuple[Event, ...]:
    """Events that could happen to the plan's channels; none for about every third kind."""
    events: list[Event] = []
    for channel in plan.channels:
        if channel.kind == "owned":
            events += _one_after_another(plan, dice, channel.name, "ad_loss", channel.ad_loss_months)
            continue
        events += _one_after_another(plan, dice, channel.name, "suspension", channel.suspension_months)
        events += _one_after_another(plan, dice, channel.name, "fee_rise", 1)
        if dice.whole(1, 3) > 1:
            events.append(Event(dice.whole(1, plan.horizon_months), channel.name, "private_label"))
    return tuple(events)


def _one_after_another(plan: Plan, dice: Dice, channel: str, kind: EventKind, lasts: int) -> list[Event]:
    """Up to six events, none of which starts before the last one is over."""
    events, free = [], 1
    for _ in range(dice.one_of((0, 1, 2, 6))):
        month = free + dice.one_of((0, dice.whole(0, 12)))
        if month > plan.horizon_months:
            break
        events.append(Event(month, channel, kind))
        free = month + lasts
    return events
