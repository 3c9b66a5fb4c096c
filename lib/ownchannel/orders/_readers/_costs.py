"""What a brand's goods cost: its own list of prices, or of batches as they were bought."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ownchannel.files import DAYS, MARKS, MILLION, Choice, Millionths, Rows
from ownchannel.orders._readers._reader import Context, Reader

#: What people call the columns, in English, German, French, Spanish, Italian and Dutch.
_NAMES: Mapping[str, Sequence[str]] = {
    "sku": (
        *("seller sku", "merchant sku", "msku", "variant sku", "item sku", "product sku", "artikelnummer"),
        *("artikelnr.", "art.-nr.", "référence", "réf.", "referencia", "codice articolo", "artikelcode"),
    ),
    "unit cost": (
        *("cost per unit", "cost per item", "cost", "cost price", "purchase price", "cogs", "cost of goods"),
        *("landed cost", "einkaufspreis", "ek-preis", "ek", "stückkosten", "wareneinsatz", "coût unitaire"),
        *("coût", "prix d'achat", "coste unitario", "coste", "precio de compra", "costo unitario", "costo"),
        *("prezzo d'acquisto", "kostprijs", "inkoopprijs"),
    ),
    "valid from": (
        *("from", "since", "start date", "date", "received on", "received", "received at", "date received"),
        *("purchased on", "purchase date", "gültig ab", "ab", "datum", "eingegangen am", "à partir du"),
        *("reçu le", "date d'achat", "desde", "fecha", "recibido", "dal", "data", "ricevuto", "vanaf"),
    ),
    "units": (
        *("quantity", "qty", "units received", "quantity received", "menge", "stück", "quantité", "cantidad"),
        *("unidades", "quantità", "aantal"),
    ),
    "freight": ("freight cost", "freight per unit", "inbound freight", "fracht", "fret", "flete", "nolo"),
    "duty": ("duties", "duty per unit", "customs", "customs duty", "zoll", "douane", "aduana", "dazi"),
    "packaging": ("packaging cost", "verpackung", "emballage", "embalaje", "imballaggio", "verpakking"),
    "currency": ("currency code", "währung", "devise", "monnaie", "moneda", "divisa", "valuta"),
}
_BESIDE = ("freight", "duty", "packaging")
#: Where one of these stands, rows are orders and no costs.
_OF_ORDERS = frozenset(
    {"order id", "order-id", "order number", "order", "ordered at", "name", "purchase-date"}
)
_NO_COST = "is not known: a cost is 0 or more"
_WRITE_A_COST = "Write what one unit costs you, such as 4.20."
_NO_UNITS = "is not a number of units that came in"
_NO_DAY = "is empty for a batch"
_WRITE_A_DAY = "Write the day on which it came in, such as 2026-01-31."
_TWO = "is another cost of the same product from the same day"
_KEEP_ONE = "Keep one of them, or give the later one its own day."


class Costs(Reader):
    """`sku, unit cost, currency`, perhaps with `valid from`, `units` of a batch, freight, duty, packaging."""

    name = "Cost of goods"
    gives = "costs"
    headers = (frozenset({"sku", "unit cost"}),)
    names = MappingProxyType(_NAMES)
    habits: Mapping[Choice, str] = MappingProxyType({})
    remedies: Mapping[Choice, str] = MappingProxyType(
        {DAYS: "write its dates as 2026-01-31", MARKS: "write its amounts as 1234.50"}
    )

    def recognises(self, columns: frozenset[str]) -> bool:
        """By a product and its cost, where no order is named."""
        return super().recognises(columns) and not columns & _OF_ORDERS

    def values(self, rows: Rows, context: Context) -> dict[str, Any]:
        """One cost per row; freight, duty and packaging are parts of it."""
        # A spreadsheet's safeguard against formulas is no part of the name.
        sku = pc.replace_substring_regex(rows.required("sku"), r"^'('*[=+\-@])", r"\1")
        currency = rows.currencies("currency")
        parts = [self._cost(rows, "unit cost"), *(self._cost(rows, name) for name in _BESIDE)]
        # Without days the number of units is that in stock.
        units, is_batch = rows.amounts("units"), rows.has_text("units") & ("valid from" in rows.columns)
        rows.reject_where(is_batch & (units <= 0), "units", _NO_UNITS, "Correct it, or leave it empty.")
        day = rows.moments("valid from", "UTC", required=False).astype("datetime64[D]")
        rows.reject_where(is_batch & np.isnat(day), "valid from", _NO_DAY, _WRITE_A_DAY)
        cost = np.sum(parts, axis=0)
        listed = pd.DataFrame({"sku": sku, "currency": currency, "day": day, "cost": cost})
        listed = listed[~is_batch & rows.kept()]
        seconds = listed.drop_duplicates().duplicated(["sku", "currency", "day"])
        is_second = np.isin(np.arange(len(rows)), seconds.index[seconds])
        rows.reject_where(is_second, "unit cost", _TWO, _KEEP_ONE)
        return {
            "sku": sku,
            "valid_from": day,
            "unit_cost": cost,
            "units": pa.array(units / MILLION, mask=~is_batch),
            "currency": currency,
        }

    def _cost(self, rows: Rows, column: str) -> Millionths:
        if column == "unit cost":
            rows.reject_where(~rows.has_text(column), column, "is empty", _WRITE_A_COST)
        cost = rows.amounts(column)
        rows.reject_where(cost < 0, column, _NO_COST, _WRITE_A_COST)
        return cost
