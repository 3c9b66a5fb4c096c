"""A plan's numbers as the settings of a panel, and the choice of those that are in sight."""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, NamedTuple

from pydantic import create_model

from ownchannel.assumptions import Assumption, Assumptions
from ownchannel.scenarios import AnyChannel, Plan, changed

DECISIONS, FEARS = "What you decide", "What may go wrong"

#: The sliders in sight, in their order: the number's name, and on which channels; None is the plan itself.
IN_SIGHT = (
    ("owned_share_of_growth_budget", None),
    ("growth_budget", None),
    ("setup_cost", None),
    ("ad_incrementality", "owned"),
    ("cac", "owned"),
    ("repeat_rate", "owned"),
    ("discount", "any"),
    ("checkout_conversion", "owned"),
    ("reach", "owned"),
    ("personalisation_uplift", "owned"),
    ("member_share", "owned"),
    ("referrals_per_order", "owned"),
    ("service_cost", "owned"),
)

#: The fears that can be switched off, likewise.
SWITCHED = (
    ("suspension_hazard", "marketplace"),
    ("fee_rise_hazard", "marketplace"),
    ("private_label_hazard", "marketplace"),
    ("steering", "marketplace"),
    ("undercut_loss", "marketplace"),
    ("ad_loss_hazard", "owned"),
    ("cac_inflation", "owned"),
    ("cannibalisation", "owned"),
)


class PlanSettings(Assumptions):
    """Numbers of a plan; `plan_settings` makes the class with their fields."""

    def unlikely(self, currency: str = "") -> list[str]:
        """Nothing: the plan knows which of its numbers are in use, and says what of them is unlikely."""
        return []


class PlanSliders(NamedTuple):
    """What `Panel` takes for a plan: its settings, the headings that start folded, and the switches."""

    settings: PlanSettings
    folded: tuple[str, ...]
    switches: tuple[str, ...]


def plan_sliders(plan: Plan) -> PlanSliders:
    """A slider for each number of the plan: decisions and fears in sight, the rest folded away by theme.

    >>> from ownchannel.scenarios import MarketplaceChannel, OwnedChannel
    >>> shop = OwnedChannel(name="Own store", order_value=45)
    >>> plan = Plan(channels=(MarketplaceChannel(name="Amazon.com", order_value=45), shop))
    >>> sliders = plan_sliders(plan)
    >>> sliders.settings.declared()["own_store__discount"].label, sliders.folded[1], sliders.switches[0]
    ('Discount, Own store', 'Cash', 'amazon_com__suspension_hazard')
    """
    decisions, fears = _paths(plan, IN_SIGHT), _paths(plan, SWITCHED)
    headings = dict.fromkeys(decisions, DECISIONS) | dict.fromkeys(fears, FEARS)
    without_effect = _without_effect(plan)
    rest = [path for path in plan.numbers() if path not in headings]
    shown = [path for path in (*decisions, *fears, *rest) if path not in without_effect]
    settings = plan_settings(plan, shown, headings)
    themes = dict.fromkeys(declared.group for declared in settings.declared().values())
    names = _names(plan)
    return PlanSliders(
        settings,
        folded=tuple(theme for theme in themes if theme not in {DECISIONS, FEARS}),
        switches=tuple(names[path] for path in fears),
    )


def plan_settings(
    plan: Plan, paths: Sequence[str], headings: Mapping[str, str] | None = None
) -> PlanSettings:
    """The numbers at these paths of the plan as settings, each at the plan's own value.

    `channels.Own store.repeat_rate` becomes the setting `own_store__repeat_rate`. A label names the channel
    where several channels have the number, money sliders reach as far as the plan's own sums ask, and
    `headings` gives the heading of a path that is not to stand under its theme. Raises ValueError where the
    plan has no number at a path.
    """
    numbers, names = plan.numbers(), _names(plan)
    times = _times(names)
    fields: dict[str, Any] = {}
    for path in paths:
        plan.get(path)  # refuses a path that there is not
        value, declared = numbers[path]
        channel, name = _channel_and_name(path)
        label = f"{declared.label}, {channel}" if channel and times[name] > 1 else declared.label
        heading = (headings or {}).get(path, declared.group)
        sized = replace(_sized(declared, value), label=label, group=heading)
        fields[names[path]] = (Annotated[int if declared.whole else float, sized], value)
    model: type[PlanSettings] = create_model("PlanSettings", __base__=PlanSettings, **fields)
    return model()


