"""eBay's orders report: one row per item, and above the items of one order a row that sums them up.

Columns as public programs read them in reports of ebay.com, ebay.co.uk and ebay.de, those of Seller Hub and
of File Exchange before it. None of these has a column for fees, refunds or cancellations.
"""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.files import MARKS, NO_CURRENCY, Millionths, Rows, decimals, flags, summed
from ownchannel.orders._readers._currency_signs import (
    currency_in,
    reject_unknown,
    shown_currencies,
    shows_none,
)
from ownchannel.orders._readers._reader import Context, Reader

#: By column of ebay.com, what other sites and older reports call it; the first that a file has counts.
_COLUMNS = {
    **{"sales record number": ("verkaufsprotokollnummer",), "order number": ("bestellnummer", "order id")},
    "buyer username": ("nutzername des käufers", "user id", "mitgliedsname"),
    **{"item number": ("artikelnummer", "item id"), "item title": ("angebotstitel", "artikelbezeichnung")},
    "custom label": ("bestandseinheit", "custom label (sku)"),
    **{"quantity": ("anzahl", "stückzahl"), "sold for": ("verkauft für", "sale price", "verkaufspreis")},
    "shipping and handling": ("postage and packaging", "verpackung und versand"),
    "ebay collected tax": ("von ebay eingezogene steuer",),
    "seller collected tax": ("sales tax", "vom verkäufer eingezogene steuer"),
    **{"total price": ("gesamtbetrag", "gesamtpreis"), "sale date": ("verkauft am", "verkaufsdatum")},
    "paid on date": ("zahlungsdatum", "bezahldatum"),
    "transaction id": ("transaktionsnummer", "transaktions-id"),
    "ship to country": ("post to country", "versand nach - land", "buyer country", "land des käufers"),
}
#: A row without any of these is none of an order: `4`, `record(s) downloaded`; `Seller ID : …`.
_OF_AN_ORDER = ("item number", "item title", "quantity", "sold for", "total price", "sale date")

#: Currency and decimal mark of a site, by a column that only it has; else those of ebay.com.
_OF_SITE = {"verkaufsprotokollnummer": ("EUR", ","), "postage and packaging": ("GBP", ".")}
_SUMS = "Rows that sum up an order: {n}. Its items are counted; these rows add shipping and tax."
_UNPAID = "Rows of orders without a day of payment: {n}. They wait until an export shows them as paid."
_FOR_ONE = "Rows of several units where no total shows whether the price is for one: {n}. It was read so."
_BARE = "Rows whose amounts show no currency: {{n}}. They were read as {code}."


class EbayOrders(Reader):
    """Seller Hub's orders report, `eBay-OrdersReport-Jul-25-2026.csv`, in English or German."""

    name = "eBay orders"
    lacks = "This report does not include eBay's fees, advertising, refunds or cancelled orders."
    headers = (frozenset({"sales record number", "item title", "quantity", "sold for", "sale date"}),)
    names = _COLUMNS
    order_starts = "sales record number"
    worth = ("sold for",)
    refunds = "This report shows no refunds: export it again."
    channel = "eBay"
    plain = """
        line_id = transaction id, ordered_at = sale date, customer_key = buyer username, quantity,
        country = ship to country, sku = custom label, product = item title
    """

    def renamed(self, rows: Rows) -> Rows:
        """The rows under ebay.com's names, without the footer."""
        site = next((site for column, site in _OF_SITE.items() if column in rows.columns), ("USD", "."))
        rows = super().renamed(rows)
        rows = rows.without(~np.logical_or.reduce([rows.has_text(column) for column in _OF_AN_ORDER]))
        found = set(map(currency_in, pc.unique(rows.column("sold for")).to_pylist())) - {"", NO_CURRENCY}
        # The order of day and month is that of the currency's country.
        rows.notation.habits = {MARKS: site[1]}
        rows.notation.codes |= found or {site[0]}
        return rows

    def values(self, rows: Rows, context: Context) -> dict[str, Any]:
        """One line per row; one that sums up an order gives way to its items, and adds what these lack."""
        self.sold(rows)
        value, currency = _values(rows, context), _currencies(rows)
        _check(rows, context, currency)
        order, is_sum = _order_numbers(rows), _sums(rows)
        context.note(_SUMS, is_sum)
        # What the row above them states is the order's, whatever the items repeat of it.
        own = is_sum | ~flags(pc.is_in(order, order.filter(pa.array(is_sum))))
        taxes = [rows.amounts(f"{who} collected tax") for who in ("ebay", "seller")]
        has_tax = rows.has_text("ebay collected tax") | rows.has_text("seller collected tax")
        paid = rows.has_text("paid on date") | ("paid on date" not in rows.columns)
        context.note(_UNPAID, own & ~paid)
        sending = "shipping and handling"
        return {
            "order_id": order,
            "item": rows.first_label("custom label", "item title", otherwise="order"),
            "item_value": value,
            "shipping": decimals(rows.amounts(sending), own & rows.has_text(sending)),
            "tax": decimals(np.sum(taxes, axis=0), own & has_tax),
            "currency": currency,
            "status": pa.array(np.where(paid, "completed", "pending"), mask=~paid & ~own),
            "rank": np.where(is_sum, 1, 0),
        }

    def money(self, rows: Rows, context: Context) -> tuple[pa.StringArray, Millionths]:
        """What was sold, in the currency of its sign."""
        rows = rows.unjudged()
        return _currencies(rows), _values(rows, context)


