"""Shares of a whole by channel, each with the order lines that it rests on or why it cannot be had."""

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pandas as pd

from ownchannel.formats import count

MARKETPLACES = "marketplaces"
ALL = "all channels"

#: Says of a scope's channels what a measure rests on, besides its order lines.
Says = Callable[[pd.DataFrame], str]

#: Measures in money, of which the lines in its currency alone are counted.
_IN_MONEY = ("revenue", "contribution", "concentration")


def nothing(_: pd.DataFrame) -> str:
    """Says nothing besides."""
    return ""


class _Scope(NamedTuple):
    """What a measure is of: a channel, the marketplaces together, or all."""

    name: str
    kind: str
    channels: pd.DataFrame


def _scopes(channels: pd.DataFrame) -> Iterator[_Scope]:
    for name, row in channels.groupby(level=0):
        yield _Scope(str(name), str(row["kind"].iloc[0]), row)
    yield _Scope(MARKETPLACES, "marketplace", channels[channels["kind"] == "marketplace"])
    yield _Scope(ALL, "", channels)


def shares(
    measure: str, channels: pd.DataFrame, why_not: str, *, says: Says = nothing
) -> Iterator[dict[str, Any]]:
    """What each scope has of the whole, which must be known and positive, as rows of the table.

    `channels` has a row a channel: `kind`, the measure, `lines` and `lines in currency`. `why_not` is the
    reason for which the whole may be missing.
    """
    whole = channels[measure].sum(skipna=False)
    for scope in _scopes(channels):
        amount = scope.channels[measure].sum(skipna=False)
        share = amount / whole if whole > 0 else math.nan
        rests_on = _lines(measure, scope, says(scope.channels))
        if math.isnan(amount) or whole <= 0:
            rests_on = _unknown(why_not or "it adds up to nothing")
        elif math.isnan(whole):
            rests_on += f"; no share of the whole, because {why_not}"
        yield _row(measure, scope, rests_on, amount, share)


def ratios(
    measure: str, channels: pd.DataFrame, part: str, whole: str, why_not: str, *, says: Says = nothing
) -> Iterator[dict[str, Any]]:
    """The share of each scope's own orders or customers of which something holds, as rows of the table."""
    for scope in _scopes(channels):
        if measure == "reachable" and scope.kind == "marketplace":
            yield _row(measure, scope, _lines(measure, scope), 0.0, 0.0)
            continue
        amount, base = (scope.channels[column].sum(skipna=False) for column in (part, whole))
        share = amount / base if base > 0 else math.nan
        rests_on = _lines(measure, scope, says(scope.channels))
        if math.isnan(share):
            rests_on = _unknown(why_not or "nothing was sold")
        yield _row(measure, scope, rests_on, amount, share)


def concentration(channels: pd.DataFrame, why_not: str) -> dict[str, Any]:
    """The Herfindahl–Hirschman index: 1 where one channel sells all."""
    whole = channels["revenue"].sum(skipna=False)
    index = float((channels["revenue"] / whole).pow(2).sum(skipna=False)) if whole > 0 else math.nan
    scope = _Scope(ALL, "", channels)
    rests_on = _lines("concentration", scope)
    if math.isnan(index):
        rests_on = _unknown(why_not or "it adds up to nothing")
    return _row("concentration", scope, rests_on, math.nan, index)


def _row(measure: str, scope: _Scope, rests_on: str, amount: float, share: float) -> dict[str, Any]:
    return {
        "measure": measure,
        "scope": scope.name,
        "kind": scope.kind,
        "amount": amount,
        "share": share,
        "rows": _line_count(measure, scope),
        "rests_on": rests_on,
    }


def _line_count(measure: str, scope: _Scope) -> int:
    return int(scope.channels["lines in currency" if measure in _IN_MONEY else "lines"].sum())


def _lines(measure: str, scope: _Scope, told: str = "") -> str:
    return count(_line_count(measure, scope), "order line") + (f": {told}" if told else "")


def _unknown(why: str) -> str:
    return f"not measurable from these files, because {why}"
