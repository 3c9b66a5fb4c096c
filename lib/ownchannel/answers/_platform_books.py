"""Of all that buyers paid on marketplaces, what went where, as the platforms' own books say."""

import pandas as pd

from ownchannel.answers._answer import Answer, when_seen
from ownchannel.answers._starting_settings import only_in
from ownchannel.charts import LABELS, where_it_went
from ownchannel.formats import listed, money, percent
from ownchannel.marketplace import Booked, Use, what_was_booked
from ownchannel.orders import Orders, day

_IN_WORDS = {
    Use.REFUNDS: "refunds",
    Use.FEES: "selling fees",
    Use.FULFILMENT: "fulfilment",
    Use.ADVERTISING: "advertising",
    Use.ACCOUNT: "storage and subscription",
}


@when_seen
def what_the_platforms_booked(orders: Orders) -> Answer:
    """Of 100 that buyers paid on marketplaces, what went where, as their own books say."""
    currency = orders.main_currency
    booked = what_was_booked(orders.entries, currency)
    if booked is None:
        return Answer(
            f"No file shows what a marketplace charged in {currency}. Add Amazon's settlements or "
            "transactions in the first workbook to see where the money went."
        )
    return Answer(
        _booked_sentence(booked),
        _booked_numbers(booked),
        (where_it_went(booked),),
        _booked_table(booked),
        notes=tuple(
            only_in(currency, sorted(set(orders.entries["currency"].to_pylist())), "Charges in {} are")
        ),
        how_we_know=_booked_grounds(booked),
    )


def _booked_sentence(booked: Booked) -> str:
    currency = booked.currency
    taken = [
        f"{words} **{money(-100 * booked.share(use), currency)}**"
        for use, words in _IN_WORDS.items()
        if booked.total(use) < 0
    ]
    took = f"{listed(taken).replace(' **', ' took **', 1)}. " if taken else ""
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
        ("Marketplaces' share of sales", percent(float(taken / booked.total(Use.SALES)))),
        ("Left for you and your goods", money(booked.left(), booked.currency)),
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


def _booked_grounds(booked: Booked) -> tuple[str, ...]:
    grounds = [f"Booked by the platforms from {day(booked.first_day)} to {day(booked.last_day)}."]
    unnamed, paid_out = booked.total(Use.UNCLASSIFIED), -booked.total(Use.TRANSFERS)
    if unnamed:
        amount = money(unnamed, booked.currency, 2)
        grounds.append(f"{amount} is in unrecognised charges; the first workbook lists them by file.")
    if paid_out:
        amount = money(paid_out, booked.currency, 2)
        grounds.append(
            f"{amount} was transferred to your bank. It is not profit: it is what was left, moved."
        )
    return tuple(grounds)
