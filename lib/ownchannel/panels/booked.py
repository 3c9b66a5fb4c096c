"""The answer of workbook 01 on what marketplaces booked: a sentence, a picture and a table."""

import pandas as pd

from ownchannel.charts.booked import LABELS, where_it_went
from ownchannel.formats import listed, money, percent
from ownchannel.marketplace.booked import Booked, Use, what_was_booked
from ownchannel.orders.orders import Orders
from ownchannel.orders.report import day
from ownchannel.panels.answer import Answer

_IN_WORDS = {
    Use.REFUNDS: "refunds",
    Use.FEES: "selling fees",
    Use.FULFILMENT: "fulfilment",
    Use.ADVERTISING: "advertising",
    Use.ACCOUNT: "storage with subscription",
}


def what_the_platforms_booked(orders: Orders) -> Answer:
    """Of 100 that buyers paid on marketplaces, what went where, as their own books say."""
    currency = orders.main_currency
    booked = what_was_booked(orders.entries, currency)
    if booked is None:
        return Answer(
            f"No file tells what a marketplace booked in {currency}. Read Amazon's settlements or "
            "transactions in the first workbook, and this page shows where the money went."
        )
    return Answer(
        _booked_sentence(booked),
        _booked_numbers(booked),
        (where_it_went(booked),),
        _booked_table(booked),
        tuple(_booked_notes(booked, orders)),
    )


def _booked_sentence(booked: Booked) -> str:
    currency = booked.currency
    taken = [
        f"{words} **{money(-100 * booked.share(use), currency)}**"
        for use, words in _IN_WORDS.items()
        if booked.total(use) < 0
    ]
    took = f"{listed(taken).replace(' **', ' took **', 1)}; " if taken else ""
    left = money(100 * float(booked.left() / booked.total(Use.SALES)), currency)
    channels = listed(sorted(set(booked.table["channel"])))
    return (
        f"Of every {money(100, currency)} that buyers paid on {channels}, {took}**{left}** was left for you "
        "and your goods."
    )


def _booked_numbers(booked: Booked) -> tuple[tuple[str, str], ...]:
    taken = booked.total(Use.SALES) + booked.total(Use.REFUNDS) - booked.left()
    return (
        ("Buyers paid", money(booked.total(Use.SALES), booked.currency)),
        ("Marketplaces took", money(taken, booked.currency)),
        ("Their share of sales", percent(float(taken / booked.total(Use.SALES)))),
        ("Left", money(booked.left(), booked.currency)),
    )


def _booked_table(booked: Booked) -> pd.DataFrame:
    sales = booked.table[booked.table["use"] == Use.SALES].set_index("channel")["amount"]
    rows = [
        {
            "Channel": row["channel"],
            "What was booked": LABELS[row["use"]],
            "Amount": money(row["amount"], booked.currency, 2),
            "Of 100 sold there": f"{100 * row['amount'] / sales[row['channel']]:.2f}"
            if row["use"] != Use.TRANSFERS and row["channel"] in sales
            else "",
        }
        for row in booked.table.to_dict("records")
    ]
    return pd.DataFrame(rows)


def _booked_notes(booked: Booked, orders: Orders) -> list[str]:
    notes = [f"Booked from {day(booked.first_day)} to {day(booked.last_day)}."]
    unnamed, paid_out = booked.total(Use.UNCLASSIFIED), -booked.total(Use.TRANSFERS)
    if unnamed:
        notes.append(
            f"{money(unnamed, booked.currency, 2)} bears names that nobody here knows; the first workbook "
            "lists them by file."
        )
    if paid_out:
        notes.append(
            f"{money(paid_out, booked.currency, 2)} was paid out to your bank. That is no profit: it is what "
            "was left, moved."
        )
    others = sorted(set(orders.entries["currency"].to_pylist()) - {booked.currency})
    if others:
        notes.append(f"Money is in {booked.currency}. What was booked in {listed(others)} is not in it.")
    return notes
