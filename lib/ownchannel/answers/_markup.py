"""An answer's words, numbers and table as HTML, every text escaped."""

import re
from html import escape
from numbers import Real
from typing import Any

import pandas as pd

#: Texts that are numbers and stand to the right: -$1,200.50, CA$9, CHF 12, 25%, 1.5.
_NUMBER = re.compile(r"[-−+]?([A-Z]{0,2}[^\w\s.,%]|[A-Z]{3} )?[\d,.]*\d\s?%?")


def sentence_html(sentence: str) -> str:
    """A paragraph, with `**bold**` as strong.

    >>> sentence_html("You keep **$5** of <$20>.")
    '<p class="oc-sentence">You keep <strong>$5</strong> of &lt;$20&gt;.</p>'
    """
    strong = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(sentence))
    return f'<p class="oc-sentence">{strong}</p>'


def problem_html(problem: str) -> str:
    """What stands in place of an answer where there is none."""
    return f'<p class="oc-problem">{escape(problem)}</p>'


def numbers_html(numbers: tuple[tuple[str, str], ...]) -> str:
    """Tiles of a value and its label; nothing where there are none."""
    tiles = "".join(
        f"<li><strong>{escape(value)}</strong> <span>{escape(label)}</span></li>" for label, value in numbers
    )
    return f'<ul class="oc-numbers">{tiles}</ul>' if tiles else ""


def notes_html(notes: tuple[str, ...], *, warning: bool = True) -> str:
    """A list of warnings, or of quieter remarks; nothing where there are none."""
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    style = "oc-notes oc-warnings" if warning else "oc-notes"
    return f'<ul class="{style}">{items}</ul>' if items else ""


def table_html(table: pd.DataFrame) -> str:
    """A table with a heading a column, and numbers (as such, or as text that is one) to the right.

    >>> table_html(pd.DataFrame({"Channel": ["Shop"], "Revenue": ["$1,200"]}))  # doctest: +ELLIPSIS
    '<div class="oc-table">...<td>Shop</td><td class="oc-number">$1,200</td>...</div>'
    """
    columns = [[_cell(value) for value in column] for _, column in table.items()]
    styles = [
        ' class="oc-number"' if all(map(_NUMBER.fullmatch, filter(None, column))) else ""
        for column in columns
    ]
    heads = "".join(
        f'<th scope="col"{style}>{escape(str(name))}</th>' for name, style in zip(table, styles, strict=True)
    )
    rows = "".join(
        "<tr>"
        + "".join(f"<td{style}>{escape(cell) or '–'}</td>" for cell, style in zip(row, styles, strict=True))
        + "</tr>"
        for row in zip(*columns, strict=True)
    )
    return f'<div class="oc-table"><table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'


def still_html(*parts: str) -> str:
    """Parts of an answer that stands still, in one frame."""
    # A notebook would set what stands between two dollar signs as a formula.
    return f'<div class="oc-page oc-text mathjax_ignore">{"".join(parts)}</div>'


def caption_html(caption: str) -> str:
    """A line on what a chart shows, where the chart itself is not."""
    return f'<p class="oc-caption">{escape(caption)}</p>'


def _cell(value: Any) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, Real) and not isinstance(value, bool):
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
    return str(value)
