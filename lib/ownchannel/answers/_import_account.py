"""What each file gave, in plain words: the account below the first page's answer."""

from decimal import Decimal
from html import escape

import pandas as pd

from ownchannel.answers._markup import notes_html, table_html
from ownchannel.formats import count, money
from ownchannel.orders import NO_CURRENCY, FileReport, Report, day

_ROWS_ARE = {
    "lines": "order lines",
    "entries": "bookings",
    "repeat_rates": "repeat rates",
    "rates": "exchange rates",
}


def files_html(report: Report) -> str:
    """A card a file, the counts of rows behind a fold, and every reason for which a row was set aside."""
    cards = "".join(map(_card, report.files))
    parts = [
        notes_html((report.remark,)) if report.remark else "",
        f'<h3>What your files gave</h3><ul class="oc-files">{cards}</ul>' if cards else "",
        _left_aside(report),
        _folded("Row by row", pd.DataFrame(map(_counts, report.files))) if cards else "",
    ]
    if len(report.rejected):
        reasons = report.reasons().rename(columns=str.capitalize).rename(columns={"First_line": "First line"})
        rows = count(len(report.rejected), "row")
        parts += [f"<h3>What could not be used, and why: {rows}</h3>", table_html(reasons)]
    return "".join(parts)


def _card(file: FileReport) -> str:
    marks = [_mark(file.was_read, "read" if file.was_read else "not read")]
    if file.reconciled is not None:
        marks.append(_mark(file.reconciled, _adds_up(file)))
    told = [file.format or "not recognised"]
    told += [f"{day(file.dates[0])} to {day(file.dates[1])}"] if file.dates else []
    notes = tuple(filter(None, [*file.warnings, _unclassified(file)]))
    return (
        f"<li><p><strong>{escape(file.name)}</strong> {' '.join(marks)}</p>"
        f'<p class="oc-quiet">{escape(" · ".join(told))}</p>'
        f"<p>{escape(file.summary or _gave_nothing(file))}</p>"
        f"{notes_html(notes, warning=not file.was_read)}</li>"
    )


def _mark(is_good: bool, words: str) -> str:
    """A tick or a cross with its words, so that neither colour nor sign stands alone."""
    sign, style = ("✓", "oc-good") if is_good else ("✗", "oc-bad")
    return f'<span class="oc-mark {style}">{sign} {escape(words)}</span>'


def _adds_up(file: FileReport) -> str:
    if file.reconciled:
        return "adds up to the cent"
    off = "" if file.difference is None else f": {_amount(abs(file.difference), file)} off"
    return f"does not add up{off}"


def _unclassified(file: FileReport) -> str:
    """What was booked under names that no reader knows, each with its sum."""
    named = [f"{name} {_amount(sums, file)}" for name, sums in (file.unclassified or {}).items()]
    return f"Booked under names that nobody here knows: {'; '.join(named)}." if named else ""


def _gave_nothing(file: FileReport) -> str:
    if not file.was_read:
        return "Nothing of it counts."
    return "All of it is in other files already." if file.duplicates else "It held nothing that counts."


def _amount(amount: Decimal, file: FileReport) -> str:
    """An amount with its currency, where the file has one alone."""
    codes = [code for code in file.money if code != NO_CURRENCY]
    return money(amount, codes[0], 2) if len(codes) == 1 else f"{amount:,.2f}"


def _left_aside(report: Report) -> str:
    if not report.left_aside:
        return ""
    files = count(len(report.left_aside), "file")
    named = ", ".join(report.left_aside[:3]) + (", …" if len(report.left_aside) > 3 else "")
    return notes_html((f"Left aside, no exports by their names: {files} ({named}).",), warning=False)


def _folded(title: str, table: pd.DataFrame) -> str:
    return f"<details><summary>{escape(title)}</summary>{table_html(table)}</details>"


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
