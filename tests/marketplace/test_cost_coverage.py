"""Of which products it is known what they cost; the table that asks for the others comes back filled in."""

import csv
import io
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from ownchannel.marketplace import cost_coverage, cost_template
from ownchannel.orders import Orders, as_csv, read_orders

COLUMNS = {"order_id": "No", "ordered_at": "Day", "sku": "Item", "item_value": "Amount", "currency": "EUR"}
LINES = "No,Day,Item,Amount\n1,2026-03-01,A,60\n2,2026-03-02,=B,30\n3,2026-03-03,A,20\n4,2026-03-04,,10\n"
SHOP = ("shop.csv", LINES.encode())


@pytest.fixture
def read(tmp_path: Path):
    def reading(*costs: tuple[str, bytes]) -> Orders:
        return read_orders([SHOP, *costs], mapping=COLUMNS, workspace=tmp_path)

    return reading


def filled_in(orders: Orders, **costs: str) -> tuple[str, bytes]:
    """The template as a person gives it back, with some costs."""
    template = as_csv(pa.Table.from_pandas(cost_template(orders), preserve_index=False)).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(template)))
    for row in rows:
        row["unit_cost"] = costs.get(row["sku"].strip("'="), "")
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return "costs.csv", text.getvalue().encode()


def test_products_of_unknown_cost_stand_first_with_their_revenue(read):
    found = cost_coverage(read())
    assert found.table[["sku", "revenue", "known"]].values.tolist() == [
        ["A", Decimal(80), Decimal(0)],
        ["=B", Decimal(30), Decimal(0)],
        ["no SKU", Decimal(10), Decimal(0)],
    ]
    assert str(found) == "No file says what your goods cost."
    assert cost_template(read())["sku"].tolist() == ["A", "=B"]


def test_a_template_that_is_filled_in_says_what_goods_cost(read):
    whole = read(filled_in(read(), A="25", B="12"))
    assert whole.sales["goods"].tolist()[:3] == [Decimal(25), Decimal(12), Decimal(25)]
    part = cost_coverage(read(filled_in(read(), A="25")))
    assert part.share == pytest.approx(80 / 120)
    assert str(part) == (
        "The cost of goods is known for 67% of sales; it is missing for =B (€30) and no SKU (€10)."
    )


def test_a_row_without_a_cost_is_set_aside_and_named(read):
    rejected = read(filled_in(read(), A="25")).report.rejected
    assert rejected[["column", "line"]].values.tolist() == [["unit cost", 3]]
