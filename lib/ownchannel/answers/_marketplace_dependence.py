"""The answers of workbooks 00 and 01: what files gave, what is owned, what is rented, what if it stopped."""

import math
from decimal import Decimal
from html import escape

import pandas as pd

from ownchannel.answers._answer import Answer, Question, amounts, notes_html, table_html
from ownchannel.answers._starting_settings import (
    costs_counted,
    etsy_is_incomplete,
    in_main_currency,
    only_in,
    settings_of,
    starting_costs,
    without_effect,
)
from ownchannel.charts import (
    LABELS,
    by_month,
    cash_when_stopped,
    fee_and_contribution,
    left_by_an_order,
    owned_and_rented,
    where_it_went,
)
from ownchannel.customers import known_customers
from ownchannel.formats import count, listed, money, percent
from ownchannel.marketplace import (
    ALL,
    Booked,
    FeeRise,
    Shocks,
    Stop,
    Use,
    contribution_by_month,
    dependence,
    last_twelve_months,
    last_year,
    raise_fee,
    stop,
    what_was_booked,
)
from ownchannel.orders import NO_CURRENCY, FileReport, Opened, Orders, Report, day

# ---------------------------------------------------------------- the first page

#: What the first page says beside each way in.
WAYS_IN = {
    "files": "As the platforms wrote them, zipped or not; one or many at once.",
    "folder": "On this machine.",
    "timezone": "Choose it first: it says on which day an order falls.",
    "sample": "A made-up kitchenware brand, two years of orders.",
    "forget": "Who asks for it: now, and in files read later.",
    "nothing": "No sales were found in these files; what was wrong with each is said below.",
}

_ROWS_ARE = {
    "lines": "order lines",
    "entries": "bookings",
    "repeat_rates": "repeat rates",
    "rates": "exchange rates",
}


def what_was_opened(opened: Opened) -> Answer:
    """What of the business is owned and what is rented, and whose orders that is."""
    answer = own_and_rent(opened.orders)
    return Answer(answer.sentence, answer.numbers, answer.charts, notes=(f"{opened}", *answer.notes))


def files_html(report: Report) -> str:
    """A card for each file, the counts of rows behind a fold, and why rows were set aside."""
    cards = "".join(map(_card, report.files))
    parts = [notes_html((report.remark,)) if report.remark else ""]
    if cards:
        parts.append(f'<h3>What your files gave</h3><ul class="oc-files">{cards}</ul>')
    if report.left_aside:
        files = count(len(report.left_aside), "file")
        named = ", ".join(report.left_aside[:3]) + (", …" if len(report.left_aside) > 3 else "")
        note = f"Left aside, no exports by their names: {files} ({named})."
        parts.append(notes_html((note,), warning=False))
    if cards:
        rows = table_html(pd.DataFrame(map(_counts, report.files)))
        parts.append(f"<details><summary>Row by row</summary>{rows}</details>")
    if len(report.rejected):
        reasons = report.reasons().rename(columns=str.capitalize).rename(columns={"First_line": "First line"})
        rows = count(len(report.rejected), "row")
        parts += [f"<h3>What could not be used, and why: {rows}</h3>", table_html(reasons)]
    return "".join(parts)


def _card(file: FileReport) -> str:
    marks = [_mark(file.was_read, "read" if file.was_read else "not read")]
    if file.reconciled is not None:
        off = "" if file.difference is None else f": {_amount(abs(file.difference), file)} off"
        adds_up = "adds up to the cent" if file.reconciled else f"does not add up{off}"
        marks.append(_mark(file.reconciled, adds_up))
    about = [file.format or "not recognised"]
    about += [f"{day(file.dates[0])} to {day(file.dates[1])}"] if file.dates else []
    nothing_used = "Nothing of it counts."
    if file.was_read:
        nothing_used = (
            "All of it is in other files already." if file.duplicates else "It held nothing that counts."
        )
    named = [f"{name} {_amount(sums, file)}" for name, sums in (file.unclassified or {}).items()]
    notes = [*file.warnings]
    notes += [f"Booked under names that nobody here knows: {'; '.join(named)}."] if named else []
    return (
        f"<li><p><strong>{escape(file.name)}</strong> {' '.join(marks)}</p>"
        f'<p class="oc-quiet">{escape(" · ".join(about))}</p>'
        f"<p>{escape(file.summary or nothing_used)}</p>"
        f"{notes_html(tuple(filter(None, notes)), warning=not file.was_read)}</li>"
    )


def _mark(is_good: bool, words: str) -> str:
    """A tick or a cross with its words, so that neither colour nor sign stands alone."""
    sign, style = ("✓", "oc-good") if is_good else ("✗", "oc-bad")
    return f'<span class="oc-mark {style}">{sign} {escape(words)}</span>'


def _amount(amount: Decimal, file: FileReport) -> str:
    """An amount with its currency, where the file has one alone."""
    codes = [code for code in file.money if code != NO_CURRENCY]
    return money(amount, codes[0], 2) if len(codes) == 1 else f"{amount:,.2f}"


