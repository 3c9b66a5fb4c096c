"""Where the sliders of workbooks 01 to 03 start: at the declared defaults, or at what the orders show."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple, TypeVar

import pandas as pd
import pyarrow.compute as pc

from ownchannel.assumptions import Assumption, Assumptions, Confidence, Numbers, Unit
from ownchannel.customers import ENOUGH_AT_RISK, channel_months
from ownchannel.formats import listed, percent
from ownchannel.marketplace import (
    AD_RATES,
    COST_TO_WIN,
    CREDITED_TO_ADS,
    MEASURED,
    ROUNDING,
    CustomerEconomics,
    Economics,
    Shocks,
    ad_spend,
    advertising_share,
    contribution_by_month,
    costs_in_words,
    last_twelve_months,
    revenue_a_new_customer,
)
from ownchannel.orders import ChannelKind, Orders, day
from ownchannel.outreach import ComingBack, MeasuredHabit, measured_habit

Start = dict[str, tuple[float, Assumption]]
Ends = tuple[float, float] | None

#: The brand that the declared defaults suit: revenue a month and an order's value, in dollars.
TYPICAL_REVENUE, TYPICAL_ORDER = 30_000, 50

_YEAR = timedelta(days=365)
_COUNTED = (*MEASURED, "fulfilment", "identified_orders", "first_orders")


def in_main_currency(orders: Orders) -> pd.DataFrame:
    """The months of sales in the main currency, their amounts as floats: cast once, not at every move."""
    months = channel_months(orders)
    return months[months["currency"] == orders.main_currency].astype(dict.fromkeys(_COUNTED, "float64"))


Model = TypeVar("Model", bound=Assumptions)


def settings_of(model: type[Model], numbers: Numbers) -> Model:
    """The settings with the values of these numbers."""
    return model(**{name: value for name, (value, _) in numbers.items()})


def scaled(numbers: Numbers, factors: Mapping[Unit, float]) -> Start:
    """The same numbers for a larger or smaller brand: sliders, likely ranges and values multiplied.

    `factors` gives a factor for each unit that is to change; what is valid stays.
    """

    def larger(value: float, declared: Assumption) -> tuple[float, Assumption]:
        factor = factors.get(declared.unit, 1)
        if factor == 1:
            return value, declared
        slider, plausible = (
            (low * factor, high * factor) for low, high in (declared.slider, declared.plausible)
        )
        step = declared.step * factor
        return value * factor, replace(declared, slider=slider, plausible=plausible, step=step)

    return {name: larger(*number) for name, number in numbers.items()}


def to_step(value: float, declared: Assumption) -> float:
    """The nearest step of a slider, within what is valid.

    >>> to_step(0.0861, Shocks.declared()["marketplace_ad_rate"])
    0.085
    """
    low, high = declared.valid
    return min(max(round(round(value / declared.step) * declared.step, 6), low), high)


def starting_costs(orders: Orders, months: pd.DataFrame) -> Start:
    """The numbers of `Shocks`, fitted to the brand; advertising as marketplaces booked it, where they did.

    Money is ten times as high for a brand ten times as large or in a smaller coin. `months` is the table of
    `in_main_currency`.
    """
    numbers: Start = dict(Shocks().numbers())
    by_month = months.groupby("month")[["net_value", "orders"]].sum()
    revenue, number = by_month["net_value"].mean(), by_month["orders"].mean()
    if revenue > 0 and number > 0:
        size = _power_of_ten(revenue / TYPICAL_REVENUE)
        order = _power_of_ten(revenue / number / TYPICAL_ORDER)
        numbers = scaled(numbers, {"money": size, "money a month": size, "money per order": order})
    numbers = as_the_brand_says(numbers, orders)
    known = months["goods_base_told"].sum()
    if known > 0:
        source = f"Measured: the cost in your files of {percent(known / months['item_value'].sum())} of sales"
        rate = months["goods"].sum() / known
        declared = numbers["goods_cost_rate"][1]
        numbers["goods_cost_rate"] = _started_at(declared, rate, source, "measured", None)
    if orders.sales.empty:
        return numbers
    kinds: tuple[ChannelKind, ...] = ("marketplace", "owned")
    for kind in kinds:
        if (measured := _measured_advertising(orders, kind)) is not None:
            name = AD_RATES[kind]
            numbers[name] = _with_measured_share(numbers[name][1], *measured)
    return numbers


def _measured_advertising(orders: Orders, kind: ChannelKind) -> tuple[float, str] | None:
    """The share of sales that advertising cost in the last year, and where that stands.

    What a marketplace booked is the same money as in its advertising reports, and whole.
    """
    last_day = orders.sales["ordered_on"].max()
    since = last_day - _YEAR
    if kind == "marketplace":
        share = advertising_share(orders.entries, orders.main_currency, since)
        if share is not None:
            return share, f"advertising booked in the year to {day(last_day)}"
    reported = ad_spend(orders, kind, since)
    if reported is None:
        return None
    return reported.share, f"{listed(reported.platforms)}, {day(reported.first)} to {day(reported.last)}"


def _with_measured_share(declared: Assumption, share: float, source: str) -> tuple[float, Assumption]:
    share = to_step(share, declared)
    slider, plausible = (
        (min(low, share), max(high, share)) for low, high in (declared.slider, declared.plausible)
    )
    source = f"Measured in your files: {source}"
    return share, replace(declared, slider=slider, plausible=plausible, source=source, confidence="measured")


def as_the_brand_says(numbers: Start, orders: Orders) -> Start:
    """The same, with the numbers that the brand's account gives; its sliders reach as far as they must."""
    account = orders.account
    given = {"horizon_months": account.horizon_months, "discount_rate": account.discount_rate}
    if account.currency in (None, orders.main_currency):
        given |= {"cash": account.cash, "fixed_costs": account.fixed_costs}

    def said(value: float, declared: Assumption) -> tuple[float, Assumption]:
        low, high = declared.valid
        value = min(max(value, low), high)
        _, marked = _started_at(declared, value, "Your brand's account (brand.toml)", "measured", None)
        return value, marked  # to the cent, whatever the slider's step

    known = {name: value for name, value in given.items() if name in numbers and value is not None}
    return numbers | {name: said(value, numbers[name][1]) for name, value in known.items()}


