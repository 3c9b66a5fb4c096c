"""Random numbers that stay the same when a slider moves, a channel is added or the horizon grows.

Each number belongs to a key of words (a channel's name, an event or field), a month and a draw. A draw's
number does not depend on how many draws, months or channels there are besides.
"""

from functools import lru_cache
from hashlib import blake2b

import numpy as np
from scipy.special import betaincinv, expit

from ownchannel.clv.special import Floats

#: The shape of PERT: how much more the mode weighs than either end.
_PERT_SHAPE = 4.0
#: Quantiles between which a line is drawn: evenly spaced in log odds, dense where a tail bends.
_LOG_ODDS = np.linspace(-18.0, 18.0, 1025)


@lru_cache(maxsize=32)
def uniforms(seed: int, words: tuple[str, ...], months: int, draws: int) -> Floats:
    """Uniform numbers, a row a month and a column a draw; kept, and hence read-only.

    >>> few, more = uniforms(0, ("Shop", "ad_loss"), 2, 3), uniforms(0, ("Shop", "ad_loss"), 5, 9)
    >>> bool((few == more[:2, :3]).all())
    True
    """
    rows = np.empty((months, draws))
    for month in range(months):
        _generator(seed, words, month).random(out=rows[month])
    rows.setflags(write=False)
    return rows


def seed_of(seed: int, words: tuple[str, ...]) -> int:
    """A seed for what draws its own random numbers, from the same key."""
    return int(_generator(seed, words, 0).integers(2**63))


def pert(uniform: Floats, low: float, mode: float, high: float) -> Floats:
    """Numbers of a PERT distribution (a beta between `low` and `high`), from uniform ones.

    Good to 2e-5 of the range: the beta's quantiles are read off a line between 1,025 of them.
    Source: Malcolm, Roseboom, Clark & Fazar (1959), "Application of a technique for research and development
    program evaluation", Operations Research 7(5), 646-669.

    >>> pert(np.array([0.0, 0.5, 1.0]), 10, 20, 30).round(3).tolist()
    [10.0, 20.0, 30.0]
    """
    rise = _PERT_SHAPE * (mode - low) / (high - low)
    share = np.interp(uniform, *_quantiles(1.0 + rise, 1.0 + _PERT_SHAPE - rise))
    return np.asarray(low + (high - low) * share)


@lru_cache(maxsize=64)
def _quantiles(a: float, b: float) -> tuple[Floats, Floats]:
    """Shares, and the beta's quantiles at them."""
    shares = np.concatenate([[0.0], expit(_LOG_ODDS), [1.0]])
    return shares, betaincinv(a, b, shares)


def _generator(seed: int, words: tuple[str, ...], month: int) -> np.random.Generator:
    key = blake2b("\0".join([str(seed), *words, str(month)]).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(key, "little")))
