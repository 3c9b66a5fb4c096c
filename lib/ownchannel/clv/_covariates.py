"""Covariates by formula: what customers are like, as numbers that scale a model's parameters."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ownchannel.clv._histories import refuse
from ownchannel.customers import Floats

INTERCEPT = "Intercept"


@dataclass(frozen=True)
class Design:
    """How columns of customers become covariates; learnt from some customers, used for others as well.

    It keeps the formula, its levels and what transformations learnt (such as a mean), nothing of customers.
    """

    formula: str
    names: list[str]
    """Of the covariates, such as `channel[T.Own store]`."""
    _spec: Any

    @classmethod
    def of(cls, formula: str, customers: pd.DataFrame) -> "Design":
        """The design of a formula such as `"~ channel"` or `"~ channel + np.log(first_value)"`.

        The first level of a text is what others are compared with. Without covariates (`"~ 1"`) there are no
        names, and the model is the plain one.

        Raises ValueError for what is no such formula, for a column that is missing or empty in some row, and
        for covariates that do not vary, or not independently.

        >>> customers = pd.DataFrame({"channel": ["Marketplace", "Own store", "Marketplace"]})
        >>> design = Design.of("~ channel", customers)
        >>> design.names, design.matrix(customers).tolist()
        (['channel[T.Own store]'], [[0.0], [1.0], [0.0]])
        """
        spec = _parsed(formula)
        _check_columns(formula, spec.required_variables, customers)
        found = _computed(formula, spec.get_model_matrix, customers)
        learnt = found.model_spec
        design = cls(formula, [name for name in learnt.column_names if name != INTERCEPT], learnt)
        if spec.required_variables:
            design._check_independent(design.matrix(customers))
        return design

    def matrix(self, customers: pd.DataFrame) -> Floats:
        """The covariates: one row per customer, one column per name.

        Raises ValueError for a column that is missing or empty in some row, for a level that was not there in
        the fit, and for a covariate that is not finite.
        """
        from formulaic.errors import DataMismatchWarning

        _check_columns(self.formula, self._spec.required_variables, customers)
        try:
            found = _computed(self.formula, self._spec.get_model_matrix, customers)
        except DataMismatchWarning:
            raise ValueError(self._unseen(customers)) from None
        columns = [at for at, name in enumerate(self._spec.column_names) if name != INTERCEPT]
        values = np.asarray(found, dtype=np.float64)[:, columns]
        for name, column in zip(self.names, values.T, strict=True):
            refuse(customers, ~np.isfinite(column), f"The covariate {name} is not finite in", "Fill it in")
        return values

    def _check_independent(self, values: Floats) -> None:
        if not self.names:
            columns = ", ".join(sorted(self._spec.required_variables))
            raise ValueError(
                f"The formula {self.formula!r} separates no customers, for {columns} holds one level only. "
                "Fit the plain model, or take in customers of another level."
            )
        size = np.abs(values).max(axis=0)
        of_one_size = np.column_stack([np.ones(len(values)), values / np.where(size > 0, size, 1.0)])
        if np.linalg.matrix_rank(np.linalg.qr(of_one_size, mode="r")) < of_one_size.shape[1]:
            raise ValueError(
                f"The covariates of {self.formula!r} cannot be separated ({', '.join(self.names)}): one is "
                "the same for all customers, or follows from the others. Leave one out."
            )

    def _unseen(self, customers: pd.DataFrame) -> str:
        """Which customers have a level that the fit has not seen."""
        for factor, contrasts in self._spec.factor_contrasts.items():
            for column in map(str, self._spec.factor_variables[factor]):
                if str(factor) not in (column, f"C({column})"):
                    continue
                unseen = ~customers[column].isin(contrasts.levels).to_numpy()
                if unseen.any():
                    first = int(np.argmax(unseen))
                    return (
                        f"Column {column} holds '{customers[column].iloc[first]}' in row "
                        f"{customers.index[first]!r} of customers, which was not there in the fit: expected "
                        f"one of {', '.join(map(str, contrasts.levels))}. Leave these customers out, or fit "
                        "with some of them."
                    )
        return f"A covariate of {self.formula!r} has a level that was not there in the fit: leave it out."


def _parsed(formula: str) -> Any:
    from formulaic import Formula, SimpleFormula
    from formulaic.errors import FormulaParsingError

    try:
        parsed = Formula(formula)
    except FormulaParsingError as error:
        raise ValueError(
            f"{formula!r} is no formula: {_first_line(error)} Write such as '~ channel'."
        ) from None
    if not isinstance(parsed, SimpleFormula):
        raise ValueError(
            f"The formula {formula!r} has two sides: expected covariates alone, as in '~ channel'."
        )
    if "1" not in map(str, parsed):
        raise ValueError(
            f"The formula {formula!r} leaves out the intercept, which is the model's own parameter here: "
            "write it without '0 +' and '- 1'."
        )
    return parsed


def _check_columns(formula: str, needed: set[str], customers: pd.DataFrame) -> None:
    for name in sorted(needed):
        if name not in customers:
            there = ", ".join(map(str, customers.columns))
            raise ValueError(
                f"The formula {formula!r} names the column {name}, which customers do not have: they have "
                f"{there}. Add it, or correct the formula."
            )
        empty = customers[name].isna().to_numpy()
        refuse(customers, empty, f"Column {name} of the formula is empty in", "Fill it in")


def _computed(formula: str, compute: Callable[..., Any], customers: pd.DataFrame) -> Any:
    from formulaic.errors import DataMismatchWarning, FormulaicError

    with warnings.catch_warnings(), np.errstate(all="ignore"):  # what is not finite is named with its row
        warnings.simplefilter("error", DataMismatchWarning)
        try:
            # Names in a formula are columns, never variables of whoever calls.
            return compute(customers, context={}, output="numpy", na_action="ignore")
        except FormulaicError as error:
            raise ValueError(f"The formula {formula!r} cannot be computed: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
