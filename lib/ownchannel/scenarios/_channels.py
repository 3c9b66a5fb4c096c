"""The two kinds of channel: one where the platform owns the customer, and one where you do."""

import math
from collections.abc import Mapping
from html import escape
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, ValidationError, model_validator

from ownchannel.assumptions import did_you_mean, refusals
from ownchannel.formats import count, listed, percent
from ownchannel.orders import ChannelKind
from ownchannel.scenarios._channel_terms import Advertising, Customers, Order, Repeat
from ownchannel.scenarios._levers_and_risks import MarketplaceTerms, OwnedTerms

#: What a fitted model cannot stand beside: it has no single share of customers who leave after an order.
NEED_A_REPEAT_RATE = ("member_drop_reduction", "member_annual_fee", "member_annual_cost")


# pydantic takes the fields of the last base first: read from right to left.
class Channel(Order, Repeat, Advertising, Customers):
    """Where orders are placed: what both kinds of channel have."""

    name: str
    kind: ChannelKind
    planned: bool = False
    """Whether it is not there yet: nobody buys there today, and nothing is spent."""

    def __str__(self) -> str:
        again = f"{percent(self.repeat_rate)} of customers order again"
        if self.purchase_model is not None:
            again = f"repeat orders by {self.purchase_model}"
        fields = type(self).model_fields
        given = count(sum(getattr(self, name) != fields[name].default for name in self.declared()), "number")
        return f"{self.name} ({self.kind}): {self.order_value:,.2f} per order, {again}; {given} given."

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<p>{escape(str(self))}</p>{self.documentation().to_html(index=False)}"

    def unused(self) -> frozenset[str]:
        """The fields that change nothing as the others stand."""
        names: set[str] = set()
        if self.planned:
            names |= Customers.declared().keys()
        if self.reference_spend == 0:
            names |= Advertising.declared().keys() - {"reference_spend", "rank_effect"}
        if self.purchase_model is not None:
            names |= {"repeat_rate", "days_between_orders"}
        if self.fee_category is not None:
            names |= {"fee_rate"}
        return frozenset(names)

    @model_validator(mode="after")
    def _has_a_name(self) -> Self:
        if not self.name.strip():
            raise ValueError("name is empty: a channel needs a name.")
        return self

    @model_validator(mode="after")
    def _has_nobody_yet(self) -> Self:
        for name in ("organic_customers", "existing_customers"):
            if self.planned and getattr(self, name):
                raise ValueError(
                    f"{name} must be 0 for a channel that is planned, because nobody buys there yet: you "
                    f"gave {getattr(self, name):g}."
                )
        return self

    @model_validator(mode="after")
    def _has_one_fee(self) -> Self:
        if self.fee_category is None:
            return self
        if self.fee_rate:
            raise ValueError("Give fee_rate or fee_category, not both: the category stands for a rate.")
        from ownchannel.marketplace import categories

        known = categories()
        if self.fee_category not in known:
            hint = did_you_mean(self.fee_category, known)
            raise ValueError(f"fee_category {self.fee_category} is unknown{hint} Known are {listed(known)}.")
        return self


class MarketplaceChannel(MarketplaceTerms, Channel):
    """A channel whose platform owns the customer.

    >>> channel = MarketplaceChannel(name="Amazon.com", order_value=32, fee_rate=0.15)
    >>> channel.visibility, channel.discount
    (1, 0)
    """

    kind: Literal["marketplace"] = "marketplace"


class OwnedChannel(OwnedTerms, Channel):
    """A channel whose customers are yours.

    >>> OwnedChannel(
    ...     name="Own store", order_value=45, repeat_rate=0.5, referrals_per_order=0.1
    ... ).referral_growth
    0.2
    """

    kind: Literal["owned"] = "owned"

    @property
    def referral_growth(self) -> float:
        """Orders that one order's referrals bring in a lifetime; from 1 on orders would grow without bound.

        q·(1 + Σ weight·scale·(1−p)/p) over members and others; infinite where somebody never leaves. A fitted
        model has no single p, and counts as no repeat orders here.
        """
        if self.referrals_per_order == 0:
            return 0.0
        drop = 1 - (0.0 if self.purchase_model else self.repeat_rate)
        scale = 1 + self.reach * self.personalisation_uplift
        segments = (
            (
                self.member_share,
                scale * (1 + self.member_frequency_uplift),
                drop * (1 - self.member_drop_reduction),
            ),
            (1 - self.member_share, scale, drop),
        )
        orders = 1.0
        for weight, times, leaving in segments:
            if weight > 0:
                orders += weight * times * ((1 - leaving) / leaving if leaving > 0 else math.inf)
        return self.referrals_per_order * orders

    @model_validator(mode="after")
    def _fitted_model_has_no_single_rate(self) -> Self:
        if self.purchase_model is not None:
            for name in NEED_A_REPEAT_RATE:
                if getattr(self, name):
                    raise ValueError(
                        f"‘{self.declared()[name].label}’ must be 0 where a model fitted to orders says who "
                        "returns, for it has no single rate at which customers leave. Or give a repeat rate "
                        "in the model's place."
                    )
        return self

    @model_validator(mode="after")
    def _referrals_end(self) -> Self:
        growth = self.referral_growth
        if growth >= 1:
            brings = "endless orders" if math.isinf(growth) else f"{growth:.2f} more orders"
            raise ValueError(
                f"{self.referrals_per_order:g} friends won per order are too many where customers return so "
                f"often: one order's friends would bring {brings}, and orders would grow without bound. "
                "Lower it, or what makes customers come back."
            )
        return self


AnyChannel = MarketplaceChannel | OwnedChannel
KINDS: Mapping[str, type[MarketplaceChannel] | type[OwnedChannel]] = {
    "marketplace": MarketplaceChannel,
    "owned": OwnedChannel,
}


def changed(channel: AnyChannel, fields: Mapping[str, Any]) -> AnyChannel:
    """The channel with other fields, checked anew; ValueError in plain sentences where they cannot be."""
    try:
        return type(channel).model_validate({**vars(channel), **fields})
    except ValidationError as error:
        raise _named(channel.name, error) from None


def _read(given: Any) -> Any:
    """The channel that a document describes, so that a refusal can say its name."""
    if isinstance(given, Channel):
        return given
    if not isinstance(given, Mapping):
        raise ValueError(f"channels must hold tables of names and values: you gave {given!r}.")
    name, kind = str(given.get("name") or "A channel without a name"), given.get("kind")
    if kind not in list(KINDS):  # a kind may be anything, also what has no hash
        raise ValueError(f"{name}: kind must be marketplace or owned: you gave {kind!r}.")
    try:
        return KINDS[kind].model_validate(given)
    except ValidationError as error:
        raise _named(name, error) from None


def _named(name: str, error: ValueError) -> ValueError:
    """The same refusal, each sentence opening with the name of the channel that it is about."""
    return ValueError(" ".join(f"{name}: {sentence}" for sentence in refusals(error)))


#: A channel as a field of a plan, read by its kind.
ChannelField = Annotated[AnyChannel, BeforeValidator(_read)]
