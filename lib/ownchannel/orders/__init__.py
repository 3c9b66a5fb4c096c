"""Orders: the platforms' exports in, one tidy order table out."""

from ownchannel.orders._archives import own_name, size_text
from ownchannel.orders._exchange import Rates
from ownchannel.orders._files import LARGEST_UPLOAD
from ownchannel.orders._import import read_orders
from ownchannel.orders._orders import Orders
from ownchannel.orders._readers._named_columns import ColumnMapping
from ownchannel.orders._report import FileReport, Report, day
from ownchannel.orders._saved import (
    Opened,
    current_orders,
    forget,
    forget_orders,
    sample_orders,
    save_orders,
)
from ownchannel.orders._schema import MONEY, NO_CURRENCY, SALES, Event, Part

__all__ = [
    "LARGEST_UPLOAD",
    "MONEY",
    "NO_CURRENCY",
    "SALES",
    "ColumnMapping",
    "Event",
    "FileReport",
    "Opened",
    "Orders",
    "Part",
    "Rates",
    "Report",
    "current_orders",
    "day",
    "forget",
    "forget_orders",
    "own_name",
    "read_orders",
    "sample_orders",
    "save_orders",
    "size_text",
]
