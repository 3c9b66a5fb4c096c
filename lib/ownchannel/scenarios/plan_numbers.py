"""What a plan says of itself, channels aside: budget, horizon, cash, currency and seasons."""

import math
import re
from typing import Annotated

from pydantic import field_validator

from ownchannel.assumptions import Assumption, Assumptions

_BUDGET = "Growth budget"
_TIME = "How far ahead"
_CASH = "Cash"

_OWN_BOOKS = "Your own books"


class PlanNumbers(Assumptions):
    """The budget and where it goes, how far ahead it is counted, and the cash it starts from.

    >>> PlanNumbers(growth_budget=4_000).horizon_months
    36
    """

    owned_share_of_growth_budget: Annotated[
        float,
        Assumption(
            label="Budget to your own store",
            unit="share",
            valid=(0, 1),
            slider=(0, 1),
            plausible=(0, 1),
            step=0.01,
            help="Share of the growth budget that goes to channels of your own; marketplaces get the rest.",
            source="Your own choice",
            confidence="assumption",
            group=_BUDGET,
            role="decision",
        ),
    ] = 0
    growth_budget: Annotated[
        float,
        Assumption(
            label="Growth budget",
            unit="money a month",
            valid=(0, 1_000_000_000),
            slider=(0, 20_000),
            plausible=(0, 20_000),
            step=100,
            help="Money a month that you can put into either kind of channel to win customers.",
            source="Your own choice",
            confidence="assumption",
            group=_BUDGET,
            role="decision",
        ),
    ] = 0
    setup_cost: Annotated[
        float,
        Assumption(
            label="Set-up cost",
            unit="money",
            valid=(0, 1_000_000_000),
            slider=(0, 50_000),
            plausible=(0, 50_000),
            step=500,
            help="Paid once before the first month: a new shop, pictures, a migration.",
            source="Your own choice: ask for offers",
            confidence="assumption",
            group=_BUDGET,
            role="decision",
        ),
    ] = 0
    horizon_months: Annotated[
        int,
        Assumption(
            label="Horizon",
            unit="months",
            valid=(1, 120),
            slider=(6, 60),
            plausible=(12, 60),
            step=1,
            help="How many months ahead are counted; what comes later is shown apart.",
            source="Convention: one to five years for small brands",
            confidence="assumption",
            group=_TIME,
            whole=True,
        ),
    ] = 36
    discount_rate: Annotated[
        float,
        Assumption(
            label="Discount rate",
            unit="share a year",
            valid=(0, 1),
            slider=(0, 0.4),
            plausible=(0.05, 0.2),
            step=0.01,
            help="What a year's wait costs you: about what you pay for a loan, or could earn elsewhere.",
            source="Assumption: what small firms pay to borrow",
            confidence="assumption",
            group=_TIME,
        ),
    ] = 0.10
    cash: Annotated[
        float,
        Assumption(
            label="Cash in the bank",
            unit="money",
            valid=(-1_000_000_000, 1_000_000_000),
            slider=(0, 200_000),
            plausible=(0, 200_000),
            step=1_000,
            help="What you could spend tomorrow, credit lines included.",
            source=_OWN_BOOKS,
            confidence="assumption",
            group=_CASH,
        ),
    ] = 0
    fixed_costs: Annotated[
        float,
        Assumption(
            label="Fixed costs",
            unit="money a month",
            valid=(0, 1_000_000_000),
            slider=(0, 50_000),
            plausible=(0, 50_000),
            step=100,
            help="What you pay every month whether you sell or not: wages, rent, software.",
            source=_OWN_BOOKS,
            confidence="assumption",
            group=_CASH,
        ),
    ] = 0
    start: str = "2027-01"
    """The calendar month that is month 1, YYYY-MM."""
    currency: str = "USD"
    seasonality: tuple[float, ...] = (1.0,) * 12
    """What share of a mean month's new customers and orders comes in January … December."""

    @field_validator("start")
    @classmethod
    def _is_a_month(cls, start: str) -> str:
        if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", start):
            raise ValueError(f"start must be a month such as 2027-01: you gave {start!r}.")
        return start

    @field_validator("currency")
    @classmethod
    def _is_a_code(cls, currency: str) -> str:
        if not re.fullmatch("[A-Z]{3}", currency):
            raise ValueError(f"currency must be a code of three capitals such as USD: you gave {currency!r}.")
        return currency

    @field_validator("seasonality")
    @classmethod
    def _has_mean_one(cls, factors: tuple[float, ...]) -> tuple[float, ...]:
        if len(factors) != 12:
            raise ValueError(
                f"seasonality must hold 12 factors, January to December: you gave {len(factors)}."
            )
        if not all(factor >= 0 for factor in factors):
            raise ValueError(f"seasonality must not fall below 0: you gave {min(factors):g}.")
        mean = math.fsum(factors) / 12
        if not abs(mean - 1) <= 1e-9:
            raise ValueError(
                f"seasonality must have a mean of 1: its mean is {mean:.10g}; divide each factor by it."
            )
        return factors
