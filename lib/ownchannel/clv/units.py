"""Units of time, as arguments and results name them."""

from typing import Literal

import pandas as pd

Unit = Literal["days", "weeks", "months", "periods"]

#: A month is a twelfth of a year.
DAYS: dict[Unit, float] = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12}


def converted(time: float, unit: Unit | None, to: Unit) -> float:
    """A time in another unit; the same where no unit is given.

    >>> converted(2, "weeks", "days"), round(converted(1, "months", "weeks"), 3), converted(5, None, "weeks")
    (14.0, 4.348, 5.0)
    """
    return float(time) * DAYS[checked(unit or to)] / DAYS[to]


def unit_of(customers: pd.DataFrame) -> Unit:
    """The unit that `customer_summary` notes down in its table; weeks where there is no note.

    >>> unit_of(pd.DataFrame())
    'weeks'
    """
    noted: dict[str, Unit] = {"D": "days", "W": "weeks", "M": "months"}
    return noted[customers.attrs.get("unit", "W")]


def checked(unit: str) -> Unit:
    """The unit, or ValueError where it is none."""
    for known in DAYS:
        if unit == known:
            return known
    raise ValueError(f"unit is {unit!r}: expected one of {', '.join(DAYS)}.")
