"""Marketplace: how dependent a brand is on it, and what it costs when the marketplace changes its mind."""

from ownchannel.marketplace._customer_worth import (
    AD_RATES,
    COST_TO_WIN,
    CustomerEconomics,
    Worth,
    order_terms,
    revenue_a_new_customer,
    worth_by_channel,
)
from ownchannel.marketplace._dependence import ALL, ROUNDING, Dependence, dependence, fees_in_words
from ownchannel.marketplace._economics import (
    MEASURED,
    USES,
    Booked,
    Economics,
    Use,
    advertising_share,
    contribution_by_month,
    what_was_booked,
)
from ownchannel.marketplace._fee_table import FeeBands, FeeSchedule, FeeTable, read_fee_table
from ownchannel.marketplace._referral_fee import AMAZON_US, categories, fee_of_prices, fee_table, referral_fee
from ownchannel.marketplace._shocks import (
    FeeRise,
    Shocks,
    Stop,
    Year,
    last_twelve_months,
    last_year,
    raise_fee,
    stop,
)

__all__ = [
    "AD_RATES",
    "ALL",
    "AMAZON_US",
    "COST_TO_WIN",
    "MEASURED",
    "ROUNDING",
    "USES",
    "Booked",
    "CustomerEconomics",
    "Dependence",
    "Economics",
    "FeeBands",
    "FeeRise",
    "FeeSchedule",
    "FeeTable",
    "Shocks",
    "Stop",
    "Use",
    "Worth",
    "Year",
    "advertising_share",
    "categories",
    "contribution_by_month",
    "dependence",
    "fee_of_prices",
    "fee_table",
    "fees_in_words",
    "last_twelve_months",
    "last_year",
    "order_terms",
    "raise_fee",
    "read_fee_table",
    "referral_fee",
    "revenue_a_new_customer",
    "stop",
    "what_was_booked",
    "worth_by_channel",
]
