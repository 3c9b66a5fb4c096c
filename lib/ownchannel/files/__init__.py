"""Tables out of whatever file people have: archives, workbooks, encodings, delimiters, dates and decimals."""

from ownchannel.files._archives import DAMAGED, Source, TooLarge, Unopened, own_name, size_text
from ownchannel.files._cells import BadCell, number
from ownchannel.files._columns import CENT, flags, spread, summed, with_columns
from ownchannel.files._delimited import folded_name
from ownchannel.files._labels import as_label
from ownchannel.files._layout import HEADER_WITHIN, Layout, find_layout, open_rows
from ownchannel.files._money import (
    LARGEST_AMOUNT,
    MILLION,
    MILLIONTH,
    MONEY,
    NO_CURRENCY,
    Millionths,
    amount_of,
    as_millionths,
    decimals,
    is_currency,
    millionths,
    total,
)
from ownchannel.files._notation import DAYS, MARKS, Choice, Notation
from ownchannel.files._rows import Rejection, Rows
from ownchannel.files._sources import LARGEST_UPLOAD, TWICE, Found, Input, LeftAside, find_sources
from ownchannel.files._times import moment, timezone_named

__all__ = [
    "CENT",
    "DAMAGED",
    "DAYS",
    "HEADER_WITHIN",
    "LARGEST_AMOUNT",
    "LARGEST_UPLOAD",
    "MARKS",
    "MILLION",
    "MILLIONTH",
    "MONEY",
    "NO_CURRENCY",
    "TWICE",
    "BadCell",
    "Choice",
    "Found",
    "Input",
    "Layout",
    "LeftAside",
    "Millionths",
    "Notation",
    "Rejection",
    "Rows",
    "Source",
    "TooLarge",
    "Unopened",
    "amount_of",
    "as_label",
    "as_millionths",
    "decimals",
    "find_layout",
    "find_sources",
    "flags",
    "folded_name",
    "is_currency",
    "millionths",
    "moment",
    "number",
    "open_rows",
    "own_name",
    "size_text",
    "spread",
    "summed",
    "timezone_named",
    "total",
    "with_columns",
]
