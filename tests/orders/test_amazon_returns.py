"""What came back to Amazon's warehouses, and what it says of orders' refunds."""

import tempfile
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownchannel.orders import FileList, Orders, read_orders
from tests.orders.exports import amazon, amazon_row
from tests.orders.generated_reports import amazon_returns
from tests.orders.generated_truth import GeneratedFile, check_reading
from tests.orders.headers import RETURN_COLUMNS, SECRETS, sentinel
from tests.orders.test_amazon_fulfilled import shipments
from tests.orders.test_amazon_settlement import row as booking
from tests.orders.test_amazon_settlement import summary, written

A_RETURN = {
    "return-date": "2026-03-20T03:31:40+00:00",
    "order-id": "111-0000000-0000001",
    "sku": "PAN-12",
    "quantity": "1",
    "detailed-disposition": "CUSTOMER_DAMAGED",
    "reason": "NOT_COMPATIBLE",
    "status": "Unit returned to inventory",
    "license-plate-number": "LPN1",
}
WORKED_OUT = "No other file shows the refunds of {}: they were taken as the returned share of what was paid."


def returns(*changes: dict[str, str]) -> bytes:
    rows = [{name: sentinel(name) for name in RETURN_COLUMNS} | A_RETURN | change for change in changes]
    return amazon(*rows, columns=RETURN_COLUMNS)


@pytest.fixture
def read(tmp_path: Path):
    def reading(*files: bytes, timezone: str = "UTC") -> Orders:
        named = [(f"{place}.txt", content) for place, content in enumerate(files)]
        return read_orders(named, workspace=tmp_path / "workspace", timezone=timezone)

    return reading


def money(orders: Orders) -> list[list[object]]:
    return orders.table[["item_value", "refund", "status"]].values.tolist()


@settings(max_examples=25)
@given(amazon_returns())
def test_a_generated_report_reads_as_what_it_holds(file: GeneratedFile):
    with tempfile.TemporaryDirectory() as workspace:
        check_reading(file, workspace)


def test_a_return_has_its_day_in_the_time_of_the_brand(read):
    (back,) = read(returns({}), timezone="America/New_York").returns.to_pylist()
    assert back == {
        "order_id": "111-0000000-0000001",
        "sku": "PAN-12",
        "returned_on": date(2026, 3, 19),
        "units": 1.0,
        "reason": "NOT_COMPATIBLE",
        "disposition": "CUSTOMER_DAMAGED",
        "channel": "Amazon",
        "source_file": "0.txt",
        "source_row": 2,
    }


def test_the_returned_share_of_what_was_paid_is_the_refund(read):
    sold = amazon_row(quantity="3", item_price="100.00", item_promotion_discount="-10.00")
    orders = read(amazon(sold), returns({}))
    assert money(orders) == [[100, 30, "completed"]]
    orders = read(amazon(sold | {"item-price": "20.00"}), returns({}))
    assert money(orders) == [[20, Decimal("3.33"), "completed"]]
    assert WORKED_OUT.format("1 order") in orders.report.files[1].summary


def test_a_line_that_came_back_whole_is_refunded_and_no_more_than_it_was(read):
    units = [{"license-plate-number": f"LPN{number}"} for number in range(3)]
    for back in (units[:2], units):
        orders = read(amazon(amazon_row(quantity="2")), returns(*back))
        assert money(orders) == [[84, 84, "refunded"]]
        assert len(orders.returns) == len(back)


def test_units_of_an_item_on_two_lines_fill_one_after_the_other(read):
    parcels = [{"shipment-item-id": f"I{n}", "quantity-shipped": "1"} for n in range(2)]
    orders = read(shipments(*parcels), returns({}))
    assert money(orders) == [[84, 84, "refunded"], [84, 0, "completed"]]


def test_returns_of_other_orders_or_items_change_no_line(read):
    others = [{"sku": "LID"}, {"order-id": "111-0000000-0000002"}]
    orders = read(amazon(amazon_row()), returns(*others))
    assert money(orders) == [[84, 0, "completed"]]
    assert not any("No other file" in file.summary for file in orders.report.files)


