"""What every workbook says first: its answer at the settings it opens with."""

from collections.abc import Callable

from ownchannel.answers._answer import Answer
from ownchannel.answers._customer_lifetime_value import what_a_customer_is_worth
from ownchannel.answers._lifetimes import lifetimes
from ownchannel.answers._marketplace_dependence import what_if_it_stopped
from ownchannel.answers._opened_files import what_was_opened
from ownchannel.answers._plan_lessons import rent_or_own
from ownchannel.answers._repeat_purchase import what_if_more_returned
from ownchannel.orders import Opened, Orders


def _rent_or_own(orders: Orders) -> Answer:
    asked = rent_or_own(orders)
    return asked.question(asked.start).answer


_OF_ORDERS: dict[str, Callable[[Orders], Answer]] = {
    "01_marketplace_dependence": lambda orders: what_if_it_stopped(orders).answer,
    "02_customer_lifetime_value": lambda orders: what_a_customer_is_worth(lifetimes(orders)).answer,
    "03_repeat_purchase": lambda orders: what_if_more_returned(orders).answer,
    "04_rent_or_own": _rent_or_own,
}


def first_answers(opened: Opened) -> dict[str, Answer]:
    """The first answer of each workbook, by its name; in its place why there is none, where there is none.

    >>> from ownchannel.orders import current_orders
    >>> first_answers(current_orders())["01_marketplace_dependence"].plain_sentence.partition(".")[0]
    '64% of your revenue in the last twelve months came through marketplaces'
    """
    answers = {"00_start_here": what_was_opened(opened)}
    for name, answer in _OF_ORDERS.items():
        try:
            answers[name] = answer(opened.orders)
        except ValueError as problem:
            answers[name] = Answer(str(problem))
    return answers
