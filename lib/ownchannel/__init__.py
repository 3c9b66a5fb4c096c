"""ownchannel: how much of the customer relationship a brand gives up, for how much profit.

Every room is reached from here, and so is what people use first; each is loaded when it is first used.

>>> import ownchannel as oc
>>> oc.Plan(channels=(oc.scenarios.OwnedChannel(name="Own store", order_value=45),)).currency
'USD'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ownchannel import (
        answers,
        assumptions,
        charts,
        clv,
        customers,
        files,
        formats,
        marketplace,
        orders,
        outreach,
        panels,
        scenarios,
        workspace,
    )
    from ownchannel.customers import (
        channel_months,
        customer_summary,
        retention_cohorts,
        return_drivers,
        time_to_second_order,
    )
    from ownchannel.marketplace import dependence
    from ownchannel.orders import (
        ColumnMapping,
        Orders,
        Rates,
        current_orders,
        forget,
        read_orders,
        sample_orders,
    )
    from ownchannel.scenarios import Plan, simulate
    from ownchannel.workspace import Workspace

__version__ = "0.1.0"

#: What people use first, by the room that it lives in.
_FIRST = {
    "customers": (
        *("channel_months", "customer_summary", "retention_cohorts", "return_drivers"),
        "time_to_second_order",
    ),
    "marketplace": ("dependence",),
    "orders": (
        *("ColumnMapping", "Orders", "Rates", "current_orders", "forget", "read_orders", "sample_orders"),
    ),
    "scenarios": ("Plan", "simulate"),
    "workspace": ("Workspace",),
}
_ROOM_OF = {name: room for room, names in _FIRST.items() for name in names}

__all__ = [
    "ColumnMapping",
    "Orders",
    "Plan",
    "Rates",
    "Workspace",
    "answers",
    "assumptions",
    "channel_months",
    "charts",
    "clv",
    "current_orders",
    "customer_summary",
    "customers",
    "dependence",
    "files",
    "forget",
    "formats",
    "marketplace",
    "orders",
    "outreach",
    "panels",
    "read_orders",
    "retention_cohorts",
    "return_drivers",
    "sample_orders",
    "scenarios",
    "simulate",
    "time_to_second_order",
    "workspace",
]


def __getattr__(name: str) -> Any:
    """A room, or a public name from the room that it lives in."""
    if name in _ROOM_OF:
        return getattr(import_module(f"ownchannel.{_ROOM_OF[name]}"), name)
    if name in __all__:
        return import_module(f"ownchannel.{name}")
    raise AttributeError(f"module 'ownchannel' has no name {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
