"""What a plan says of itself, channels aside: budget, horizon, cash, currency and seasons."""

import math
import re
from collections.abc import Mapping
from functools import partial
from html import escape
from types import MappingProxyType
from typing import Any, Self

import pandas as pd
from pydantic import Field, field_validator, model_validator

from ownchannel.assumptions import Assumption, Assumptions, Quantity, assumption, did_you_mean
from ownchannel.formats import count, listed, money, percent
from ownchannel.scenarios._channels import AnyChannel, ChannelField, OwnedChannel, changed

_budget = partial(assumption, group="Growth budget", role="decision")
_time = partial(assumption, group="How far ahead")
_cash = partial(assumption, group="Cash")

#: Channels that a plan's repr names.
_SHOWN = 6
_OWN_BOOKS = "Your own books"
_EITHER_WAY = (-1_000_000_000, 1_000_000_000)


class PlanNumbers(Assumptions):
    """The budget and where it goes, how far ahead it is counted, and the cash it starts from.

    >>> PlanNumbers(growth_budget=4_000).horizon_months
    36
    """

    owned_share_of_growth_budget: float = _budget(
        Quantity("Budget to your own store", 0, "share", plausible=(0, 1)),
        help="The share of the growth budget that goes to your own store. Marketplaces get the rest.",
        source="Your own choice",
    )
    growth_budget: float = _budget(
        Quantity("Growth budget", 0, "money a month", slider=(0, 20_000), plausible=(0, 20_000)),
        help="What you spend a month to win customers, in either kind of channel.",
        source="Your own choice",
    )
    setup_cost: float = _budget(
        Quantity("Set-up cost", 0, "money", slider=(0, 50_000), plausible=(0, 50_000), step=500),
        help="What you pay once, before the first month: a new store, pictures, a migration.",
        source="Your own choice: ask for offers",
    )
    horizon_months: int = _time(
        Quantity("Horizon", 36, "months", slider=(6, 60), plausible=(12, 60), whole=True),
        help="How many months ahead the plan counts. What comes later is not in its value.",
        source="Convention: one to five years for small brands",
    )
    discount_rate: float = _time(
        Quantity("Discount rate", 0.10, "share a year", slider=(0, 0.4), plausible=(0.05, 0.2)),
        help="What waiting a year for money costs you: what a loan costs, or what you could earn elsewhere.",
        source="Assumption: what small firms pay to borrow",
    )
    cash: float = _cash(
        Quantity(
            "Cash in the bank", 0, "money", valid=_EITHER_WAY, slider=(0, 200_000), plausible=(0, 200_000)
        ),
        help="What you could spend tomorrow, credit lines included.",
        source=_OWN_BOOKS,
    )
    fixed_costs: float = _cash(
        Quantity("Fixed costs", 0, "money a month", slider=(0, 50_000), plausible=(0, 50_000)),
        help="What you pay every month, whether you sell or not: wages, rent, software.",
        source=_OWN_BOOKS,
    )
    start: str = "2027-01"
    """The calendar month that is month 1, YYYY-MM."""
    currency: str = "USD"
    seasonality: tuple[float, ...] = (1.0,) * 12
    """New customers and orders of January … December, as a share of those of an average month."""

    @field_validator("start")
    @classmethod
    def _is_a_month(cls, start: str) -> str:
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", start):
            raise ValueError(f"start must be a month such as 2027-01: you gave {start!r}.")
        return start

    @field_validator("currency")
    @classmethod
    def _is_a_code(cls, currency: str) -> str:
        if not re.fullmatch("[A-Z]{3}", currency):
            raise ValueError(f"currency must be a code of three capitals such as USD: you gave {currency!r}.")
        return currency

    @field_validator("seasonality")
    @classmethod
    def _has_mean_one(cls, factors: tuple[float, ...]) -> tuple[float, ...]:
        if len(factors) != 12:
            raise ValueError(
                f"seasonality must hold 12 factors, January to December: you gave {len(factors)}."
            )
        if not all(factor >= 0 for factor in factors):
            raise ValueError(f"seasonality must not fall below 0: you gave {min(factors):g}.")
        mean = math.fsum(factors) / 12
        if not abs(mean - 1) <= 1e-9:
            raise ValueError(
                f"seasonality must have a mean of 1: its mean is {mean:.10g}; divide each factor by it."
            )
        return factors


# ------------------------ The plan


