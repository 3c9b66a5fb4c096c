"""Tables that leave for a spreadsheet: no text in them can act as a formula there.

A product's name is written by strangers, and spreadsheets run a cell that begins with = as a formula.
Source: OWASP, "CSV Injection", https://owasp.org/www-community/attacks/CSV_Injection; NUL is from OWASP's
Application Security Verification Standard 5.0, requirement 1.2.10.
"""

from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

#: Text that a spreadsheet could run: it begins with = + - @, full-width or behind blanks and unseen
#: characters, or with a tab, a line end or NUL. Apostrophes may stand before these: such text gets one more,
#: so that taking one away always gives the original back.
_ACTIVE = r"^('*(?:[\x00\t\r\n]|[\s\pZ\pC]*[=+\-@＝＋－＠]))"

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it Excel takes UTF-8 for the machine's old code page

#: Arrow writes no exponent for decimals of up to this scale.
_PLAIN_SCALE = 6


def neutral(text: str) -> str:
    """A text behind an apostrophe where a spreadsheet could take it for a formula.

    >>> neutral("=1+1"), neutral("Pan =10 inch"), neutral("-5.00")
    ("'=1+1", 'Pan =10 inch', "'-5.00")
    """
    return str(_neutral(pa.scalar(text, pa.string())).as_py())


def neutralised(frame: pd.DataFrame) -> pd.DataFrame:
    """The table with every text made neutral: cells, index and names of columns.

    Numbers, decimals, dates and empty cells stay. A text that looks like a number is a text: "-5.00" gets its
    apostrophe, for "-5.00+…" would run. A column of categories becomes one of texts.

    >>> neutralised(pd.DataFrame({"=name": ["@SUM(A1)", "Pan"], "value": [-1, -2]}))
          '=name  value
    0  '@SUM(A1)     -1
    1        Pan     -2
    """
    safe = frame.copy()
    for at in range(frame.shape[1]):
        cells = list(frame.iloc[:, at])
        if any(isinstance(cell, str) for cell in cells):
            safe.isetitem(at, _safe_cells(cells))
    index = None if isinstance(frame.index, pd.RangeIndex) else _safe_label
    safe = safe.rename(index=index, columns=_safe_label)
    return safe.rename_axis(index=_safe_label, columns=_safe_label)


def write_csv(table: pa.Table | pd.DataFrame, to: str | Path | BinaryIO) -> None:
    """Write a table as CSV that a spreadsheet opens as it is and in which nothing runs.

    UTF-8 with a byte order mark, commas, a header; every text in quotes, so that no other delimiter splits
    it, and neutral as in `neutralised`; decimals written out in full; nulls empty. An index that is more than
    row numbers becomes columns.

    >>> from io import BytesIO
    >>> out = BytesIO()
    >>> write_csv(pa.table({"product": ["=cmd()", "Pan"], "value": [1, None]}), out)
    >>> print(out.getvalue().decode("utf-8-sig"))
    "product","value"
    "'=cmd()",1
    "Pan",
    <BLANKLINE>
    """
    safe = _safe_table(table if isinstance(table, pa.Table) else _arrow(table))
    if isinstance(to, str | Path):
        with Path(to).open("wb") as file:
            _write(safe, file)
    else:
        _write(safe, to)


def _write(table: pa.Table, file: BinaryIO) -> None:
    file.write(_BYTE_ORDER_MARK)
    pa_csv.write_csv(table, file)


def _neutral(texts: Any) -> Any:
    """An Arrow scalar, array or column of texts, each behind an apostrophe where it could run."""
    return pc.replace_substring_regex(texts, _ACTIVE, r"'\1", max_replacements=1)


def _safe_cells(cells: list[Any]) -> list[Any]:
    """Cells of any kind, the texts among them neutral."""
    texts = _neutral(pa.array([cell if isinstance(cell, str) else None for cell in cells], pa.string()))
    return [cell if text is None else text for cell, text in zip(cells, texts.to_pylist(), strict=True)]


def _safe_label(label: Any) -> Any:
    return neutral(label) if isinstance(label, str) else label


def _arrow(frame: pd.DataFrame) -> pa.Table:
    plain = frame if isinstance(frame.index, pd.RangeIndex) else frame.reset_index()
    return pa.Table.from_pandas(plain.rename(columns=str), preserve_index=False)


def _safe_table(table: pa.Table) -> pa.Table:
    columns = [_safe_arrow(column) for column in table.columns]
    return pa.table(columns, names=[neutral(name) for name in table.column_names])


def _safe_arrow(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _safe_arrow(column.cast(kind.value_type))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _neutral(column)
    if pa.types.is_decimal(kind) and kind.scale > _PLAIN_SCALE:
        return pa.chunked_array([[None if v is None else f"{v:f}" for v in column.to_pylist()]], pa.string())
    return column
