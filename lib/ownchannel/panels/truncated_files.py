"""The answer of workbook 02 to files that begin in the middle of a brand's life."""

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.charts.lifetime import estimates
from ownchannel.clv.by_channel import ChannelFit, channel_orders, too_few
from ownchannel.clv.optimum import FitError
from ownchannel.clv.purchases import PurchaseResults
from ownchannel.clv.repeat_curve import fitted_curve
from ownchannel.clv.truncation import burn_in_day, first_seen_since
from ownchannel.customers.summary import customer_summary
from ownchannel.orders.report import day
from ownchannel.panels.answer import Answer
from ownchannel.panels.lifetime import Lifetimes
from ownchannel.panels.lifetime_models import LOOKED_AHEAD, TOO_FEW

_YEAR, _TWO_YEARS = dt.timedelta(days=365), dt.timedelta(days=729)


@dataclass(frozen=True)
class _ModelEstimate:
    """Orders of a new customer, by some of the customers."""

    name: str
    customers: int
    orders: tuple[float, float, float]
    """Expected, lower, upper."""


def files_begin_in_the_middle(found: Lifetimes) -> Answer:
    """Repeats of a new customer by all first seen, and by those first seen late; and so of short files.

    On your own store where models were fitted to it, for its customers come back; else on the channel with
    the most customers.
    """
    channel = next((name for name in found.curves if found.kinds[name] == "owned"), found.compared_on)
    if channel not in found.curves:
        return Answer(TOO_FEW)
    fit = found.fits.fitted[channel]
    until = dt.date.fromisoformat(fit.customers.attrs["until"])
    first = until - dt.timedelta(weeks=float(fit.customers["T"].max()))
    lines = channel_orders(found.orders, channel, found.currency)
    everybody, late = _both_ways(fit, lines, "All files", first, until)
    told = [everybody, late]
    notes: tuple[str, ...] = ()
    if first <= until - _TWO_YEARS:
        short = _both_ways(fit, lines, "Last year only", until - _YEAR, until)
        told += short
        notes = _short_files(*short)
    known = [each for each in told if each]
    sentence = _sentence(channel, burn_in_day(first, until), everybody, late)
    if not known:
        return Answer(sentence)
    what = f"Orders of a new customer in {LOOKED_AHEAD} months"
    chart = estimates([each.name for each in known], [each.orders for each in known], what)
    table = pd.DataFrame([_row(each, what) for each in known])
    return Answer(sentence, (), (chart,), table, notes)


def _both_ways(
    fit: ChannelFit, lines: pa.Table, files: str, first: dt.date, until: dt.date
) -> tuple[_ModelEstimate | None, _ModelEstimate | None]:
    """By everybody in the files since a day, and by those first seen late; None where they do not suffice."""
    later = lines.filter(pc.greater_equal(lines["ordered_on"], pa.scalar(first)))
    everybody = customer_summary(later, until=until)
    late = first_seen_since(everybody, burn_in_day(first, until))
    return _estimate(fit, f"{files}: everybody", everybody), _estimate(fit, f"{files}: first seen late", late)


def _estimate(fit: ChannelFit, name: str, customers: pd.DataFrame) -> _ModelEstimate | None:
    if too_few(customers):
        return None
    with suppress(FitError):
        results = type(fit.purchases.model)(customers).fit()
        assert isinstance(results, PurchaseResults)
        return _ModelEstimate(name, len(customers), fitted_curve(results, fit.spend).orders(LOOKED_AHEAD))
    return None


def _row(estimate: _ModelEstimate, what: str) -> dict[str, str]:
    expected, low, high = estimate.orders
    return {
        "Counted as new": estimate.name,
        "Customers": f"{estimate.customers:,}",
        what: f"{expected:.2f}",
        "95% range": f"{low:.2f} to {high:.2f}",
    }


def _sentence(
    channel: str, burned: dt.date, everybody: _ModelEstimate | None, late: _ModelEstimate | None
) -> str:
    if everybody is None or late is None:
        return (
            f"Of {channel}'s customers too few were first seen since {day(burned)} to tell by them alone how "
            "often new ones come back."
        )
    naive, (careful, low, high) = everybody.orders[0], late.orders
    text = (
        f"A new customer of {channel} orders **{naive:.2f}** times in {LOOKED_AHEAD} months if everybody who "
        f"is first seen in the files counts as new, and **{careful:.2f}** times by those first seen since "
        f"{day(burned)}. "
    )
    if low <= naive <= high:
        return f"{text}The two agree: nothing shows that old customers are taken for new ones."
    if careful < naive:
        return f"{text}Old customers seem to be among the first: trust the second number."
    return f"{text}Late customers come back more often than those before them: trust the second number."


def _short_files(everybody: _ModelEstimate | None, late: _ModelEstimate | None) -> tuple[str, ...]:
    """What the last year's files alone would say, where old customers would then look new."""
    if everybody is None or late is None or everybody.orders[0] <= late.orders[0]:
        return ()
    return (
        f"With the last year's files alone everybody would give {everybody.orders[0]:.2f}, for old customers "
        f"look new in them; those first seen late give {late.orders[0]:.2f}, with a wider range, for there "
        "is less time to see repeats.",
    )