class Plan(PlanNumbers):
    """Rent or own: your decisions, the risks and what is known, by channel.

    An omitted field is neutral: as today. `uncertain` maps the path of a number to its lowest and highest
    value. Raises ValueError, in plain sentences, for a plan that cannot be.

    >>> store = OwnedChannel(name="Own store", order_value=45, reference_spend=500, cac=50)
    >>> plan = Plan(channels=(store,), growth_budget=800, owned_share_of_growth_budget=1)
    >>> changed = plan.with_values({"channels.Own store.repeat_rate": 0.3}, growth_budget=900)
    >>> changed.get("channels.Own store.repeat_rate"), changed.growth_budget
    (0.3, 900.0)
    >>> plan.today().growth_budget
    500.0
    """

    channels: tuple[ChannelField, ...]
    uncertain: dict[str, tuple[float, float]] = Field(default_factory=dict)

    def __str__(self) -> str:
        channels = listed(f"{channel.name} ({channel.kind})" for channel in self.channels[:_SHOWN])
        if len(self.channels) > _SHOWN:
            channels += f" and {len(self.channels) - _SHOWN} more"
        share, unsure = percent(self.owned_share_of_growth_budget), count(len(self.uncertain), "number")
        return (
            f"A plan of {channels}: {count(int(self.horizon_months), 'month')} from {self.start}, "
            f"{money(self.growth_budget, self.currency)} a month to grow, {share} of it on channels you own; "
            f"{unsure} uncertain."
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<p>{escape(str(self))}</p>{self.documentation().to_html(index=False)}"

    def channel(self, name: str) -> AnyChannel:
        """The channel of that name; ValueError where there is none."""
        for channel in self.channels:
            if channel.name == name:
                return channel
        raise ValueError(f"There is no channel {name}{did_you_mean(name, [c.name for c in self.channels])}")

    def numbers(self) -> dict[str, tuple[float, Assumption]]:
        """Every number that is declared, by its path: its value and its declaration.

        The plan's own stand first, then those of each channel, as `channels.Own store.repeat_rate`.
        """
        found = dict(super().numbers())
        for channel in self.channels:
            prefix = f"channels.{channel.name}."
            found |= {prefix + name: number for name, number in channel.numbers().items()}
        return found

    def get(self, path: str) -> float:
        """The number at a path of `numbers`; ValueError where there is none."""
        holder, name = self._find(path)
        value: float = getattr(holder, name)
        return value

    def neutral(self, path: str) -> float:
        """The value at which the number at a path changes nothing; NaN where it must be given."""
        holder, name = self._find(path)
        field = type(holder).model_fields[name]
        return math.nan if field.is_required() else float(field.default)

    def with_values(self, values: Mapping[str, float] = MappingProxyType({}), /, **own: float) -> Self:
        """This plan with other numbers: by path, and the plan's own by their names.

        An uncertain range that would leave the new value out is stretched to it. Raises ValueError, in plain
        sentences, where the new plan is not valid, and for a name that is not known.
        """
        values = {**values, **own}
        stretched = {
            path: (min(low, values[path]), max(high, values[path])) if path in values else (low, high)
            for path, (low, high) in self.uncertain.items()
        }
        return self._changed(values, stretched)

    def today(self) -> Self:
        """What every plan is compared with: today's spend where it goes today, and no lever moved.

        Risks stay, and so does what is uncertain, decisions aside.
        """
        spend = {"owned": 0.0, "marketplace": 0.0}
        for channel in self.channels:
            spend[channel.kind] += 0.0 if channel.planned else channel.reference_spend
        total = sum(spend.values())
        decisions = [path for path, (_, declared) in self.numbers().items() if declared.role == "decision"]
        values = {path: self.neutral(path) for path in decisions}
        values["growth_budget"] = total
        values["owned_share_of_growth_budget"] = spend["owned"] / total if total else 0.0
        uncertain = {path: ends for path, ends in self.uncertain.items() if path not in values}
        return self._changed(values, uncertain)

    def unlikely(self, currency: str = "") -> list[str]:
        """A sentence for each setting, of plan and channels, outside the range that its source supports."""
        currency = currency or self.currency
        sentences = super().unlikely(currency)
        for channel in self.channels:
            sentences += [f"{channel.name}: {sentence}" for sentence in channel.unlikely(currency)]
            if isinstance(channel, OwnedChannel) and channel.referrals_per_order:
                sentences += self._referrals_beside_a_fit(channel)
        return sentences

    def documentation(self, currency: str = "") -> pd.DataFrame:
        """One row per number of `numbers`, as texts: setting, value, likely range, meaning and source."""
        currency = currency or self.currency
        tables = [super().documentation(currency)]
        for channel in self.channels:
            table = channel.documentation(currency)
            tables.append(table.assign(setting=f"{channel.name}, " + table["setting"]))
        return pd.concat(tables, ignore_index=True)

    def _find(self, path: str) -> tuple["Plan | AnyChannel", str]:
        """What holds the number at a path, and its name there."""
        channel, name = split_path(path)
        holder = self if channel is None else self.channel(channel)
        if name not in holder.declared():
            raise ValueError(f"There is no number {path}{did_you_mean(path, self.numbers())}")
        return holder, name

    def _changed(self, values: Mapping[str, float], uncertain: Mapping[str, tuple[float, float]]) -> Self:
        """This plan with other numbers and other uncertain ranges, checked anew."""
        by_channel = self._by_channel(values)
        own = by_channel.pop(None, {})
        channels = tuple(
            changed(channel, by_channel[channel.name]) if channel.name in by_channel else channel
            for channel in self.channels
        )
        return type(self)(**{**vars(self), **own, "channels": channels, "uncertain": uncertain})

    def _by_channel(self, values: Mapping[str, float]) -> dict[str | None, dict[str, float]]:
        """Values by the channel's name, None for the plan itself, and then by the number's name."""
        by_channel: dict[str | None, dict[str, float]] = {}
        for path, value in values.items():
            _, name = self._find(path)
            by_channel.setdefault(split_path(path)[0], {})[name] = value
        return by_channel

    def _range(self, path: str) -> tuple[float, float]:
        """The lowest and the highest that a number may be."""
        return self.uncertain.get(path) or (self.get(path),) * 2

    def _referrals_beside_a_fit(self, channel: OwnedChannel) -> list[str]:
        """A warning where a fitted model's repeat orders make referrals grow without bound."""
        if channel.purchase_model is None:
            return []
        repeat, _ = channel.purchase_model.curves(self.horizon_months)
        more = 1 + channel.member_share * channel.member_frequency_uplift
        orders = 1 + (1 + channel.reach * channel.personalisation_uplift) * more * float(repeat[-1])
        if channel.referrals_per_order * orders < 1:
            return []
        return [
            f"{channel.name}: {channel.referrals_per_order:g} friends won per order times {orders:.2f} "
            f"orders of a customer in {self.horizon_months} months is 1 or more: orders grow without bound."
        ]

    @model_validator(mode="before")
    @classmethod
    def _has_channels(cls, given: Any) -> Any:
        if isinstance(given, Mapping) and "channels" not in given:
            raise ValueError("channels is missing: a plan needs one channel at least.")
        return given

    @model_validator(mode="after")
    def _channels_have_names_of_their_own(self) -> Self:
        if not self.channels:
            raise ValueError("channels is empty: a plan needs one channel at least.")
        names = [channel.name for channel in self.channels]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"Two channels are called {name}: give each a name of its own.")
        return self

    @model_validator(mode="after")
    def _fee_table_is_in_dollars(self) -> Self:
        for channel in self.channels:
            if channel.fee_category is not None and self.currency != "USD":
                raise ValueError(
                    f"{channel.name}: fee_category needs a plan in USD, as the fee table is, and this plan "
                    f"is in {self.currency}: give fee_rate in its place."
                )
        return self

    @model_validator(mode="after")
    def _ranges_hold_their_values(self) -> Self:
        for path, (low, high) in self.uncertain.items():
            try:
                holder, name = self._find(path)
            except ValueError as error:
                raise ValueError(f"uncertain: {error}") from None
            if holder.declared()[name].whole:
                raise ValueError(f"uncertain: {path} takes whole numbers only and cannot have a range.")
            if not low < high:
                raise ValueError(f"uncertain: the range of {path} must rise: you gave {low:g} to {high:g}.")
            for end in (low, high):
                holder.declared()[name].check(f"uncertain: {path}", end)
            value = getattr(holder, name)
            if not low <= value <= high:
                raise ValueError(f"uncertain: {path} is {value:g}, outside its range {low:g} to {high:g}.")
        return self

    @model_validator(mode="after")
    def _budget_has_a_home(self) -> Self:
        least, most = self._range("owned_share_of_growth_budget")
        _, budget = self._range("growth_budget")
        shares = (("owned", "own stores", most, "0%"), ("marketplace", "marketplaces", 1 - least, "100%"))
        for kind, words, share, none in shares:
            of_kind = [channel.name for channel in self.channels if channel.kind == kind]
            if share * budget == 0 or any(self._range(f"channels.{c}.reference_spend")[1] for c in of_kind):
                continue
            lack = "none of them advertises today: say what you spend there (‘Advertising today’)"
            without = "the plan has none: add one"
            raise ValueError(
                f"{100 * share:g}% of the growth budget would go to {words}, but "
                f"{lack if of_kind else without}, or set ‘Budget to your own store’ to {none}."
            )
        return self

    @model_validator(mode="after")
    def _channels_hold_at_both_ends(self) -> Self:
        for end, word in enumerate(("low", "high")):
            extreme = self._by_channel({path: ends[end] for path, ends in self.uncertain.items()})
            extreme.pop(None, None)
            for name, fields in extreme.items():
                try:
                    changed(self.channel(str(name)), fields)
                except ValueError as error:
                    raise ValueError(f"At the {word} end of what is uncertain: {error}") from None
        return self


def split_path(path: str) -> tuple[str | None, str]:
    """The channel, or None for the plan itself, and the number's name there."""
    if not path.startswith("channels."):
        return None, path
    # A channel's name may hold dots; a number's never does.
    channel, _, name = path.removeprefix("channels.").rpartition(".")
    return channel, name
