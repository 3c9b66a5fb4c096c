"""Cox regression against published numbers, the textbook's formulas, and customers made with known ratios."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import pearsonr, rankdata

from ownchannel.customers._survival import Ties, cox_regression
from tests.oracles import freireich

IN_PLACEBO = pd.DataFrame({"placebo": freireich.IN_PLACEBO})


@pytest.mark.parametrize("ties", freireich.LOG_HAZARD_RATIO)
def test_freireich_hazard_ratio(ties: Ties) -> None:
    (found,) = cox_regression(freireich.WEEKS, freireich.RELAPSED, IN_PLACEBO, ties)
    log_ratio, error = freireich.LOG_HAZARD_RATIO[ties]
    assert math.log(found.ratio) == pytest.approx(log_ratio, abs=6e-4)
    half = (math.log(found.upper) - math.log(found.lower)) / 2
    assert half / 1.959964 == pytest.approx(error, abs=6e-4)
    assert found.p == pytest.approx(math.erfc(log_ratio / error / math.sqrt(2)), rel=0.02)


def efron_log_likelihood(beta: float, days: Any, returned: Any, x: Any) -> float:
    """Efron (1977), summed by hand."""
    total = 0.0
    for day in {day for day, event in zip(days, returned, strict=True) if event}:
        at_risk = sum(math.exp(beta * v) for d, v in zip(days, x, strict=True) if d >= day)
        events = [v for d, event, v in zip(days, returned, x, strict=True) if event and d == day]
        tied = sum(math.exp(beta * v) for v in events)
        total += beta * sum(events)
        total -= sum(math.log(at_risk - k / len(events) * tied) for k in range(len(events)))
    return total


def made(
    rng: np.random.Generator, log_ratios: list[float], n: int
) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """Customers whose hazard is exp(x @ log ratios) / 200 a day, watched for up to a year."""
    x = np.column_stack([rng.integers(0, 2, n), *rng.normal(size=(len(log_ratios) - 1, n))])
    days = rng.exponential(200 / np.exp(x @ log_ratios))
    end = rng.uniform(0, 365, n)
    columns = pd.DataFrame(x, columns=[f"x{i}" for i in range(len(log_ratios))])
    return np.ceil(np.minimum(days, end)), days <= end, columns


def test_ratio_is_where_the_partial_likelihood_is_highest() -> None:
    days, returned, x = made(np.random.default_rng(7), [0.6], 80)
    days = np.ceil(days / 20)  # many ties
    (found,) = cox_regression(days, returned, x)
    best = minimize_scalar(
        lambda beta: -efron_log_likelihood(beta, days, returned, x["x0"]), bracket=(0, 1), tol=1e-12
    )
    assert math.log(found.ratio) == pytest.approx(best.x, abs=1e-6)


def test_intervals_hold_the_true_ratios_nineteen_times_in_twenty() -> None:
    rng, truth = np.random.default_rng(20260402), [0.5, -0.3, 0.0]
    inside = np.zeros(3)
    for _ in range(50):
        found = cox_regression(*made(rng, truth, 200))
        inside += [one.lower <= math.exp(beta) <= one.upper for one, beta in zip(found, truth, strict=True)]
    # 47.5 expected, within four standard deviations of 1.5.
    assert (inside > 47.5 - 4 * 1.5).all()
    assert (inside < 50).any()


def test_steadiness_is_the_correlation_of_residuals_worked_out_by_hand() -> None:
    days, returned, x = made(np.random.default_rng(11), [0.8, 0.4], 150)
    found = cox_regression(days, returned, x)
    beta = np.log([one.ratio for one in found])
    weight = np.exp(x.to_numpy() @ beta)
    event_rows = np.flatnonzero(returned)
    at_risk = [days >= days[row] for row in event_rows]
    for one, values in zip(found, x.to_numpy().T, strict=True):
        residuals = [
            values[row] - np.average(values[risk], weights=weight[risk])
            for row, risk in zip(event_rows, at_risk, strict=True)
        ]
        expected = pearsonr(residuals, rankdata(days[event_rows])).pvalue
        assert one.p_steady == pytest.approx(expected, rel=1e-6)


def test_a_ratio_that_turns_around_is_seen_and_a_steady_one_is_not_accused() -> None:
    rng = np.random.default_rng(5)
    group = np.repeat([0.0, 1.0], 1_000)
    # Twice as often for 50 days and half as often afterwards, against a steady 1 in 100 a day.
    early = rng.exponential(50, 1_000)
    late = 50 + rng.exponential(200, 1_000)
    turning = np.concatenate([rng.exponential(100, 1_000), np.where(early < 50, early, late)])
    steady = np.concatenate([rng.exponential(100, 1_000), rng.exponential(50, 1_000)])
    x = pd.DataFrame({"group": group})
    (turned,) = cox_regression(turning, np.ones(2_000), x)
    (stayed,) = cox_regression(steady, np.ones(2_000), x)
    assert turned.p_steady < 1e-6
    assert stayed.p_steady > 0.05


# ------------------------------------------------------------------ mistakes

DAYS = list(range(1, 41))
ODD = [float(day % 2) for day in DAYS]


@pytest.mark.parametrize(
    ("columns", "returned", "says"),
    [
        ({}, [1] * 40, r"No driver is left that differs between customers"),
        ({"odd": [math.inf, *ODD[1:]]}, [1] * 40, r"odd: expected finite numbers for all customers"),
        (
            {"odd": ODD, "day": DAYS},
            [1] * 19 + [0] * 21,
            r"Only 19 customers came back, too few for 2 coefficients \(odd and day\): expected 20 at least",
        ),
        ({"odd": ODD, "even": [1 - odd for odd in ODD]}, [1] * 40, r"odd and even cannot be told apart"),
        ({"late": [float(day > 20) for day in DAYS]}, [1] * 20 + [0] * 20, r"No finite hazard ratio fits"),
    ],
)
def test_mistakes_are_answered_in_sentences(
    columns: dict[str, list[float]], returned: list[int], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        cox_regression(DAYS, returned, pd.DataFrame(columns, index=range(40)))


def test_ten_returns_a_coefficient_are_enough() -> None:
    assert (
        len(
            cox_regression(
                DAYS, [1] * 20 + [0] * 20, pd.DataFrame({"odd": ODD, "day": [d % 7 for d in DAYS]})
            )
        )
        == 2
    )
