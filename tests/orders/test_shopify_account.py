"""Shopify's exports of customers and of payouts."""

import tempfile
from decimal import Decimal
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownchannel.orders import FileList, Orders, forget, read_orders
from tests.orders.exports import shopify, shopify_row
from tests.orders.exports import shopify as between_commas
from tests.orders.generated_reports import shopify_customers, shopify_payouts
from tests.orders.generated_truth import GeneratedFile, check_reading
from tests.orders.headers import CUSTOMER_COLUMNS, PAYMENT_COLUMNS, PAYOUT_COLUMNS, SECRETS, sentinel
from tests.orders.shown import everything_shown

A_CUSTOMER = {
    "Customer ID": "'1",
    "Email": "Buyer@Example.com",
    "Accepts Email Marketing": "yes",
    "Accepts SMS Marketing": "no",
    "Total Spent": "84.00",
    "Total Orders": "2",
}
A_PAYOUT = {
    "Payout Date": "2026-09-10",
    "Status": "paid",
    "Charges": "1650.00",
    "Refunds": "-20.00",
    "Adjustments": "-15.00",
    "Reserved Funds": "-100.00",
    "Fees": "-67.65",
    "Retried Amount": "0.00",
    "Total": "1447.35",
    "Currency": "EUR",
}
A_CHARGE = {
    "Transaction Date": "2026-09-08 10:00:00 -0400",
    "Type": "charge",
    "Order": "#1001",
    "Payout Status": "paid",
    "Payout Date": "2026-09-10",
    "Amount": "1650.00",
    "Fee": "67.65",
    "Net": "1582.35",
    "Currency": "EUR",
}
ORDER = shopify_row({"Accepts Marketing": ""})
Parts = dict[str, Decimal]


def customers(*changes: dict[str, str]) -> bytes:
    rows = [{name: sentinel(name) for name in CUSTOMER_COLUMNS} | A_CUSTOMER | change for change in changes]
    return between_commas(*rows, columns=CUSTOMER_COLUMNS)


def payouts(*changes: dict[str, str]) -> bytes:
    return between_commas(*(A_PAYOUT | change for change in changes), columns=PAYOUT_COLUMNS)


def payments(*changes: dict[str, str]) -> bytes:
    return between_commas(*(A_CHARGE | change for change in changes), columns=PAYMENT_COLUMNS)


@pytest.fixture
def read(tmp_path: Path):
    def reading(*files: bytes) -> Orders:
        named = [(f"{place}.csv", content) for place, content in enumerate(files)]
        return read_orders(named, workspace=tmp_path / "workspace")

    return reading


def consent(orders: Orders) -> list[bool | None]:
    return orders.arrow["consent"].to_pylist()


def parts(orders: Orders) -> Parts:
    sums = orders.entries.group_by("part").aggregate([("amount", "sum")])
    return dict(zip(sums["part"].to_pylist(), sums["amount_sum"].to_pylist(), strict=True))


@settings(max_examples=25)
@given(shopify_customers())
def test_generated_customers_add_no_line(file: GeneratedFile):
    with tempfile.TemporaryDirectory() as workspace:
        check_reading(file, workspace)


@settings(max_examples=25)
@given(shopify_payouts())
def test_generated_payouts_read_as_what_they_hold(file: GeneratedFile):
    with tempfile.TemporaryDirectory() as workspace:
        check_reading(file, workspace)


# ---------------------------------------------------------------- customers


@pytest.mark.parametrize(("answer", "found"), [("yes", True), ("no", False), ("", None)])
def test_a_customers_answer_fills_orders_that_have_none(read, answer, found):
    orders = read(shopify(ORDER), customers({"Accepts Email Marketing": answer}))
    assert consent(orders) == [found]
    said = "Adds the consent of the buyers of 1 order." in orders.report.files[1].summary
    assert said == (found is not None)


def test_what_an_order_says_itself_stays(read):
    assert consent(read(shopify(shopify_row()), customers({"Accepts Email Marketing": "no"}))) == [True]


def test_nobody_else_is_concerned(read):
    others = [{"Email": "other@example.com"}, {"Email": ""}]
    assert consent(read(shopify(ORDER), customers(*others))) == [None]


def test_the_newer_answer_counts_whatever_the_order_of_the_files(read):
    older = customers({"Accepts Email Marketing": "yes"})
    newer = customers({"Accepts Email Marketing": "no", "Total Orders": "3"})
    for files in permutations([shopify(ORDER), older, newer]):
        assert consent(read(*files)) == [False]
    again = customers({"Total Orders": "4"})
    assert consent(read(shopify(ORDER), newer, again)) == [True]


def test_of_two_answers_of_which_neither_is_newer_no_counts(read):
    both = [customers({"Accepts Email Marketing": answer}) for answer in ("yes", "no")]
    for files in permutations(both):
        assert consent(read(shopify(ORDER), *files)) == [False]


def test_the_older_name_of_the_column_is_known(read):
    columns = [name.replace("Email Marketing", "Marketing") for name in CUSTOMER_COLUMNS]
    row = A_CUSTOMER | {"Accepts Marketing": "yes"}
    assert consent(read(shopify(ORDER), between_commas(row, columns=columns))) == [True]


