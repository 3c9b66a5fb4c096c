"""Where each number of a calibrated plan comes from, as a table."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ownchannel.scenarios.calibration.measured import MeasuredNumber
from ownchannel.scenarios.calibration.measured_arrivals import FOR_GROWTH, FOR_SEASON, Arrivals
from ownchannel.scenarios.calibration.measured_channel import MeasuredChannel
from ownchannel.scenarios.calibration.measured_repeat import Repeats
from ownchannel.scenarios.plan import Plan

COLUMNS = ("path", "value", "low", "high", "source", "confidence")

YOURS = "your plan"

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_Row = tuple[str, float, float, float, str, str]


def calibrated_fields(plan: Plan, found: Sequence[MeasuredChannel], came: Arrivals) -> pd.DataFrame:
    """A row a number of the plan, then the season by month, then what the fitted models say.

    Columns as COLUMNS; `low` and `high` hold the number with 95%, nan where no interval is known. What was
    not measured is the user's own, with the reason where there is one to tell.
    """
    measured = {
        f"channels.{each.channel.name}.{name}": its for each in found for name, its in each.measured.items()
    }
    why = {
        f"channels.{each.channel.name}.{name}": reason
        for each in found
        for name, reason in _reasons(each).items()
    }
    rows = [
        _measured(path, measured[path]) if path in measured else _own(path, value, why.get(path, ""))
        for path, (value, _) in plan.numbers().items()
    ]
    rows += _season(plan, came)
    rows += [row for each in found for row in _model(each)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _measured(path: str, found: MeasuredNumber) -> _Row:
    return path, found.value, found.low, found.high, found.source, "measured"


def _own(path: str, value: float, why: str) -> _Row:
    return path, float(value), np.nan, np.nan, f"{YOURS}: {why}" if why else YOURS, "assumption"


def _reasons(found: MeasuredChannel) -> dict[str, str]:
    """By field why it could not be measured, where files might have told it."""
    short = f"growth needs files of {FOR_GROWTH} whole months, and there are {found.its.whole_months()}"
    reasons = {"return_rate": "no file tells a refund", "organic_growth": short}
    reasons["fee_rate"] = (
        "the fee that was booked is the card's" if "payment_rate" in found.measured else "no file tells it"
    )
    if found.back.model is not None:
        reasons |= dict.fromkeys(("repeat_rate", "days_between_orders"), "not used, for a model was fitted")
    elif found.back.why_no_model:
        reasons |= dict.fromkeys(("repeat_rate", "days_between_orders"), found.back.why_no_model)
    return reasons


def _season(plan: Plan, came: Arrivals) -> list[_Row]:
    paths = [f"seasonality.{month}" for month in _MONTHS]
    if came.season:
        return [_measured(path, its) for path, its in zip(paths, came.season, strict=True)]
    why = f"a season needs files of {FOR_SEASON} whole months"
    return [_own(path, value, why) for path, value in zip(paths, plan.seasonality, strict=True)]


def _model(found: MeasuredChannel) -> list[_Row]:
    """Repeat orders of a new customer by both ways to tell who is new; the first is the one used."""
    if not isinstance(found.repeats, Repeats):
        return []
    path = f"channels.{found.channel.name}.purchase_model"
    rows = [_measured(path, found.repeats.chosen)]
    if found.repeats.late is not None:
        rows.append(_measured(f"{path}, everybody counted as new", found.repeats.everybody))
    return rows
