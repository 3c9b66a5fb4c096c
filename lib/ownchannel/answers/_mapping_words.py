"""What the first page asks about a table that no format knows, and how it shows what it would read."""

import re

import pandas as pd

from ownchannel.answers._answer import notes_html, problem_html, table_html
from ownchannel.formats import listed, money
from ownchannel.orders import Preview, day

#: What is asked of every table, then what may stay folded: label and hint.
MAPPING_ASKS = {
    "order_id": ("Order number", ""),
    "ordered_at": ("Date of the order", ""),
    "item_value": ("Goods: total of the row", "before discount, shipping and tax"),
    "unit_price": ("or: price of one", "times the quantity"),
    "quantity": ("Quantity", ""),
    "currency": ("Currency", "a column, or a code such as USD"),
    "kind": ("Sold through", ""),
    "channel": ("Name of the store or marketplace", ""),
    "day_first": ("Dates such as 05/01/2026", ""),
    "decimal": ("Amounts", ""),
}
MAPPING_ASKS_MORE = {
    "customer": ("Customer", "e-mail or number; only a code is kept"),
    "status": ("Status of the order", ""),
    "product": ("Product", ""),
    "sku": ("Product number (SKU)", ""),
    "shipping": ("Shipping", ""),
    "tax": ("Tax", ""),
    "discount": ("Discount", ""),
    "refund": ("Refund", ""),
    "fee": ("Fee", ""),
    "of_order": ("These amounts belong to", "where an order has several rows"),
    "country": ("Country", ""),
}
#: What may be chosen where no column is: value and words.
MAPPING_CHOICES = {
    "kind": (("owned", "your own store"), ("marketplace", "a marketplace")),
    "day_first": (("", "as is usual"), ("yes", "day first: 5 January"), ("no", "month first: 1 May")),
    "decimal": (
        ("", "as is usual"),
        (".", "with a decimal point: 1,250.00"),
        (",", "with a decimal comma: 1.250,00"),
    ),
    "of_order": (("", "each row"), ("all", "the whole order, repeated on its rows")),
}
MAPPING_WORDS = {
    "title": "Which column of {name} holds what?",
    "about": "This is none of the exports known here. Check what was guessed; it is kept for files like it.",
    "more": "More columns",
    "read": "Read this file",
    "close": "Not now",
    "forget": "Forget these columns",
    "forgotten": "Forgotten: the next file with these columns is asked about.",
    "below": "Name the columns of {names} below.",
}

_HEADINGS = {
    **{"order_id": "Order", "ordered_on": "Day", "sku": "SKU", "product": "Product", "quantity": "Units"},
    **{
        "item_value": "Goods",
        "discount": "Discount",
        "shipping": "Shipping",
        "tax": "Tax",
        "refund": "Refund",
    },
    **{"fee": "Fee", "country": "Country", "status": "Status", "customer": "Customer"},
}
_AMOUNTS = ("item_value", "discount", "shipping", "tax", "refund", "fee")
#: What a mapping written as code would say, and how the page says it.
_ON_THE_PAGE = {
    r"say day_first=\S+( or day_first=\S+)? in the mapping": "choose above how dates are written",
    r"say decimal=\S+( or decimal=\S+)? in the mapping": "choose above how amounts are written",
    r"say so in the mapping with of_order": "choose above that these amounts belong to the whole order",
    r"leave the column out of of_order": "choose above that these amounts belong to each row",
    r"in the mapping": "above",
}


def still_to_name(fields: list[str]) -> str:
    """What must be chosen before anything can be shown.

    >>> still_to_name(["order_id", "currency"])
    'Choose first: order number and currency.'
    """
    return f"Choose first: {listed(MAPPING_ASKS[name][0].lower() for name in fields)}."


def preview_html(shown: Preview) -> str:
    """The first rows as they would be read, with what is wrong and what to know of the reading.

    >>> rows = pd.DataFrame({"order_id": ["7"], "item_value": [12.5], "currency": ["EUR"]})
    >>> preview_html(Preview(rows, (), (), ())).partition("<tbody>")[2].partition("</tbody>")[0]
    '<tr><td class="oc-number">7</td><td class="oc-number">€12.50</td></tr>'
    """
    rows = shown.rows.copy()
    for name in filter(rows.__contains__, _AMOUNTS):
        rows[name] = [
            "" if pd.isna(sum_) else money(sum_, code, 2)
            for sum_, code in zip(rows[name], rows["currency"], strict=True)
        ]
    if "ordered_on" in rows:
        rows["ordered_on"] = rows["ordered_on"].map(day)
    table = rows.drop(columns="currency").rename(columns=_HEADINGS)
    first = f"<h4>The first rows, as they would be read</h4>{table_html(table)}" if len(table) else ""
    if not first:
        first = problem_html("No row can be read like this.")
    problems, notes = (tuple(map(_on_the_page, texts)) for texts in (shown.problems, shown.notes))
    return first + notes_html(problems) + notes_html(notes, warning=False)


def _on_the_page(text: str) -> str:
    for code, words in _ON_THE_PAGE.items():
        text = re.sub(code, words, text)
        text = re.sub(code[0].upper() + code[1:], words.capitalize(), text)
    return text