def _counts(file: FileReport) -> dict[str, str]:
    sums = [money(split["accepted"], code, 2) for code, split in file.money.items() if code != NO_CURRENCY]
    return {
        "File": file.name,
        "Rows": f"{file.rows_in:,}",
        "Accepted": f"{file.accepted:,}",
        "Rejected": f"{file.rejected:,}",
        "Already counted": f"{file.duplicates:,}",
        "Its rows are": _ROWS_ARE[file.gives] if file.was_read else "",
        "Accepted in money": ", ".join(sums),
        "Encoding": file.encoding,
    }


# ---------------------------------------------------------------- what is owned and what is rented


def own_and_rent(orders: Orders) -> Answer:
    """What of the business is owned and what is rented."""
    currency = orders.main_currency
    measured = dependence(orders, currency)
    revenue, orders_in_all = measured.share("revenue") or 0.0, measured.amount("orders", ALL) or 0.0
    sentence = (
        f"You rent **{percent(revenue)}** of your revenue from marketplaces, and you know who bought in "
        f"**{percent(measured.known or 0.0)}** of your orders."
    )
    if measured.recognised_orders:
        further = percent(measured.recognised_orders / orders_in_all)
        sentence += f" In a further **{further}** you can tell one buyer from another, but not who it is."
    reachable = sum(measured.amount("reachable", name) or 0.0 for name in orders.channels())
    numbers = (
        ("Revenue", money(measured.amount("revenue", ALL) or 0.0, currency)),
        ("Orders", f"{orders_in_all:,.0f}"),
        ("Orders whose buyer you know", f"{measured.known_orders:,.0f}"),
        ("Orders of buyers only told apart", f"{measured.recognised_orders:,.0f}"),
        ("People you may write to", f"{reachable:,.0f}"),
    )
    hint = ": read exchange rates (a CSV of date, from, to, rate) to have them in"
    notes = only_in(currency, orders.currencies(), hint=hint)
    return Answer(sentence, numbers, (owned_and_rented(measured),), notes=tuple(notes))


def measures(orders: Orders) -> Answer:
    """Every measure of dependence with what it rests on, at the costs that the sliders start from."""
    costs = settings_of(Shocks, starting_costs(orders, in_main_currency(orders)))
    measured = dependence(orders, orders.main_currency, costs=costs)

    def share(measure: str, value: float) -> str:
        return f"{value:.2f}" if measure == "concentration" else percent(value)

    def amount(measure: str, value: float) -> str:
        in_money = measure in ("revenue", "contribution")
        return money(value, measured.currency) if in_money else f"{value:,.0f}"

    rows = [
        {
            "Measure": row["measure"].capitalize(),
            "Of": row["scope"],
            "Share": share(row["measure"], row["share"]) if pd.notna(row["share"]) else "",
            "Amount": amount(row["measure"], row["amount"]) if pd.notna(row["amount"]) else "",
            "Rests on": row["rests_on"],
        }
        for row in measured.table.to_dict("records")
    ]
    return Answer(f"{measured}", table=pd.DataFrame(rows))


def over_time(orders: Orders) -> Answer:
    """Revenue, known and reachable customers by channel over time."""
    currency = orders.main_currency
    known = known_customers(orders)
    at_end = known[known["month"] == known["month"].max()]
    rented = at_end[at_end["kind"] == "marketplace"]
    identified, reachable = int(at_end["identified"].sum()), int(at_end["reachable"].sum())
    sentence = (
        f"By {at_end['month'].iloc[0]:%B %Y} you know **{count(identified, 'customer')}** and may write to "
        f"**{reachable:,}** of them"
    )
    if len(rented):
        recognised = int(rented["recognised"].sum())
        sentence += (
            f"; on marketplaces you can tell {recognised:,} more apart, without knowing who they are"
            if recognised
            else "; the marketplaces told you of none"
        )
    yours = known[known["kind"] == "owned"]
    yours = known if yours.empty else yours  # a chart needs a line, though it be all zero
    charts = (
        by_month(in_main_currency(orders), "net_value", "Revenue", currency),
        by_month(yours, "identified", "Customers you know, added up"),
        by_month(yours, "reachable", "Customers you may write to, added up"),
    )
    return Answer(f"{sentence}.", charts=charts)


# ---------------------------------------------------------------- when the marketplaces stop


