"""The answer of workbook 00: what the opened files show, which one would add most, and a card for each."""

from base64 import b64encode
from collections.abc import Collection
from dataclasses import replace
from html import escape

import pandas as pd
import pyarrow as pa

from ownchannel.answers._answer import Answer, notes_html, table_html
from ownchannel.answers._marketplace_dependence import own_and_rent
from ownchannel.answers._starting_settings import in_main_currency
from ownchannel.files import NO_CURRENCY
from ownchannel.formats import count, listed, money, percent
from ownchannel.marketplace import cost_coverage, cost_template, marketplace_share
from ownchannel.orders import FileReport, Opened, Orders, Report, as_csv, day

#: What the first page says beside each way in.
WAYS_IN = {
    "files": "As the platforms wrote them, zipped or not; added to those below.",
    "folder": "On this machine.",
    "timezone": "Or a large city. Choose it first: it decides the day of an order.",
    "account": "Asked once, used by every workbook. Leave empty what you do not know.",
    "sample": "A made-up kitchenware brand, two years of orders.",
    "forget": "For a customer who asks: removed now, and from files read later.",
    "nothing": "No sales were found in these files; below you see what was wrong with each.",
}

#: What the first page asks of a brand once: what each field of its account is called, and an example.
ACCOUNT_ASKS = {
    "name": ("Brand", "such as Hearth"),
    "currency": ("Currency", "such as USD"),
    "cash": ("Cash in the bank", "such as 12,000"),
    "fixed_costs": ("Fixed costs per month", "such as 5,000"),
    "horizon_months": ("Months to look ahead", "such as 36"),
    "discount_rate": ("What a year's wait costs you", "such as 10%"),
}
ACCOUNT_KEPT = "Kept. Every workbook starts from it; an empty field stays an assumption."

#: What is asked before something is lost: pressing again does it.
ASKED_FIRST = {
    "all": "All files will be removed from the list. Press Remove all again to do so.",
    "sample": "All your files will be removed from the list. Press Use the sample brand again to do so.",
    "forget": "The customer will be forgotten for good. Press Forget again to do so.",
}


def what_was_opened(opened: Opened) -> Answer:
    """What of the business is owned and what is rented, and which file would add most."""
    steps = _SAMPLE_STEPS if opened.is_sample else _what_to_add(opened.orders)
    return replace(own_and_rent(opened.orders), next_steps=steps)


_THEN_01 = "Then open **How dependent are you?** to see what would be left if the marketplaces stopped."
_SAMPLE_STEPS = (
    "This brand is made up. **Add your own exports below**: one Amazon All Orders report is enough to start.",
    "After that, **Amazon's transactions** (fees) and **Fulfilled Shipments** (who came back) add most.",
    _THEN_01,
)


def _what_to_add(orders: Orders) -> tuple[str, ...]:
    """The two exports that would add most to these, and where to go then."""
    months, kinds = in_main_currency(orders), orders.channels()
    amazon = months[months["channel"].str.startswith("Amazon")]
    complete = marketplace_share(months, orders.sales["ordered_on"].max()).months
    without_rates = [code for code in orders.currencies() if code != orders.main_currency]
    steps = []
    if (booked := _fees_booked(amazon)) < _NEARLY_ALL:
        so_far = (
            f"fees are booked for {percent(booked)} of its sales"
            if booked > 0
            else "none of its fees is booked"
        )
        steps.append(f"**Add Amazon's transactions report, or more settlements**: so far {so_far}.")
    if (goods := cost_coverage(orders).share) < _NEARLY_ALL:
        so_far = f"known for {percent(goods)} of your sales" if goods else "assumed"
        steps.append(
            f"**Add what your goods cost**: so far it is {so_far}. Below your files is a table of your "
            "products to fill in."
        )
    if amazon["identified_orders"].sum() < 0.5 * amazon["orders"].sum():
        steps.append(
            "**Add Amazon's Fulfilled Shipments report**: its anonymous IDs show which buyers came back."
        )
    if _fees_booked(months[months["channel"] == "Shopify"]) < _NEARLY_ALL:
        steps.append("**Add Shopify's export of payment transactions**: so far card fees are assumed.")
    if without_rates:
        steps.append(
            f"**Add exchange rates** (a CSV of date, from, to, rate): sales in {listed(without_rates)} are "
            "left out until then."
        )
    if complete < 12:
        seen = count(complete, "complete month") if complete else "no complete month"
        steps.append(f"**Add older exports**: these files cover {seen}, and a year shows the season.")
    if "owned" not in kinds.values():
        steps.append("**If you have a store of your own, add its orders**: so far all you see is rented.")
    return (*steps[:2], _THEN_01)


