"""The ledger as files: the platforms' exports and the truth beside them."""

import json
from pathlib import Path

from . import amazon, shopify
from .ledger import Brand
from .truth import truth


def write(brand: Brand, folder: Path) -> None:
    """Write both Amazon reports, the shop's export and `truth.json` into the folder."""
    exports = [*amazon.exports(brand), shopify.export(brand)]
    for export in exports:
        (folder / export.name).write_text(export.text, encoding="utf-8", newline="")
    facts = json.dumps(truth(brand, exports), indent=1, ensure_ascii=False)
    (folder / "truth.json").write_text(facts + "\n", encoding="utf-8", newline="")