def _order_numbers(rows: Rows) -> pa.StringArray:
    """By row its order's number; of what was never checked out the record's, for it has no order."""
    record, number = rows.labels("sales record number"), rows.labels("order number")
    both = pc.and_(record.is_valid(), number.is_valid())
    place = pc.index_in(record, record.filter(both), skip_nulls=True)
    return pc.coalesce(number, number.filter(both).take(place), record, "")


def _check(rows: Rows, context: Context, currency: pa.StringArray) -> None:
    """Set rows aside that no line can be made of, and note what had to be assumed."""
    nameless = ~rows.has_text("sales record number") & ~rows.has_text("order number")
    rows.reject_where(nameless, "order number", "is empty", "Export the report again.")
    reject_unknown(rows, "sold for", currency)
    context.note(_BARE.format(code=_usual_currency(rows)), shows_none(rows, "sold for"))
    if "price" not in context.decided:
        context.note(_FOR_ONE, (rows.quantities("quantity") > 1) & ~_sums(rows))


def _values(rows: Rows, context: Context) -> Millionths:
    """By row, what was sold: price times quantity, or the price alone where the file's has it for all units.

    Public programs differ in how they read `Sold For`. The file's orders decide for all of them: which of
    both is nearer to their totals without shipping, or to the row that sums them up.
    """
    is_sum = _sums(rows)
    price, product = rows.amounts("sold for"), rows.line_totals("sold for", "quantity")
    if "price" not in context.decided:
        group = _order_numbers(rows).dictionary_encode().indices.to_numpy()
        total = rows.amounts("total price") - rows.amounts("shipping and handling")
        goods = np.where(is_sum, price, np.where(rows.has_text("total price"), total, 0))
        parts = (goods, np.where(is_sum, 0, product), np.where(is_sum, 0, price))
        line = rows.encoded("transaction id").indices.to_numpy()
        repeats = pd.DataFrame({"order": group, "line": line, "price": price, "goods": goods}).duplicated()
        stated, for_one, for_all = (summed(group, np.where(repeats, 0, part), len(rows)) for part in parts)
        proves = (stated > 0) & (for_one != for_all)
        nearer_one = np.count_nonzero(proves & (abs(stated - for_one) <= abs(stated - for_all)))
        nearer_all = np.count_nonzero(proves) - nearer_one
        if nearer_one != nearer_all:
            context.decided["price"] = "for one" if nearer_one > nearer_all else "for all"
    return np.where(is_sum | (context.decided.get("price") == "for all"), price, product)


def _sums(rows: Rows) -> NDArray[np.bool_]:
    """Where a row names no item: it sums up its order."""
    return ~rows.has_text("item number") & ~rows.has_text("item title")


def _currencies(rows: Rows) -> pa.StringArray:
    """By row the currency of its amounts; of bare numbers the one that the file shows, else the site's."""
    return shown_currencies(rows, "sold for", _usual_currency(rows))


def _usual_currency(rows: Rows) -> str:
    codes = rows.notation.codes - {""}
    return codes.pop() if len(codes) == 1 else NO_CURRENCY
