"""Where the sliders of workbook 03 start: at what the orders tell, where they tell it."""

import math
from collections.abc import Collection
from dataclasses import replace
from typing import Annotated, Any, NamedTuple

from pydantic import create_model

from ownchannel.assumptions import Confidence, Unit, scaled
from ownchannel.customers.months import channel_months
from ownchannel.customers.survival import ENOUGH_AT_RISK
from ownchannel.formats import listed
from ownchannel.marketplace.economics import MEASURED, contribution_by_month
from ownchannel.marketplace.shocks import last_twelve_months
from ownchannel.orders.orders import Orders
from ownchannel.outreach.coming_back import ComingBack
from ownchannel.outreach.habits import MeasuredHabit, measured_habit
from ownchannel.panels.settings import starting_settings as starting_costs


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
