"""Purchase, spend and retention models: what a customer is worth.

>>> import pandas as pd
>>> customers = pd.DataFrame({"frequency": [0, 0, 1, 4], "recency": [0, 0, 8.0, 30.0], "T": [39.0] * 4})
>>> customers["weights"] = [50, 9, 20, 21]
>>> results = ModifiedBetaGeoModel(customers).fit()
>>> results.expected_purchases(customers, t=12, unit="weeks").round(2).tolist()
[0.01, 0.01, 0.09, 0.85]
"""

from ownchannel.clv.beta_geo import BetaGeoModel
from ownchannel.clv.beta_geo_beta_binom import BetaGeoBetaBinomModel
from ownchannel.clv.comparing import Comparison, compare_models
from ownchannel.clv.gamma_gamma import GammaGammaModel
from ownchannel.clv.holdout import HoldOut, holdout
from ownchannel.clv.lifetime_value import (
    OrderTerms,
    expected_customer_lifetime_value,
    payback_month,
    value_of_new_customer,
)
from ownchannel.clv.likelihood_ratio import LikelihoodRatio, likelihood_ratio_test
from ownchannel.clv.modified_beta_geo import ModifiedBetaGeoModel
from ownchannel.clv.optimum import FitError
from ownchannel.clv.pareto_nbd import ParetoNBDModel
from ownchannel.clv.shifted_beta_geo import ShiftedBetaGeoModel
from ownchannel.clv.truncation import burn_in_day, first_seen_since

__all__ = [
    "BetaGeoBetaBinomModel",
    "BetaGeoModel",
    "Comparison",
    "FitError",
    "GammaGammaModel",
    "HoldOut",
    "LikelihoodRatio",
    "ModifiedBetaGeoModel",
    "OrderTerms",
    "ParetoNBDModel",
    "ShiftedBetaGeoModel",
    "burn_in_day",
    "compare_models",
    "expected_customer_lifetime_value",
    "first_seen_since",
    "holdout",
    "likelihood_ratio_test",
    "payback_month",
    "value_of_new_customer",
]
