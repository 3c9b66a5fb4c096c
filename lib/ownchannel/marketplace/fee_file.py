"""Your own table of referral fees, from a small CSV."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from ownchannel.marketplace.fee_schedules import MOST, Bands, FeeTable, Schedule

COLUMNS = ("category", "up_to", "rate", "kind", "minimum", "valid_from", "currency")

#: Whether the kind is marginal.
_KINDS = {"whole": False, "marginal": True}


@dataclass(frozen=True)
class _Row:
    """One band of a category. `up_to` is None for all prices above the band before."""

    line: int
    category: str
    up_to: Decimal | None
    rate: Decimal
    kind: str
    minimum: Decimal
    valid_from: dt.date
    currency: str


def read_fee_table(source: Path | str) -> FeeTable:
    """A table of fees from a CSV: a `Path` names the file (UTF-8), a text is the CSV itself.

    It has the columns `category, up_to, rate, kind, minimum, valid_from, currency`, in any order, and a row
    for each band of prices: `rate` is a share; `up_to` the highest price of the band, empty for the last
    band and for a flat rate; `kind` says whether the rate applies to the `whole` price or to the part inside
    the band (`marginal`); `minimum` is empty where there is none; `valid_from` is a day such as 2026-01-15.
    Rows of one category and one day make one schedule, so that later fees are further rows.

    Raises ValueError in a sentence that names the line and the field.

    >>> table = read_fee_table('''category,up_to,rate,kind,minimum,valid_from,currency
    ... tea,10,0.08,whole,0.30,2026-01-15,EUR
    ... tea,,0.15,whole,0.30,2026-01-15,EUR
    ... ''')
    >>> from ownchannel.marketplace.fees import referral_fee
    >>> referral_fee("tea", 20, table=table)
    Decimal('3.00')
    """
    of_schedules: dict[tuple[str, dt.date], list[_Row]] = {}
    currency = ""
    for row in _rows(_text(source)):
        currency = currency or row.currency
        if row.currency != currency:
            raise _refusal(
                row.line, "currency", row.currency, f"{currency}, as above: one table, one currency"
            )
        bands = of_schedules.setdefault((row.category, row.valid_from), [])
        if bands:
            _check_follows(row, bands[-1])
        bands.append(row)
    if not of_schedules:
        raise ValueError("The table of fees has no line below its header: a line is a band of a category.")
    named = source.name if isinstance(source, Path) else "your own table"
    return FeeTable(currency, tuple(_schedule(rows, named) for rows in of_schedules.values()))


def _text(source: Path | str) -> str:
    if isinstance(source, str):
        return source
    try:
        return source.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{source.name} is not UTF-8 text: save it as CSV UTF-8.") from None


def _rows(text: str) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        header = [name.strip() for name in next(reader, [])]
        # What stands there instead is not repeated: in a wrong file it may be a person's.
        if sorted(header) != sorted(COLUMNS):
            raise ValueError(
                f"The first line of a table of fees must name these columns, each once and with commas "
                f"between: {', '.join(COLUMNS)}. A file is given as a Path."
            )
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise ValueError(f"Line {reader.line_num} has {len(cells)} cells, not {len(header)}.")
            yield _row(reader.line_num, dict(zip(header, (cell.strip() for cell in cells), strict=True)))
    except csv.Error as error:
        raise ValueError(f"Line {reader.line_num} of the table of fees is no CSV: {error}.") from None


def _row(line: int, cells: dict[str, str]) -> _Row:
    def refusal(field: str, expected: str) -> ValueError:
        return _refusal(line, field, cells[field], expected)

    if not cells["category"]:
        raise refusal("category", "a name")
    if cells["kind"] not in _KINDS:
        raise refusal("kind", "whole or marginal")
    if not re.fullmatch("[A-Z]{3}", cells["currency"]):
        raise refusal("currency", "three capital letters such as USD")
    up_to = _number(cells["up_to"]) if cells["up_to"] else None
    if cells["up_to"] and not up_to:
        raise refusal("up_to", "a price above 0, or nothing for the last band")
    rate = _number(cells["rate"])
    if rate is None or rate > 1:
        raise refusal("rate", "a share between 0 and 1, such as 0.15")
    minimum = _number(cells["minimum"] or "0")
    if minimum is None:
        raise refusal("minimum", "an amount of 0 or more, or nothing")
    try:
        valid_from = dt.date.fromisoformat(cells["valid_from"])
    except ValueError:
        raise refusal("valid_from", "a day such as 2026-01-15") from None
    return _Row(line, cells["category"], up_to, rate, cells["kind"], minimum, valid_from, cells["currency"])


def _number(cell: str) -> Decimal | None:
    """A number from 0 to a trillion; None for anything else."""
    try:
        number = Decimal(cell)
    except InvalidOperation:
        return None
    return number if number.is_finite() and 0 <= number <= MOST else None


def _check_follows(row: _Row, before: _Row) -> None:
    if before.up_to is None:
        raise _refusal(before.line, "up_to", "", f"a price, because line {row.line} has a band above")
    if row.up_to is not None and row.up_to <= before.up_to:
        raise _refusal(
            row.line, "up_to", str(row.up_to), f"more than {before.up_to}, as in line {before.line}"
        )
    if row.kind != before.kind:
        raise _refusal(row.line, "kind", row.kind, f"{before.kind}, as in line {before.line}")
    if row.minimum != before.minimum:
        raise _refusal(row.line, "minimum", str(row.minimum), f"{before.minimum}, as in line {before.line}")


def _schedule(rows: list[_Row], named: str) -> Schedule:
    last = rows[-1]
    if last.up_to is not None:
        raise _refusal(
            last.line, "up_to", str(last.up_to), f"nothing: it is the last band of {last.category!r}"
        )
    edges = tuple(row.up_to for row in rows if row.up_to is not None)
    return Schedule(
        categories=(last.category,),
        bands=Bands(edges, tuple(row.rate for row in rows), _KINDS[last.kind]),
        minimum=last.minimum,
        valid_from=last.valid_from,
        source=named,
        checked=None,
        confidence="assumption",
    )


def _refusal(line: int, field: str, given: str, expected: str) -> ValueError:
    shown = repr(given[:60]) if given else "nothing"
    return ValueError(f"Line {line}, {field}: {shown} was given, expected {expected}.")
