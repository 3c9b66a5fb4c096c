"""Purchase, spend and retention models: what a customer is worth.

>>> import pandas as pd
>>> customers = pd.DataFrame({"frequency": [0, 0, 1, 4], "recency": [0, 0, 8.0, 30.0], "T": [39.0] * 4})
>>> customers["weights"] = [50, 9, 20, 21]
>>> results = ModifiedBetaGeoModel(customers).fit()
>>> results.expected_purchases(customers, t=12, unit="weeks").round(2).tolist()
[0.01, 0.01, 0.09, 0.85]
"""

from ownchannel.clv._beta_geo import BetaGeoModel, ModifiedBetaGeoModel
from ownchannel.clv._beta_geo_beta_binom import BetaGeoBetaBinomModel
from ownchannel.clv._channel_fits import (
    FEWEST_CUSTOMERS,
    FEWEST_REPEATERS,
    ChannelFit,
    ChannelFits,
    ReportedRepeats,
    channel_orders,
    customers_by_channel,
    fit_channels,
    reported_repeats,
    too_few,
)
from ownchannel.clv._comparison import (
    MODELS,
    MOST_SHOWN,
    Comparison,
    HoldOut,
    LikelihoodRatio,
    compare_models,
    holdout,
    likelihood_ratio_test,
)
from ownchannel.clv._customer_model import CustomerModel
from ownchannel.clv._customer_results import CustomerResults
from ownchannel.clv._gamma_gamma import GammaGammaModel, GammaGammaResults
from ownchannel.clv._histories import Histories, burn_in_day, converted, first_seen_since, histories
from ownchannel.clv._lifetime_value import (
    LONGEST,
    OrderTerms,
    RepeatCurve,
    curve_of_share,
    expected_customer_lifetime_value,
    fitted_curve,
    payback_month,
    value_of_new_customer,
)
from ownchannel.clv._optimum import FitError, Parameters
from ownchannel.clv._pareto_nbd import ParetoNBDModel
from ownchannel.clv._purchase_model import PurchaseModel, PurchaseResults
from ownchannel.clv._shifted_beta_geo import ShiftedBetaGeoModel
from ownchannel.customers import Floats

__all__ = [
    "FEWEST_CUSTOMERS",
    "FEWEST_REPEATERS",
    "LONGEST",
    "MODELS",
    "MOST_SHOWN",
    "BetaGeoBetaBinomModel",
    "BetaGeoModel",
    "ChannelFit",
    "ChannelFits",
    "Comparison",
    "CustomerModel",
    "CustomerResults",
    "FitError",
    "Floats",
    "GammaGammaModel",
    "GammaGammaResults",
    "Histories",
    "HoldOut",
    "LikelihoodRatio",
    "ModifiedBetaGeoModel",
    "OrderTerms",
    "Parameters",
    "ParetoNBDModel",
    "PurchaseModel",
    "PurchaseResults",
    "RepeatCurve",
    "ReportedRepeats",
    "ShiftedBetaGeoModel",
    "burn_in_day",
    "channel_orders",
    "compare_models",
    "converted",
    "curve_of_share",
    "customers_by_channel",
    "expected_customer_lifetime_value",
    "first_seen_since",
    "fit_channels",
    "fitted_curve",
    "histories",
    "holdout",
    "likelihood_ratio_test",
    "payback_month",
    "reported_repeats",
    "too_few",
    "value_of_new_customer",
]
