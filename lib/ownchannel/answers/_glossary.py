"""The field's words explained: on hover in what a page says, and as a page of their own."""

import re
import tomllib
from functools import cache
from html import escape
from pathlib import Path


@cache
def glossary() -> dict[str, str]:
    """Each term and what it means, in the order of the alphabet.

    >>> glossary()["horizon"]
    'How many months ahead are counted.'
    """
    text = Path(__file__).with_name("glossary.toml").read_text(encoding="utf-8")
    return dict(sorted(tomllib.loads(text).items(), key=lambda entry: entry[0].casefold()))


def with_terms(html: str) -> str:
    """Text of a page, escaped, with each term marked where it stands first, so that it explains itself.

    >>> with_terms("The horizon is long.")
    'The <abbr title="How many months ahead are counted.">horizon</abbr> is long.'
    """
    seen: set[str] = set()

    def marked(found: re.Match[str]) -> str:
        term = _known()[found[0].casefold()]
        if term in seen:
            return found[0]
        seen.add(term)
        return f'<abbr title="{escape(glossary()[term])}">{found[0]}</abbr>'

    return _pattern().sub(marked, html)


def glossary_page() -> str:
    """The glossary as Markdown."""
    entries = "\n".join(f"- **{term}**: {meaning}" for term, meaning in glossary().items())
    about = "What the workbooks' words mean. Made from `answers/glossary.toml` by `make docs`."
    return f"# Glossary\n\n{about}\n\n{entries}\n"


@cache
def _known() -> dict[str, str]:
    return {term.casefold(): term for term in glossary()}


@cache
def _pattern() -> re.Pattern[str]:
    """Any of the terms as whole words, the longest first; never within a tag."""
    terms = "|".join(map(re.escape, sorted(glossary(), key=len, reverse=True)))
    return re.compile(rf"\b(?:{terms})\b(?![^<]*>)", re.IGNORECASE)
