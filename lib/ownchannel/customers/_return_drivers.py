"""What returning customers have in common: channel, discount, value, product of the first order (Cox)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import pandas as pd

from ownchannel.customers._purchases import (
    as_day,
    identified_until,
    lazy_frame,
    on_first_channel,
    purchase_lines,
    require_columns,
    require_numbers,
)
from ownchannel.customers._second_order import waits_for_second_order
from ownchannel.customers._survival import EVENTS_A_COEFFICIENT, HazardRatio, cox_regression
from ownchannel.formats import Shown, count, listed, percent

Driver = Literal["channel", "discount", "value", "product"]

DRIVERS: tuple[Driver, ...] = ("channel", "discount", "value", "product")

#: A product that fewer first orders than this share hold is put together with the other rare ones.
RARE = 0.05
OTHERS = "other products"

_WHO: dict[Driver, str] = {
    "channel": "Customers of {level}, compared with those of {usual},",
    "discount": "Customers with 10 percentage points more discount on the first order",
    "value": "Customers with a first order worth twice as much",
    "product": "Customers whose first order was mainly {level}, compared with {usual},",
}


@dataclass(frozen=True)
class Effect:
    """A hazard ratio, and whom it speaks of; printed, it is a sentence."""

    who: str
    hazard: HazardRatio

    def __str__(self) -> str:
        ratio, lower, upper = self.hazard.ratio, self.hazard.lower, self.hazard.upper
        if lower <= 1 <= upper:
            spread = f"{_times(lower)} to {_times(upper)}"
            return f"{self.who} return about as often, as far as the orders show (95% range {spread})."
        if upper > 2:
            spread = f"{lower:.1f} to {upper:.1f} times"
            return f"{self.who} return {ratio:.1f} times as often (95% range {spread})."
        # Of "less often" as of "more often" the smaller share is said first.
        near, far = sorted([abs(lower - 1), abs(upper - 1)])
        spread = f"{percent(near)} to {percent(far)}"
        return f"{self.who} return {_times(ratio)} often (95% range {spread})."


def _times(ratio: float) -> str:
    return f"{percent(abs(ratio - 1))} {'less' if ratio < 1 else 'more'}"


@dataclass(frozen=True, repr=False)
class ReturnDrivers(Shown):
    """Hazard ratios with 95% intervals, how many customers they rest on, and what was left out and why."""

    effects: tuple[Effect, ...]
    customers: int
    returned: int
    remarks: tuple[str, ...] = ()

    @property
    def table(self) -> pd.DataFrame:
        """A row an effect: `who, name, ratio, lower, upper, p, p_steady`."""
        return pd.DataFrame([{"who": one.who, **vars(one.hazard)} for one in self.effects])

    @property
    def unsteady(self) -> tuple[str, ...]:
        """Effects that change with time: their ratio is only an average. 5% error over all of them."""
        hazards = [one.hazard for one in self.effects]
        return tuple(one.name for one in hazards if one.p_steady * len(hazards) < 0.05)

    def __str__(self) -> str:
        lines = [
            f"{self.returned:,} of {count(self.customers, 'customer')} returned.",
            *map(str, self.effects),
        ]
        if self.unsteady:
            lines.append(f"Only an average, for it changes with time: {listed(self.unsteady)}.")
        return "\n".join([*lines, *self.remarks])

    def to_pandas(self) -> pd.DataFrame:
        """The table of effects."""
        return self.table


def return_drivers(
    orders: Any,
    drivers: Sequence[Driver] = DRIVERS,
    further: pd.DataFrame | None = None,
    until: dt.date | str | None = None,
    product: str = "sku",
) -> ReturnDrivers:
    """Estimate what about the first order goes with coming back, each driver with the others equal.

    The time to the second order is that of `time_to_second_order`; ties are Efron's. The drivers, all of the
    first day of purchase:

    - `channel`, compared with the one that has most customers;
    - `discount`, as a share of the item value, for 10 points more;
    - `value`: the item value before discount, for twice as much;
    - `product`: the one of most value, compared with the most frequent; products in fewer than 5% of first
      orders are put together.

    Channels and products of which fewer than 10 customers came back are left out, and so is what does not
    differ between customers; `remarks` says so. The ratios describe and prove no cause: who got a discount
    may differ in other ways.

    Args:
        orders: the tidy order table, in any form that `customer_summary` takes.
        drivers: which of them to look at.
        further: more numbers about customers, such as the days to deliver, which no order table has: a
            column each, one row per customer, with the customer_key as index. Customers who lack one are left
            out.
        until: as for `time_to_second_order`.
        product: the column of the product.

    Raises:
        ValueError: for fewer than 10 returns a coefficient, for drivers that cannot be separated, for values
            in several currencies, and as `time_to_second_order` does.

    >>> from ownchannel.orders import sample_orders
    >>> found = return_drivers(sample_orders(), drivers=["channel", "value"])
    >>> found.table["name"].tolist()
    ['channel: Shopify', 'channel: Etsy', 'value']
    """
    if unknown := sorted({*drivers} - {*DRIVERS}):
        raise ValueError(
            f"drivers holds {listed(unknown)}: expected some of {listed(DRIVERS)}; leave it out."
        )
    waits = waits_for_second_order(orders, until=until).set_index("customer_key")
    customers = waits.join(_first_orders(orders, until, product))
    if "value" in drivers:
        _require_one_currency(customers)
    customers, remarks = _with_further(customers, further)
    for column in (name for name in ("channel", "product") if name in drivers):
        customers, left_out = _with_returns(customers, column)
        remarks += left_out
    if customers.empty:
        raise ValueError(
            f"Too few customers returned to compare them: expected {EVENTS_A_COEFFICIENT} at least of one "
            "channel and product; read more months."
        )
    covariates, who = _covariates(customers, drivers, [] if further is None else list(further.columns))
    differ = covariates.nunique() > 1
    remarks += [f"{name} is the same for all customers and left out." for name in differ.index[~differ]]
    found = cox_regression(customers["days"], customers["returned"], covariates.loc[:, differ])
    return ReturnDrivers(
        effects=tuple(Effect(who[hazard.name], hazard) for hazard in found),
        customers=len(customers),
        returned=int(customers["returned"].sum()),
        remarks=tuple(remarks),
    )


def _first_orders(orders: Any, until: dt.date | str | None, product: str) -> pd.DataFrame:
    """By customer_key: value, discount as a share of it, main product and currencies of the first day."""
    needed = ["customer_key", "channel", "item_value", "discount", "currency", product]
    value = nw.col("item_value")
    with lazy_frame(orders) as frame:
        require_columns(frame, needed)
        require_numbers(frame, ["item_value", "discount"])
        lines = identified_until(purchase_lines(frame, needed), None if until is None else as_day(until))
        sums = (
            on_first_channel(lines, "channel")
            .filter(nw.col("day") == nw.col("first"))
            .group_by("customer_key", product)
            .agg(
                value=value.sum().cast(nw.Float64),
                discount=nw.col("discount").sum().cast(nw.Float64),
                lowest_currency=nw.col("currency").min(),
                highest_currency=nw.col("currency").max(),
            )
        )
        bought: pd.DataFrame = sums.collect("pyarrow").to_native().to_pandas()
    bought = bought.rename(columns={product: "product"})
    # Of two products of the same value the first by name is the main one.
    main = bought.sort_values(["value", "product"], ascending=[False, True]).drop_duplicates("customer_key")
    firsts = bought.groupby("customer_key").agg(
        value=("value", "sum"),
        discount=("discount", "sum"),
        lowest_currency=("lowest_currency", "min"),
        highest_currency=("highest_currency", "max"),
    )
    firsts["discount"] /= firsts["value"]
    products = main.set_index("customer_key")["product"]
    shares = products.value_counts(normalize=True)
    firsts["product"] = products.where(products.isin(shares.index[shares >= RARE]), OTHERS)
    return firsts


def _require_one_currency(firsts: pd.DataFrame) -> None:
    currencies = sorted({*firsts["lowest_currency"], *firsts["highest_currency"]})
    if len(currencies) > 1:
        raise ValueError(
            f"First orders are in {listed(currencies)}: expected one currency to compare their values; "
            "convert them with in_currency, or leave value out of drivers."
        )


def _with_further(customers: pd.DataFrame, further: pd.DataFrame | None) -> tuple[pd.DataFrame, list[str]]:
    if further is None:
        return customers, []
    names = list(further.columns)
    taken = [name for name in names if name in {*customers.columns, *DRIVERS}]
    no_numbers = [name for name in names if not pd.api.types.is_numeric_dtype(further[name])]
    if taken or no_numbers or not further.index.is_unique:
        raise ValueError(
            f"further holds {listed(names)}: expected columns of numbers with names of their own and one row "
            "a customer, with the customer_key as index; change it so."
        )
    kept = customers.join(further, how="inner").dropna(subset=names)
    lacking = len(customers) - len(kept)
    return kept, [f"{count(lacking, 'customer')} without {listed(names)} left out."] if lacking else []


def _with_returns(customers: pd.DataFrame, column: str) -> tuple[pd.DataFrame, list[str]]:
    """Without the customers of whose channel or product too few returned to say anything of it."""
    returns = customers.groupby(column)["returned"].sum()
    few = returns[returns < EVENTS_A_COEFFICIENT]
    remarks = [
        f"{level} is left out: {n} of these customers returned, and 10 are needed."
        for level, n in few.items()
    ]
    return customers[~customers[column].isin(few.index)], remarks


def _covariates(
    customers: pd.DataFrame, drivers: Sequence[Driver], further: list[str]
) -> tuple[pd.DataFrame, dict[str, str]]:
    """The regression's columns, and of each whom its ratio speaks of."""
    columns: dict[str, Any] = {}
    who: dict[str, str] = {}
    measures = {"discount": customers["discount"] / 0.1, "value": np.log2(customers["value"])}
    for driver in (driver for driver in DRIVERS if driver in drivers):
        if driver in measures:
            columns[driver], who[driver] = measures[driver], _WHO[driver]
            continue
        usual, *others = _by_frequency(customers[driver])
        for level in others:
            columns[f"{driver}: {level}"] = customers[driver] == level
            who[f"{driver}: {level}"] = _WHO[driver].format(level=level, usual=usual)
    for name in further:
        columns[name] = customers[name]
        who[name] = f"Customers with 1 more in {name}"
    return pd.DataFrame(columns, index=customers.index, dtype="float64"), who


def _by_frequency(levels: "pd.Series[str]") -> list[str]:
    """From the most frequent to the rarest, by name where two are as frequent."""
    counts = levels.value_counts().sort_index()
    return [str(level) for level in counts.sort_values(ascending=False, kind="stable").index]
