"""Five brands to start from, whose numbers stand in `brands.toml`, and how unsure some of these are."""

import tomllib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from ownchannel.assumptions import did_you_mean
from ownchannel.scenarios._channels import Channel, MarketplaceChannel, OwnedChannel
from ownchannel.scenarios._plan import Plan

AMAZON = "Amazon.com"
OWN_STORE = "Own store"

_GIVEN = tomllib.loads(Path(__file__).with_name("brands.toml").read_text(encoding="utf-8"))


def preset(name: str) -> Plan:
    """The preset of that name; ValueError where there is none.

    >>> preset("Balanced brand").channel("Own store").order_value
    64.0
    """
    if name not in PRESETS:
        raise ValueError(f"There is no preset {name}{did_you_mean(name, PRESETS)}")
    return PRESETS[name]()


def _brand(name: str) -> Plan:
    """The plan of a brand, with ranges around what nobody knows well."""
    fields = dict(_GIVEN["brands"][name])
    amazon = MarketplaceChannel(name=AMAZON, **_GIVEN["on_amazon"], **fields.pop("amazon"))
    own_store = OwnedChannel(name=OWN_STORE, **_GIVEN["in_own_store"], **fields.pop("own_store"))
    fields["seasonality"] = _GIVEN["seasons"][fields.pop("season")]
    uncertain = {
        f"channels.{AMAZON}.ad_incrementality": (0.3, 0.9),
        f"channels.{AMAZON}.organic_growth": (-0.02, 0.02),
        f"channels.{AMAZON}.repeat_rate": _around(amazon, "repeat_rate", 0.75, 1.25),
        f"channels.{OWN_STORE}.ad_incrementality": (0.4, 1.0),
        f"channels.{OWN_STORE}.cac": _around(own_store, "cac", 0.8, 1.35),
        f"channels.{OWN_STORE}.order_value": _around(own_store, "order_value", 0.9, 1.1),
        f"channels.{OWN_STORE}.repeat_rate": _around(own_store, "repeat_rate", 0.7, 1.25),
        f"channels.{OWN_STORE}.spend_elasticity": (0.65, 1.0),
    }
    return Plan(channels=(amazon, own_store), uncertain=uncertain, **fields)


def _around(channel: Channel, name: str, low: float, high: float) -> tuple[float, float]:
    """So many times the channel's own value, as far as its source goes."""
    value: float = getattr(channel, name)
    least, most = channel.declared()[name].plausible
    return max(least, round(low * value, 4)), min(most, round(high * value, 4))


#: What makes each preset, by the brand's name.
PRESETS: Mapping[str, Callable[[], Plan]] = {name: partial(_brand, name) for name in _GIVEN["brands"]}
