"""Two plain numbers in place of a curve: the repeat rate and the days between orders that match it."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from ownchannel.clv.special import Floats
from ownchannel.scenarios.calibration.measured import INTERVAL, MeasuredNumber
from ownchannel.scenarios.calibration.observed import DAYS_A_MONTH
from ownchannel.scenarios.purchase_curve import FittedPurchases, drawn_curves

#: The ages in months at which the curves match; the second is four times the first.
MATCHED_AT = (6, 24)
_CLOSE = 1e-6
_DRAWS = 200


@dataclass(frozen=True)
class MatchedRates:
    """What a plan takes where it has no fitted model."""

    repeat_rate: float
    days_between_orders: float

    def repeat_orders(self, months: Floats) -> Floats:
        """Repeat orders of a new customer by age: R(τ) = ((1−p)/p)(1 − e^(−λpτ)), p = 1 − repeat rate."""
        leaves, rate = 1 - self.repeat_rate, DAYS_A_MONTH / self.days_between_orders
        if leaves == 0:
            return rate * months
        return np.asarray(self.repeat_rate / leaves * -np.expm1(-rate * leaves * months))

    def active_share(self, months: Floats) -> Floats:
        """The share of customers who are still active so long after their first order."""
        leaves, rate = 1 - self.repeat_rate, DAYS_A_MONTH / self.days_between_orders
        return np.asarray(self.repeat_rate * np.exp(-rate * leaves * months))


def matched(at_6: float, at_24: float) -> MatchedRates:
    """The rates whose curve passes through the repeat orders of a new customer at 6 and 24 months.

    A curve that bends more, or less, than any of these can is matched at 6 months, as well as may be at 24.
    Raises ValueError where there are no repeat orders.

    >>> found = matched(0.3, 0.5)
    >>> found.repeat_orders(np.array([6.0, 24.0])).round(9).tolist()
    [0.3, 0.5]
    """
    if not 0 < at_6 <= at_24:
        raise ValueError(
            f"Repeat orders at 6 and 24 months are {at_6:g} and {at_24:g}: expected them to rise."
        )
    # With x = e^(−6λp), R(24)/R(6) = (1 − x⁴)/(1 − x) = 1 + x + x² + x³.
    bend = min(max(at_24 / at_6, 1 + _CLOSE), 4 - _CLOSE)
    x = float(brentq(lambda x: 1 + x + x**2 + x**3 - bend, 0.0, 1.0))
    odds = at_6 / (1 - x)  # (1 − p) / p
    leaves = 1 / (1 + odds)
    return MatchedRates(1 - leaves, DAYS_A_MONTH * leaves * MATCHED_AT[0] / -np.log(x))


def rates_of_model(
    fitted: FittedPurchases, seed: int = 0
) -> tuple[MatchedRates, MeasuredNumber, MeasuredNumber]:
    """The rates that match a fitted model; repeat rate and days with the intervals of its parameters."""
    new_alone = fitted.model_copy(update={"histories": ()})
    point, _ = new_alone.curves(MATCHED_AT[1])
    rates = matched(float(point[MATCHED_AT[0]]), float(point[MATCHED_AT[1]]))
    curves, _ = drawn_curves(new_alone, MATCHED_AT[1], _DRAWS, seed)
    drawn = [matched(float(early), float(late)) for early, late in curves[list(MATCHED_AT)].T]
    rate = _measured(rates.repeat_rate, [each.repeat_rate for each in drawn])
    return rates, rate, _measured(rates.days_between_orders, [each.days_between_orders for each in drawn])


def _measured(value: float, drawn: list[float]) -> MeasuredNumber:
    low, high = np.quantile(drawn, [(1 - INTERVAL) / 2, (1 + INTERVAL) / 2])
    return MeasuredNumber(value, float(low), float(high), "measured: matches MBG/NBD at 6 and 24 months")
