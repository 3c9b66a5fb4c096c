"""The bars of what was booked."""

import datetime as dt
from decimal import Decimal

import pandas as pd
import pytest

from ownchannel.charts import LABELS, MARKETPLACE, NOTE, OWNED, where_it_went
from ownchannel.marketplace import USES, Booked, Use

AMOUNTS = {Use.SALES: 200, Use.FEES: -30, Use.REIMBURSEMENTS: 4, Use.TRANSFERS: -174}


def test_each_bar_begins_where_the_last_one_ended():
    rows = [("Bazaar", use, Decimal(amount)) for use, amount in AMOUNTS.items()]
    table = pd.DataFrame(rows, columns=["channel", "use", "amount"])
    chart = where_it_went(Booked(table, "EUR", dt.date(2026, 1, 1), dt.date(2026, 1, 31)))
    (bars,) = chart.figure.data
    assert list(bars.y) == [
        "Buyers paid",
        "Selling fees",
        "Reimbursements",
        "Left for you and your goods",
    ]
    assert list(bars.x) == pytest.approx([100, -15, 2, 87])
    assert list(bars.base) == pytest.approx([0, 100, 85, 0])
    assert list(bars.text) == ["€100.00", "-€15.00", "€2.00", "€87.00"]
    assert list(bars.marker.color) == [NOTE, MARKETPLACE, OWNED, OWNED]
    assert (
        chart.caption
        == "Of every €100 that buyers paid, €87.00 was left after everything the marketplaces booked."
    )


def test_every_use_has_a_label():
    assert set(LABELS) == set(USES)
