"""How long a plan takes: its path, its draws and its frontier, against one pass over an array of their size.

Run as a script, on an idle machine: `python tests/bench/bench_plan.py`. The least of some runs counts; a pass
multiplies two arrays of 10,000 draws × 60 months × 2 channels into a third.
"""

import argparse
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from ownchannel.scenarios import FittedPurchases, Plan, frontier, preset, project, simulate

DRAWS, MONTHS, CHANNELS = 10_000, 60, 2

#: What is meant to be reached: by row milliseconds, and passes where they are what counts.
GOALS = {
    "project, 36 months": (0.5, None),
    "project, 36 months, with its table": (None, None),
    "simulate, events only": (25.0, 60),
    "simulate, eight uncertain fields": (50.0, None),
    "simulate, events and a fitted model": (None, None),
    "  more than events only": (None, 10),
    "bands, low point and CVaR": (None, None),
    "frontier of 21 points, more": (30.0, None),
}


def least(run: Callable[[], Any], times: int) -> float:
    """Milliseconds of the quickest run."""
    found = []
    for _ in range(times):
        begin = time.perf_counter()
        run()
        found.append(time.perf_counter() - begin)
    return 1e3 * min(found)


def brand() -> Plan:
    """Two channels with every event, nothing uncertain."""
    plan = preset("Balanced brand").with_values({"horizon_months": MONTHS})
    fields = {its.name: {"rank_effect": 0.0} for its in plan.channels if its.kind == "marketplace"}
    return plan.model_copy(update={"channels": changed(plan, fields), "uncertain": {}})


def changed(plan: Plan, fields: dict[str, dict[str, object]]) -> tuple[Any, ...]:
    return tuple(its.model_copy(update=fields.get(its.name, {})) for its in plan.channels)


def uncertain(plan: Plan) -> Plan:
    """Four fields of each channel, a tenth to either side."""
    paths = [
        f"channels.{its.name}.{field}"
        for its in plan.channels
        for field in ("repeat_rate", "order_value", "cac", "ad_incrementality")
    ]
    return plan.model_copy(
        update={"uncertain": {path: (0.9 * plan.get(path), 1.1 * plan.get(path)) for path in paths}}
    )


def fitted(plan: Plan) -> Plan:
    """A fitted model, its parameters uncertain, in the own store."""
    model = FittedPurchases(
        model="MBG/NBD",
        parameters={"r": 0.5248, "alpha": 6.183, "a": 0.8914, "b": 1.614},
        log_covariance=tuple(map(tuple, (0.01 * np.eye(4)).tolist())),
        histories=tuple((float(x), 30.0 * (x > 0), 38.0, 10.0) for x in range(20)),
    )
    owned = next(its.name for its in plan.channels if its.kind == "owned")
    return plan.model_copy(update={"channels": changed(plan, {owned: {"purchase_model": model}})})


def measured(times: int) -> dict[str, float]:
    plan = brand()
    three_years, known = plan.with_values({"horizon_months": 36}), simulate(plan, DRAWS)
    unsure, model = uncertain(plan), fitted(plan)
    rows = {
        "project, 36 months": lambda: project(three_years).npv,
        "project, 36 months, with its table": lambda: project(three_years).months,
        "simulate, events only": lambda: simulate(plan, DRAWS),
        "simulate, eight uncertain fields": lambda: simulate(unsure, DRAWS),
        "simulate, events and a fitted model": lambda: simulate(model, DRAWS),
        "frontier of 21 points, more": lambda: frontier(plan, simulation=known),
    }
    for run in rows.values():
        run()  # draws are kept: the first time they are made
    found = {name: least(run, times) for name, run in rows.items()}
    found["  more than events only"] = (
        found["simulate, events and a fitted model"] - found["simulate, events only"]
    )
    both = least(lambda: summed_up(simulate(plan, DRAWS)), times)
    found["bands, low point and CVaR"] = both - found["simulate, events only"]
    return found


def summed_up(found: Any) -> None:
    found.bands("npv to date")
    found.low_point.min()
    found.cvar()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=15)
    given = parser.parse_args()
    one, other = np.random.default_rng(0).random((2, MONTHS, DRAWS * CHANNELS))
    into = np.empty_like(one)
    before = least(lambda: np.multiply(one, other, out=into), 50)
    found = measured(given.times)
    a_pass = min(before, least(lambda: np.multiply(one, other, out=into), 50))
    print(f"{'':38}{'ms':>8}{'goal':>8}{'passes':>8}{'goal':>8}")
    for name, (goal, passes) in GOALS.items():
        cells = (f"{found[name]:.2f}", goal or "", f"{found[name] / a_pass:.1f}", passes or "")
        print(f"{name:38}" + "".join(f"{cell:>8}" for cell in cells))
    print(f"{'one pass':38}{a_pass:>8.2f}")


if __name__ == "__main__":
    main()
