"""The ledger as files: the platforms' exports and the truth beside them."""

import json
from pathlib import Path

from . import (
    amazon,
    amazon_fulfilled,
    amazon_settlement,
    amazon_settlement_de,
    amazon_traffic,
    amazon_transactions,
    brand_analytics,
    ebay,
    etsy,
    etsy_statement,
    shopify,
    shopify_payments,
)
from .ledger import Brand
from .truth import truth


def write(brand: Brand, folder: Path) -> None:
    """Write every export of the brand and `truth.json` into the folder."""
    exports = [
        *amazon.exports(brand),
        shopify.export(brand),
        amazon_fulfilled.export(brand),
        *amazon_transactions.exports(brand),
        amazon_settlement.export(brand),
        amazon_settlement_de.export(brand),
        *etsy.exports(brand),
        etsy_statement.export(brand),
        ebay.export(brand),
        brand_analytics.export(brand),
        amazon_traffic.export(brand),
        shopify_payments.export(brand),
    ]
    for export in exports:
        (folder / export.name).write_text(export.text, encoding=export.encoding, newline="")
    facts = json.dumps(truth(brand, exports), indent=1, ensure_ascii=False)
    (folder / "truth.json").write_text(facts + "\n", encoding="utf-8", newline="")
