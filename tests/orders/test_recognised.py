"""The contract of every reader: it knows all files of its format, and none of another's."""

from pathlib import Path

import pytest

from ownchannel.files import Source, find_layout, find_sources

# inside: each reader alone, where `read_orders` would ask them in turn
from ownchannel.orders import _readers
from tests.conftest import ROOT
from tests.fuzz.seeds import FILES, drawn
from tests.orders.generated_orders import FORMATS

OWN_TABLE = "Table with named columns"
READER_OF = {
    **{name: reader for name, files in FILES.items() for reader, own in FORMATS.items() if files is own},
    "amazon_settlement": "Amazon settlement",
    "amazon_transactions": "Amazon transactions",
}
"""By the name of a generator, the reader that knows what it makes; tables with named columns are nobody's."""

SAMPLES = {
    "amazon_all_orders": "Amazon All Orders",
    "amazon_fulfilled": "Amazon Fulfilled Shipments",
    "amazon_sales_and_traffic": "Amazon Sales and Traffic",
    "amazon_settlement": "Amazon settlement",
    "amazon_transactions": "Amazon transactions",
    "brand_analytics_repeat": "Amazon Brand Analytics repeat purchase",
    "ebay_orders": "eBay orders",
    "etsy_order_items": "Etsy order items",
    "etsy_orders": "Etsy orders",
    "etsy_statement": "Etsy statement",
    "shopify_orders": "Shopify orders",
    "shopify_payments": "Shopify Payments transactions",
}
"""By the start of a sample file's name."""

CASES = {
    "01": "Amazon transactions",
    "03": "Amazon transactions",
    "05": "Amazon transactions",
    "06": "eBay orders",
    "09": "WooCommerce Analytics orders",
    "11": "Amazon Order Report",
    "16": "Shopify orders",
    "19": "Etsy statement",
    "60": "Shopify orders",
    "61": "Etsy orders",
    "63": "",
    "64": "",
    "65": "Amazon transactions",
    "67": "Amazon All Orders",
    "68": "Shopify orders",
    "69": "",
}
"""By the number of an everyday file, the reader that knows it; a table of a person's own has none."""


def known_by(given: Path | tuple[str, bytes]) -> list[str]:
    """The readers that know a file, each asked alone."""
    (source,) = find_sources(given)
    assert isinstance(source, Source)
    return [r.name for r in _readers.READERS if find_layout(source, r.recognises) is not None]


def test_every_reader_has_a_generator_and_every_name_is_its_own():
    names = [reader.name for reader in _readers.READERS]
    assert sorted([*names, OWN_TABLE]) == sorted(READER_OF.values())
    assert FILES.keys() == READER_OF.keys()


@pytest.mark.parametrize("name", FILES)
def test_a_generated_file_is_known_by_its_own_reader_alone(name):
    files = drawn(FILES[name], 8)
    assert len(files) >= 3
    expected = [reader for reader in [READER_OF[name]] if reader != OWN_TABLE]
    assert [known_by((f"{name}.csv", content)) for content in files] == [expected] * len(files)


def test_a_sample_file_is_known_by_its_own_reader_alone():
    files = [f for f in sorted(Path(ROOT, "data", "samples").iterdir()) if f.suffix in (".csv", ".txt")]
    assert len(files) >= 12
    for file in files:
        (expected,) = [reader for start, reader in SAMPLES.items() if file.name.startswith(start)]
        top = b"".join(file.read_bytes().splitlines(keepends=True)[:30])
        assert known_by((file.name, top)) == [expected], file.name


def test_an_everyday_file_is_known_by_its_own_reader_alone(everyday_files):
    folders = sorted(folder for folder in everyday_files.iterdir() if folder.is_dir())
    assert [folder.name[:2] for folder in folders] == sorted(CASES)
    for folder in folders:
        for file in folder.iterdir():
            expected = CASES[folder.name[:2]]
            assert known_by(file) == [expected] * bool(expected), folder.name
