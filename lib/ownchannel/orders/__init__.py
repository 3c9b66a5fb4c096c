"""Orders: the platforms' exports in, one tidy order table out."""

from ownchannel.orders._exchange import Rates
from ownchannel.orders._file_list import FileList
from ownchannel.orders._guess import MappingGuess, guess_mapping
from ownchannel.orders._import import Opened, current_orders, read_orders, sample_orders
from ownchannel.orders._orders import Orders, as_csv
from ownchannel.orders._own_tables import MappingLibrary, Preview, preview
from ownchannel.orders._readers._named_columns import ColumnMapping
from ownchannel.orders._report import FileReport, Report, day
from ownchannel.orders._saved import forget, save_orders, saved_orders
from ownchannel.orders._schema import (
    BASKETS,
    COSTS,
    ENTRIES,
    RATES,
    REPEAT_RATES,
    RETURNS,
    SALES,
    SIDE_TABLES,
    SPEND,
    TABLE,
    TEXT,
    TRAFFIC,
    ChannelKind,
    Event,
    Part,
)

__all__ = [
    "BASKETS",
    "COSTS",
    "ENTRIES",
    "RATES",
    "REPEAT_RATES",
    "RETURNS",
    "SALES",
    "SIDE_TABLES",
    "SPEND",
    "TABLE",
    "TEXT",
    "TRAFFIC",
    "ChannelKind",
    "ColumnMapping",
    "Event",
    "FileList",
    "FileReport",
    "MappingGuess",
    "MappingLibrary",
    "Opened",
    "Orders",
    "Part",
    "Preview",
    "Rates",
    "Report",
    "as_csv",
    "current_orders",
    "day",
    "forget",
    "guess_mapping",
    "preview",
    "read_orders",
    "sample_orders",
    "save_orders",
    "saved_orders",
]
