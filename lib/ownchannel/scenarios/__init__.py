"""Rent or own: a plan, what it brings, what may happen to it, and what it is worth."""

from ownchannel.scenarios.break_even import break_even_cac
from ownchannel.scenarios.calibrate import calibrate
from ownchannel.scenarios.channels import MarketplaceChannel, OwnedChannel
from ownchannel.scenarios.compare import against_today, compare, runway
from ownchannel.scenarios.events import Event
from ownchannel.scenarios.frontier import frontier
from ownchannel.scenarios.order_value import order_breakdown
from ownchannel.scenarios.plan import Plan
from ownchannel.scenarios.presets import PRESETS, preset
from ownchannel.scenarios.project import project
from ownchannel.scenarios.simulate import simulate
from ownchannel.scenarios.tornado import tornado

__all__ = [
    "PRESETS",
    "Event",
    "MarketplaceChannel",
    "OwnedChannel",
    "Plan",
    "against_today",
    "break_even_cac",
    "calibrate",
    "compare",
    "frontier",
    "order_breakdown",
    "preset",
    "project",
    "runway",
    "simulate",
    "tornado",
]
