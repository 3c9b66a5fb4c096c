"""Cells as texts that a table, or a sentence, may hold: short, printable, free of addresses."""

import re

import pyarrow as pa
import pyarrow.compute as pc

#: Labels longer than this are cut: no product's name is, and a cell may hold a megabyte.
LONGEST_LABEL = 500
#: What a label may hold is looked at closely where a cell has any of these.
_NO_LABEL = "[^ -~]|@"
_CONTROL = dict.fromkeys([*range(32), *range(127, 160)], " ")
_NO_AT = r"[^\s@＠<>,;:\"'()]+"
_EMAIL = re.compile(f"{_NO_AT}(?:[@＠]{_NO_AT})+")


def masked(value: str, longest: int = 24) -> str:
    """The shape of a cell without its content, so that a rejected row can be shown to anybody.

    >>> masked("Jane Roe, 12.3.4")
    'aaaa aaa, 99.9.9'
    """
    shape = "".join(
        "a" if c.isalpha() else "9" if c.isalnum() else c for c in value[:longest].translate(_CONTROL)
    )
    return shape + ("…" if len(value) > longest else "")


def without_address(text: str) -> str:
    """A text that goes into the table, rid of any e-mail address that slipped into it.

    >>> without_address("Apron for jane@example.com")
    'Apron for [address removed]'
    """
    return _EMAIL.sub("[address removed]", text) if "@" in text or "＠" in text else text


def as_labels(cells: pa.StringArray) -> pa.StringArray:
    """A column of cells as texts for the table; null where nothing is left."""
    found = pc.if_else(pc.equal(cells, ""), None, cells)
    # Most cells are labels as they stand: short, printable ASCII without an address.
    odd = pc.match_substring_regex(cells, _NO_LABEL)
    if (pc.max(pc.binary_length(cells)).as_py() or 0) > LONGEST_LABEL:
        odd = pc.or_(odd, pc.greater(pc.binary_length(cells), LONGEST_LABEL))
    if not pc.any(odd).as_py():
        return found
    encoded = pc.filter(cells, odd).dictionary_encode()
    labels = pa.array(map(as_label, encoded.dictionary.to_pylist()), pa.string())
    return pc.replace_with_mask(found, odd, labels.take(encoded.indices))


def as_label(cell: str) -> str | None:
    """A cell as a text for the table; None where nothing is left of it.

    >>> as_label("Apron for jane@example.com"), as_label("")
    ('Apron for [address removed]', None)
    """
    label = without_address(cell)
    if not label.isprintable():
        label = " ".join(label.translate(_CONTROL).split())
    return label[:LONGEST_LABEL] or None
