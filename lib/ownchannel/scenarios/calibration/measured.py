"""A number found in data: its value, its interval, and what it was found in."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, t

from ownchannel.clv.special import Floats

#: Share of intervals that hold the truth.
INTERVAL = 0.95
#: Standard errors on either side of an estimate that hold it.
WIDTH = float(norm.ppf((1 + INTERVAL) / 2))


@dataclass(frozen=True)
class MeasuredNumber:
    """A number with its 95% interval (nan where none is known) and, in words, its source."""

    value: float
    low: float
    high: float
    source: str

    def times(self, factor: float) -> "MeasuredNumber":
        """The same, so many times larger."""
        return MeasuredNumber(self.value * factor, self.low * factor, self.high * factor, self.source)

    def less(self, amount: float) -> "MeasuredNumber":
        """The same, less an amount that is known; never below 0."""
        low, value, high = (max(0.0, end - amount) for end in (self.low, self.value, self.high))
        return MeasuredNumber(value, low, high, self.source)


def ratio(parts: Floats, wholes: Floats, source: str) -> MeasuredNumber:
    """The sum of parts over the sum of wholes, a pair an order; the interval is built on the log scale.

    The variance is that of a ratio of means by linearisation (Cochran 1977, Sampling Techniques, chapter 6).

    >>> found = ratio(np.array([0.0, 10.0, 0.0, 30.0]), np.full(4, 100.0), "four orders")
    >>> found.value, round(found.low, 3), round(found.high, 3)
    (0.1, 0.011, 0.949)
    """
    number, total = len(parts), float(wholes.sum())
    value = float(parts.sum()) / total
    if value == 0 or number < 2:
        return MeasuredNumber(value, np.nan, np.nan, source)
    error = np.sqrt(number / (number - 1) * ((parts - value * wholes) ** 2).sum()) / total
    spread = float(np.exp(t.ppf((1 + INTERVAL) / 2, number - 1) * error / value))
    return MeasuredNumber(value, value / spread, value * spread, source)
