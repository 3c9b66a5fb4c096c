"""What happens when the marketplace stops, or raises its fee: the last year, played again without it."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import numpy as np
import pandas as pd

from ownchannel.assumptions import Quantity, assumption
from ownchannel.customers import Floats
from ownchannel.formats import Shown, count
from ownchannel.marketplace._economics import Economics

#: Months that are looked ahead.
HORIZON = 24

_stop = partial(assumption, group="If the marketplaces stopped on Monday")
_fee = partial(assumption, group="If their fee rose")


class Shocks(Economics):
    """What an order costs, and what might happen.

    >>> Shocks(downtime_months=6).fee_rise
    0.02
    """

    downtime_months: float = _stop(
        Quantity("Length of the stop", 3, "months", valid=(0, HORIZON), plausible=(0, 12)),
        help="How long the marketplaces sell nothing for you. Afterwards sales return in full.",
        source="Assumption: nobody has published how long suspensions last",
    )
    fixed_costs: float = _stop(
        Quantity("Fixed costs", 5_000, "money a month", slider=(0, 20_000), plausible=(1_000, 15_000)),
        help="What you pay every month whether you sell or not: wages, rent, software.",
        source="Assumption for a brand of this size: enter the figure from your own books",
    )
    cash: float = _stop(
        Quantity(
            "Cash in the bank", 12_000, "money", slider=(0, 100_000), plausible=(2_000, 80_000), step=500
        ),
        help="What you could spend tomorrow, credit lines included.",
        source="Assumption for a brand of this size: enter the figure from your own books",
    )
    fee_rise: float = _fee(
        Quantity("Fee rise", 0.02, "percentage points", slider=(0, 0.15), plausible=(0, 0.05)),
        help="Added to the referral fee, while prices and sales stay as they are.",
        source="Assumption: vendors report unchanged referral fees since January 2024",
    )


@dataclass(frozen=True, repr=False)
class Year(Shown):
    """Twelve months of contribution and fee base, to be played again from the month after the data."""

    months: tuple[date, ...]
    owned: Floats
    marketplace: Floats
    fee_base: Floats
    """What the marketplace's fee is taken from."""
    marketplace_orders: float
    months_seen: int
    """Complete months that the year rests on; below 12 their average stands in for the rest."""

    def __str__(self) -> str:
        owned, marketplace = (f"{round(left.sum()):,}" for left in (self.owned, self.marketplace))
        seen = count(self.months_seen, "month")
        return f"A year leaves {owned} in your own store and {marketplace} on marketplaces, based on {seen}."


def last_twelve_months(contribution: pd.DataFrame, last_day: date) -> tuple[pd.DataFrame, list[date]]:
    """The rows of `contribution_by_month` in the last twelve complete months, and those months.

    `last_day` is the last day that the files cover: a month that it cuts short is left out. Raises ValueError
    where no month is complete.
    """
    complete = _months_on(last_day + timedelta(days=1), -1)
    wanted = [_months_on(complete, shift) for shift in range(-11, 1)]
    seen = contribution[contribution["month"].isin(wanted)]
    if seen.empty:
        raise ValueError(
            "These files cover no complete month: add exports that cover at least one whole month."
        )
    return seen, wanted


def last_year(contribution: pd.DataFrame, last_day: date) -> Year:
    """The last twelve complete months of `contribution_by_month`, in the order of the year to come.

    >>> sold = {"kind": "owned", "contribution": 5.0, "fee_base": 9.0, "orders": 2.0}
    >>> year = last_year(pd.DataFrame([sold | {"month": date(2026, 9, 1)}]), date(2026, 9, 30))
    >>> year
    A year leaves 60 in your own store and 0 on marketplaces, based on 1 month.
    """
    seen, wanted = last_twelve_months(contribution, last_day)
    by_kind = seen.groupby(["month", "kind"])[["contribution", "fee_base", "orders"]].sum()

    def series(kind: str, column: str) -> Floats:
        known = by_kind[column].unstack("kind").reindex(columns=[kind])[kind].fillna(0.0)
        return known.reindex(wanted).fillna(known.mean()).to_numpy(dtype=np.float64)

    return Year(
        months=tuple(_months_on(wanted[-1], shift) for shift in range(1, HORIZON + 1)),
        owned=series("owned", "contribution"),
        marketplace=series("marketplace", "contribution"),
        fee_base=series("marketplace", "fee_base"),
        marketplace_orders=float(series("marketplace", "orders").sum()),
        months_seen=seen["month"].nunique(),
    )


