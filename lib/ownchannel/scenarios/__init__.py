"""Rent or own: a plan, what it brings, what may happen to it, and what it is worth."""

from ownchannel.scenarios.channels import MarketplaceChannel, OwnedChannel
from ownchannel.scenarios.plan import Plan
from ownchannel.scenarios.presets import PRESETS, preset

__all__ = ["PRESETS", "MarketplaceChannel", "OwnedChannel", "Plan", "preset"]
