"""Numbers and results as a person reads them: money with its currency, shares in percent, sentences."""

from collections.abc import Iterable
from decimal import Decimal
from html import escape

from babel.numbers import format_currency, format_decimal


def money(amount: float | Decimal, currency: str, digits: int = 0) -> str:
    """Money with its currency's sign, rounded to `digits` decimals.

    >>> money(Decimal("-1234.5"), "USD", digits=2)
    '-$1,234.50'
    >>> money(1234567, "EUR")
    '€1,234,567'
    """
    decimals = "." + "0" * digits if digits else ""
    text = format_currency(
        round(Decimal(amount), digits) + 0, currency, f"¤#,##0{decimals}", locale="en", currency_digits=False
    )
    return text.replace("\u00a0", " ")


def round_money(amount: float | Decimal, currency: str, digits: int = 2) -> str:
    """Money as one says it in a sentence: two digits that count, or more, the rest rounded away.

    >>> round_money(9463, "USD"), round_money(-70_322, "EUR"), round_money(8.9, "USD")
    ('$9,500', '-€70,000', '$8.90')
    >>> round_money(101_850, "USD", digits=3)
    '$102,000'
    """
    spoken = float(f"{float(amount):.{digits}g}")
    return money(spoken, currency, 2 if 0 < abs(spoken) < 10 else 0)


def percent(share: float, digits: int = 0) -> str:
    """A share between 0 and 1 in percent.

    >>> percent(0.684)
    '68%'
    >>> percent(0.015, digits=1)
    '1.5%'
    """
    return f"{100 * share:,.{digits}f}%"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """A count with its noun in the right number.

    >>> count(1, "order"), count(12_000, "order"), count(2, "entry", "entries")
    ('1 order', '12,000 orders', '2 entries')
    """
    return f"{format_decimal(number, locale='en')} {noun if number == 1 else plural or noun + 's'}"


def listed(words: Iterable[str]) -> str:
    """Words as one says them; at least one.

    >>> listed(["fees"]), listed(["fees", "refunds", "transfers"])
    ('fees', 'fees, refunds and transfers')
    """
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


class Shown:
    """A result that says its answer: `str` is a sentence or a few; notebooks add the table of `to_pandas()`.

    >>> class Answer(Shown):
    ...     def __str__(self) -> str:
    ...         return "Half of them & more."
    >>> Answer(), Answer()._repr_html_()
    (Half of them & more., '<p>Half of them &amp; more.</p>')
    """

    #: So many characters at most where it is printed, and so many rows of a table.
    _MOST_CHARACTERS, _MOST_ROWS = 960, 24

    def __repr__(self) -> str:
        text = str(self)
        return text if len(text) <= self._MOST_CHARACTERS else f"{text[: self._MOST_CHARACTERS]} …"

    def _repr_html_(self) -> str:
        sentences = escape(str(self)).replace("\n", "<br>")
        to_pandas = getattr(self, "to_pandas", None)
        table = (
            to_pandas().to_html(max_rows=self._MOST_ROWS, float_format="{:.4g}".format) if to_pandas else ""
        )
        return f"<p>{sentences}</p>{table}"
