"""How long a fit takes beside lifetimes' and pymc-marketing's, in one run, with log-likelihoods side by side.

Run as a script: `python tests/bench/bench_models.py`, after `pip install -e '.[peers]'`; `--without-pymc`
leaves out the slower of the two. The least of some runs counts. CDNOW is the sample that lifetimes brings
along; the million customers are simulated, their days whole.
"""

import argparse
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import pandas as pd

from ownchannel.clv import (
    BetaGeoModel,
    CustomerModel,
    GammaGammaModel,
    ModifiedBetaGeoModel,
    ParetoNBDModel,
)

Fit = Callable[[], Any]

MODELS: dict[str, tuple[type[CustomerModel], str, float]] = {
    "BG/NBD": (BetaGeoModel, "BetaGeoFitter", 10),
    "MBG/NBD": (ModifiedBetaGeoModel, "ModifiedBetaGeoFitter", 10),
    "Pareto/NBD": (ParetoNBDModel, "ParetoNBDFitter", 5),
    "gamma-gamma": (GammaGammaModel, "GammaGammaFitter", 5),
}
"""By name ours, lifetimes' and how many times faster ours is meant to be."""

MILLION = 1_000_000


def least(run: Fit, times: int) -> tuple[float, Any]:
    """Seconds of the quickest run, and what it gave."""
    found: list[float] = []
    result = None
    for _ in range(times):
        begin = time.perf_counter()
        result = run()
        found.append(time.perf_counter() - begin)
    return min(found), result


def cdnow() -> pd.DataFrame:
    from lifetimes.datasets import load_cdnow_summary_data_with_monetary_value

    return load_cdnow_summary_data_with_monetary_value().reset_index(drop=True)


def a_million() -> pd.DataFrame:
    generator = np.random.default_rng(1)
    age = generator.integers(60, 730, MILLION) / 7
    truth = {"r": 0.25, "alpha": 4.5, "a": 0.8, "b": 2.4}
    frequency, recency = BetaGeoModel.simulated(truth, age, generator)
    days = np.minimum(np.ceil(recency * 7) / 7, age)
    return pd.DataFrame({"frequency": frequency, "recency": days, "T": age})


def theirs(name: str, customers: pd.DataFrame) -> tuple[Fit, Callable[[Any], dict[str, float]]]:
    """A fit by lifetimes, and its parameters under our names."""
    import lifetimes

    fitter = getattr(lifetimes, MODELS[name][1])
    if name == "gamma-gamma":
        some = customers[(customers["frequency"] > 0) & (customers["monetary_value"] > 0)]
        return lambda: fitter().fit(some["frequency"], some["monetary_value"]), lambda fit: dict(fit.params_)
    columns = (customers[column] for column in ("frequency", "recency", "T"))
    x, recency, age = columns
    return lambda: fitter().fit(x, recency, age), lambda fit: dict(fit.params_)


def compare(name: str, customers: pd.DataFrame, goal: float, times: int) -> None:
    """A line: seconds of both and their ratio, and both maxima of our likelihood."""
    model = MODELS[name][0]
    ours, results = least(lambda: model(customers).fit(), 5 * times)
    run, parameters = theirs(name, customers)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # lifetimes' own, on today's numpy and pandas
        peer, fit = least(run, times)
    found = parameters(fit)
    at_theirs = model(customers).loglike([found[parameter] for parameter in model.parameters])
    print(
        f"{name:<14}{len(customers):>10,}{1e3 * ours:>11.2f}{1e3 * peer:>12.1f}{peer / ours:>8.1f}x"
        f"{goal:>7.0f}x{results.llf:>18.3f}{at_theirs:>18.3f}",
        flush=True,
    )


def compare_with_pymc(customers: pd.DataFrame) -> None:
    """BG/NBD by pymc-marketing's MAP under flat priors, once everything is compiled."""
    from pymc_extras.prior import Prior
    from pymc_marketing.clv import BetaGeoModel as Theirs

    flat = {f"{name}": Prior("HalfFlat") for name in ("r", "alpha", "a", "b")}
    data = customers.assign(customer_id=np.arange(len(customers)))[
        ["customer_id", "frequency", "recency", "T"]
    ]

    def run() -> Any:
        model = Theirs(data=data, model_config=flat)
        model.fit(method="map", progressbar=False)
        return model

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run()
        peer, fit = least(run, 3)
    found = [float(fit.idata.posterior[name].mean()) for name in ("r", "alpha", "a", "b")]
    ours, results = least(lambda: BetaGeoModel(customers).fit(), 30)
    print(
        f"BG/NBD against pymc-marketing's MAP, warm: {1e3 * ours:.2f} ms and {1e3 * peer:.0f} ms, "
        f"{peer / ours:.0f}x (goal 100x); log-likelihood {results.llf:.3f} and "
        f"{BetaGeoModel(customers).loglike(found):.3f}"
    )


def predictions(customers: pd.DataFrame) -> None:
    """Seconds for a million customers, by model and prediction."""
    for name in ("BG/NBD", "MBG/NBD", "Pareto/NBD"):
        results = MODELS[name][0](customers.iloc[::50]).fit()
        buys, _ = least(lambda results=results: results.expected_purchases(customers, 52), 2)
        alive, _ = least(lambda results=results: results.expected_probability_alive(customers), 2)
        print(f"{name}: a million customers' purchases in {buys:.2f} s, P(alive) in {alive:.2f} s (goal 1 s)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without-pymc", action="store_true")
    parser.add_argument("--without-million", action="store_true")
    arguments, _ = parser.parse_known_args()
    missing = [peer for peer in ("lifetimes", "pymc_marketing") if find_spec(peer) is None]
    if missing:
        print(f"Not compared with {' and '.join(missing)}: pip install -e '.[peers]' brings them.")
    if "lifetimes" in missing:
        return
    print(
        f"{'model':<14}{'customers':>10}{'ours, ms':>11}{'theirs, ms':>12}{'times':>9}{'goal':>8}"
        f"{'log-likelihood':>18}{'at theirs':>18}"
    )
    sample = cdnow()
    for name, (_, _, goal) in MODELS.items():
        compare(name, sample, goal, times=5)
    if not arguments.without_pymc and "pymc_marketing" not in missing:
        compare_with_pymc(sample)
    if not arguments.without_million:
        million = a_million()
        compare("BG/NBD", million, 15, times=1)
        predictions(million)


if __name__ == "__main__":
    main()
