"""Amazon's transactions reports made up by hypothesis, in eleven languages: see generated_bookings."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from tests.orders.amazon_languages import AMOUNT_PARTS, LANGUAGES, Form, Language, written
from tests.orders.generated_bookings import Entry, Generated, cents, ends, instants, order_ids

PRODUCT = "Cast-iron pan, 12"
SETTLEMENT = "11000000001"
_ACCOUNT = ("advertising", "storage", "transfer", "reimbursement", "unknown")
_UNEXPLAINED = "what the total has beyond its parts"
_SKUS = st.sampled_from(["PAN-12", "SALT & PEPPER", 'LID 12"'])


@dataclass
class _File:
    """A file on its way: how it writes, its rows as cells by header, and what is in them."""

    name: str
    language: Language
    headers: Mapping[str, str]
    """By column as amazon.com heads it."""
    form: Form
    first_line: int
    rows: list[dict[str, str]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)
    rejected: dict[int, tuple[str, Decimal]] = field(default_factory=dict)


@st.composite
def transactions(draw: st.DrawFn) -> Generated:
    """A transactions report of a site below 2 to 13 lines of its own; the older set of columns is shorter."""
    name = draw(st.sampled_from([*LANGUAGES]))
    language = LANGUAGES[name]
    headers = dict(zip(language.columns, language.headers.split(";"), strict=True))
    if draw(st.booleans()):
        headers = {column: header for column, header in headers.items() if "Transaction" not in column}
    preamble = draw(st.integers(2, 13))
    file = _File(name, language, headers, draw(st.sampled_from(language.forms)), preamble + 2)
    for _ in range(draw(st.integers(0, 8))):
        _row(draw, file)
    text = io.StringIO()
    text.write(f'"{language.order}: 1, 2"{draw(ends)}' * preamble)
    delimiter = draw(st.sampled_from(",;\t"))
    writer = csv.DictWriter(text, [*headers.values()], restval="", delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(file.rows)
    content = text.getvalue().encode(draw(st.sampled_from(language.encodings)))
    return _finished(file, content)


def _finished(file: _File, content: bytes) -> Generated:
    """The file and what is in it, once all of its rows are known."""
    rest = [abs(entry.amount) for entry in file.entries if entry.part == _UNEXPLAINED]
    named = [e._replace(part="unclassified") if e.part == _UNEXPLAINED else e for e in file.entries]
    # The table gives a booking without a site that of its settlement, where any other booking tells it.
    site = next((entry.channel for entry in named if entry.channel), "Amazon")
    found = Generated(
        f"transactions_{file.name}.csv",
        content,
        len(file.rows),
        [entry._replace(channel=site) for entry in named],
        file.rejected,
        sum(rest, Decimal(0)) if file.rows else None,
    )
    if not file.rows or any(row[file.headers["marketplace"]] for row in file.rows):
        return found
    # Nothing in the file tells its currency.
    sums = {entry.line: ("XXX", Decimal(0)) for entry in named}
    for entry in named:
        sums[entry.line] = "XXX", sums[entry.line][1] + entry.amount
    return replace(found, entries=[], rejected=sums, difference=Decimal(0))


def _row(draw: st.DrawFn, file: _File) -> None:
    """One row, perhaps damaged, into the file."""
    kind = draw(st.sampled_from(["order", "order", "refund", *_ACCOUNT]))
    has_order = kind in ("order", "refund")
    type_, description, part = _words(file.language, kind)
    unit = Decimal(1).scaleb(-file.form.places)
    columns = [c for c in AMOUNT_PARTS if has_order != (c == "other") and c in file.headers]
    amounts = {column: draw(cents) * 100 * unit for column in columns if draw(st.booleans())}
    off = draw(st.sampled_from([Decimal(0)] * 6 + [unit])) if amounts else Decimal(0)
    units = draw(st.integers(0, 3)) if has_order else 0
    at, is_held_back, total = _moment(draw, file), draw(st.booleans()), sum(amounts.values(), off)
    cells = {
        "date/time": written(at, file.name),
        "settlement id": SETTLEMENT,
        "type": type_,
        "description": description,
        "marketplace": "" if kind == "transfer" else file.language.site,
        "quantity": str(units) if units else "",
        "total": file.form.write(total),
        "Transaction Status": file.language.status[is_held_back],
        "Transaction Release Date": "" if is_held_back else written(at, file.name),
        **{column: file.form.write(amounts.get(column, Decimal(0))) for column in AMOUNT_PARTS},
        **({"order id": draw(order_ids), "sku": draw(_SKUS)} if has_order else {}),
    }
    line = file.first_line + len(file.rows)
    damage = draw(st.sampled_from([""] * 12 + ["date/time", "total"]))
    if damage:
        cells |= {damage: "n/a", "marketplace": file.language.site}
        file.rejected[line] = file.language.currency, Decimal(0) if damage == "total" else total
    file.rows.append({file.headers[column]: cells[column] for column in cells if column in file.headers})
    if damage:
        return
    row = Entry(
        line=line,
        event={"order": "sale", "refund": "refund"}.get(kind, "account"),
        part=part,
        amount=Decimal(0),
        currency=file.language.currency,
        posted_at=at,
        channel=None if kind == "transfer" else file.language.channel,
        settlement_id=SETTLEMENT,
        order_id=cells.get("order id"),
        sku=cells.get("sku"),
        product=description if has_order else None,
        deferred=is_held_back and "Transaction Status" in file.headers,
    )
    file.entries += _entries(row, amounts, off, float(units) if kind == "order" else 0.0)


def _moment(draw: st.DrawFn, file: _File) -> datetime:
    """When a row was booked: rows of one moment stand together, as in reports, which are sorted."""
    at = draw(instants)
    while at in file.moments[:-1] and at != file.moments[-1]:
        at += timedelta(seconds=1)
    file.moments.append(at)
    return at


def _entries(row: Entry, amounts: Mapping[str, Decimal], off: Decimal, units: float) -> list[Entry]:
    """An entry an amount; one for units that were given for nothing, and for a row without any amount."""
    has_order = row.order_id is not None
    found = [
        row._replace(part=AMOUNT_PARTS[column] if has_order else row.part, amount=amount)
        for column, amount in amounts.items()
    ]
    if units:
        goods = [entry for entry in found if entry.part == "goods"] or [row]
        others = [entry for entry in found if entry.part != "goods"]
        found = [*(entry._replace(quantity=units) for entry in goods), *others]
    return [*found, *([row._replace(part=_UNEXPLAINED, amount=off)] if off else [])] or [row]


def _words(language: Language, kind: str) -> tuple[str, str, str]:
    """Type and description of a row, and its part where no column tells it."""
    return {
        "order": (language.order, PRODUCT, "goods"),
        "refund": (language.refund, PRODUCT, "goods"),
        "advertising": (*language.service, "advertising"),
        "storage": (language.storage, "", "fee"),
        "transfer": (*language.transfer, "transfer"),
        "reimbursement": (*language.reimbursement, "reimbursement"),
        "unknown": ("Moonlight Credit", "for nothing", "unclassified"),
    }[kind]