def _power_of_ten(ratio: float) -> float:
    return float(10.0 ** round(math.log10(ratio)))


def without_effect(months: pd.DataFrame) -> tuple[str, ...]:
    """The settings that change nothing, because files show what they stand for; they need no slider."""
    rented, owned = (months[months["kind"] == kind] for kind in ("marketplace", "owned"))
    goods, base = (months[name].sum() for name in ("goods_base_told", "item_value"))
    known = {
        "goods_cost_rate": base > 0 and abs(goods - base) <= ROUNDING * base,
        "marketplace_fee_rate": _all_fees_are_known(rented),
        "marketplace_fulfilment": len(rented) > 0 and (rented["orders"] == rented["orders_sent"]).all(),
        "owned_payment_rate": _all_fees_are_known(owned),
    }
    return tuple(name for name, is_known in known.items() if is_known)


def _all_fees_are_known(months: pd.DataFrame) -> bool:
    known, base = months["fee_base_told"].sum(), (months["net_value"] + months["shipping"]).sum()
    return bool(base > 0 and abs(known - base) <= ROUNDING * base)


def customer_costs(orders: Orders, months: pd.DataFrame) -> Start:
    """The numbers of `CustomerEconomics`: workbook 01's costs, and its advertising for each new customer."""
    costs = starting_costs(orders, months)
    size = costs["owned_fulfilment"][1].step / Economics.declared()["owned_fulfilment"].step
    numbers = scaled(CustomerEconomics().numbers(), {"money per customer": size})
    numbers |= {name: costs[name] for name in Economics.declared()}
    numbers = as_the_brand_says(numbers, orders)
    for kind, revenue in revenue_a_new_customer(months).items():
        name = COST_TO_WIN[kind]
        numbers[name] = _cost_to_win(numbers[name][1], *costs[AD_RATES[kind]], revenue / CREDITED_TO_ADS)
    return numbers


def _cost_to_win(
    declared: Assumption, rate: float, advertising: Assumption, revenue: float
) -> tuple[float, Assumption]:
    low, high = (to_step(end * revenue, declared) for end in advertising.plausible)
    high = max(high, low + declared.step)
    source = (
        f"{advertising.label} at {advertising.reading(rate)} of sales, over {percent(CREDITED_TO_ADS)} of "
        f"the new customers in your files: an assumption of how many came by it. {advertising.source}"
    )
    measured = replace(
        declared,
        slider=(0.0, 2 * high),
        plausible=(low, high),
        source=source,
        confidence=advertising.confidence,
    )
    return to_step(rate * revenue, declared), measured


# ---------------------------------------------------------------- how customers come back


def customers_within_reach(orders: Orders) -> tuple[list[str], MeasuredHabit | None]:
    """The channels whose customers the brand may write to, its own stores, and how these come back.

    All channels where the own stores have fewer than 30 customers; None where no customer has a key.
    """
    kinds = orders.channels()
    owned = [channel for channel, kind in kinds.items() if kind == "owned"]
    if not (orders.sales["item_value"] > 0).any():
        return list(kinds), None
    measured = measured_habit(orders, owned)
    if measured is not None and measured.customers >= ENOUGH_AT_RISK:
        return owned, measured
    return list(kinds), measured_habit(orders, kinds)


