"""What marketplaces booked, against the generator's own totals and a plain sum of made-up bookings."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownchannel.marketplace import USES, Use, advertising_share, what_was_booked
from ownchannel.orders import ENTRIES

DAY = dt.date(2026, 3, 1)


def entry(event: str, part: str, amount: Decimal, **changes: Any) -> dict[str, Any]:
    return {
        "posted_at": dt.datetime.combine(changes.get("posted_on", DAY), dt.time(12), dt.UTC),
        "posted_on": DAY,
        "channel": "Bazaar",
        "kind": "marketplace",
        "event": event,
        "part": part,
        "amount": amount,
        "currency": "EUR",
        "deferred": False,
        "source_file": "booked.csv",
        "source_row": 2,
    } | changes


def table(*entries: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(entries), schema=ENTRIES)


SALE = entry("sale", "goods", Decimal(100))
KINDS = [
    *((event, part) for event in ("sale", "refund") for part in ("goods", "shipping", "discount", "tax")),
    *((event, part) for event in ("sale", "refund", "account") for part in ("fee", "fulfilment")),
    *(("account", part) for part in ("advertising", "reimbursement", "transfer", "unclassified")),
]


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(-9_999, 9_999)), max_size=30))
def test_every_cent_has_one_use_and_transfers_alone_are_not_left(booked: list[Any]) -> None:
    entries = [entry(event, part, Decimal(cents) / 100) for (event, part), cents in booked]
    found = what_was_booked(table(SALE, entry("sale", "goods", Decimal(10_000)), *entries), "EUR")
    moved = sum((e["amount"] for e in entries if e["part"] == "transfer"), Decimal(0))
    assert found.total(Use.TRANSFERS) == moved
    assert found.left() == Decimal(10_100) + sum((e["amount"] for e in entries), Decimal(0)) - moved
    assert sum(map(found.total, USES)) == found.left() + moved


@pytest.mark.parametrize(
    ("event", "part", "use"),
    [
        ("sale", "shipping", Use.SALES),
        ("sale", "discount", Use.SALES),
        ("refund", "goods", Use.REFUNDS),
        ("refund", "fee", Use.FEES),
        ("sale", "fulfilment", Use.FULFILMENT),
        ("account", "fee", Use.ACCOUNT),
        ("account", "fulfilment", Use.ACCOUNT),
        ("account", "advertising", Use.ADVERTISING),
        ("refund", "tax", Use.TAXES),
        ("account", "reimbursement", Use.REIMBURSEMENTS),
        ("account", "unclassified", Use.UNCLASSIFIED),
    ],
)
def test_each_kind_of_booking_has_its_use(event: str, part: str, use: str) -> None:
    found = what_was_booked(table(SALE, entry(event, part, Decimal("-7.25"))), "EUR")
    wanted = Decimal("92.75") if use == Use.SALES else Decimal("-7.25")
    assert found.total(use) == wanted


def test_other_currencies_and_your_own_store_are_not_in_it() -> None:
    others = [
        entry("sale", "fee", Decimal(-9), currency="USD"),
        entry("sale", "fee", Decimal(-8), kind="owned"),
    ]
    found = what_was_booked(table(SALE, *others), "EUR")
    assert found.left() == 100
    assert what_was_booked(table(*others), "USD") is None
    assert what_was_booked(ENTRIES.empty_table(), "EUR") is None


def test_advertising_is_a_share_of_what_was_sold_since() -> None:
    before = entry("account", "advertising", Decimal(-90), posted_on=DAY - dt.timedelta(days=1))
    back, spent = entry("refund", "goods", Decimal(-20)), entry("account", "advertising", Decimal(-4))
    assert advertising_share(table(before, SALE, back, spent), "EUR", DAY) == pytest.approx(4 / 80)
    assert advertising_share(table(before, SALE), "EUR", DAY) is None


@pytest.mark.parametrize(
    ("currency", "channels", "files"),
    [
        (
            "USD",
            ["amazon", "etsy"],
            [
                "amazon_transactions_2024-10_2025-09.csv",
                "amazon_transactions_2025-10_2026-09.csv",
                "etsy_statement_2026-08.csv",
            ],
        ),
        ("EUR", ["amazon_de"], ["amazon_settlement_de.txt"]),
    ],
)
def test_the_sample_brands_books_are_those_of_its_truth(sample, truth, currency, channels, files) -> None:
    totals = [truth["files"][name]["totals"] for name in files]

    def true(*names: str) -> Decimal:
        return sum((Decimal(of_file.get(name, "0")) for of_file in totals for name in names), Decimal(0))

    def of_channels(name: str) -> Decimal:
        return sum((Decimal(truth["channels"][channel][name]) for channel in channels), Decimal(0))

    found = what_was_booked(sample.entries, currency)
    advertising, account = ("advertising", "etsy_ads", "offsite_ads"), ("subscription", "storage", "listing")
    assert found.total(Use.ADVERTISING) == true(*advertising)
    assert found.total(Use.ACCOUNT) == true(*account)
    assert found.total(Use.UNCLASSIFIED) == true("unclassified")
    assert found.total(Use.REFUNDS) == true("refund") == -of_channels("refund")
    assert found.total(Use.TRANSFERS) == true("transfer", "deposit")
    assert found.total(Use.FULFILMENT) == -of_channels("fulfilment_fees")
    assert found.total(Use.FEES) + found.total(Use.FULFILMENT) == -of_channels("fees")
    paid = of_channels("item_value") - of_channels("discount") + of_channels("shipping")
    assert found.total(Use.SALES) == paid
    assert found.left() == of_channels("contribution") + true(*advertising, *account, "unclassified")
