"""What a marketplace's own report of repeat customers says, by hand."""

from datetime import date

import pyarrow as pa
import pytest

from ownchannel.clv import reported_repeats
from ownchannel.orders import REPEAT_RATES


def rates(*rows: tuple[str, date | None, int, float]) -> pa.Table:
    """Rows of channel, last day, customers and share of them who repeat."""
    return pa.Table.from_pylist(
        [
            {
                "ends_on": ends_on,
                "channel": channel,
                "product_id": f"B{place}",
                "orders": customers,
                "customers": customers,
                "repeat_customers_share": share,
                "source_file": "report.csv",
                "source_row": place,
            }
            for place, (channel, ends_on, customers, share) in enumerate(rows)
        ],
        schema=REPEAT_RATES,
    )


AUGUST, SEPTEMBER = date(2026, 8, 31), date(2026, 9, 30)


def test_products_count_by_their_customers_and_only_the_last_period_does():
    table = rates(
        ("Amazon", SEPTEMBER, 300, 0.10), ("Amazon", SEPTEMBER, 100, 0.02), ("Amazon", AUGUST, 900, 0.5)
    )
    found = reported_repeats(table, "Amazon.com")
    assert found is not None
    assert (found.customers, found.ends_on) == (400, SEPTEMBER)
    assert found.share == pytest.approx((300 * 0.10 + 100 * 0.02) / 400)


@pytest.mark.parametrize("channel", ["Amazonia.com", "Etsy", "My Amazon.com"])
def test_a_report_of_another_channel_says_nothing(channel):
    assert reported_repeats(rates(("Amazon", SEPTEMBER, 300, 0.1)), channel) is None


def test_without_a_period_all_rows_count_and_without_customers_none():
    assert reported_repeats(rates(("Amazon", None, 50, 0.2)), "Amazon.com").share == pytest.approx(0.2)
    assert reported_repeats(rates(("Amazon", SEPTEMBER, 0, 0.0)), "Amazon.com") is None