@dataclass(frozen=True, repr=False)
class Stop(Shown):
    """Cash month by month (position 0 is today), as things are and with the marketplace stopped."""

    as_today: Floats
    stopped: Floats
    lost: float
    """Contribution that does not come while it is stopped."""
    runway: int | None
    """The first month that ends without cash if the marketplace never came back; None within the horizon."""

    def __str__(self) -> str:
        lost, lowest = f"{round(self.lost):,}", f"{round(self.lowest):,}"
        return f"{lost} would be missing; cash would be lowest after month {self.lowest_month}, at {lowest}."

    @property
    def lowest(self) -> float:
        """The lowest cash while and after it is stopped."""
        return float(self.stopped.min())

    @property
    def lowest_month(self) -> int:
        """The month after which cash is lowest; 0 is today."""
        return int(self.stopped.argmin())


def stop(year: Year, downtime_months: float, fixed_costs: float, cash: float) -> Stop:
    """Cash over the next two years if no marketplace sold anything for the first `downtime_months` months.

    The year repeats itself. balance(t) = balance(t−1) + contribution(t) − fixed costs; the marketplaces'
    contribution is 0 while they are stopped; their advertising and fulfilment stop with their orders.

    >>> year = Year((), np.zeros(12), np.full(12, 500.0), np.full(12, 2_000.0), 240.0, 12)
    >>> stop(year, downtime_months=2, fixed_costs=100, cash=250)
    1,000 would be missing; cash would be lowest after month 2, at 50.
    """
    owned, marketplace = np.resize(year.owned, HORIZON), np.resize(year.marketplace, HORIZON)
    sells = np.arange(HORIZON) >= downtime_months

    def balance(contribution: Floats) -> Floats:
        return np.concatenate([[cash], cash + np.cumsum(contribution - fixed_costs)])

    broke = np.flatnonzero(balance(owned)[1:] < 0)
    return Stop(
        as_today=balance(owned + marketplace),
        stopped=balance(owned + marketplace * sells),
        lost=float(marketplace[~sells].sum()),
        runway=int(broke[0]) + 1 if len(broke) else None,
    )


@dataclass(frozen=True, repr=False)
class FeeRise(Shown):
    """A year of marketplace contribution before and after a rise of its fee, and the orders behind it."""

    before: float
    after: float
    orders: float
    points_to_nothing: float
    """The rise at which the marketplaces' orders leave nothing; negative where they leave less already."""

    def __str__(self) -> str:
        return f"It costs {round(self.cost):,} a year: {round(self.before):,} become {round(self.after):,}."

    @property
    def cost(self) -> float:
        """Contribution lost a year."""
        return self.before - self.after


def raise_fee(year: Year, points: float) -> FeeRise:
    """A year with the fee `points` (a share: 0.02 for two points) higher, all else as it was.

    >>> year = Year((), np.zeros(12), np.full(12, 500.0), np.full(12, 2_000.0), 240.0, 12)
    >>> raise_fee(year, points=0.02)
    It costs 480 a year: 6,000 become 5,520.
    """
    before, base = float(year.marketplace.sum()), float(year.fee_base.sum())
    return FeeRise(
        before=before,
        after=before - points * base,
        orders=year.marketplace_orders,
        points_to_nothing=before / base if base else 0.0,
    )


def _months_on(month: date, shift: int) -> date:
    number = month.year * 12 + month.month - 1 + shift
    return date(number // 12, number % 12 + 1, 1)