def test_a_forgotten_customer_stays_forgotten(tmp_path):
    mine = FileList(tmp_path)
    mine.add([("orders.csv", shopify(ORDER)), ("customers.csv", customers({}))])
    assert consent(mine.orders()) == [True]
    forget("buyer@example.com", tmp_path)
    mine.add(("more.csv", customers({"Total Orders": "3"})))
    table = mine.orders().arrow
    assert table["consent"].to_pylist() == table["customer_key"].to_pylist() == [None]


def test_nothing_of_a_customer_is_shown_or_kept(tmp_path):
    contents = [shopify(ORDER), customers({}, {"Total Orders": "jane.sentinel@example.com"})]
    orders = read_orders([(f"{at}.csv", each) for at, each in enumerate(contents)], workspace=tmp_path)
    FileList(tmp_path).add([(f"{at}.csv", each) for at, each in enumerate(contents)])
    shown = everything_shown(orders, tmp_path)
    assert not [secret for secret in SECRETS if secret in shown]
    assert "buyer@example" not in shown.casefold()


# ---------------------------------------------------------------- payouts


def test_a_payout_is_its_fee_what_was_adjusted_and_what_only_moves(read):
    orders = read(payouts({}))
    assert parts(orders) == {
        "transfer": Decimal("1530.00"),
        "reimbursement": Decimal("-15.00"),
        "fee": Decimal("-67.65"),
    }
    assert orders.entries["event"].unique().to_pylist() == ["account"]
    assert sum(orders.entries["amount"].to_pylist()) == Decimal(A_PAYOUT["Total"])


def test_fees_are_taken_off_however_they_are_written(read):
    assert parts(read(payouts({"Fees": "67.65"}))) == parts(read(payouts({})))


def test_parts_that_do_not_add_up_are_said_and_the_total_holds(read):
    orders = read(payouts({"Total": "1432.35"}))
    assert sum(orders.entries["amount"].to_pylist()) == Decimal("1432.35")
    assert "do not add up to their total: 1." in str(orders.report)


def test_a_payout_that_is_on_its_way_is_not_there_yet(read):
    assert read(payouts({"Status": "in_transit"})).entries["deferred"].unique().to_pylist() == [True]


def test_a_payout_counts_once_whatever_became_of_it(read):
    once = parts(read(payouts({})))
    assert parts(read(payouts({}), payouts({"Status": "scheduled"}))) == once
    assert parts(read(payouts({}) + payouts({}))) == once
    assert parts(read(payouts({}), payouts({}, {"Payout Date": "2026-09-11"})))["fee"] == 2 * once["fee"]


def test_transactions_of_a_payout_take_its_place(read):
    other = {"Payout Date": "2026-09-11", "Fees": "-1.00", "Total": "1514.00"}
    for files in permutations([payouts({}, other), payments({})]):
        orders = read(*files)
        assert parts(orders)["fee"] == Decimal("-68.65")
        assert [each.duplicates for each in orders.report.files if "payouts" in each.format] == [1]
    slashes = payments({"Payout Date": "9/10/2026"})
    assert parts(read(payouts({}), slashes))["fee"] == Decimal("-67.65")


def test_of_a_payout_whose_transactions_are_there_in_part_the_other_fees_stay(read):
    in_part = payments({"Amount": "100.00", "Fee": "7.65", "Net": "92.35"})
    assert parts(read(payouts({}), in_part))["fee"] == Decimal("-67.65")


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 9_999)), min_size=1, max_size=8),
    st.integers(0, 8),
    st.randoms(),
)
def test_fees_count_once_whatever_part_of_the_transactions_is_read(charges, known, random):
    rows = [
        {"Payout Date": f"2026-09-1{day}", "Order": f"#{at}", "Fee": f"{fee / 100:.2f}", "Net": "0"}
        | {"Amount": f"{fee / 100:.2f}", "Transaction Date": f"2026-09-08 10:00:{at:02} +0000"}
        for at, (day, fee) in enumerate(charges)
    ]
    fees = {day: sum(fee for other, fee in charges if other == day) for day, _ in charges}
    summed = [
        {"Payout Date": f"2026-09-1{day}", "Fees": f"{-fee / 100:.2f}", "Charges": f"{fee / 100:.2f}"}
        | dict.fromkeys(("Refunds", "Adjustments", "Reserved Funds", "Total"), "0")
        for day, fee in fees.items()
    ]
    read_too = payments(*random.sample(rows, min(known, len(rows))))
    files = [("a.csv", payouts(*summed)), ("b.csv", read_too), ("c.csv", payouts(*summed[:1]))]
    random.shuffle(files)
    with tempfile.TemporaryDirectory() as workspace:
        orders = read_orders(files, workspace=workspace)
    assert parts(orders).get("fee", 0) == -Decimal(sum(fees.values())) / 100


@pytest.mark.parametrize(
    ("column", "text"), [("Total", ""), ("Fees", "much"), ("Payout Date", ""), ("Currency", "")]
)
def test_a_bad_payout_sets_its_row_aside_and_names_itself(read, column, text):
    orders = read(payouts({}, {"Payout Date": "2026-09-11", column: text}))
    assert orders.report.rejected[["line", "column"]].to_numpy().tolist() == [[3, column.casefold()]]
    assert parts(orders)["fee"] == Decimal("-67.65")
