"""Excel workbooks as records: the first sheet's rows, every value as text."""

from collections.abc import Iterator
from datetime import date, datetime

from ownchannel.orders.delimited import Record
from ownchannel.orders.sources import Source

# What openpyxl raises where a part of the workbook is missing, cut short or holds what it should not.
_BROKEN = (AttributeError, LookupError, SyntaxError, TypeError, ValueError)


def workbook_records(source: Source) -> Iterator[Record]:
    """The rows of the first sheet. Raises OSError where the workbook is damaged."""
    from openpyxl import load_workbook

    with source.open() as file:
        try:
            workbook = load_workbook(file, read_only=True, data_only=True)
            sheet = workbook.worksheets[0]
            # What a sheet says of its own size may be wrong, and would hide rows or add them without end.
            sheet.reset_dimensions()
            rows = sheet.iter_rows(values_only=True)
            yield from ((line, list(map(_as_text, values))) for line, values in enumerate(rows, start=1))
        except _BROKEN as error:
            raise OSError("The workbook is damaged.") from error


def _as_text(value: object) -> str:
    """A spreadsheet's value as text; numbers with the 15 digits that a spreadsheet itself keeps."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return format(value, ".15g")
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    return str(value)
