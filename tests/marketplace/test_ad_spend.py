"""What advertising cost by its reports, against sales of the same days added up by hand."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ownchannel.answers import what_if_it_stopped
from ownchannel.marketplace import ad_spend
from ownchannel.orders import Orders, read_orders

COLUMNS = {"order_id": "No", "ordered_at": "Day", "item_value": "Amount", "currency": "Currency"}
META = "Reporting starts,Reporting ends,Campaign name,Amount spent ({code}),Results,Purchases\n"
SINCE = date(2025, 6, 1)


def shop(*sold: tuple[str, int], currency: str = "USD") -> tuple[str, bytes]:
    rows = [f"{number},{day},{amount},{currency}" for number, (day, amount) in enumerate(sold)]
    return "shop.csv", "\n".join(["No,Day,Amount,Currency", *rows, ""]).encode()


def meta(*spent: tuple[str, str, str], code: str = "USD") -> tuple[str, bytes]:
    rows = [f"{first},{last},Spring,{amount},3,3" for first, last, amount in spent]
    return "meta.csv", (META.format(code=code) + "\n".join([*rows, ""])).encode()


@pytest.fixture
def read(tmp_path: Path):
    def reading(*files: tuple[str, bytes]) -> Orders:
        return read_orders(files, mapping=COLUMNS, workspace=tmp_path)

    return reading


SOLD = shop(("2026-02-28", 500), ("2026-03-01", 100), ("2026-04-15", 300), ("2026-05-01", 700))
SPENT = meta(("2026-03-01", "2026-03-31", "30.00"), ("2026-04-01", "2026-04-30", "50.00"))


def test_spend_is_held_against_the_sales_of_its_own_days(read):
    found = ad_spend(read(SOLD, SPENT), "owned", SINCE)
    assert found is not None
    assert found[:4] == (Decimal(80), Decimal(400), ("Meta Ads",), date(2026, 3, 1))
    assert found.share == pytest.approx(0.2)


def test_days_between_two_reports_are_none_of_theirs(read):
    later = ("later.csv", meta(("2026-05-01", "2026-05-31", "70.00"))[1])
    found = ad_spend(read(SOLD, meta(("2026-03-01", "2026-03-31", "30.00")), later), "owned", SINCE)
    assert found is not None
    assert (found.spend, found.sales) == (Decimal(100), Decimal(800))


@pytest.mark.parametrize(
    ("files", "kind", "since"),
    [
        ((SOLD, SPENT), "marketplace", SINCE),
        ((SOLD, SPENT), "owned", date(2026, 5, 1)),
        ((SOLD, meta(("2026-03-01", "2026-03-27", "30.00"))), "owned", SINCE),
        ((SOLD, meta(("2026-03-01", "2026-03-31", "30.00"), code="EUR")), "owned", SINCE),
        ((shop(("2026-06-01", 5)), SPENT), "owned", SINCE),
        ((SOLD,), "owned", SINCE),
    ],
    ids=["another kind", "before", "27 days", "another currency", "nothing sold", "no report"],
)
def test_what_shows_no_habit_is_no_share(read, files, kind, since):
    assert ad_spend(read(*files), kind, since) is None


def test_own_advertising_starts_at_what_reports_say(read):
    value, declared = what_if_it_stopped(read(SOLD, SPENT)).numbers["owned_ad_rate"]
    assert value == pytest.approx(0.2)
    assert declared.source == "Measured in your files: Meta Ads, 1 Mar 2026 to 30 Apr 2026"
    assert declared.confidence == "measured"


def test_a_share_beyond_the_slider_moves_its_end(read):
    value, declared = what_if_it_stopped(read(SOLD, meta(("2026-03-01", "2026-04-30", "320.00")))).numbers[
        "owned_ad_rate"
    ]
    assert (value, declared.slider[1], declared.plausible[1]) == pytest.approx((0.8, 0.8, 0.8))
