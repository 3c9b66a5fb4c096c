"""How much of what advertising claims is real: plan a test that turns it off for a while, and read it out.

Platforms count sales that would have come anyway, and comparisons without a test often miss the truth
(Gordon, Zettelmeyer, Bhargava & Chapsky 2019, Marketing Science 38(2)). Two tests fit a small brand: weeks
without advertising ("on_off"), or regions without it ("geo"; Vaver & Koehler 2011, "Measuring Ad
Effectiveness Using Geo Experiments", Google). Effects are shares of revenue, so logarithms are compared:
weeks by a regression on trend, season (from 104 weeks of past on) and the weeks off; regions by one change
each, test against past (Bertrand, Duflo & Mullainathan 2004), weighted by past revenue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import narwhals as nw
import numpy as np
import pandas as pd

from ownchannel.formats import Shown, count, percent, round_money
from ownchannel.marketplace._weekly_noise import (
    Array,
    effect_of_regions,
    effect_of_weeks,
    error_of_regions,
    error_of_weeks,
    power_of,
)

AdTestKind = Literal["on_off", "geo"]

_LEAST_WEEKS = 8
_COUNTED = ("revenue", "orders", "new_customers")
#: What the revenue that advertising brought is divided by.
_RATIOS = {"share_of_revenue": "revenue", "share_of_claim": "claimed_revenue", "return_on_ad_spend": "spend"}
_EFFECTS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3)


@dataclass(frozen=True, repr=False)
class AdTestPlan(Shown):
    """What a test can see. `table` has `effect, power`: how probably it finds effects of each size.

    Effects are shares of revenue; `smallest_effect` is found in 4 of 5 tests.
    """

    kind: AdTestKind
    weeks: int
    off_regions: tuple[str, ...]
    effect: float
    power: float
    smallest_effect: float
    table: pd.DataFrame

    def to_pandas(self) -> pd.DataFrame:
        """The table."""
        return self.table

    def __str__(self) -> str:
        where = f" in {count(len(self.off_regions), 'region')}" if self.off_regions else ""
        test, cases = f"A test of {count(self.weeks, 'week')}{where}", round(100 * self.power)
        return (
            f"{test} sees an effect of {percent(self.effect)} of revenue in {cases} of 100 cases, "
            f"one of {percent(self.smallest_effect, 1)} in 80."
        )


def plan_test(
    past: Any,
    effect: float = 0.1,
    *,
    weeks: int = 8,
    kind: AdTestKind = "on_off",
    turn: int = 1,
    off: Sequence[str] | None = None,
    seed: int = 0,
) -> AdTestPlan:
    """What a test of so many weeks can see, judged by how past revenue varied (5% level, two-sided).

    `past` is revenue by week, or by day (then summed to whole weeks, Monday to Sunday), with advertising on
    as usual: a pandas series by date, or a table with the date in `week` and one column, or one per region.
    On/off: `turn` weeks off, then as many on, and so on; with `turn=weeks` it is off all the time. Geo: the
    regions in `off` are off all the time; without it, one of each two regions alike in size, by lot (`seed`).
    What advertising brings only weeks later is missed by short turns. Raises ValueError for less than 8 weeks
    of past, gaps, no variation, or regions on one side only.

    >>> weeks = pd.date_range("2026-01-05", periods=30, freq="7D")
    >>> past = pd.Series([1000.0 + 20 * (week * 7 % 10) for week in range(30)], index=weeks)
    >>> plan_test(past, effect=0.1, weeks=8)
    A test of 8 weeks sees an effect of 10% of revenue in 74 of 100 cases, one of 10.7% in 80.
    """
    from scipy.optimize import brentq

    if not 0 < effect < 1:
        raise ValueError(f"An effect is a share of revenue between 0 and 1, such as 0.1, not {effect}.")
    if kind not in ("on_off", "geo") or turn < 1 or weeks < 2:
        given = f"{kind!r}, {turn} and {weeks} were given"
        raise ValueError(f"kind is 'on_off' or 'geo', turn at least 1, weeks at least 2; {given}.")
    sales = _past_weeks(past)
    regions = _off_regions(sales, off, seed) if kind == "geo" else []
    if regions:
        error, freedom = error_of_regions(sales.to_numpy(), sales.columns.isin(regions), weeks)
    else:
        logs = np.log(sales.sum(axis=1).to_numpy())
        error, freedom = error_of_weeks(logs, np.arange(weeks) // turn % 2 == 0)
    power, *powers = [power_of(-np.log1p(-share) / error, freedom) for share in (effect, *_EFFECTS)]
    distance = brentq(lambda errors: power_of(errors, freedom) - 0.8, 1e-3, 1e3)
    table = pd.DataFrame({"effect": _EFFECTS, "power": powers})
    return AdTestPlan(kind, weeks, tuple(regions), effect, power, float(1 - np.exp(-distance * error)), table)


def weeks_needed(
    past: Any, effect: float = 0.1, *, power: float = 0.8, at_most: int = 52, **design: Any
) -> int | None:
    """Weeks of test that find `effect` with probability `power`; None where `at_most` weeks are too few.

    `design` is what `plan_test` takes besides: `kind, turn, off, seed`.

    >>> weeks = pd.date_range("2026-01-05", periods=30, freq="7D")
    >>> past = pd.Series([1000.0 + 20 * (week * 7 % 10) for week in range(30)], index=weeks)
    >>> weeks_needed(past, 0.1), weeks_needed(past, 0.05, at_most=12)
    (11, None)
    """
    lengths = range(2, at_most + 1)
    return next((n for n in lengths if plan_test(past, effect, weeks=n, **design).power >= power), None)


@dataclass(frozen=True, repr=False)
class AdTestResult(Shown):
    """What advertising brought where it was on while the test ran, with 95% intervals from `low` to `high`.

    `table` has `measure, value, low, high`. `revenue` (money), `orders` and `new_customers` are per week;
    `share_of_revenue` and `share_of_claim` (brought ÷ claimed by the platform) are shares; `cac` is money
    per new customer brought, infinite where there may be none; `return_on_ad_spend` is money brought per
    money spent.
    """

    kind: AdTestKind
    weeks: int
    currency: str
    table: pd.DataFrame

    def to_pandas(self) -> pd.DataFrame:
        """The table."""
        return self.table

    def range(self, measure: str) -> tuple[float, float, float] | None:
        """Value, low and high of a measure, or None where the test does not show it."""
        for name, value, low, high in self.table.itertuples(index=False):
            if name == measure:
                return float(value), float(low), float(high)
        return None

    def __str__(self) -> str:
        value, low, high = self.range("revenue") or (0.0, 0.0, 0.0)
        amount, least, most = (round_money(number, self.currency) for number in (value, low, high))
        claim = self.range("share_of_claim")
        claimed = f", {percent(claim[0])} of what the platform claims" if claim else ""
        text = f"Advertising brought {amount} a week (95% interval {least} to {most}){claimed}."
        return text if low > 0 else f"{text} The test cannot rule out that it brought nothing."


def read_test(table: Any, currency: str | None = None) -> AdTestResult:
    """What advertising brought, by the test: the difference between off and on, before and during it.

    `table` has a row per week (and `region`, in a test by regions): `week` (its first day), `advertising`
    (true or false), `revenue`, and where known `orders`, `new_customers`, `spend`, `claimed_revenue` and
    `currency`; at least 8 weeks before the first week off. Orders and new customers are left out where a week
    (or a region) has none. Raises ValueError where the table does not fit.

    >>> test = pd.DataFrame({"week": pd.date_range("2026-01-05", periods=40, freq="7D")})
    >>> test["advertising"] = [week < 30 or week % 2 == 1 for week in range(40)]
    >>> usual = pd.Series([1000.0 + 20 * (week * 7 % 10) for week in range(40)])
    >>> test["revenue"] = usual.where(test["advertising"], 0.8 * usual)
    >>> test = test.assign(spend=150 * test["advertising"], claimed_revenue=400 * test["advertising"])
    >>> found = read_test(test, "USD")
    >>> found
    Advertising brought $240 a week (95% interval $170 to $300), 59% of what the platform claims.
    >>> [round(number, 2) for number in found.range("return_on_ad_spend")]
    [1.59, 1.11, 2.02]
    """
    tables, currency = _test_tables(table, currency)
    on = tables.pop("advertising") == 1
    start = on.index[~on.all(axis=1)][0]
    weeks = int((on.index >= start).sum())
    live = on.mul(on.index >= start, axis=0)
    if not live.any(axis=None):  # off all the time: what it brought just before
        live = on.mul(on.index >= start - pd.Timedelta(weeks=weeks), axis=0)
    sums = pd.DataFrame({name: amounts.where(live, 0).sum(axis=1) for name, amounts in tables.items()})
    per_week = sums[live.any(axis=1)].mean()
    shares = {name: _share(tables[name], on, start) for name in _COUNTED if name in tables}
    found = {name: share * per_week[name] for name, share in shares.items() if share is not None}
    if "revenue" not in found:
        raise ValueError("A week or a region has no revenue. Join the region with another one.")
    for name, compared in _RATIOS.items():
        if per_week.get(compared, 0) > 0:
            found[name] = found["revenue"] / per_week[compared]
    if "new_customers" in found and per_week.get("spend", 0) > 0:
        brought = found["new_customers"][[0, 2, 1]]  # the most customers make the lowest cost
        found["cac"] = np.divide(per_week["spend"], brought, out=np.full(3, np.inf), where=brought > 0)
    measures = pd.DataFrame.from_dict(found, orient="index", columns=["value", "low", "high"])
    kind: AdTestKind = "geo" if len(on.columns) > 1 else "on_off"
    return AdTestResult(kind, weeks, currency, measures.rename_axis("measure").reset_index())


def _share(amounts: pd.DataFrame, on: pd.DataFrame, start: pd.Timestamp) -> Array | None:
    """The share that advertising brought, with its 95% interval; None where a sum is 0."""
    from scipy.stats import t

    before = amounts.index < start
    if len(on.columns) > 1:
        amounts = pd.DataFrame({"past": amounts[before].mean(), "test": amounts[~before].mean()})
    if amounts.to_numpy().min() <= 0:
        return None
    logs = np.log(amounts.to_numpy())
    if len(on.columns) > 1:
        off, size = ~on.loc[start].to_numpy(), amounts["past"].to_numpy()
        effect, error, freedom = effect_of_regions(logs[:, 1] - logs[:, 0], off, size)
    else:
        effect, error, freedom = effect_of_weeks(logs[:, 0], ~on.to_numpy()[:, 0], int(before.sum()))
    reach = t.ppf(0.975, freedom) * error
    return np.asarray(1 - np.exp(effect + np.array([0, reach, -reach])), dtype=np.float64)


def _off_regions(sales: pd.DataFrame, off: Sequence[str] | None, seed: int) -> list[str]:
    if off is None:  # of each two neighbours in size, one by lot
        by_size, lot = sales.sum().sort_values().index, np.random.default_rng(seed)
        off = [by_size[2 * pair + int(lot.integers(2))] for pair in range(len(by_size) // 2)]
    if unknown := [region for region in off if region not in sales]:
        raise ValueError(f"Region {unknown[0]!r} has no past sales. Name regions as the table does.")
    _check_sides(len(off), len(sales.columns) - len(off))
    return list(off)


def _past_weeks(past: Any) -> pd.DataFrame:
    """Revenue by week, a column per region or only one; days are summed to whole weeks."""
    try:
        table = past.to_frame() if isinstance(past, pd.Series) else _pandas(past)
        table = table.set_index("week") if "week" in table else table
        table.index = pd.DatetimeIndex(pd.to_datetime(table.index, format="ISO8601"))
        table = table.astype("float64").sort_index()
    except (TypeError, ValueError):
        raise ValueError("Past sales are not numbers by date. Give each week's date and revenue.") from None
    if (table.index.to_series().diff().dropna() == pd.Timedelta(days=1)).all():
        weekly = table.resample("W-SUN")
        table = weekly.sum()[(weekly.size() == 7).to_numpy()]
    _check_weeks(table, len(table))
    return table


def _pandas(table: Any) -> pd.DataFrame:
    try:
        return pd.DataFrame(nw.from_native(table, eager_only=True).to_pandas())
    except TypeError:
        raise ValueError("A table is needed: pandas, Arrow or polars.") from None


def _test_tables(table: Any, currency: str | None) -> tuple[dict[str, pd.DataFrame], str]:
    """A frame of weeks by regions (one column without regions) per amount, checked; and the currency."""
    rows = _pandas(table)
    if missing := [name for name in ("week", "advertising", "revenue") if name not in rows]:
        raise ValueError(f"The test has no column {missing[0]!r}. It needs week, advertising and revenue.")
    currencies = {*rows.get("currency", ()), currency} - {None}
    if len(currencies) != 1:
        raise ValueError(f"A test has one currency; {len(currencies)} were given. Give all amounts in one.")
    wanted = [name for name in ("advertising", *_COUNTED, "spend", "claimed_revenue") if name in rows]
    try:
        rows = rows.assign(week=pd.to_datetime(rows["week"], format="ISO8601"), region=rows.get("region", ""))
        rows[wanted] = rows[wanted].astype("float64")
    except (TypeError, ValueError):
        raise ValueError(
            "week must be a date (2026-03-02), advertising true or false, amounts numbers."
        ) from None
    if rows.duplicated(["week", "region"]).any():
        raise ValueError("A week is there twice. Give one row per week, or per week and region.")
    tables = {name: rows.pivot(index="week", columns="region", values=name) for name in wanted}
    if gaps := [name for name, amounts in tables.items() if amounts.isna().any(axis=None)]:
        raise ValueError(f"{gaps[0]} is missing in a week or region. Give every week; write 0 for none.")
    on = tables["advertising"] == 1
    off_weeks = on.index[~on.all(axis=1)]
    if off_weeks.empty or not on.any(axis=None):
        raise ValueError("Advertising must be off in some weeks and on in others. Include the weeks before.")
    if "spend" in tables and (tables["spend"][~on] > 0).any(axis=None):
        raise ValueError("A week is marked as off but has spend. Mark it as on, or correct its spend.")
    _check_weeks(tables["revenue"], int((on.index < off_weeks[0]).sum()))
    if list(on.columns) != [""]:
        during = on.loc[off_weeks[0] : off_weeks[-1]]
        if (during != during.iloc[0]).any(axis=None):
            raise ValueError("A region is on in some weeks of the test and off in others. Leave it out.")
        _check_sides(int((~during.iloc[0]).sum()), int(during.iloc[0].sum()))
        tables = {name: amounts.loc[: off_weeks[-1]] for name, amounts in tables.items()}
    return tables, str(currencies.pop())


def _check_weeks(table: pd.DataFrame, past: int) -> None:
    steps = table.index.to_series().diff().dropna()
    if (steps != pd.Timedelta(weeks=1)).any() or table.isna().any(axis=None):
        raise ValueError("Weeks must follow each other by 7 days. Fill the gaps; write 0 for no sales.")
    if past < _LEAST_WEEKS:
        weeks = count(past, "week")
        raise ValueError(f"{weeks} of past sales: at least {_LEAST_WEEKS} are needed. Give more weeks.")
    if (table.sum(axis=1) <= 0).any() or (table.sum() <= 0).any():
        raise ValueError("A week or a region has no revenue. Leave the region out or join it with another.")


def _check_sides(off: int, on: int) -> None:
    if min(off, on) < 2:
        where = f"Advertising is off in {count(off, 'region')} and on in {count(on, 'region')}"
        raise ValueError(f"{where}: at least two are needed on either side. Split regions, or test by weeks.")
