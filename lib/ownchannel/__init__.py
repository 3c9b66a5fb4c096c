"""ownchannel: how much of the customer relationship a brand gives up, for how much profit."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ownchannel.customers.cohorts import retention_cohorts
    from ownchannel.customers.months import channel_months
    from ownchannel.customers.return_drivers import return_drivers
    from ownchannel.customers.second_order import time_to_second_order
    from ownchannel.customers.summary import customer_summary
    from ownchannel.marketplace.dependence import dependence
    from ownchannel.orders.exchange import Rates
    from ownchannel.orders.forgetting import forget
    from ownchannel.orders.orders import Orders
    from ownchannel.orders.read import read_orders
    from ownchannel.orders.readers import ColumnMapping
    from ownchannel.orders.workspace import Workspace

__version__ = "0.1.0"

_HOME = {
    "ColumnMapping": "orders.readers",
    "Orders": "orders.orders",
    "Rates": "orders.exchange",
    "Workspace": "orders.workspace",
    "channel_months": "customers.months",
    "customer_summary": "customers.summary",
    "dependence": "marketplace.dependence",
    "forget": "orders.forgetting",
    "read_orders": "orders.read",
    "retention_cohorts": "customers.cohorts",
    "return_drivers": "customers.return_drivers",
    "time_to_second_order": "customers.second_order",
}

__all__ = [
    "ColumnMapping",
    "Orders",
    "Rates",
    "Workspace",
    "channel_months",
    "customer_summary",
    "dependence",
    "forget",
    "read_orders",
    "retention_cohorts",
    "return_drivers",
    "time_to_second_order",
]


def __getattr__(name: str) -> Any:
    """A public name, from the room that it lives in, loaded when it is first used."""
    if name == "panels":
        return import_module("ownchannel.panels")
    if name not in _HOME:
        raise AttributeError(f"module 'ownchannel' has no name {name!r}")
    return getattr(import_module(f"ownchannel.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