@pytest.mark.parametrize("status", ["Cancelled", "Pending"])
def test_what_was_not_sold_is_not_refunded(read, status):
    orders = read(amazon(amazon_row(order_status=status, item_status=status)), returns({}))
    assert money(orders)[0][1:] == [0, status.casefold()]


def test_refunds_that_were_booked_win(read):
    refund = booking(
        order_id=A_RETURN["order-id"],
        transaction_type="Refund",
        amount="-21.00",
        amount_description="Principal",
        sku="PAN-12",
    )
    for order in ((0, 1, 2), (2, 1, 0)):
        files = (amazon(amazon_row(quantity="2")), returns({}), written(summary("-21.00"), refund))
        orders = read(*(files[place] for place in order))
        assert money(orders) == [[84, 21, "completed"]]
        assert not any("No other file" in file.summary for file in orders.report.files)


def test_a_return_that_two_files_hold_counts_once_however_its_state_has_changed(read):
    later = {"status": "Repackaged Successfully"}
    orders = read(returns({}), returns(later, {"license-plate-number": "LPN2"}))
    assert len(orders.returns) == 2
    assert orders.report.files[1].duplicates == 1
    twice = returns({}) + returns({})
    assert len(read(twice).returns) == 1


def test_kept_returns_give_the_same_as_those_read_at_once(read, tmp_path):
    files = [("a.txt", amazon(amazon_row(quantity="2"))), ("b.txt", returns({}))]
    kept = FileList(tmp_path / "list")
    kept.add(files)
    assert money(kept.orders()) == money(read(*(content for _, content in files)))


ITEMS = st.tuples(
    st.integers(1, 3),
    st.sampled_from(["PAN-12", "LID"]),
    st.integers(1, 7),
    st.integers(0, 99_999),
    st.integers(0, 9),
)


@settings(max_examples=40)
@given(st.lists(ITEMS, min_size=1, max_size=5, unique_by=lambda item: item[:2]), st.randoms())
def test_refunds_are_those_of_a_slow_computation_by_hand_in_any_order_of_files(items, random):
    sold, back, truth = [], [], {}
    for order, sku, units, cents, returned in items:
        number, value = f"111-0000000-000000{order}", Decimal(cents).scaleb(-2)
        row = amazon_row(amazon_order_id=number, sku=sku, quantity=str(units), item_price=str(value))
        sold.append(row)
        labels = [f"{number}-{sku}-{unit}" for unit in range(returned)]
        back += [{"order-id": number, "sku": sku, "license-plate-number": label} for label in labels]
        share = value * min(returned, units) / units
        truth[number, sku] = share.quantize(Decimal("0.01"), ROUND_HALF_UP)
    random.shuffle(back)
    files = [("sold.txt", amazon(*sold)), ("back.txt", returns(*back)), ("more.txt", returns(*back[:2]))]
    random.shuffle(files)
    with tempfile.TemporaryDirectory() as workspace:
        orders = read_orders(files, workspace=workspace)
    assert {(line.order_id, line.sku): line.refund for line in orders.table.itertuples()} == truth
    assert len(orders.returns) == len(back)


@pytest.mark.parametrize(
    ("column", "text"),
    [("quantity", "0"), ("quantity", "-1"), ("quantity", "one"), ("return-date", ""), ("order-id", "")],
)
def test_a_bad_cell_sets_its_row_aside_and_names_itself(read, column, text):
    orders = read(returns({}, {column: text}))
    assert len(orders.returns) == 1
    assert orders.report.rejected[["line", "column"]].to_numpy().tolist() == [[3, column]]


def test_what_a_customer_wrote_is_not_shown(read):
    orders = read(returns({}, {"quantity": "jane.sentinel@example.com"}))
    shown = str(orders.returns.to_pylist()) + str(orders.report) + orders.report.rejected.to_csv()
    assert not [secret for secret in SECRETS if secret in shown]
