"""Are customers really different? The likelihood-ratio test of a model with covariates and one with fewer."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import chi2

from ownchannel.clv.results import CustomerResults

#: A difference of log-likelihoods that is rounding.
_ROUNDING = 1e-6


@dataclass(frozen=True)
class LikelihoodRatio:
    """A likelihood-ratio test."""

    statistic: float
    """Twice the difference of the log-likelihoods."""
    df: int
    """Degrees of freedom: the further parameters."""
    pvalue: float
    """How often the statistic would be as large if customers did not differ."""
    sentence: str
    """What the test says."""


def likelihood_ratio_test(general: CustomerResults, restricted: CustomerResults) -> LikelihoodRatio:
    """Whether the further covariates of `general` explain these customers better than chance.

    Raises ValueError where the two are not nested or not fitted to the same customers, or one ended at a
    boundary, where the statistic follows another distribution.

    Source: Wilks (1938), Annals of Mathematical Statistics 9(1), 60-62.

    >>> import pandas as pd
    >>> from ownchannel.clv.modified_beta_geo import ModifiedBetaGeoModel
    >>> p = {"r": 0.8, "alpha": 4.0, "a": 1.2, "b": 3.0}
    >>> x, t_x = ModifiedBetaGeoModel.simulated(p, np.full(900, 40.0), np.random.default_rng(1))
    >>> customers = pd.DataFrame({"frequency": x, "recency": t_x, "T": 40.0, "channel": ["A", "B"] * 450})
    >>> by_channel = ModifiedBetaGeoModel.from_formula("~ channel", customers).fit()
    >>> likelihood_ratio_test(by_channel, ModifiedBetaGeoModel(customers).fit()).df
    3
    """
    further = _check_nested(general, restricted)
    _check_same_customers(general, restricted)
    statistic = 2.0 * (general.llf - restricted.llf)
    if statistic < -_ROUNDING:
        raise ValueError(
            f"The general model fits worse (log-likelihood {general.llf:.3f}) than the restricted one "
            f"({restricted.llf:.3f}): its maximum was not found. Fit it from other start_params."
        )
    statistic = max(statistic, 0.0)
    df = len(general.model.names) - len(restricted.model.names)
    pvalue = float(chi2.sf(statistic, df))
    verdict = "Customers differ by" if pvalue < 0.05 else "Nothing shows that customers differ by"
    figures = f"likelihood ratio {statistic:.2f} on {df} degrees of freedom, p = {pvalue:.2g}"
    return LikelihoodRatio(statistic, df, pvalue, f"{verdict} {', '.join(further)} ({figures}).")


def _check_nested(general: CustomerResults, restricted: CustomerResults) -> list[str]:
    """The further covariates."""
    kinds = [type(results.model).__name__ for results in (general, restricted)]
    if kinds[0] != kinds[1]:
        raise ValueError(f"{kinds[1]} is not nested in {kinds[0]}: compare two fits of the same model.")
    known = restricted.model.covariates
    further = [name for name in general.model.covariates if name not in known]
    if not further or not set(known) <= set(general.model.covariates):
        raise ValueError(
            "The first model must have all covariates of the second and further ones: it has "
            f"{general.model.covariates}, the second {known}."
        )
    for results in (general, restricted):
        if results.boundary:
            raise ValueError(f"No such test at a boundary. {results.boundary}")
    return further


def _check_same_customers(general: CustomerResults, restricted: CustomerResults) -> None:
    ours, theirs = general.model.data_rows, restricted.model.data_rows
    same = ours.customers == theirs.customers and len(ours.place) == len(theirs.place)
    if not same or any(
        not np.array_equal(ours.spread(ours[name]), theirs.spread(theirs[name]))
        for name in general.model.columns
    ):
        raise ValueError(
            "The two models were fitted to different customers, or to the same in another order: fit both to "
            "one table."
        )
