"""All that the files tell of one channel, gathered: its orders, its customers and who comes anew."""

from dataclasses import dataclass, field, replace

from ownchannel.orders.orders import Orders
from ownchannel.scenarios.calibration.measured import MeasuredNumber
from ownchannel.scenarios.calibration.measured_arrivals import Arrivals, Counted
from ownchannel.scenarios.calibration.measured_customers import (
    Returning,
    counted,
    existing,
    new_a_month,
    returning,
)
from ownchannel.scenarios.calibration.measured_orders import measured_orders
from ownchannel.scenarios.calibration.measured_repeat import (
    ObservedCustomers,
    Repeats,
    fitted_repeats,
    observed_customers,
)
from ownchannel.scenarios.calibration.observed import Observed
from ownchannel.scenarios.channels import AnyChannel


@dataclass(frozen=True)
class MeasuredChannel:
    """A channel of a plan beside what its files tell."""

    channel: AnyChannel
    its: Observed
    customers: ObservedCustomers
    repeats: Repeats | str
    """Or why no model was fitted."""
    back: Returning
    measured: dict[str, MeasuredNumber]
    """By field of the channel."""
    notes: tuple[str, ...] = field(default=())
    """What is to be said of them, in sentences."""

    def counted(self) -> Counted:
        """Its new customers, day by day."""
        return counted(self.its, self.customers, self.repeats)


def measured_channel(orders: Orders, channel: AnyChannel, its: Observed, currency: str) -> MeasuredChannel:
    """What a channel's orders tell without the other channels'."""
    customers = observed_customers(orders, its, currency)
    repeats = fitted_repeats(customers)
    back = returning(channel, customers, repeats, orders.repeat_rates)
    measured = measured_orders(its) | dict(back.measured)
    if "fee_rate" in measured:
        # The plan's fee base holds the tax; the value measured does not.
        measured["fee_rate"] = measured["fee_rate"].times(1 / (1 + channel.fee_tax_rate))
    return MeasuredChannel(channel, its, customers, repeats, back, measured)


def with_customers(found: MeasuredChannel, came: Arrivals) -> MeasuredChannel:
    """The same with new customers, their growth, and those who are active today."""
    name, channel, rates = found.its.channel, found.channel, found.back.rates
    new, measured, notes = None, dict(found.measured), found.notes
    if name in came.level:
        new = new_a_month(came.level[name], found.its, found.customers, rates)
        claimed = channel.reference_spend / channel.cac if channel.reference_spend else 0.0
        measured["organic_customers"] = _organic(new, claimed)
        if claimed > new.value:
            notes += (_floor(name, claimed, new.value),)
    if name in came.growth:
        measured["organic_growth"] = came.growth[name]
    fit = found.repeats.fit if isinstance(found.repeats, Repeats) else None
    base = existing(fit, new, found.its, found.customers, rates)
    if base is not None:
        measured["existing_customers"] = base
    return replace(found, measured=measured, notes=notes)


def possible(found: MeasuredChannel) -> MeasuredChannel:
    """The same without numbers that a plan cannot take, and a sentence on each."""
    kept, notes, declared = {}, found.notes, found.channel.declared()
    for name, number in found.measured.items():
        low, high = declared[name].valid
        if low <= number.value <= high:
            kept[name] = number
            continue
        notes += (
            f"{found.its.channel}: {name} comes to {number.value:,.3g} in your files, outside {low:g} to "
            f"{high:g}: your own value stays.",
        )
    return replace(found, measured=kept, notes=notes)


def _organic(new: MeasuredNumber, claimed: float) -> MeasuredNumber:
    if not claimed:
        return new
    left = new.less(claimed)
    return replace(left, source=f"{new.source}; less {claimed:,.0f} a month whom advertising claims")


def _floor(name: str, claimed: float, observed: float) -> str:
    return (
        f"{name}: advertising claims {claimed:,.0f} customers a month (reference_spend / cac), and "
        f"{observed:,.0f} were observed in all, so organic_customers is 0. Check spend and cac, or take it "
        "as a sign that the platform's report claims customers who would have come anyway."
    )
