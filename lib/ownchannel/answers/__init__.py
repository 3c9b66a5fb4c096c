"""Answers: what each workbook says, in one place; shown by panels, printed by notebooks, filed by reports."""

from ownchannel.answers._answer import (
    WORKBOOKS,
    Answer,
    LaterAnswer,
    LaterChart,
    Question,
    Settings,
    next_steps_html,
    notes_html,
    numbers_html,
    problem_html,
    sentence_html,
    table_html,
    when_seen,
)
from ownchannel.answers._customer_lifetime_value import what_a_customer_is_worth, without_buyer_keys
from ownchannel.answers._first_answers import first_answers
from ownchannel.answers._glossary import glossary, glossary_page, with_terms
from ownchannel.answers._lifetime_models import (
    are_channels_different,
    files_begin_in_the_middle,
    which_model,
    who_is_still_a_customer,
)
from ownchannel.answers._lifetimes import lifetimes
from ownchannel.answers._mapping_words import (
    MAPPING_ASKS,
    MAPPING_ASKS_MORE,
    MAPPING_CHOICES,
    MAPPING_WORDS,
    preview_html,
    still_to_name,
)
from ownchannel.answers._marketplace_dependence import (
    measures,
    over_time,
    own_and_rent,
    what_if_it_stopped,
)
from ownchannel.answers._measures import MEASURES, Measure, Place, measures_as_markdown
from ownchannel.answers._opened_files import (
    ACCOUNT_ASKS,
    ACCOUNT_KEPT,
    ASKED_FIRST,
    WAYS_IN,
    costs_html,
    files_html,
    what_was_opened,
)
from ownchannel.answers._plan_answer import Baseline
from ownchannel.answers._plan_lessons import (
    calibrated,
    measured_ranges,
    opening_plan,
    presets_compared,
    rent_or_own,
    short_channels,
    todays_plan,
    what_a_customer_may_cost,
    worst_stories,
)
from ownchannel.answers._platform_books import what_the_platforms_booked
from ownchannel.answers._rent_or_own import LIVE_DRAWS, RentOrOwn
from ownchannel.answers._repeat_purchase import what_if_more_returned
from ownchannel.answers._return_lessons import cohorts, one_time_buyers, second_order, what_brings_back

__all__ = [
    "ACCOUNT_ASKS",
    "ACCOUNT_KEPT",
    "ASKED_FIRST",
    "LIVE_DRAWS",
    "MAPPING_ASKS",
    "MAPPING_ASKS_MORE",
    "MAPPING_CHOICES",
    "MAPPING_WORDS",
    "MEASURES",
    "WAYS_IN",
    "WORKBOOKS",
    "Answer",
    "Baseline",
    "LaterAnswer",
    "LaterChart",
    "Measure",
    "Place",
    "Question",
    "RentOrOwn",
    "Settings",
    "are_channels_different",
    "calibrated",
    "cohorts",
    "costs_html",
    "files_begin_in_the_middle",
    "files_html",
    "first_answers",
    "glossary",
    "glossary_page",
    "lifetimes",
    "measured_ranges",
    "measures",
    "measures_as_markdown",
    "next_steps_html",
    "notes_html",
    "numbers_html",
    "one_time_buyers",
    "opening_plan",
    "over_time",
    "own_and_rent",
    "presets_compared",
    "preview_html",
    "problem_html",
    "rent_or_own",
    "second_order",
    "sentence_html",
    "short_channels",
    "still_to_name",
    "table_html",
    "todays_plan",
    "what_a_customer_is_worth",
    "what_a_customer_may_cost",
    "what_brings_back",
    "what_if_it_stopped",
    "what_if_more_returned",
    "what_the_platforms_booked",
    "what_was_opened",
    "when_seen",
    "which_model",
    "who_is_still_a_customer",
    "with_terms",
    "without_buyer_keys",
    "worst_stories",
]
