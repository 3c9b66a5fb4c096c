"""The glossary: one table, its page, and terms that explain themselves where they stand."""

from pathlib import Path

from ownchannel.answers import glossary, glossary_page, with_terms


def test_its_page_is_the_table(root: Path) -> None:
    assert (root / "docs" / "glossary.md").read_text(encoding="utf-8") == glossary_page()


def test_every_meaning_is_a_sentence_that_does_without_the_term() -> None:
    assert len(glossary()) >= 20
    for term, meaning in glossary().items():
        assert meaning.endswith("."), term
        assert not meaning.casefold().startswith(term.casefold()), term


def test_a_term_is_marked_once_as_a_whole_word_and_never_inside_a_tag() -> None:
    html = '<p title="horizon">Horizons end; the Horizon, this horizon.</p>'
    marked = with_terms(html)
    assert marked.count("<abbr") == 1
    assert marked.startswith('<p title="horizon">Horizons end; the <abbr')
    assert "</abbr>, this horizon." in marked