def what_if_it_stopped(orders: Orders) -> Question[Shocks]:
    """Sliders for costs, a stop of the marketplaces and a rise of their fee."""
    currency, months = orders.main_currency, in_main_currency(orders)
    last_day = orders.sales["ordered_on"].max()
    sliders, hidden = starting_costs(orders, months), without_effect(months)
    known = [sliders[name][1].label for name in hidden]

    def answer(settings: Shocks) -> Answer:
        monthly = contribution_by_month(months, settings)
        year = last_year(monthly, last_day)
        stopped = stop(year, settings.downtime_months, settings.fixed_costs, settings.cash)
        rise = raise_fee(year, settings.fee_rise)
        channels = _by_channel(last_twelve_months(monthly, last_day)[0])
        charts = (
            cash_when_stopped(year, stopped, currency),
            by_month(monthly, "contribution", "Contribution", currency),
            left_by_an_order(
                list(channels.index), list(channels["an_order"]), list(channels["kind"]), currency
            ),
            fee_and_contribution(rise, settings.fee_rise, float(year.fee_base.sum()), currency),
        )
        return Answer(
            _sentence(settings, stopped, rise, currency),
            _numbers(channels, stopped, rise, currency),
            charts,
            _table(channels, currency),
            _rests_on(monthly, known, year.months_seen),
        )

    return Question(settings_of(Shocks, sliders), answer, currency, sliders, hidden)


def _by_channel(monthly: pd.DataFrame) -> pd.DataFrame:
    added = ("orders", "revenue", "fees_told", "fees_assumed", "contribution")
    sums = monthly.groupby("channel").agg({"kind": "first"} | dict.fromkeys(added, "sum"))
    sums["an_order"] = sums["contribution"] / sums["orders"].where(sums["orders"] > 0)
    whole = sums["contribution"].sum()
    sums["share"] = sums["contribution"] / whole if whole > 0 else float("nan")
    return sums


def _sentence(settings: Shocks, stopped: Stop, rise: FeeRise, currency: str) -> str:
    months = int(settings.downtime_months)
    gone = f"If the marketplaces stopped on Monday for **{count(months, 'month')}**, you would "
    if stopped.lost < 0:
        gone += f"save **{money(-stopped.lost, currency)}**, for their orders cost more than they leave"
    else:
        gone += f"miss **{money(stopped.lost, currency)}** of contribution"
    gone += ", and your cash "
    if stopped.lowest < 0:
        first = int((stopped.stopped < 0).argmax())
        gone += f"would be gone **in month {first}**. "
    else:
        gone += f"would never fall below **{money(stopped.lowest, currency)}**. "
    forever = f"**{count(stopped.runway, 'month')}**" if stopped.runway else "**more than two years**"
    gone += f"Without them for good, it would last {forever}. "
    return gone + (
        f"A fee **{settings.fee_rise * 100:g} points** higher costs **{money(rise.cost, currency)}** a year."
    )


def _numbers(
    channels: pd.DataFrame, stopped: Stop, rise: FeeRise, currency: str
) -> tuple[tuple[str, str], ...]:
    rented = channels[channels["kind"] == "marketplace"]
    share = rented["share"].sum(skipna=False)
    return (
        ("Contribution from marketplaces", "no profit to share" if math.isnan(share) else percent(share)),
        ("Missed while stopped", money(stopped.lost, currency)),
        ("Lowest cash", money(stopped.lowest, currency)),
        (
            "Runway without marketplaces",
            count(stopped.runway, "month") if stopped.runway else "over 24 months",
        ),
        ("Fee rise, a year", money(-rise.cost, currency)),
        ("Rise that leaves nothing", f"{100 * rise.points_to_nothing:.1f} points"),
    )


def _table(channels: pd.DataFrame, currency: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Channel": list(channels.index),
            "Orders in 12 months": [f"{orders:,.0f}" for orders in channels["orders"]],
            "Revenue": amounts(channels["revenue"], currency),
            "Fees as booked": amounts(channels["fees_told"], currency),
            "Fees assumed": amounts(channels["fees_assumed"], currency),
            "Contribution": amounts(channels["contribution"], currency),
            "An order leaves": amounts(channels["an_order"], currency, 2),
            "Share of contribution": [percent(v) if pd.notna(v) else "" for v in channels["share"]],
        }
    )


def _rests_on(monthly: pd.DataFrame, known: list[str], months_seen: int) -> tuple[str, ...]:
    """What contribution is after, which sliders are not there because of it, and what is not known."""
    notes = [costs_counted(monthly, "goods, advertising and parcels")]
    if known:
        notes.append(f"No slider, because your files tell it: {', '.join(known).lower()}.")
    fees = float(monthly.loc[monthly["channel"] == "Etsy", "fees_told"].sum())
    notes += etsy_is_incomplete(fees, ", and none for listings, sales and advertising")
    if months_seen != 12:
        seen = count(months_seen, "complete month")
        notes.append(f"Your files hold {seen}; their mean stands for the others.")
    return tuple(notes)


# ---------------------------------------------------------------- what the marketplaces booked

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
        _booked_notes(booked, orders),
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


def _booked_notes(booked: Booked, orders: Orders) -> tuple[str, ...]:
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
    codes = sorted(set(orders.entries["currency"].to_pylist()))
    return (*notes, *only_in(booked.currency, codes, "What was booked in {} is"))
