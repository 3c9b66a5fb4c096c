"""A result in, a plotly figure and a line of text out; no widgets, no models."""

from ownchannel.charts._customer_value import (
    alive_map,
    by_frequency,
    estimates,
    left_by_source,
    orders_by_month,
    paid_back,
    tracking_by_week,
    tracking_in_all,
    value_and_cost,
)
from ownchannel.charts._owned_and_rented import (
    LABELS,
    by_month,
    cash_when_stopped,
    fee_and_contribution,
    left_by_an_order,
    owned_and_rented,
    where_it_went,
)
from ownchannel.charts._plan_outcomes import frontier_chart, npv_fan, order_waterfall
from ownchannel.charts._plan_risk import (
    dependence_now_and_then,
    scenarios_side_by_side,
    tornado_chart,
)
from ownchannel.charts._returning_customers import (
    cohorts_by_age,
    effect_name,
    hazard_ratios,
    kinds_of_customer,
    more_and_earlier,
    one_time_shares,
    repeat_revenue,
    repeats_by_age,
    return_curves,
)
from ownchannel.charts._theme import Chart, template

__all__ = [
    "LABELS",
    "Chart",
    "alive_map",
    "by_frequency",
    "by_month",
    "cash_when_stopped",
    "cohorts_by_age",
    "dependence_now_and_then",
    "effect_name",
    "estimates",
    "fee_and_contribution",
    "frontier_chart",
    "hazard_ratios",
    "kinds_of_customer",
    "left_by_an_order",
    "left_by_source",
    "more_and_earlier",
    "npv_fan",
    "one_time_shares",
    "order_waterfall",
    "orders_by_month",
    "owned_and_rented",
    "paid_back",
    "repeat_revenue",
    "repeats_by_age",
    "return_curves",
    "scenarios_side_by_side",
    "template",
    "tornado_chart",
    "tracking_by_week",
    "tracking_in_all",
    "value_and_cost",
    "where_it_went",
]
