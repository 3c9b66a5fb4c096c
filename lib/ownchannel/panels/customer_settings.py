"""Where the sliders of workbook 02 start: at those of workbook 01, and at what they come to by customer."""

from dataclasses import replace
from typing import Annotated, Any

import pandas as pd
from pydantic import create_model

from ownchannel.assumptions import Assumption, scaled
from ownchannel.marketplace.customer_terms import (
    AD_RATES,
    COST_TO_WIN,
    CustomerEconomics,
    revenue_a_new_customer,
)
from ownchannel.marketplace.economics import Economics
from ownchannel.orders.orders import Orders
from ownchannel.panels.settings import starting_settings, without_effect


def customer_settings(orders: Orders, months: pd.DataFrame) -> CustomerEconomics:
    """The costs that workbook 01 starts with, and what its advertising comes to for each new customer.

    `months` is the table of `channel_months` in the main currency.
    """
    start = starting_settings(orders, months)
    costs = start.declared()
    size = costs["owned_fulfilment"].step / Economics.declared()["owned_fulfilment"].step
    model = scaled(CustomerEconomics, {"money a customer": size})
    fields: dict[str, Any] = {
        name: (Annotated[float, costs[name]], getattr(start, name)) for name in Economics.declared()
    }
    for kind, revenue in revenue_a_new_customer(months).items():
        name, rate = COST_TO_WIN[kind], getattr(start, AD_RATES[kind])
        fields[name] = _cost_to_win(model.declared()[name], costs[AD_RATES[kind]], rate, revenue)
    return create_model(CustomerEconomics.__name__, __base__=model, **fields)()


def _cost_to_win(
    declared: Assumption, advertising: Assumption, rate: float, revenue: float
) -> tuple[Any, float]:
    """The declaration of a cost to win a customer, and its default to a step of the slider."""
    low, high = (_to_step(end * revenue, declared.step) for end in advertising.plausible)
    source = (
        f"{advertising.label} at {advertising.reading(rate)} of sales, over the new customers in "
        f"your files. {advertising.source}"
    )
    measured = replace(
        declared,
        slider=(0.0, 2 * max(high, low + declared.step)),
        plausible=(low, max(high, low + declared.step)),
        source=source,
        confidence=advertising.confidence,
    )
    return Annotated[float, measured], _to_step(rate * revenue, declared.step)


def _to_step(amount: float, step: float) -> float:
    return round(round(amount / step) * step, 6)


def unneeded(months: pd.DataFrame, *, assumes: bool) -> tuple[str, ...]:
    """The settings that need no slider here: what files tell, and advertising, which is the cost to win.

    `assumes`: whether some channel's repeats rest on an assumption.
    """
    hidden = (*without_effect(months), *AD_RATES.values())
    return hidden if assumes else (*hidden, "returning_share")
