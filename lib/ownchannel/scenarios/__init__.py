"""Rent or own: a plan, what it brings, what may happen to it, and what it is worth."""

from ownchannel.scenarios._calibration import Calibration, calibrate
from ownchannel.scenarios._channels import AnyChannel, MarketplaceChannel, OwnedChannel, changed
from ownchannel.scenarios._events import Event, EventKind
from ownchannel.scenarios._frontier import BreakEven, Frontier, break_even_cac, frontier
from ownchannel.scenarios._path import order_breakdown
from ownchannel.scenarios._plan import Plan
from ownchannel.scenarios._plan_document import (
    ScenarioLibrary,
    as_document,
    dumps,
    from_document,
    from_query,
    loads,
    plan_from_page,
    to_query,
)
from ownchannel.scenarios._presets import PRESETS, preset
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
from ownchannel.scenarios._tornado import Ranges, tornado, turning_points

__all__ = [
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
    "Projection",
    "Ranges",
    "ScenarioLibrary",
    "Simulation",
    "against_today",
    "as_document",
    "break_even_cac",
    "calibrate",
    "changed",
    "compare",
    "dumps",
    "from_document",
    "from_query",
    "frontier",
    "loads",
    "measures_of",
    "order_breakdown",
    "plan_from_page",
    "plan_shares",
    "preset",
    "project",
    "runway",
    "simulate",
    "to_query",
    "tornado",
    "turning_points",
]
