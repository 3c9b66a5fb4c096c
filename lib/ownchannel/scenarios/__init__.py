"""Rent or own: a plan, what it brings, what may happen to it, and what it is worth."""

from ownchannel.scenarios._calibration import Calibration, calibrate
from ownchannel.scenarios._channels import AnyChannel, MarketplaceChannel, OwnedChannel, changed
from ownchannel.scenarios._events import Event, EventKind
from ownchannel.scenarios._frontier import BreakEven, Frontier, break_even_cac, frontier
from ownchannel.scenarios._observed import FEWEST_PLANNED_DAYS, days_of_orders
from ownchannel.scenarios._path import order_breakdown
from ownchannel.scenarios._plan import Plan
from ownchannel.scenarios._plan_document import (
    ScenarioLibrary,
    as_document,
    differences,
    dumps,
    from_document,
    from_query,
    link_remark,
    loads,
    plan_from_page,
    to_query,
)
from ownchannel.scenarios._presets import PRESETS, PlannedChannel, planned_channel, preset
from ownchannel.scenarios._projection import Projection, plan_shares, project, runway
from ownchannel.scenarios._purchase_curve import FittedPurchases
from ownchannel.scenarios._simulation import (
    AgainstToday,
    Simulation,
    against_today,
    compare,
    measures_of,
    simulate,
)
from ownchannel.scenarios._tornado import Ranges, TurningPoint, deciding, tornado, turning_points

__all__ = [
    "FEWEST_PLANNED_DAYS",
    "PRESETS",
    "AgainstToday",
    "AnyChannel",
    "BreakEven",
    "Calibration",
    "Event",
    "EventKind",
    "FittedPurchases",
    "Frontier",
    "MarketplaceChannel",
    "OwnedChannel",
    "Plan",
    "PlannedChannel",
    "Projection",
    "Ranges",
    "ScenarioLibrary",
    "Simulation",
    "TurningPoint",
    "against_today",
    "as_document",
    "break_even_cac",
    "calibrate",
    "changed",
    "compare",
    "days_of_orders",
    "deciding",
    "differences",
    "dumps",
    "from_document",
    "from_query",
    "frontier",
    "link_remark",
    "loads",
    "measures_of",
    "order_breakdown",
    "plan_from_page",
    "plan_shares",
    "planned_channel",
    "preset",
    "project",
    "runway",
    "simulate",
    "to_query",
    "tornado",
    "turning_points",
]
