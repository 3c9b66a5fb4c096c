"""Money of several currencies in one: exact decimals at the rate of the day, never a rate made up."""

from contextlib import suppress
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.files import MONEY, NO_CURRENCY, is_currency
from ownchannel.formats import count
from ownchannel.orders._report import day as written_day
from ownchannel.orders._schema import RATE, RATES

#: Rates are not published on weekends and holidays: a rate holds until the next one, this long at most.
LONGEST_USE = timedelta(days=7)

#: No two currencies are further apart.
SMALLEST_RATE, LARGEST_RATE = Decimal("1e-12"), Decimal("1e12")
_INVERSE = Context(prec=12, rounding=ROUND_HALF_EVEN)

# 18 + 38 + 1 digits of a product would not fit decimal128, so that products are taken in 256 bits.
_WIDE_MONEY = pa.decimal256(MONEY.precision, MONEY.scale)
_WIDE_RATE = pa.decimal256(RATE.precision, RATE.scale)


class Rates:
    """Exchange rates, checked, and the conversion of order tables at them.

    `table` has the columns `date` (a date, or text such as 2026-03-01), `from` and `to` (ISO 4217 codes) and
    `rate` (how many of `to` one of `from` is worth, between 1e-12 and 1e12, to 24 decimals; a float counts as
    the decimal that it prints as). Other columns are ignored.

    Raises ValueError, in a sentence with the row, where a column is missing, a value cannot be used, or one
    pair has two rates on one day.

    >>> rate = {"date": ["2026-03-06"], "from": ["EUR"], "to": ["USD"], "rate": ["1.0845"]}
    >>> rates = Rates(pd.DataFrame(rate))
    >>> rates
    1 rate from EUR to USD, 6 Mar 2026 to 6 Mar 2026.
    >>> rates.on(date(2026, 3, 8), "EUR", "USD")
    Decimal('1.0845')
    >>> rates.on(date(2026, 3, 8), "USD", "EUR")
    Decimal('0.922083909636')
    """

    def __init__(self, table: pa.Table | pd.DataFrame) -> None:
        frame = table.to_pandas(types_mapper=pd.ArrowDtype) if isinstance(table, pa.Table) else table
        missing = [name for name in RATES.names if name not in frame.columns]
        if missing:
            raise ValueError(
                f"The exchange rates have no column {', '.join(missing)}. They need date, from, to and rate: "
                "on that date one unit of `from` was worth `rate` units of `to`."
            )
        self._rates: dict[tuple[date, str, str], Decimal] = {}
        for number, row in enumerate(zip(*(frame[name] for name in RATES.names), strict=True), start=1):
            day, source, target, rate = _checked(row, number)
            if self._rates.setdefault((day, source, target), rate) != rate:
                raise ValueError(
                    f"Row {number} of the exchange rates gives a second rate from {source} to {target} for "
                    f"{written_day(day)}. Keep one of them."
                )

    def on(self, day: date, source: str, target: str) -> Decimal | None:
        """How many of `target` one of `source` is worth on a day, or None where no rate is known.

        The latest rate of that day or the 7 days before it; where there is none, the inverse of the latest
        from `target` to `source`, rounded to 12 significant digits. Rates through a third currency are not
        made up.
        """
        days = [day - timedelta(back) for back in range(LONGEST_USE.days + 1)]
        rate, inverse = (
            next(filter(None, (self._rates.get((earlier, *pair)) for earlier in days)), None)
            for pair in ((source, target), (target, source))
        )
        return rate or (inverse and _INVERSE.divide(Decimal(1), inverse))

    def convert(self, table: pa.Table, to: str, on: str = "ordered_on") -> pa.Table:
        """The table with every amount in the currency `to`, at the rate of each row's own day.

        `table` has a column `currency` and one of dates, named by `on`: `ordered_on` of order lines,
        `posted_on` of bookings. Its columns of type MONEY are multiplied exactly and rounded half to even to
        6 decimals; nulls stay null. Rows without a currency (XXX) stay as they are.

        Raises ValueError where a rate is missing, naming each pair and the first day that lacks one; where
        `to` is no currency; and where an amount becomes a trillion or more.

        >>> rate = {"date": ["2026-03-06"], "from": ["EUR"], "to": ["USD"], "rate": ["1.0845"]}
        >>> fee = pa.array([Decimal("10.00")], MONEY)
        >>> line = {"ordered_on": [date(2026, 3, 8)], "fee": fee, "currency": ["EUR"]}
        >>> Rates(pd.DataFrame(rate)).convert(pa.table(line), "USD").to_pylist()
        [{'ordered_on': datetime.date(2026, 3, 8), 'fee': Decimal('10.845000'), 'currency': 'USD'}]
        """
        target = _code(to)
        if not target:
            raise ValueError("Give the three letters of the currency to convert to, such as USD.")
        factors = self._factors(table, target, on)
        codes = pc.if_else(pc.equal(table["currency"], NO_CURRENCY), NO_CURRENCY, target)
        for at, field in enumerate(table.schema):
            if field.type == MONEY:
                table = table.set_column(at, field, _converted(table[at], factors, target))
            elif field.name == "currency":
                table = table.set_column(at, field, codes.cast(field.type))
        return table

    def _factors(self, table: pa.Table, to: str, on: str) -> pa.Array:
        """The rate of each row, looked up once for each day and currency."""
        if table[on].null_count or table["currency"].null_count:
            raise ValueError(f"Amounts without a day ({on}) or without a currency cannot be converted.")
        texts = [table[name].cast(pa.string()) for name in ("currency", on)]
        named = pc.binary_join_element_wise(*texts, " ").combine_chunks().dictionary_encode()
        words = map(str.split, named.dictionary.to_pylist())
        pairs = [(code, date.fromisoformat(day)) for code, day in words]
        known = [Decimal(1) if code in (to, NO_CURRENCY) else self.on(day, code, to) for code, day in pairs]
        lacking = [pair for pair, rate in zip(pairs, known, strict=True) if rate is None]
        if lacking:
            first = dict(sorted(lacking, reverse=True))  # of one currency's days the earliest is entered last
            days = "; ".join(f"{code} to {to} on {written_day(day)}" for code, day in sorted(first.items()))
            raise ValueError(
                f"Exchange rates are missing, first for: {days}. A rate holds for its day and the "
                f"{LONGEST_USE.days} days after it. Add rows with date, from, to and rate; rates through a "
                "third currency are not made up."
            )
        return pa.array(known, RATE).cast(_WIDE_RATE).take(named.indices)

    def __len__(self) -> int:
        return len(self._rates)

    def __str__(self) -> str:
        if not self._rates:
            return "No exchange rates."
        days, sources, targets = zip(*self._rates, strict=True)
        pairs = sorted({*zip(sources, targets, strict=True)})
        named = ", ".join(f"from {source} to {target}" for source, target in pairs)
        return f"{count(len(self), 'rate')} {named}, {written_day(min(days))} to {written_day(max(days))}."

    __repr__ = __str__


