"""What a marketplace takes of a sale by its category: Amazon's fees as sources quote them, or your own.

Amazon's stand in `amazon_us_fees.toml`, with their source.
"""

import datetime as dt
import tomllib
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from babel.numbers import get_currency_precision
from numpy.typing import ArrayLike, NDArray

from ownchannel.formats import money
from ownchannel.marketplace._fee_table import MOST, FeeBands, FeeSchedule, FeeTable, unknown_name

if TYPE_CHECKING:
    import pandas as pd


def _shipped(name: str) -> FeeTable:
    """The table of a TOML file beside this module; its numbers are exact."""
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    document = tomllib.loads(text, parse_float=Decimal)
    schedules = []
    for own in document["schedules"]:
        fields = document["common"] | own
        edges, rates = (tuple(map(Decimal, fields.pop(numbers))) for numbers in ("edges", "rates"))
        bands = FeeBands(edges, rates, fields.pop("marginal"))
        fields |= {"categories": tuple(fields["categories"]), "minimum": Decimal(fields["minimum"])}
        schedules.append(FeeSchedule(bands=bands, **fields))
    return FeeTable(document["currency"], tuple(schedules))


AMAZON_US = _shipped("amazon_us_fees.toml")

#: The tables by marketplace; a table of your own (`read_fee_table`) goes before them.
_TABLES = {"US": AMAZON_US}

#: What a schedule says besides its rule.
_SAID = ("minimum", "valid_from", "source", "checked", "confidence", "note")


def referral_fee(
    category: str,
    price: Decimal | int | str | float,
    marketplace: str = "US",
    date: dt.date | None = None,
    *,
    table: FeeTable | None = None,
) -> Decimal:
    """The fee on one unit, in the currency of its table: dollars in the US.

    `price` is the fee's base: all that the buyer pays for the unit, with shipping and gift wrap. Without a
    `date` the newest schedule holds. The fee is as billed: exact, then rounded to the cent (to the yen in a
    table in yen), half a cent upwards; a published rule for Amazon's rounding was not found. The minimum
    holds at a price of 0 too. Your own `table` takes the place of the marketplace's.

    Raises ValueError for an unknown category or marketplace, a date before the first schedule, and a price
    that is no number, below 0 or above a trillion.

    >>> referral_fee("beauty", "10.00"), referral_fee("beauty", "10.01")
    (Decimal('0.80'), Decimal('1.50'))
    """
    fees = _table(marketplace, table)
    schedule = fees.schedule(category, date)
    cent = Decimal(1).scaleb(-get_currency_precision(fees.currency))
    fee = max(schedule.bands.fee(_amount(price)), schedule.minimum)
    return fee.quantize(cent, ROUND_HALF_UP)


def fee_of_prices(
    category: str,
    prices: ArrayLike,
    marketplace: str = "US",
    date: dt.date | None = None,
    *,
    table: FeeTable | None = None,
) -> NDArray[np.float64]:
    """The fee on each price, in the shape of `prices`, as floats that are not rounded to the cent.

    It is for planning, where a price is a mean; otherwise it is `referral_fee`. Where the rate of the whole
    price switches, the fee of a mean price is not the mean of the fees: with prices on both sides of the
    switch, give them all and take the mean of what comes back.

    >>> fee_of_prices("furniture", [100.0, 200.0, 300.0])
    array([15., 30., 40.])
    """
    schedule = _table(marketplace, table).schedule(category, date)
    units = np.asarray(prices, dtype=np.float64)
    refused = units[~((units >= 0) & np.isfinite(units))]
    if refused.size:
        raise ValueError(f"A price must be a finite number of 0 or more: you gave {refused[0]}.")
    return np.asarray(np.maximum(schedule.bands.fees(units), float(schedule.minimum)))


def categories(marketplace: str = "US") -> tuple[str, ...]:
    """The categories that fees are known of, in order of the alphabet.

    >>> categories()[:4]
    ('apparel', 'automotive', 'baby', 'beauty')
    """
    return _table(marketplace).categories


def fee_table(
    marketplace: str = "US", date: dt.date | None = None, *, table: FeeTable | None = None
) -> "pd.DataFrame":
    """One row per category that has fees on that day, for people to read: the rule in words, and who says so.

    The columns are `category, rule, minimum, currency, valid_from, source, checked, confidence, note`.

    >>> fee_table().set_index("category")["rule"]["furniture"]
    '15% up to $200, 10% above, each of its part of the price'
    """
    import pandas as pd

    fees = _table(marketplace, table)
    in_force = [s for s in fees.schedules if date is None or s.valid_from <= date]
    if not in_force:
        first = min(schedule.valid_from for schedule in fees.schedules)
        raise ValueError(f"Fees are known from {first} on: you asked for {date}.")
    rows = []
    for category in sorted({name for schedule in in_force for name in schedule.categories}):
        schedule = fees.schedule(category, date)
        rule = {"category": category, "rule": _in_words(schedule.bands, fees.currency)}
        rows.append(rule | {"currency": fees.currency} | {name: getattr(schedule, name) for name in _SAID})
    return pd.DataFrame(rows)[["category", "rule", "minimum", "currency", *_SAID[1:]]]


def _table(marketplace: str, table: FeeTable | None = None) -> FeeTable:
    if table is not None:
        return table
    if marketplace not in _TABLES:
        raise ValueError(
            f"No fees are known of the marketplace {unknown_name(marketplace, tuple(_TABLES))} "
            f"Give a table of your own."
        )
    return _TABLES[marketplace]


def _amount(price: Decimal | int | str | float) -> Decimal:
    try:
        amount = Decimal(str(price))
    except InvalidOperation:
        raise ValueError(f"A price must be a plain number such as 19.99: you gave {price!r}.") from None
    if not (amount.is_finite() and 0 <= amount <= MOST):
        raise ValueError(f"A price must lie between 0 and {MOST:,}: you gave {price}.")
    return amount


def _in_words(bands: FeeBands, currency: str) -> str:
    rates = [f"{(100 * rate).normalize():f}%" for rate in bands.rates]
    if not bands.edges:
        return f"{rates[0]} of the price"
    edges = [money(edge, currency, 2 if edge % 1 else 0) for edge in bands.edges]
    steps = [f"{rate} up to {edge}" for rate, edge in zip(rates[:-1], edges, strict=True)]
    of = "its part of the price" if bands.marginal else "the whole price"
    return f"{', '.join(steps)}, {rates[-1]} above, each of {of}"
