"""Customers: orders in; summaries, cohorts, months by channel and the time to the second order out."""

from ownchannel.customers._cohorts import retention_cohorts
from ownchannel.customers._months import channel_months, known_customers
from ownchannel.customers._purchases import Floats, as_day, purchase_days
from ownchannel.customers._return_drivers import DRIVERS, Driver, Effect, ReturnDrivers, return_drivers
from ownchannel.customers._second_order import SecondOrder, time_to_second_order
from ownchannel.customers._summary import DAYS_IN, TimeUnit, customer_summary, time_unit, without_key
from ownchannel.customers._survival import (
    ENOUGH_AT_RISK,
    YEAR,
    Estimate,
    HazardRatio,
    ReturnCurve,
    return_curve,
)

__all__ = [
    "DAYS_IN",
    "DRIVERS",
    "ENOUGH_AT_RISK",
    "YEAR",
    "Driver",
    "Effect",
    "Estimate",
    "Floats",
    "HazardRatio",
    "ReturnCurve",
    "ReturnDrivers",
    "SecondOrder",
    "TimeUnit",
    "as_day",
    "channel_months",
    "customer_summary",
    "known_customers",
    "purchase_days",
    "retention_cohorts",
    "return_curve",
    "return_drivers",
    "time_to_second_order",
    "time_unit",
    "without_key",
]