def _checked(row: tuple[Any, ...], number: int) -> tuple[date, str, str, Decimal]:
    """Day, source, target and rate of a row, or a ValueError that says what is wrong with it."""
    day, source, target, rate = _day(row[0]), _code(row[1]), _code(row[2]), _decimal(row[3])
    if day is None:
        wrong = "`date` is no date. Write it as 2026-03-01."
    elif not (source and target):
        wrong = "`from` or `to` is no currency. Write its three letters, such as USD."
    elif source == target:
        wrong = f"{source} is converted to itself. Delete the row."
    elif not SMALLEST_RATE <= rate <= LARGEST_RATE or -int(rate.as_tuple().exponent) > RATE.scale:
        wrong = f"`rate` must be a number such as 1.0845, above 0, at most 1e12, to {RATE.scale} decimals."
    else:
        return day, source, target, rate
    raise ValueError(f"Row {number} of the exchange rates cannot be used: {wrong}")


def _day(value: object) -> date | None:
    if isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value.strip())
    elif isinstance(value, date) and not pd.isna(value):
        return date(value.year, value.month, value.day)  # an instant's own day, without its time
    return None


def _decimal(value: object) -> Decimal:
    """A value as an exact number; 0 where it is none."""
    with suppress(InvalidOperation):
        number = Decimal(str(value))
        return number if number.is_finite() else Decimal(0)
    return Decimal(0)


def _code(value: object) -> str:
    """The ISO 4217 code that a value holds, empty where it holds none."""
    code = value.strip().upper() if isinstance(value, str) else ""
    return code if is_currency(code) and code != NO_CURRENCY else ""


def _converted(amounts: pa.ChunkedArray, factors: pa.Array, to: str) -> pa.ChunkedArray:
    products = pc.round(pc.multiply(amounts.cast(_WIDE_MONEY), factors), MONEY.scale, "half_to_even")
    try:
        return products.cast(MONEY)
    except pa.ArrowInvalid as error:
        raise ValueError(f"An amount becomes a trillion {to} or more. Check the exchange rates.") from error
