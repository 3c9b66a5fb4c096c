"""What fitted purchase models expect, by numerical integration over customers' rates and chances to leave.

No closed form of the models is used here: the likelihood of one customer whose rate and chance to leave are
known is integrated over how both are spread among customers.
"""

from collections.abc import Callable
from functools import lru_cache
from math import exp, expm1, isinf, log, log1p
from typing import Any

from scipy.integrate import quad
from scipy.special import betaln

WEEKS_A_MONTH = 365.25 / 12 / 7

Parameters = tuple[float, float, float, float]


def repeat_orders_of_new(model: Any, months: float) -> float:
    """The repeat orders of a new customer until this age."""
    return _of_new(model.model, tuple(model.parameters.values()), months * WEEKS_A_MONTH)


def orders_of_existing(model: Any, months: float) -> float:
    """The orders to come of one active customer of today; 0 where no history is known."""
    histories = tuple((float(x), float(last), float(age), float(n)) for x, last, age, n in model.histories)
    if not histories:
        return 0.0
    return _of_existing(model.model, tuple(model.parameters.values()), histories, months * WEEKS_A_MONTH)


@lru_cache(maxsize=100_000)
def _of_new(name: str, parameters: Parameters, weeks: float) -> float:
    if name == "Pareto/NBD":
        return _bought_before_death(parameters, 0.0, 0.0, weeks)
    r, alpha, a, b = parameters
    if name == "BG/NBD":
        return _mean_over_chances(a, b, lambda p: _bought_until_gone(r, alpha, p, weeks))
    return _mean_over_chances(a, b, lambda p: (1 - p) * _bought_until_gone(r, alpha, p, weeks))


@lru_cache(maxsize=100_000)
def _of_existing(
    name: str, parameters: Parameters, histories: tuple[tuple[float, ...], ...], weeks: float
) -> float:
    expected = active = 0.0
    for x, last, age, number in histories:
        alive = number * probability_alive(name, parameters, x, last, age)
        active += alive
        if name == "Pareto/NBD":
            expected += alive * _bought_before_death(parameters, x, age, weeks)
        else:
            expected += alive * _bought_by_active(name, parameters, x, age, weeks)
    return expected / active


def _bought_by_active(name: str, parameters: Parameters, x: float, age: float, weeks: float) -> float:
    """The active passed x chances to leave, or x + 1 where the first purchase was one, too."""
    r, alpha, a, b = parameters
    passed = x + (name == "MBG/NBD")
    if not isinf(a):
        b += passed
    return _mean_over_chances(a, b, lambda p: _bought_until_gone(r + x, alpha + age, p, weeks))


@lru_cache(maxsize=100_000)
def probability_alive(name: str, parameters: Parameters, x: float, last: float, age: float) -> float:
    """That a customer with this history is one still: the likelihood of both stories compared."""
    if name == "Pareto/NBD":
        return _alive_before_death(parameters, x, last, age)
    r, alpha, a, b = parameters
    passed = x + (name == "MBG/NBD")
    if passed == 0:
        return 1.0
    stayed = _mean_over_chances(a, b, lambda p: (1 - p) ** passed)
    left = _mean_over_chances(a, b, lambda p: p * (1 - p) ** (passed - 1))
    # The rate's likelihood, up to the same factor in both: x purchases in the time watched while there.
    longer = (r + x) * log((alpha + age) / (alpha + last))
    return stayed / (stayed + left * exp(longer))


def _bought_until_gone(r: float, alpha: float, p: float, weeks: float) -> float:
    """The mean over Gamma(r, alpha) rates λ of (1 − exp(−λ·p·weeks)) / p."""
    if p == 0:
        return r / alpha * weeks
    return -expm1(-r * log1p(p * weeks / alpha)) / p


def _mean_over_chances(a: float, b: float, of: Callable[[float], float]) -> float:
    """The mean over Beta(a, b) chances to leave; a of 0: nobody leaves; a infinite: 1 / (1 + b) for all."""
    if a == 0:
        return of(0.0)
    if isinf(a):
        return of(1 / (1 + b))
    # Halves, so that each end's own power is the weight there.
    low, _ = quad(
        lambda p: of(p) * (1 - p) ** (b - 1), 0, 0.5, weight="alg", wvar=(a - 1, 0), epsabs=0, epsrel=1e-12
    )
    high, _ = quad(
        lambda p: of(p) * p ** (a - 1), 0.5, 1, weight="alg", wvar=(0, b - 1), epsabs=1e-300, epsrel=1e-12
    )
    return float(low + high) * exp(-betaln(a, b))


def _bought_before_death(parameters: Parameters, x: float, age: float, weeks: float) -> float:
    """The mean rate, times the mean time there: the integral of the chance to be there still."""
    r, alpha, s, beta = parameters
    mean_rate = (r + x) / (alpha + age)
    if s == 0:
        return mean_rate * weeks
    there, _ = quad(lambda u: exp(-s * log1p(u / (beta + age))), 0, weeks, epsabs=0, epsrel=1e-12)
    return mean_rate * float(there)


def _alive_before_death(parameters: Parameters, x: float, last: float, age: float) -> float:
    r, alpha, s, beta = parameters
    if s == 0 or last == age:
        return 1.0

    def died(u: float) -> float:
        """The likelihood of death at u against that of being there at the end."""
        buys, stays = (alpha + age) / (alpha + u), (beta + age) / (beta + u)
        return float(s / (beta + u) * buys ** (r + x) * stays**s)

    gone, _ = quad(died, last, age, epsabs=0, epsrel=1e-12, limit=200)
    return 1 / (1 + float(gone))