_COSTS_FILE = "cost_of_goods.csv"

#: The share of a channel's sales with booked fees above which another export adds little.
_NEARLY_ALL = 0.9


def _fees_booked(months: pd.DataFrame) -> float:
    """The share of these sales whose fees are booked; 1 where nothing was sold."""
    base = float((months["net_value"] + months["shipping"]).sum())
    return float(months["fee_base_told"].sum()) / base if base > 0 else 1.0


def files_html(report: Report, removable: Collection[str] = (), tables: Collection[str] = ()) -> str:
    """A card for each file, the counts of rows behind a fold, and why rows were set aside.

    Each file named in `removable` has a button with its name as value; a button without value is for all.
    Each of `tables` has one to name its columns, with a tab before the name: no file's name holds a tab.
    """
    cards = "".join(
        _card(file, _button(file.name) * (file.name in removable) + _naming(file) * (file.name in tables))
        for file in report.files
    )
    parts = [notes_html((report.remark,)) if report.remark else ""]
    if cards:
        remove_all = f" {_button('')}" if removable else ""
        parts.append(f'<h3>What each file adds{remove_all}</h3><ul class="oc-files">{cards}</ul>')
    if report.left_aside:
        files = count(len(report.left_aside), "file")
        named = ", ".join(report.left_aside[:3]) + (", …" if len(report.left_aside) > 3 else "")
        note = f"Skipped, because their names are not those of exports: {files} ({named})."
        parts.append(notes_html((note,), warning=False))
    if cards:
        rows = table_html(pd.DataFrame(map(_counts, report.files)))
        parts.append(f"<details><summary>Row by row</summary>{rows}</details>")
    if len(report.rejected):
        reasons = report.reasons().rename(columns=str.capitalize).rename(columns={"First_line": "First line"})
        rows = count(len(report.rejected), "row")
        summary = f"<summary>What could not be used, and why: {rows}</summary>"
        parts.append(f"<details>{summary}{table_html(reasons)}</details>")
    return "".join(parts)


def costs_html(orders: Orders) -> str:
    """How much of the sales has a known cost of goods, and a table of the brand's products to fill in."""
    if orders.sales.empty:
        return ""
    rows = as_csv(pa.Table.from_pandas(cost_template(orders), preserve_index=False))
    link = f"data:text/csv;base64,{b64encode(rows).decode()}"
    return (
        f"<h3>What your goods cost</h3><p>{escape(str(cost_coverage(orders)))} "
        f'<a href="{link}" download="{_COSTS_FILE}">Download a table of your products</a>, write what a unit '
        "of each costs you, and add the file above.</p>"
    )


def _button(name: str) -> str:
    """A button that takes a file out of the list, or all of them where none is named."""
    words, label = ("Remove", f"Remove {escape(name)}") if name else ("Remove all", "Remove all files")
    return f'<button type="button" value="{escape(name)}" aria-label="{label}">{words}</button>'


def _naming(file: FileReport) -> str:
    """A button that asks what a table's columns hold."""
    words, name = ("Change its columns" if file.was_read else "Name its columns"), escape(file.name)
    return f'<button type="button" value="\t{name}" aria-label="{words}: {name}">{words}</button>'


def _card(file: FileReport, button: str) -> str:
    marks = [_mark(file.was_read, "read" if file.was_read else "not read")]
    if file.check:
        marks.append(_mark(bool(file.reconciled), file.check))
    about = [file.format or "not recognised"]
    about += [f"{day(file.dates[0])} to {day(file.dates[1])}"] if file.dates else []
    return (
        f"<li><p>{button}<strong>{escape(file.name)}</strong> {' '.join(marks)}</p>"
        f'<p class="oc-quiet">{escape(" · ".join(about))}</p>'
        f"<p>{escape(file.counts)}</p>"
        f"{notes_html(file.notes, warning=not file.was_read)}</li>"
    )


def _mark(is_good: bool, words: str) -> str:
    """A tick or a cross with its words, so that neither colour nor sign stands alone."""
    sign, style = ("✓", "oc-good") if is_good else ("✗", "oc-bad")
    return f'<span class="oc-mark {style}">{sign} {escape(words)}</span>'


def _counts(file: FileReport) -> dict[str, str]:
    sums = [money(split["accepted"], code, 2) for code, split in file.money.items() if code != NO_CURRENCY]
    return {
        "File": file.name,
        "Rows": f"{file.rows_in:,}",
        "Accepted": f"{file.accepted:,}",
        "Rejected": f"{file.rejected:,}",
        "Already counted": f"{file.duplicates:,}",
        "Rows are": file.rows_are if file.was_read else "",
        "Amount accepted": ", ".join(sums),
        "Encoding": file.encoding,
    }
