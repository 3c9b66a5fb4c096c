"""What a marketplace takes of a sale by its category: Amazon's fees as sources quote them, or your own.

A change is added as a later schedule, never written over.
"""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TYPE_CHECKING

import numpy as np
from babel.numbers import get_currency_precision
from numpy.typing import ArrayLike, NDArray

from ownchannel.formats import money
from ownchannel.marketplace._fee_table import MOST, FeeBands, FeeSchedule, FeeTable, unknown_name

if TYPE_CHECKING:
    import pandas as pd

    from ownchannel.assumptions import Confidence

_SOURCE = "Amazon's price list (sell.amazon.com/pricing), as others copied it in 2026-08, and vendors' lists"


def _from_2024(
    categories: str,
    bands: FeeBands,
    minimum: str = "0.30",
    *,
    note: str = "",
    confidence: "Confidence" = "vendor",
) -> FeeSchedule:
    return FeeSchedule(
        categories=tuple(categories.split(", ")),
        bands=bands,
        minimum=Decimal(minimum),
        valid_from=dt.date(2024, 1, 15),
        source=_SOURCE,
        checked=dt.date(2026, 11, 22),
        confidence=confidence,
        note=note,
    )


def _flat(percent: int) -> FeeBands:
    return FeeBands((), (_share(percent),))


def _whole(*steps: int) -> FeeBands:
    """Percent and edges by turns: one rate for the whole price."""
    return FeeBands(tuple(map(Decimal, steps[1::2])), tuple(map(_share, steps[::2])))


def _marginal(*steps: int) -> FeeBands:
    """Percent and edges by turns: each rate for its part of the price."""
    return FeeBands(tuple(map(Decimal, steps[1::2])), tuple(map(_share, steps[::2])), marginal=True)


def _share(percent: int) -> Decimal:
    return Decimal(percent) / 100


#: Where Amazon's list words a break as "products with a total sales price of … or less", one rate applies to
#: the whole price; where it says "the portion of the total sales price up to …", each to its part.
AMAZON_US = FeeTable(
    currency="USD",
    schedules=(
        _from_2024(
            "eyewear, footwear, handbags and luggage, home, lawn and garden, mattresses, musical "
            "instruments, office, sports, tools, toys, everything else",
            _flat(15),
        ),
        _from_2024("pet", _flat(15), note="Veterinary diets have a rate of their own."),
        _from_2024("veterinary diets", _flat(22)),
        _from_2024("automotive, industrial, power tools", _flat(12)),
        _from_2024("tyres", _flat(10)),
        _from_2024("camera, computers, electronics, full-size appliances", _flat(8)),
        _from_2024("own-device accessories", _flat(45), note="For Amazon's own devices."),
        _from_2024(
            "books, music, video", _flat(15), "0", note="A closing fee of 1.80 dollars an item comes on top."
        ),
        _from_2024("software and video games", _flat(15), "0"),
        _from_2024("video game consoles", _flat(8), "0"),
        _from_2024("gift cards", _flat(20), "0"),
        _from_2024("baby, beauty, health", _whole(8, 10, 15)),
        _from_2024("grocery", _whole(8, 15, 15), "0"),
        _from_2024("lawn mowers", _whole(15, 500, 8)),
        _from_2024(
            "apparel",
            _whole(5, 15, 10, 20, 17),
            confidence="assumption",
            note="Sources differ: one vendor has 17% at every price. See the fee preview of your listings.",
        ),
        _from_2024("furniture", _marginal(15, 200, 10)),
        _from_2024("jewellery", _marginal(20, 250, 5)),
        _from_2024("electronics accessories", _marginal(15, 100, 8)),
        _from_2024("watches", _marginal(16, 1500, 3)),
        _from_2024("compact appliances", _marginal(15, 300, 8)),
        _from_2024("fine art", _marginal(20, 100, 15, 1000, 10, 5000, 5), "1.00"),
    ),
)

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
