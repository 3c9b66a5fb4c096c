"""Which model of purchases to use for a brand: by what it foretold and by how it fits."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from ownchannel.clv.beta_geo import BetaGeoModel
from ownchannel.clv.holdout import HoldOut, holdout
from ownchannel.clv.modified_beta_geo import ModifiedBetaGeoModel
from ownchannel.clv.optimum import FitError
from ownchannel.clv.pareto_nbd import ParetoNBDModel
from ownchannel.clv.purchases import PurchaseModel
from ownchannel.formats import percent

#: The models of purchases that customers of a shop can be described by, as the field calls them.
MODELS: Mapping[str, type[PurchaseModel]] = MappingProxyType(
    {"BG/NBD": BetaGeoModel, "MBG/NBD": ModifiedBetaGeoModel, "Pareto/NBD": ParetoNBDModel}
)

#: Errors this close are the same: the next brand's purchases would order them otherwise.
_AS_GOOD = 1.01


@dataclass(frozen=True)
class Comparison:
    """Models on the same customers, the best first."""

    table: pd.DataFrame
    """A row a model: the metrics of its hold-out, `llf`, `bic`, and `boundary`, a sentence or empty."""
    holdouts: Mapping[str, HoldOut]
    not_fitted: Mapping[str, str]
    """By model, why it could not be fitted."""

    @property
    def best(self) -> HoldOut:
        """The model to use, and how it did."""
        return self.holdouts[self.table.index[0]]

    def __str__(self) -> str:
        name, judged = self.table.index[0], self.best.by_customer
        found = self.table.iloc[0]
        rivals = len(self.table) - 1
        close = int((self.table["rmse"] <= self.table["rmse"].min() * _AS_GOOD).sum())
        if not rivals:
            why = "No other model could be fitted."
        elif close > 1:
            why = f"{close} of {rivals + 1} models were off about as little; of these it fits best (BIC)."
        else:
            why = "It was off least, customer by customer."
        off = percent(abs(found["total_error"]))
        far = f", {off} too {'many' if found['total_error'] > 0 else 'few'}" if off != "0%" else ""
        text = (
            f"Use {name}: over {self.best.weeks:.0f} weeks it expected {judged['expected'].sum():,.0f} "
            f"purchases{far}; {judged['actual'].sum():,.0f} came. {why}"
        )
        return f"{text} {found['boundary']}".strip()

    __repr__ = __str__


def compare_models(
    orders: Any,
    split: dt.date | str,
    until: dt.date | str | None = None,
    models: Mapping[str, type[PurchaseModel]] = MODELS,
) -> Comparison:
    """Fit each model up to a day and rank them by what they foretold after it.

    By the root mean square error of single customers' purchases; of models whose errors are within 1% of the
    smallest, by BIC. Raises FitError where no model can be fitted.
    """
    holdouts: dict[str, HoldOut] = {}
    not_fitted: dict[str, str] = {}
    for name, model in models.items():
        try:
            holdouts[name] = holdout(orders, split, model, until)
        except FitError as error:
            not_fitted[name] = str(error)
    if not holdouts:
        raise FitError(f"None of {', '.join(models)} could be fitted. {next(iter(not_fitted.values()))}")
    rows = {
        name: found.metrics.to_dict()
        | {"llf": found.results.llf, "bic": found.results.bic, "boundary": found.results.boundary}
        for name, found in holdouts.items()
    }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")
    as_good = table["rmse"] <= table["rmse"].min() * _AS_GOOD
    order = [*table[as_good].sort_values("bic").index, *table[~as_good].sort_values("rmse").index]
    return Comparison(table.loc[order], holdouts, not_fitted)