def habit_numbers(orders: Orders, channels: Collection[str], measured: MeasuredHabit | None) -> Start:
    """The numbers of `ComingBack`, at what the orders show where they show it."""
    order = mean_order(orders, channels)
    defaults = ComingBack().numbers()
    found: dict[str, float] = {} if order is None else {"order_value": order.value}
    if measured is not None and measured.new_customers > 0:
        found["new_customers"] = measured.new_customers
    sizes = {
        defaults[name][1].unit: _power_of_ten(value / defaults[name][0]) for name, value in found.items()
    }
    numbers = scaled(defaults, sizes)

    def start_at(
        name: str, value: float, source: str, confidence: Confidence = "measured", likely: Ends = None
    ) -> None:
        numbers[name] = _started_at(numbers[name][1], value, source, confidence, likely)

    if order is not None:
        year = "of the last twelve complete months"
        costs = f"Orders {year}, with booked fees where files include them, else workbook 01's costs"
        start_at("order_value", order.value, f"Measured: orders {year}")
        start_at("left_by_order", order.left, costs, "assumption")
    if measured is None:
        return numbers
    curve = f"Kaplan-Meier curve of your orders on {listed(channels)}"
    for name, rate in (("first_rate", measured.first), ("later_rate", measured.later)):
        if rate is not None:
            source = f"Measured: {curve}, by day {rate.days:.0f}, 95% range"
            start_at(name, rate.share, source, likely=(rate.lower, rate.upper))
    if measured.interval is not None:
        start_at("interval", measured.interval, f"Measured: {curve}, average wait of returning customers")
        # Whoever orders every ten days cannot come twenty days sooner.
        likely, most = (max(1, round(share * measured.interval)) for share in (0.3, 0.6))
        sooner = replace(numbers["days_sooner"][1], slider=(0, most), plausible=(0, likely))
        numbers["days_sooner"] = (round(0.2 * measured.interval), sooner)
    if measured.new_customers > 0:
        start_at("new_customers", measured.new_customers, "Measured: the last twelve months")
    points, declared = numbers["points"]
    if measured.first is not None and measured.first.share + points > 1:
        numbers["points"] = (0.0, declared)  # there are no more to come
    return numbers


def _started_at(
    declared: Assumption, value: float, source: str, confidence: Confidence, likely: Ends
) -> tuple[float, Assumption]:
    """A number at what was measured, to a step of its slider, which reaches as far as it must.

    Likely is the interval of the measurement; where it has none, a quarter more or less.
    """
    if likely is None or likely[0] >= likely[1]:
        likely = (0.75 * value, 1.25 * value)
    start = to_step(value, declared)
    low, high = sorted(to_step(end, declared) for end in likely)
    if low == high:
        low, high = (to_step(start + step, declared) for step in (-declared.step, declared.step))
    plausible = (min(low, start), max(high, start))
    slider = (min(declared.slider[0], plausible[0]), max(declared.slider[1], plausible[1]))
    return start, replace(declared, slider=slider, plausible=plausible, source=source, confidence=confidence)


class _Order(NamedTuple):
    """What an order is worth, and what it leaves before advertising."""

    value: float
    left: float


def mean_order(orders: Orders, channels: Collection[str]) -> _Order | None:
    """The mean order of the last twelve complete months in the main currency; None where there is none."""
    months = in_main_currency(orders)
    if months.empty:
        return None
    costs = settings_of(Shocks, starting_costs(orders, months))
    unadvertised = costs.with_values(owned_ad_rate=0.0, marketplace_ad_rate=0.0)
    by_month = contribution_by_month(months[months["channel"].isin(list(channels))], unadvertised)
    try:
        year, _ = last_twelve_months(by_month, orders.sales["ordered_on"].max())
    except ValueError:  # no month is complete
        return None
    sums = year[["orders", "revenue", "contribution"]].sum()
    if sums["orders"] == 0 or sums["revenue"] <= 0:
        return None
    return _Order(float(sums["revenue"] / sums["orders"]), float(sums["contribution"] / sums["orders"]))


# ---------------------------------------------------------------- notes that several answers have


def only_in(currency: str, codes: Iterable[str], what: str = "Sales in {} are", hint: str = "") -> list[str]:
    """A note on money in other currencies, where there is some.

    >>> only_in("USD", ["EUR", "USD"])
    ['Amounts are in USD. Sales in EUR are left out.']
    """
    others = [code for code in codes if code != currency]
    return [f"Amounts are in {currency}. {what.format(listed(others))} left out{hint}."] if others else []


def costs_counted(monthly: pd.DataFrame, *at_settings: str) -> str:
    """A note on the fees that contribution is after, and on the costs that come from settings."""
    words = costs_in_words(monthly, *at_settings)
    return f"{words[0].upper()}{words[1:]}."


def etsy_is_incomplete(fees: float, orders: Orders) -> list[str]:
    """A note on what Etsy's exports leave out, where they include some fees and no statement has the rest."""
    note = (
        "Etsy's exports include its card fee, but not its listing, transaction and advertising fees: an Etsy "
        "order leaves less than is shown."
    )
    is_booked = bool(pc.any(pc.equal(orders.entries["channel"], "Etsy")).as_py())
    return [note] if fees > 0 and not is_booked else []
