"""A plan's numbers as the engine takes them: each one number, or in a simulation one per draw."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from ownchannel.clv import Floats
from ownchannel.orders import ChannelKind
from ownchannel.scenarios._channels import MarketplaceChannel, OwnedChannel
from ownchannel.scenarios._plan import Plan, split_path
from ownchannel.scenarios._purchase_curve import FittedPurchases, PurchaseCurves, known_curves

Number = float | Floats
"""One number, or one per draw."""

#: So that a channel has the other kind's fields too, at values that change nothing.
_NEUTRAL: Mapping[str, Any] = {
    name: field.default
    for kind in (MarketplaceChannel, OwnedChannel)
    for name, field in kind.model_fields.items()
    if not field.is_required()
}


class ChannelValues:
    """The fields of a channel by their names; those of the other kind of channel are neutral."""

    name: str
    kind: ChannelKind
    planned: bool
    fee_category: str | None
    purchase_model: FittedPurchases | None
    curves: PurchaseCurves | None
    """Those of the fitted model; several sets of them are taken by the draws in turn."""
    draws: int
    """How many draws take them."""
    suspension_months: int
    ad_loss_months: int
    stock_lead_months: int

    def __init__(self, fields: Mapping[str, Any]) -> None:
        vars(self).update(fields)

    if TYPE_CHECKING:

        def __getattr__(self, field: str) -> Number:
            """Every other field is a number."""

    def changed(self, **fields: Any) -> "ChannelValues":
        """The same with other fields."""
        return ChannelValues({name: value for name, value in vars(self).items() if name != "width"} | fields)

    @cached_property
    def width(self) -> int:
        """How many draws its numbers differ in: 1 where they are the same in all."""
        return max(number.size if isinstance(number, np.ndarray) else 1 for number in vars(self).values())


@dataclass(frozen=True)
class PlanValues:
    """What the engine takes of a plan, and the fields of each of its channels."""

    channels: tuple[ChannelValues, ...]
    months: int
    """How far the plan looks ahead."""
    first_month: int
    """0 for January."""
    seasonality: tuple[float, ...]
    growth_budget: Number
    owned_share_of_growth_budget: Number
    discount_rate: Number
    cash: Number
    setup_cost: Number
    fixed_costs: Number

    def of_kind(self, kind: str) -> tuple[ChannelValues, ...]:
        """The channels of a kind, in their order."""
        return tuple(channel for channel in self.channels if channel.kind == kind)

    def with_channels(self, fields: Mapping[str, Mapping[str, Any]]) -> "PlanValues":
        """The same with other fields of channels, by the channels' names."""
        channels = (channel.changed(**fields.get(channel.name, {})) for channel in self.channels)
        return replace(self, channels=tuple(channels))

    def season(self) -> Floats:
        """The seasonal factor of each month, in one column."""
        factors = np.asarray(self.seasonality, dtype=np.float64)
        return factors[(self.first_month + np.arange(self.months)) % 12, None]


def values_of(
    plan: Plan,
    drawn: Mapping[str, Floats] = MappingProxyType({}),
    curves: Mapping[str, PurchaseCurves] = MappingProxyType({}),
    draws: int = 1,
) -> PlanValues:
    """A plan's numbers, with those in `drawn` (by field path) in their place.

    A fitted model's parameters are taken as known, but for channels that `curves` has several sets for.
    """
    own, months = dict(vars(plan)), int(plan.horizon_months)
    channels = {channel.name: {**_NEUTRAL, **vars(channel)} for channel in plan.channels}
    for path, numbers in drawn.items():
        channel, field = split_path(path)
        (own if channel is None else channels[channel])[field] = numbers
    for name, fields in channels.items():
        model = fields["purchase_model"]
        fields["draws"] = draws if name in curves else 1
        fields["curves"] = None if model is None else curves.get(name) or known_curves(model, months)
    return PlanValues(
        channels=tuple(map(ChannelValues, channels.values())),
        months=months,
        first_month=int(plan.start[5:7]) - 1,
        seasonality=plan.seasonality,
        growth_budget=own["growth_budget"],
        owned_share_of_growth_budget=own["owned_share_of_growth_budget"],
        discount_rate=own["discount_rate"],
        cash=own["cash"],
        setup_cost=own["setup_cost"],
        fixed_costs=own["fixed_costs"],
    )
