"""Random numbers: keyed by words and month, a PERT as scipy has it."""

import numpy as np
import pytest
from scipy import stats

# inside: random numbers must keep their keys, whatever is drawn from them
from ownchannel.scenarios._draws import pert, seed_of, uniforms


def test_numbers_do_not_depend_on_how_many_there_are():
    many = uniforms(3, ("Shop", "fee_rise"), 12, 500)
    assert (uniforms(3, ("Shop", "fee_rise"), 5, 40) == many[:5, :40]).all()
    assert (uniforms(3, ("Shop", "fee_rise"), 1, 1) == many[:1, :1]).all()


@pytest.mark.parametrize(
    ("seed", "words"),
    [
        (4, ("Shop", "fee_rise")),
        (3, ("Store", "fee_rise")),
        (3, ("Shop", "suspension")),
        (3, ("Shopf", "ee_rise")),
        (3, ("fee_rise", "Shop")),
        (3, ("Shop",)),
    ],
)
def test_another_key_has_other_numbers_that_know_nothing_of_these(seed, words):
    these = uniforms(3, ("Shop", "fee_rise"), 2, 20_000)
    others = uniforms(seed, words, 2, 20_000)
    for row in these:
        for other in others:
            assert abs(np.corrcoef(row, other)[0, 1]) < 4.5 / np.sqrt(20_000)


def test_months_and_draws_know_nothing_of_each_other():
    rows = uniforms(0, ("Shop", "ad_loss"), 12, 20_000)
    between_months = np.corrcoef(rows) - np.eye(12)
    assert np.abs(between_months).max() < 4.5 / np.sqrt(20_000)
    assert abs(np.corrcoef(rows[:, 1:].ravel(), rows[:, :-1].ravel())[0, 1]) < 4.5 / np.sqrt(rows.size)


def test_numbers_are_uniform():
    rows = uniforms(0, ("Shop", "ad_loss"), 3, 50_000)
    for row in rows:
        assert stats.kstest(row, "uniform").pvalue > 1e-4
    assert rows.min() >= 0
    assert rows.max() < 1


def test_numbers_that_are_kept_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        uniforms(0, ("Shop",), 1, 2)[0, 0] = 0.5


def test_seeds_of_their_own_differ():
    seeds = {seed_of(seed, words) for seed in range(3) for words in (("a",), ("b",), ("a", "b"))}
    assert len(seeds) == 9


@pytest.mark.parametrize(
    ("low", "mode", "high"),
    [(0, 0.5, 1), (10, 20, 60), (-5, -5, 3), (0.2, 0.4, 0.4), (1e5, 1.01e5, 9e5), (0, 1e-9, 1)],
)
def test_pert_is_the_beta_distribution_of_scipy(low, mode, high):
    shape = 4 * (mode - low) / (high - low)
    beta = stats.beta(1 + shape, 5 - shape, loc=low, scale=high - low)
    shares = np.concatenate([np.random.default_rng(0).random(4_000), [0, 1e-6, 1e-4, 0.9999, 1 - 1e-6, 1]])
    assert pert(shares, low, mode, high) == pytest.approx(beta.ppf(shares), abs=2e-5 * (high - low), rel=0)
    evenly = (np.arange(100_000) + 0.5) / 100_000
    drawn = pert(evenly, low, mode, high)
    assert drawn.mean() == pytest.approx((low + 4 * mode + high) / 6, abs=2e-5 * (high - low))
    assert drawn.var() == pytest.approx(beta.var(), rel=2e-4)
    assert drawn.min() >= low
    assert drawn.max() <= high
