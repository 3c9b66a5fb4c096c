"""MBG/NBD: customers buy at their own rate, and may leave after any purchase, the first included.

Source: Batislam, Denizel & Filiztekin (2007), "Empirical validation and comparison of models for customer
base analysis", International Journal of Research in Marketing 24(3), 201-209.
"""

from typing import ClassVar

from ownchannel.clv.leaving import LeavingModel


class ModifiedBetaGeoModel(LeavingModel):
    """MBG/NBD with parameters `r`, `alpha` (rate of purchase) and `a`, `b` (chance to leave).

    `customers` has the columns `frequency`, `recency` and `T` (see `customer_summary`), and `weights` where
    rows stand for several customers. One-time buyers may have left at once, so P(alive) means something for
    the whole customer base.

    Covariates scale the rate of purchase (`alpha`) and the chance to leave (`a`, `b`), as in BetaGeoModel.

    >>> import pandas as pd
    >>> customers = pd.DataFrame({"frequency": [0, 0, 1, 4], "recency": [0, 0, 8.0, 30.0], "T": [39.0] * 4})
    >>> customers["weights"] = [50, 9, 20, 21]
    >>> round(ModifiedBetaGeoModel(customers).loglike([0.5, 6.0, 0.9, 1.6]), 3)
    -454.792
    """

    first_included: ClassVar[bool] = True
