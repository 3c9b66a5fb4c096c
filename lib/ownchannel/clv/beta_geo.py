"""BG/NBD: customers buy at their own rate, and may leave after any repeat purchase.

Source: Fader, Hardie & Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2), 275-284.
"""

from typing import ClassVar

from ownchannel.clv.leaving import LeavingModel


class BetaGeoModel(LeavingModel):
    """BG/NBD with parameters `r`, `alpha` (rate of purchase) and `a`, `b` (chance to leave).

    `customers` has the columns `frequency`, `recency` and `T` (see `customer_summary`), and `weights` where
    rows stand for several customers. Nobody leaves before the first repeat here, so every one-time buyer
    counts as alive: take P(alive) of a whole customer base from ModifiedBetaGeoModel or ParetoNBDModel.

    Covariates scale the rate of purchase (`alpha`) and the chance to leave (`a`, `b`), after Fader & Hardie
    (2007), "Incorporating time-invariant covariates into the Pareto/NBD and BG/NBD models".

    >>> import pandas as pd
    >>> customers = pd.DataFrame({"frequency": [0, 2], "recency": [0, 30.43], "T": [38.86, 38.86]})
    >>> round(BetaGeoModel(customers).loglike([0.243, 4.414, 0.793, 2.426]), 3)
    -10.013
    """

    first_included: ClassVar[bool] = False
