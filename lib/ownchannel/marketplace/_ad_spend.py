"""What advertising cost by the platforms' own reports, beside the sales of the same days."""

from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import pyarrow.compute as pc

from ownchannel.orders import ChannelKind, Orders

#: Fewer days than these show a campaign, and no habit: a judgement.
FEWEST_DAYS = 28


class AdSpend(NamedTuple):
    """What was spent on the days of reports, and the sales of these days, less discounts and refunds."""

    spend: Decimal
    sales: Decimal
    platforms: tuple[str, ...]
    first: date
    last: date

    @property
    def share(self) -> float:
        """Spend as a share of sales."""
        return float(self.spend / self.sales)


def ad_spend(orders: Orders, kind: ChannelKind, since: date) -> AdSpend | None:
    """Spend reported for channels of one kind since a day, in the main currency, and their sales meanwhile.

    A report covers its days from the first to the last: on those without a row nothing was spent. None where
    reports do not cover 28 days, or nothing was sold on them.

    >>> from ownchannel.orders import sample_orders
    >>> print(ad_spend(sample_orders(), "owned", date(2025, 10, 1)))
    None
    """
    rows = orders.spend.select(
        ["starts_on", "ends_on", "platform", "kind", "currency", "spend", "source_file"]
    ).filter((pc.field("kind") == kind) & (pc.field("currency") == orders.main_currency))
    rows = rows.filter(pc.greater_equal(rows["starts_on"], since))
    if not len(rows):
        return None
    first, last = pc.min(rows["starts_on"]).as_py(), pc.max(rows["ends_on"]).as_py()
    spans = rows.group_by("source_file").aggregate([("starts_on", "min"), ("ends_on", "max")])
    pairs = zip(spans["starts_on_min"].to_pylist(), spans["ends_on_max"].to_pylist(), strict=True)
    covered = {begin + timedelta(n) for begin, end in pairs for n in range((end - begin).days + 1)}
    sales = orders.sales
    sales = sales[(sales["kind"] == kind) & (sales["currency"] == orders.main_currency)]
    sales = sales[sales["ordered_on"].isin(covered)]
    sold = sum((sales["item_value"] - sales["discount"] - sales["refund"]).to_list(), Decimal(0))
    if len(covered) < FEWEST_DAYS or sold <= 0:
        return None
    platforms = tuple(sorted(pc.unique(rows["platform"]).to_pylist()))
    return AdSpend(sum(rows["spend"].to_pylist(), Decimal(0)), sold, platforms, first, last)
