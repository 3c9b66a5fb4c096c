"""Channels that files know and a plan does not: added with the plan's own settings for their kind."""

from collections.abc import Mapping
from typing import Any

from ownchannel.formats import listed
from ownchannel.scenarios.calibration.observed import Observed
from ownchannel.scenarios.channels import AnyChannel, MarketplaceChannel, OwnedChannel
from ownchannel.scenarios.plan import Plan

#: What belongs to one channel alone, and so is not copied.
_ITS_OWN = ("organic_customers", "organic_growth", "existing_customers", "reference_spend", "purchase_model")

_KINDS: Mapping[str, type[MarketplaceChannel] | type[OwnedChannel]] = {
    "marketplace": MarketplaceChannel,
    "owned": OwnedChannel,
}


def channel_like(plan: Plan, its: Observed) -> AnyChannel:
    """A channel with the settings of the plan's first of the same kind, no lever moved and no budget.

    Where the plan has none of that kind, everything but the order value is neutral.
    """
    kind = _KINDS[its.kind]
    template = next((channel for channel in plan.channels if channel.kind == its.kind), None)
    settings: dict[str, Any] = {} if template is None else dict(template)
    levers = [name for name, mark in kind.declared().items() if mark.role == "decision"]
    for name in (*levers, *_ITS_OWN):
        settings.pop(name, None)
    return kind(**settings | {"name": its.channel, "kind": its.kind, "order_value": _mean_order(its)})


def why_added(plan: Plan, added: list[Observed]) -> tuple[str, ...]:
    """A sentence for each channel that was added: what it was given."""
    sentences = []
    for its in added:
        like = next((channel.name for channel in plan.channels if channel.kind == its.kind), None)
        given = "neutral settings" if like is None else f"the settings of {like}"
        sentences.append(
            f"{its.channel} sells in your files and was not in the plan: it was added with {given}, and "
            "without advertising. Set what you spend there, or take it out."
        )
    return tuple(sentences)


def why_kept(plan: Plan, observed: Mapping[str, Observed]) -> tuple[str, ...]:
    """A sentence where the plan has channels that no file tells of."""
    alone = [channel.name for channel in plan.channels if channel.name not in observed]
    if not alone:
        return ()
    keeps = "keep" if len(alone) > 1 else "keeps"
    return (
        f"No file tells of {listed(alone)}, which {keeps} your own values. A channel of your files under "
        "another name counts twice: rename it, or take it out.",
    )


def _mean_order(its: Observed) -> float:
    sums = its.sales[["item_value", "discount", "shipping"]].sum()
    paid = float(sums["item_value"] - sums["discount"] + sums["shipping"])
    return paid / its.sales["order_id"].nunique()
