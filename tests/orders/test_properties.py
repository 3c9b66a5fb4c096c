"""Whatever an export holds: no exception escapes, rows and money add up, and nobody can be found in it."""

import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ownchannel.orders import read_orders
from tests.orders.exports import (
    A_SHOPIFY_ROW,
    AMAZON_COLUMNS,
    AN_AMAZON_ROW,
    SHOPIFY_COLUMNS,
    amazon,
    continued,
    shopify,
)
from tests.orders.shown import everything_shown, listening

SECRETS = (
    "jane.roe@example.com",
    "Jane Roe-Sentinel",
    "17 Sentinel Street",
    "+1 555 0100 777",
    "JR-90210-ZIP",
)
PERSONAL = [
    "Email", "Billing Name", "Billing Street", "Billing Phone", "Shipping Name", "Shipping Street",
    "Shipping Zip", "Shipping Phone", "Notes", "Note Attributes", "Phone", "ship-city",
    "ship-state", "ship-postal-code", "purchase-order-number",
]  # fmt: skip

price = st.decimals("0", "9999.99", places=2).map(str)
bad_amount = st.sampled_from(["", "n/a", "1,5", "-3", "1e15", "1.234567"])
rarely_bad = st.one_of(price, price, price, price, bad_amount)
quantity = st.one_of(st.integers(1, 9).map(str), st.sampled_from(["0", "", "two", "1.5", "-1"]))
plain = st.text(st.characters(codec="utf-8", exclude_characters="\t\r\n\0"), max_size=12)
day = st.datetimes().map(lambda moment: moment.replace(microsecond=0).isoformat())
misplaced = st.sampled_from(["item-price", "Lineitem price", "currency", "Currency", "Created at"])
text = st.one_of(plain, st.sampled_from(SECRETS))

amazon_rows = st.fixed_dictionaries(
    {
        "amazon-order-id": st.integers(0, 12).map(lambda i: f"111-0000000-{i:07}"),
        "purchase-date": st.one_of(
            st.just("2026-03-01T05:30:00+00:00"), day.map(lambda d: d + "+00:00"), plain
        ),
        "last-updated-date": st.sampled_from(["", "2026-03-02T00:00:00+00:00", "2026-03-03T00:00:00+00:00"]),
        "order-status": st.sampled_from(["Shipped", "Shipped", "Pending", "Cancelled", "Odd", ""]),
        "item-status": st.sampled_from(["Shipped", "Unshipped", "Cancelled", ""]),
        "sales-channel": st.sampled_from(["Amazon.com", "Amazon.com", "Amazon.de", "Non-Amazon", ""]),
        "quantity": quantity,
        "currency": st.sampled_from(["USD", "USD", "EUR", "", "dollars"]),
        "item-price": rarely_bad,
        "item-promotion-discount": rarely_bad,
        "item-tax": rarely_bad,
        "sku": st.sampled_from(["A", "B", "", "PAN 12"]),
        "product-name": plain,
    }
).map(lambda row: AN_AMAZON_ROW | row)

shopify_rows = st.one_of(
    st.fixed_dictionaries(
        {
            "Name": st.integers(0, 9).map(lambda i: f"#{i}"),
            "Financial Status": st.sampled_from(["paid", "paid", "refunded", "voided", "pending", "odd", ""]),
            "Email": st.sampled_from([*SECRETS, "", "other@example.com"]),
            "Accepts Marketing": st.sampled_from(["yes", "no", "", "perhaps"]),
            "Currency": st.sampled_from(["USD", "USD", "INR", "", "??"]),
            "Created at": st.one_of(st.just(A_SHOPIFY_ROW["Created at"]), day, plain),
            "Lineitem price": rarely_bad,
            "Lineitem quantity": quantity,
            "Subtotal": rarely_bad,
            "Shipping": rarely_bad,
            "Taxes": rarely_bad,
            "Discount Amount": rarely_bad,
            "Refunded Amount": rarely_bad,
            "Source": st.sampled_from(["web", "amazon", "pos", ""]),
            "Tags": st.sampled_from(["", "111-0000000-0000001"]),
            "Cancelled at": st.sampled_from(["", "", "2026-03-04 10:00:00 -0500"]),
        }
    ).map(lambda row: A_SHOPIFY_ROW | row),
    st.fixed_dictionaries({"Lineitem price": rarely_bad, "Name": st.sampled_from(["", "#1"])}).map(continued),
)


@st.composite
def exports(draw: st.DrawFn) -> list[tuple[str, bytes]]:
    """A few files of either platform, some cells of which hold what they should not."""
    files = []
    for place in range(draw(st.integers(1, 3))):
        of_amazon = draw(st.booleans())
        rows = draw(st.lists(amazon_rows if of_amazon else shopify_rows, max_size=12))
        columns = AMAZON_COLUMNS if of_amazon else SHOPIFY_COLUMNS
        for row in rows:
            for column in PERSONAL:
                if column in columns and draw(st.booleans()):
                    row[column] = draw(text)
            if draw(st.integers(0, 5)) == 0:  # a secret in a cell where nobody expects it
                row[
                    draw(
                        st.sampled_from(
                            ["item-price", "Lineitem price", "currency", "Currency", "Created at"]
                        )
                    )
                ] = draw(st.sampled_from(SECRETS))
        files.append((f"{place}.txt", (amazon if of_amazon else shopify)(*rows, columns=columns)))
    return files


@given(exports())
def test_rows_and_money_always_add_up_and_nobody_is_shown(files):
    with tempfile.TemporaryDirectory() as folder, listening() as heard:
        orders = read_orders(files, workspace=folder, timezone="America/New_York")
        shown = everything_shown(orders, Path(folder)) + "\n".join(heard.said)
    assert not [secret for secret in SECRETS if secret in shown]
    assert sum(file.accepted for file in orders.report.files) == len(orders.table)
    assert sum(file.rejected for file in orders.report.files) == len(orders.report.rejected)
    for file in orders.report.files:
        assert file.rows_in == file.accepted + file.rejected + file.duplicates
        for split in file.money.values():
            assert split["in"] == split["accepted"] + split["rejected"]
        assert not any("The amounts read do not add up" in warning for warning in file.warnings)
        lines = orders.table[orders.table["source_file"] == file.name]
        sums = {code: Decimal(split["accepted"]) for code, split in file.money.items() if split["accepted"]}
        by_currency = lines.groupby("currency")["item_value"].sum()
        assert sums == {code: amount for code, amount in by_currency.items() if amount}


@given(st.lists(st.fixed_dictionaries({"item-price": price, "sku": st.sampled_from("AB")}), max_size=20))
def test_good_rows_are_all_accepted_with_all_their_money(cells):
    rows = [AN_AMAZON_ROW | row for row in cells]
    with tempfile.TemporaryDirectory() as folder:
        (file,) = read_orders(("good.txt", amazon(*rows)), workspace=folder).report.files
    assert (file.rows_in, file.accepted, file.rejected, file.duplicates) == (len(rows), len(rows), 0, 0)
    assert sum(split["in"] for split in file.money.values()) == sum(
        Decimal(row["item-price"]) for row in rows
    )


@given(exports())
def test_reading_twice_changes_nothing(files):
    with tempfile.TemporaryDirectory() as folder:
        once = read_orders(files, workspace=folder)
        twice = read_orders(
            [*files, *((f"again-{name}", content) for name, content in files)], workspace=folder
        )
    columns = ["order_id", "line_id", "status", "item_value", "discount", "refund", "customer_key"]
    assert Counter(map(str, once.table[columns].to_numpy().tolist())) == Counter(
        map(str, twice.table[columns].to_numpy().tolist())
    )