def plan_of(settings: Assumptions, plan: Plan) -> Plan:
    """The plan with its numbers as the settings say; raises ValueError where they do not go together.

    >>> from ownchannel.scenarios import OwnedChannel
    >>> plan = Plan(channels=(OwnedChannel(name="Own store", order_value=45),))
    >>> settings = plan_settings(plan, ["channels.Own store.repeat_rate"])
    >>> plan_of(settings.model_copy(update={"own_store__repeat_rate": 0.3}), plan).channels[0].repeat_rate
    0.3
    """
    given = dict(settings)
    values = {path: given[name] for path, name in _names(plan).items() if name in given}
    return plan.with_values({path: value for path, value in values.items() if value != plan.get(path)})


def _names(plan: Plan) -> dict[str, str]:
    """The setting of each number of the plan, by its path."""
    prefixes: dict[str, str] = {}
    for channel in plan.channels:
        plain = re.sub(r"\W+", "_", channel.name.lower()).strip("_") or "channel"
        wanted = f"channel_{plain}" if plain[0].isdigit() else plain
        others = set(prefixes.values())
        # "Own store" and "own-store" are two channels, and would be one name.
        numbered = (f"{wanted}_{number}" for number in range(2, len(plan.channels) + 1))
        prefixes[channel.name] = next(name for name in (wanted, *numbered) if name not in others)
    names = {}
    for path in plan.numbers():
        channel_name, name = _channel_and_name(path)
        names[path] = f"{prefixes[channel_name]}__{name}" if channel_name else name
    return names


def _channel_and_name(path: str) -> tuple[str, str]:
    """A path's channel, empty for the plan's own numbers, and the number's name."""
    channel, _, name = path.removeprefix("channels.").rpartition(".")
    return channel, name


def _times(paths: Iterable[str]) -> dict[str, int]:
    """On how many channels each number is."""
    found = [name for channel, name in map(_channel_and_name, paths) if channel]
    return {name: found.count(name) for name in found}


def _paths(plan: Plan, choice: Iterable[tuple[str, str | None]]) -> list[str]:
    paths = []
    for name, kind in choice:
        if kind is None:
            paths.append(name)
        else:
            of_kind = [channel for channel in plan.channels if kind in {"any", channel.kind}]
            paths += [f"channels.{channel.name}.{name}" for channel in of_kind]
    return paths


def _without_effect(plan: Plan) -> set[str]:
    """Paths that change nothing wherever the sliders stand, for a fitted model or a fee table tells them."""
    return {
        f"channels.{channel.name}.{name}"
        for channel in plan.channels
        for name in _advertised(channel).unused()
    }


def _advertised(channel: AnyChannel) -> AnyChannel:
    # Without advertising today its numbers are idle too; but a slider can change that.
    return changed(channel, {"reference_spend": 1, "cac": 1})


def _sized(declared: Assumption, value: float) -> Assumption:
    """The declaration with a slider ten times as long, or a tenth, as often as the plan's own value needs."""
    reach = declared.slider[1]
    is_size = declared.unit.startswith(("money", "customers")) and reach >= 1
    if not is_size or value <= 0 or reach / 50 <= value <= 0.8 * reach:
        return declared
    factor = 10.0 ** math.ceil(math.log10(value / (0.8 * reach)))
    # What the size of the plan's own brand makes of it was never the source's claim, if nobody measured it.
    plausible = declared.plausible
    if declared.confidence == "assumption":
        plausible = _within(declared.valid, plausible, factor)
    slider = _within(declared.valid, declared.slider, factor)
    return replace(declared, slider=slider, plausible=plausible, step=round(declared.step * factor, 9))


def _within(valid: tuple[float, float], ends: tuple[float, float], factor: float) -> tuple[float, float]:
    low, high = (round(min(max(end * factor, valid[0]), valid[1]), 9) for end in ends)
    return low, high
