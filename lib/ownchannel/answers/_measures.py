"""Each measure that more than one workbook shows: what it means, how it is computed, and where it stands."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from ownchannel.answers._starting_settings import (
    customer_costs,
    customers_within_reach,
    in_main_currency,
    mean_order,
    settings_of,
    starting_costs,
)
from ownchannel.customers import ENOUGH_AT_RISK, known_customers, time_to_second_order
from ownchannel.marketplace import (
    ALL,
    COST_TO_WIN,
    CustomerEconomics,
    Economics,
    Shocks,
    contribution_by_month,
    dependence,
    last_twelve_months,
    last_year,
    marketplace_share,
    stop,
)
from ownchannel.orders import Orders

#: Numbers by what they are of: a channel, a kind of channel, or (empty) the brand.
Figures = Mapping[str, float]

_YEAR = 365  # days
_ALL_FILES = "all files"
_LAST_YEAR = "the last 12 complete months"
_ONE_CURRENCY = "cancelled and pending orders; sales in other currencies"


@dataclass(frozen=True)
class Place:
    """Where a workbook shows a measure. In its label “…” stands for words that follow the brand.

    In a sentence {} is the number; in another label, what the number is of.
    """

    workbook: str
    kind: Literal["tile", "row", "column", "slider", "sentence"]
    label: str

    def __str__(self) -> str:
        return f"{self.workbook} {self.kind} “{self.label}”"


@dataclass(frozen=True)
class Measure:
    """A measure under one name; `of` is the only function that computes it.

    >>> MEASURES[0].name
    'Revenue'
    """

    name: str
    formula: str
    period: str
    left_out: str
    places: tuple[Place, ...]
    of: Callable[[Orders], Figures]


def _of_all(orders: Orders, measure: str) -> Figures:
    """The amounts behind a measure of dependence."""
    table = dependence(orders, orders.main_currency).table
    rows = table[(table["measure"] == measure) & table["amount"].notna()]
    found = dict(zip(rows["scope"], rows["amount"].astype(float), strict=True))
    return found | ({"": found[ALL]} if ALL in found else {})


def _buyers(column: str) -> Callable[[Orders], Figures]:
    """Customers with an ID by the last month of the files."""

    def of(orders: Orders) -> Figures:
        known = known_customers(orders)
        at_end = known[known["month"] == known["month"].max()]
        return {"": float(at_end[column].sum())}

    return of


def _reachable(orders: Orders) -> Figures:
    found = dict(_of_all(orders, "reachable"))
    owned = [name for name, kind in orders.channels().items() if kind == "owned"]
    return found | {"": sum(found.get(name, 0.0) for name in owned)}


def _marketplace_share(orders: Orders) -> Figures:
    share = marketplace_share(in_main_currency(orders), orders.sales["ordered_on"].max()).recent
    return {} if share is None else {"": share}


def _cost_to_win(orders: Orders) -> Figures:
    costs = settings_of(CustomerEconomics, customer_costs(orders, in_main_currency(orders)))
    by_channel = {name: costs.cost_to_win(kind) for name, kind in orders.channels().items()}
    return by_channel | {kind: costs.cost_to_win(kind) for kind in COST_TO_WIN}


def _repeat_rate(orders: Orders) -> Figures:
    if orders.sales["customer_key"].isna().all():
        return {}
    curves = time_to_second_order(orders).curves
    return {
        channel: curve.returned_by(_YEAR).share
        for channel, curve in curves.items()
        if int(curve.at_risk(_YEAR)) >= ENOUGH_AT_RISK
    }


def _an_order_leaves(orders: Orders) -> Figures:
    """By channel, after advertising."""
    months = in_main_currency(orders)
    monthly = contribution_by_month(months, settings_of(Shocks, starting_costs(orders, months)))
    year, _ = last_twelve_months(monthly, orders.sales["ordered_on"].max())
    sums = year.groupby("channel")[["contribution", "orders"]].sum()
    sums = sums[sums["orders"] > 0]
    return dict((sums["contribution"] / sums["orders"]).astype(float))


def _runs_out(orders: Orders) -> Figures:
    """Empty where the cash lasts."""
    months = in_main_currency(orders)
    costs = settings_of(Shocks, starting_costs(orders, months))
    year = last_year(contribution_by_month(months, costs), orders.sales["ordered_on"].max())
    month = stop(year, costs.downtime_months, costs.fixed_costs, costs.cash).runway
    return {} if month is None else {"": month}


def _of_mean_order(part: str) -> Callable[[Orders], Figures]:
    """Of the mean order on the channels whose customers the brand may write to."""

    def of(orders: Orders) -> Figures:
        found = mean_order(orders, customers_within_reach(orders)[0])
        return {} if found is None else {"": float(getattr(found, part))}

    return of


def _setting(name: str) -> Callable[[Orders], Figures]:
    def of(orders: Orders) -> Figures:
        return {"": starting_costs(orders, in_main_currency(orders))[name][0]}

    return of


def _declared(name: str, *workbooks: str) -> Measure:
    """A cost that every workbook takes from the same declaration."""
    declared = Shocks.declared()[name]
    return Measure(
        declared.label,
        declared.help,
        "a setting",
        "nothing",
        tuple(Place(workbook, "slider", name) for workbook in workbooks),
        _setting(name),
    )


#: In the order in which the workbooks show them first.
MEASURES: tuple[Measure, ...] = (
    Measure(
        "Revenue",
        "Item value less discounts and refunds, before tax and shipping",
        _ALL_FILES,
        _ONE_CURRENCY,
        (
            Place("00", "tile", "Revenue, all files"),
            Place("01", "row", "Revenue: Amount"),
            Place("01", "sentence", "of {} revenue comes through marketplaces"),
        ),
        lambda orders: _of_all(orders, "revenue"),
    ),
    Measure(
        "Orders",
        "Orders of which something was sold, in every currency",
        _ALL_FILES,
        "cancelled and pending orders",
        (
            Place("00", "tile", "Orders, all files"),
            Place("01", "row", "Orders: Amount"),
        ),
        lambda orders: _of_all(orders, "orders"),
    ),
    Measure(
        "Marketplace share of revenue",
        "The marketplaces' revenue over all revenue",
        f"{_LAST_YEAR}; that of all files stands beside it",
        f"{_ONE_CURRENCY}. The plan's own share in workbook 04 is that of its last 12 months, and says so",
        (
            Place("00", "sentence", "and rented {} from"),
            Place("01", "sentence", "{} of your revenue … came through"),
            Place("01", "tile", "Revenue through marketplaces, …"),
        ),
        _marketplace_share,
    ),
    Measure(
        "Buyers you know",
        "Different customers of your own channels with an address or ID in the files",
        _ALL_FILES,
        "orders without a buyer; the same person on two channels counts twice",
        (Place("00", "tile", "Buyers you know"), Place("01", "sentence", "you know {} customer")),
        _buyers("identified"),
    ),
    Measure(
        "Anonymous buyers",
        "Different marketplace customers with an ID and no contact",
        _ALL_FILES,
        "orders without an ID",
        (
            Place("00", "tile", "Anonymous buyers (an ID but no contact)"),
            Place("01", "sentence", "marketplaces show {} more"),
        ),
        _buyers("recognised"),
    ),
    Measure(
        "Reachable customers",
        "Customers of your own channels whose last answer to being written to was yes",
        _ALL_FILES,
        "no answer counts as no; marketplace customers, whom nobody may write to outside its tools",
        (
            Place("00", "tile", "Buyers you can contact"),
            Place("00", "sentence", "may write to {} customer"),
            Place("01", "row", "Reachable: Amount"),
            Place("01", "sentence", "may write to {} of them"),
        ),
        _reachable,
    ),
    Measure(
        "Contribution of an order, after advertising",
        "Revenue and shipping charged, less goods, fees, parcels and advertising, over orders",
        _LAST_YEAR,
        "fixed costs; fees that no file includes are assumed",
        (Place("01", "column", "An order leaves, after advertising"),),
        _an_order_leaves,
    ),
    Measure(
        "Contribution of a repeat order, before advertising",
        "As above without advertising, on the channels whose customers you may write to",
        _LAST_YEAR,
        "fixed costs and advertising. Workbook 04's orders are before the cost to win a customer, too, but "
        "measured over two years, with returns as a rate",
        (Place("03", "slider", "left_by_order"),),
        _of_mean_order("left"),
    ),
    Measure(
        "Order value, net",
        "Revenue over orders, on the channels whose customers you may write to",
        _LAST_YEAR,
        "refunds, tax and shipping. Workbook 04's order value is what a customer is charged: with shipping, "
        "before refunds, over two years",
        (Place("03", "slider", "order_value"),),
        _of_mean_order("value"),
    ),
    Measure(
        "Cost per new customer (CAC)",
        "Advertising over the new customers that it is credited with: half of them, an assumption",
        "all files, by kind of channel",
        "customers who came without advertising",
        (
            Place("02", "slider", "owned_cac"),
            Place("02", "slider", "marketplace_cac"),
            Place("02", "column", "Costs to win"),
            Place("04", "slider", "cac"),
            Place("04", "column", "A new customer costs, as entered"),
        ),
        _cost_to_win,
    ),
    Measure(
        "Repeat rate within a year",
        "Share of customers with a second purchase day within 365 days of the first, by survival estimate",
        "all files",
        "customers without an ID; who is not yet a year old counts as long as the files follow them",
        (
            Place("02", "column", "Repeat rate within a year"),
            Place("03", "tile", "Repeat rate within a year, {} (…"),
            Place("03", "column", "By day 365"),
        ),
        _repeat_rate,
    ),
    Measure(
        "Cash without marketplaces",
        "First month whose end finds no cash, with fixed costs and every marketplace at 0; your own channels "
        "as in the last year",
        "the next 24 months",
        "growth, stock paid ahead and late payouts: workbook 04 counts these, on its plan, and says so",
        (Place("01", "tile", "Cash runs out without marketplaces"),),
        _runs_out,
    ),
    _declared("cash", "01", "04"),
    _declared("fixed_costs", "01", "04"),
    *(_declared(name, "01", "02") for name in Economics.declared()),
)


def measures_as_markdown() -> str:
    """The measures as a page, `docs/measures.md`.

    >>> measures_as_markdown().splitlines()[0]
    '# Measures'
    """
    head = ("Measure", "How it is computed", "Period", "Left out", "Where it is shown")
    rows = [head, ("---",) * len(head)]
    for measure in MEASURES:
        places = "; ".join(f"{place}" for place in measure.places)
        rows.append((measure.name, measure.formula.rstrip("."), measure.period, measure.left_out, places))
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return (
        "# Measures\n\n"
        "What each number means that the workbooks show, made from the code by `make docs`: one name, one "
        "function. Where two numbers differ, their names say how.\n\n"
        f"{table}\n"
    )
