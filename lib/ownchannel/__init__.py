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

_ROOMS = frozenset(
    {
        *("answers", "assumptions", "charts", "clv", "customers", "formats", "marketplace"),
        *("orders", "outreach", "panels", "scenarios", "workspace"),
    }
)
_FIRST = {
    "ColumnMapping": "orders",
    "Orders": "orders",
    "Plan": "scenarios",
    "Rates": "orders",
    "Workspace": "workspace",
    "channel_months": "customers",
    "current_orders": "orders",
    "customer_summary": "customers",
    "dependence": "marketplace",
    "forget": "orders",
    "read_orders": "orders",
    "retention_cohorts": "customers",
    "return_drivers": "customers",
    "sample_orders": "orders",
    "simulate": "scenarios",
    "time_to_second_order": "customers",
}

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
    if name in _ROOMS:
        return import_module(f"ownchannel.{name}")
    if name in _FIRST:
        return getattr(import_module(f"ownchannel.{_FIRST[name]}"), name)
    raise AttributeError(f"module 'ownchannel' has no name {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
