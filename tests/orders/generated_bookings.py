"""Amazon's bookings made up by hypothesis: a file's bytes, and what is in it as plain tuples.

`settlements()` and `transactions()` draw files in every form that Amazon writes, a few rows of them damaged. What
a file holds is told from this module's own tables, none of which the readers know.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

V2_COLUMNS = (  # noqa: SIM905
    "settlement-id settlement-start-date settlement-end-date deposit-date total-amount currency "
    "transaction-type order-id merchant-order-id adjustment-id shipment-id marketplace-name amount-type "
    "amount-description amount fulfillment-id posted-date posted-date-time order-item-code "
    "merchant-order-item-id merchant-adjustment-item-id sku quantity-purchased promotion-id"
).split()
V1_COLUMNS = (  # noqa: SIM905
    "settlement-id settlement-start-date settlement-end-date deposit-date total-amount currency "
    "transaction-type order-id merchant-order-id adjustment-id shipment-id marketplace-name "
    "shipment-fee-type shipment-fee-amount order-fee-type order-fee-amount fulfillment-id posted-date "
    "order-item-code merchant-order-item-id merchant-adjustment-item-id sku quantity-purchased price-type "
    "price-amount item-related-fee-type item-related-fee-amount misc-fee-amount other-fee-amount "
    "other-fee-reason-description promotion-id promotion-type promotion-amount direct-payment-type "
    "direct-payment-amount other-amount"
).split()


class Entry(NamedTuple):
    """An amount as it should be read."""

    line: int
    event: str
    part: str
    amount: Decimal
    currency: str
    posted_at: datetime
    channel: str | None
    settlement_id: str
    order_id: str | None = None
    sku: str | None = None
    quantity: float | None = None
    product: str | None = None
    deferred: bool = False


@dataclass(frozen=True)
class Generated:
    """A file and what is in it; money by currency, XXX where the file does not tell it."""

    name: str
    content: bytes
    rows: int
    entries: list[Entry]
    rejected: dict[int, tuple[str, Decimal]]
    """By line that cannot be used, the currency and amount that it carries."""
    difference: Decimal
    """By how much the file's own totals are missed."""

    def money(self) -> dict[str, tuple[Decimal, Decimal]]:
        """By currency what is good and what is not."""
        sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
        for entry in self.entries:
            sums[entry.currency][0] += entry.amount
        for code, amount in self.rejected.values():
            sums[code][1] += amount
        return {code: (good, bad) for code, (good, bad) in sums.items()}


class Form(NamedTuple):
    """How a file writes its numbers."""

    decimal: str
    thousands: str = ""
    trailing: str = ""
    places: int = 2

    def write(self, amount: Decimal) -> str:
        whole, _, part = f"{abs(amount):,.{self.places}f}".partition(".")
        text = whole.replace(",", self.thousands) + (self.decimal + part if part else "")
        return f"{'-' if amount < 0 else ''}{text}{self.trailing}"


POINTS = (Form("."), Form(".", trailing="    "), Form(".", ","))
COMMAS = (Form(","), Form(",", "."), Form(",", ".", " "))

instants = st.datetimes(datetime(2019, 1, 1), datetime(2027, 12, 31)).map(
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)
cents = st.integers(-9_999_999, 9_999_999).filter(bool).map(lambda number: Decimal(number).scaleb(-2))
order_ids = st.integers(0, 7).map(lambda number: f"702-0000000-{number:07}")
skus = st.sampled_from(["PAN-12", "Pfännchen 8", "SALT & PEPPER", 'LID 12"'])
ends = st.sampled_from(["\n", "\r\n"])


# ------------------------------------------------------------------------------------------------ settlements


class Booked(NamedTuple):
    """An amount in V2's words, and what it is."""

    transaction: str
    type: str
    description: str
    event: str
    part: str


V2_BOOKED = [
    Booked("Order", "ItemPrice", "Principal", "sale", "goods"),
    Booked("Order", "ItemPrice", "Shipping", "sale", "shipping"),
    Booked("Order", "ItemPrice", "Tax", "sale", "tax"),
    Booked("Order", "ItemPrice", "GiftWrap", "sale", "shipping"),
    Booked("Order", "ItemWithheldTax", "MarketplaceFacilitatorTax-Principal", "sale", "tax"),
    Booked("Order", "ItemFees", "Commission", "sale", "fee"),
    Booked("Order", "ItemFees", "FBAPerUnitFulfillmentFee", "sale", "fulfilment"),
    Booked("Order", "ItemFees", "MoonlightFee", "sale", "unclassified"),
    Booked("Order", "Promotion", "Principal", "sale", "discount"),
    Booked("Order", "Promotion", "Shipping", "sale", "shipping"),
    Booked("Refund", "ItemPrice", "Principal", "refund", "goods"),
    Booked("Refund", "ItemFees", "RefundCommission", "refund", "fee"),
    Booked("Refund", "Promotion", "Principal", "refund", "discount"),
    Booked("Chargeback Refund", "ItemPrice", "Principal", "refund", "goods"),
    Booked("ServiceFee", "Cost of Advertising", "TransactionTotalAmount", "account", "advertising"),
    Booked("other-transaction", "other-transaction", "Subscription Fee", "account", "fee"),
    Booked("other-transaction", "other-transaction", "Storage Fee", "account", "fee"),
    Booked(
        "other-transaction", "FBA Inventory Reimbursement", "WAREHOUSE_DAMAGE", "account", "reimbursement"
    ),
    Booked("other-transaction", "other-transaction", "Current Reserve Amount", "account", "transfer"),
    Booked("other-transaction", "other-transaction", "Mondscheingutschrift", "account", "unclassified"),
]

#: In V1 the type of an amount is the column that it stands in.
V1_BOOKED = [
    Booked("Order", "price", "Principal", "sale", "goods"),
    Booked("Order", "price", "Shipping", "sale", "shipping"),
    Booked("Order", "price", "Tax", "sale", "tax"),
    Booked("Order", "item-related-fee", "Commission", "sale", "fee"),
    Booked("Order", "item-related-fee", "FBAPerUnitFulfillmentFee", "sale", "fulfilment"),
    Booked("Order", "item-related-fee", "MoonlightFee", "sale", "unclassified"),
    Booked("Order", "order-fee", "FBAPerOrderFulfillmentFee", "sale", "fulfilment"),
    Booked("Order", "shipment-fee", "FBATransportationFee", "sale", "fulfilment"),
    Booked("Order", "promotion", "Principal", "sale", "discount"),
    Booked("Order", "promotion", "Shipping", "sale", "shipping"),
    Booked("Order", "misc-fee", "", "sale", "fee"),
    Booked("Refund", "price", "Principal", "refund", "goods"),
    Booked("Refund", "item-related-fee", "RefundCommission", "refund", "fee"),
    Booked("ServiceFee", "item-related-fee", "Cost of Advertising", "account", "advertising"),
    Booked("Subscription Fee", "other-fee", "Monatliche Gebühr", "account", "fee"),
]
#: Columns that only the wider V1 has.
V1_WIDE_BOOKED = [
    Booked("Payable to Amazon", "other", "", "account", "transfer"),
    Booked("Successful charge", "other", "", "account", "transfer"),
    Booked("Moonlight Credit", "other", "", "account", "unclassified"),
    Booked("Order", "direct-payment", "Moonlight payment", "sale", "unclassified"),
]

SETTLEMENT_DATES = {
    "iso": lambda at: at.isoformat(),
    "utc": lambda at: f"{at:%Y-%m-%d %H:%M:%S} UTC",
    "german": lambda at: f"{at:%d.%m.%Y %H:%M:%S} UTC",
    "day": lambda at: f"{at:%d.%m.%Y}",
}
SETTLEMENT_SITES = {"USD": "Amazon.com", "EUR": "Amazon.de", "CAD": "Amazon.ca", "JPY": "Amazon.co.jp"}


@dataclass
class _File:
    """A file on its way: rows as cells by column, and what is in them."""

    columns: Sequence[str]
    first_line: int = 2
    rows: list[dict[str, str]] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    rejected: dict[int, tuple[str, Decimal]] = field(default_factory=dict)

    @property
    def next_line(self) -> int:
        return self.first_line + len(self.rows)


@st.composite
def settlements(draw: st.DrawFn) -> Generated:
    """One to three settlements in a file of V1, 33 or 36 columns wide, or V2."""
    wide = draw(st.sampled_from([None, 33, 36]))
    booked = V2_BOOKED if wide is None else V1_BOOKED + (V1_WIDE_BOOKED if wide == 36 else [])
    file = _File(V2_COLUMNS if wide is None else V1_COLUMNS[:wide])
    form = draw(st.sampled_from(POINTS + COMMAS))
    dates = draw(st.sampled_from([*SETTLEMENT_DATES]))
    differences = [Decimal(0)]
    for number in range(draw(st.integers(1, 3))):
        differences.append(_settlement(draw, file, f"2387439712{number}", booked, form, dates))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    end = draw(ends)
    lines = ["\t".join(file.columns)]
    lines += ["\t".join(row.get(column, "") for column in file.columns) for row in file.rows]
    text = end.join(lines) + (end if draw(st.booleans()) else "")
    name = f"settlement_{'v2' if wide is None else wide}.txt"
    return Generated(
        name, text.encode(encoding), len(file.rows), file.entries, file.rejected, max(differences)
    )


def _settlement(
    draw: st.DrawFn, file: _File, number: str, booked: Sequence[Booked], form: Form, dates: str
) -> Decimal:
    """A settlement's rows into the file; gives how far its lines miss the stated total."""
    currency = draw(st.sampled_from([*SETTLEMENT_SITES]))
    of_settlement = {"settlement-id": number, "marketplace-name": SETTLEMENT_SITES[currency]}
    is_headed = draw(st.integers(0, 9)) > 0
    stated_at = len(file.rows)
    if is_headed:
        file.rows.append({})
    known = currency if is_headed else "XXX"
    in_lines = read = Decimal(0)
    for _ in range(draw(st.integers(0, 8))):
        in_row = _settlement_row(draw, file, of_settlement, draw(st.sampled_from(booked)), form, dates, known)
        in_lines += in_row
        read += 0 if file.next_line - 1 in file.rejected else in_row
    if not is_headed:
        return Decimal(0)
    off = draw(st.sampled_from([Decimal(0), Decimal(0), Decimal("0.01"), Decimal("-3.00")]))
    end = _shown(draw(instants), dates)
    file.rows[stated_at] = {
        "settlement-id": number,
        "settlement-end-date": SETTLEMENT_DATES[dates](end),
        "total-amount": form.write(in_lines + off),
        "currency": currency,
    }
    line = file.first_line + stated_at
    sites = {e.channel for e in file.entries if e.settlement_id == number and e.channel}
    # The table gives a booking without a site that of its settlement, where any other booking tells it.
    site = next(iter(sites), "Amazon")
    file.entries.append(Entry(line, "account", "transfer", Decimal(0), currency, end, site, number))
    return abs(in_lines + off - read)


def _settlement_row(
    draw: st.DrawFn,
    file: _File,
    of_settlement: Mapping[str, str],
    booked: Booked,
    form: Form,
    dates: str,
    currency: str,
) -> Decimal:
    """One row, perhaps damaged; gives the money in it."""
    at, amount = draw(instants), draw(cents)
    posted = _shown(at, dates)
    line, has_order = file.next_line, booked.event != "account"
    row = {**of_settlement, "transaction-type": booked.transaction}
    row |= {"posted-date": SETTLEMENT_DATES[dates](at)}
    if "posted-date-time" in file.columns and draw(st.booleans()):
        row |= {"posted-date": f"{at:%Y-%m-%d}", "posted-date-time": SETTLEMENT_DATES[dates](at)}
    order = {"order-id": draw(order_ids), "sku": draw(skus)} if has_order else {}
    is_sale = (booked.event, booked.part) == ("sale", "goods")
    units = draw(st.integers(1, 3)) if is_sale else 0
    row |= order | ({"quantity-purchased": str(units)} if units else {})
    row |= _amount_cells(booked, form.write(amount))
    damage = draw(st.sampled_from([""] * 12 + ["amount", "posted", "settlement-id"]))
    if damage == "amount":
        row[next(name for name in ("amount", f"{booked.type}-amount") if name in row)] = "n/a"
        amount = Decimal(0)
    elif damage == "posted":
        row |= {"posted-date": "yesterday", "posted-date-time": ""}
    elif damage:
        row[damage], currency = "", "XXX"
    file.rows.append(row)
    if damage or currency == "XXX":
        file.rejected[line] = currency, amount
    else:
        file.entries.append(
            Entry(
                line=line,
                event=booked.event,
                part=booked.part,
                amount=amount,
                currency=currency,
                posted_at=posted,
                channel=of_settlement["marketplace-name"],
                settlement_id=of_settlement["settlement-id"],
                order_id=order.get("order-id"),
                sku=order.get("sku"),
                quantity=float(units) if units else None,
            )
        )
    return amount


def _amount_cells(booked: Booked, amount: str) -> dict[str, str]:
    names = {"amount-type": booked.type, "amount-description": booked.description, "amount": amount}
    if booked in V2_BOOKED:
        return names
    of_name = "other-fee-reason-description" if booked.type == "other-fee" else f"{booked.type}-type"
    return {f"{booked.type}-amount": amount, of_name: booked.description}


def _shown(at: datetime, dates: str) -> datetime:
    """An instant as far as the file tells it."""
    return at.replace(hour=0, minute=0, second=0) if dates == "day" else at


# ----------------------------------------------------------------------------------------------- transactions

#: The columns of amounts in the order of the report, and what each holds of an order.
AMOUNT_PARTS = {
    "product sales": "goods",
    "product sales tax": "tax",
    "shipping credits": "shipping",
    "shipping credits tax": "tax",
    "gift wrap credits": "shipping",
    "giftwrap credits tax": "tax",
    "promotional rebates": "discount",
    "promotional rebates tax": "tax",
    "marketplace withheld tax": "tax",
    "selling fees": "fee",
    "fba fees": "fulfilment",
    "other transaction fees": "fee",
    "other": "unclassified",
}
_FIRST = (
    "date/time,settlement id,type,order id,sku,description,quantity,marketplace,fulfillment,order city,"
    "order state,order postal"
)
_COLUMNS = [
    *_FIRST.split(","),
    "tax collection model",
    *AMOUNT_PARTS,
    "total",
    "Transaction Status",
    "Transaction Release Date",
]


class Language(NamedTuple):
    """A site's report: its headers in the order of `_COLUMNS`, its words, and how it writes."""

    site: str
    currency: str
    headers: str
    order: str
    refund: str
    service: tuple[str, str]
    """Type and description of advertising."""
    storage: str
    transfer: tuple[str, str]
    reimbursement: tuple[str, str]
    status: tuple[str, str]
    """Released and deferred."""
    forms: tuple[Form, ...]
    encodings: tuple[str, ...]
    months: str = ""


WESTERN = ("utf-8", "utf-8-sig", "utf-16", "cp1252")
LANGUAGES = {
    "en": Language(
        "amazon.com",
        "USD",
        ";".join(_COLUMNS),
        "Order",
        "Refund",
        ("Service Fee", "Cost of Advertising"),
        "FBA Inventory Fee",
        ("Transfer", "To account ending with: 123"),
        ("Adjustment", "FBA Inventory Reimbursement - Damaged:Warehouse"),
        ("Released", "Deferred"),
        POINTS,
        WESTERN,
    ),
    "de": Language(
        "amazon.de",
        "EUR",
        "Datum/Uhrzeit;Abrechnungsnummer;Typ;Bestellnummer;SKU;Beschreibung;Menge;Marketplace;Versand;"
        "Ort der Bestellung;Bundesland;Postleitzahl;Steuererhebungsmodell;Umsätze;Produktumsatzsteuer;"
        "Gutschrift für Versandkosten;Steuer auf Versandgutschrift;Gutschrift für Geschenkverpackung;"
        "Steuer auf Geschenkverpackungsgutschriften;Rabatte aus Werbeaktionen;Steuer auf Aktionsrabatte;"
        "Einbehaltene Steuer auf Marketplace;Verkaufsgebühren;Gebühren zu Versand durch Amazon;"
        "Andere Transaktionsgebühren;Andere;Gesamt;Transaktionsstatus;Freigabedatum der Transaktion",
        "Bestellung",
        "Erstattung",
        ("Servicegebühr", "Werbekosten"),
        "Versand durch Amazon Lagergebühr",
        ("Übertrag", "Auf Konto mit der Endung: 123"),
        ("Anpassung", "Versand durch Amazon Erstattung für Lagerbestand - Beschädigt:Lager"),
        ("Veröffentlicht", "Verzögert"),
        COMMAS,
        WESTERN,
    ),
    "fr": Language(
        "amazon.fr",
        "EUR",
        "date/heure;numéro de versement;type;numéro de la commande;sku;description;quantité;Marketplace;"
        "traitement;ville d'où provient la commande;Région d'où provient la commande;"
        "code postal de la commande;Modèle de perception des taxes;ventes de produits;"
        "Taxes sur la vente des produits;crédits d'expédition;taxe sur les crédits d’expédition;"
        "crédits sur l'emballage cadeau;Taxes sur les crédits cadeaux;Rabais promotionnels;"
        "Taxes sur les remises promotionnelles;Taxes retenues sur le site de vente;frais de vente;"
        "Frais Expédié par Amazon;autres frais de transaction;autre;total;Statut de la transaction;"
        "Date de sortie de la transaction",
        "Commande",
        "Remboursement",
        ("Frais de service", "Prix de la publicité"),
        "Frais de stock Expédié par Amazon",
        ("Transfert", "À votre compte terminant par : 123"),
        ("Ajustement", "WAREHOUSE_DAMAGE"),
        ("Sorti", "Différé"),
        (*COMMAS, Form(",", "\xa0")),
        WESTERN,
        "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    ),
    "it": Language(
        "amazon.it",
        "EUR",
        "Data/Ora:;Numero pagamento;Tipo;Numero ordine;SKU;Descrizione;Quantità;Marketplace;Gestione;"
        "Città di provenienza dell'ordine;Provincia di provenienza dell'ordine;CAP dell'ordine;"
        "modello di riscossione delle imposte;Vendite;imposta sulle vendite dei prodotti;"
        "Accrediti per le spedizioni;imposta accrediti per le spedizioni;Accrediti per confezioni regalo;"
        "imposta sui crediti confezione regalo;Sconti promozionali;imposta sugli sconti promozionali;"
        "trattenuta IVA del marketplace;Commissioni di vendita;Costi del servizio Logistica di Amazon;"
        "Altri costi relativi alle transazioni;Altro;totale;Stato della transazione;"
        "Data di rilascio della transazione",
        "Ordine",
        "Rimborso",
        ("Commissione di servizio", "Costo della pubblicità"),
        "Costo di stoccaggio Logistica di Amazon",
        ("Trasferimento", "Sul conto che termina con: 123"),
        ("Modifica", "WAREHOUSE_DAMAGE"),
        ("Emesso", "Differito"),
        COMMAS,
        WESTERN,
        "gen feb mar apr mag giu lug ago set ott nov dic",
    ),
    "es": Language(
        "amazon.es",
        "EUR",
        "fecha y hora;identificador de pago;tipo;número de pedido;sku;descripción;cantidad;web de Amazon;"
        "gestión logística;ciudad de procedencia del pedido;comunidad autónoma de procedencia del pedido;"
        "código postal de procedencia del pedido;Formulario de recaudación de impuestos;ventas de productos;"
        "impuesto de ventas de productos;abonos de envío;impuestos por abonos de envío;"
        "abonos de envoltorio para regalo;impuestos por abonos de envoltorio para regalo;"
        "devoluciones promocionales;impuestos de descuentos por promociones;"
        "impuesto retenido en el sitio web;tarifas de venta;tarifas de Logística de Amazon;"
        "tarifas de otras transacciones;otro;total;Estado de la transacción;"
        "Fecha de liberación de la transacción",
        "Pedido",
        "Reembolso",
        ("Tarifa de prestación de servicio", "Gastos de publicidad"),
        "Tarifas de inventario de Logística de Amazon",
        ("Transferir", "A la cuenta terminada en: 123"),
        ("Ajuste", "WAREHOUSE_DAMAGE"),
        ("Liberada", "Diferida"),
        COMMAS,
        WESTERN,
        "ene feb mar abr may jun jul ago sept oct nov dic",
    ),
    "ja": Language(
        "amazon.jp",
        "JPY",
        "日付/時間;決済番号;トランザクションの種類;注文番号;SKU;説明;数量;Amazon 出品サービス;"
        "フルフィルメント;市町村;都道府県;郵便番号;税金徴収型;商品売上;商品の売上税;配送料;配送料の税金;"
        "ギフト包装手数料;ギフト包装クレジットの税金;プロモーション割引額;プロモーション割引の税金;"
        "源泉徴収税を伴うマーケットプレイス;手数料;FBA 手数料;トランザクションに関するその他の手数料;"
        "その他;合計;トランザクションのステータス;トランザクション開始日",
        "注文",
        "返金",
        ("注文外料金", "広告費用"),
        "FBA 在庫関連の手数料",
        ("振込み", "末尾が次の口座へ: 123"),
        ("調整", "FBA在庫の返金 - 破損:倉庫"),
        ("支払い実行済み", "留保中"),
        (Form(".", ",", places=0), Form(".", places=0)),
        ("utf-8", "utf-8-sig", "cp932"),
    ),
}
CHANNELS = {"amazon.com": "Amazon.com", "amazon.de": "Amazon.de", "amazon.fr": "Amazon.fr"}
CHANNELS |= {"amazon.it": "Amazon.it", "amazon.es": "Amazon.es", "amazon.jp": "Amazon.co.jp"}
UNKNOWN_TYPE = "Moonlight Credit"


def written(at: datetime, name: str) -> str:
    """An instant as the site's report writes it."""
    if name == "en":
        local = at.astimezone(ZoneInfo("America/Los_Angeles"))
        return f"{local:%b} {local.day}, {local.year} {local.hour % 12 or 12}:{local:%M:%S %p %Z}"
    if name == "ja":
        return f"{at.astimezone(ZoneInfo('Asia/Tokyo')):%Y/%m/%d %H:%M:%S}JST"
    if name == "de":
        return f"{at:%d.%m.%Y %H:%M:%S} UTC"
    return f"{at.day} {LANGUAGES[name].months.split()[at.month - 1]} {at.year} {at:%H:%M:%S} UTC"


@st.composite
def transactions(draw: st.DrawFn) -> Generated:
    """A transactions report of a site, below 2 to 13 lines of its own; the older set of columns is shorter."""
    name = draw(st.sampled_from([*LANGUAGES]))
    language = LANGUAGES[name]
    headers = dict(zip(_COLUMNS, language.headers.split(";"), strict=True))
    if draw(st.booleans()):
        headers = {column: header for column, header in headers.items() if "Transaction" not in column}
    preamble = draw(st.integers(2, 13))
    file = _File([*headers.values()], first_line=preamble + 2)
    form = draw(st.sampled_from(language.forms))
    for _ in range(draw(st.integers(0, 8))):
        _transaction(draw, file, name, headers, form)
    difference = sum((abs(e.amount) for e in file.entries if e.part == "rest"), Decimal(0))
    entries = [
        entry._replace(part="unclassified") if entry.part == "rest" else entry for entry in file.entries
    ]
    rejected = file.rejected
    if not any(row[headers["marketplace"]] for row in file.rows):
        # Nothing tells the file's currency.
        sums: dict[int, Decimal] = defaultdict(Decimal)
        for entry in entries:
            sums[entry.line] += entry.amount
        rejected = {line: ("XXX", amount) for line, (_, amount) in rejected.items()}
        rejected |= {line: ("XXX", amount) for line, amount in sums.items()}
        entries, difference = [], Decimal(0)
    text = io.StringIO()
    text.write(f'"{language.order}: 1, 2"{draw(ends)}' * preamble)
    writer = csv.DictWriter(
        text, file.columns, delimiter=draw(st.sampled_from(",;\t")), quoting=csv.QUOTE_ALL, restval=""
    )
    writer.writeheader()
    writer.writerows(file.rows)
    content = text.getvalue().encode(draw(st.sampled_from(language.encodings)))
    return Generated(f"transactions_{name}.csv", content, len(file.rows), entries, rejected, difference)


def _transaction(draw: st.DrawFn, file: _File, name: str, headers: Mapping[str, str], form: Form) -> None:
    """One row, perhaps damaged, into the file."""
    language = LANGUAGES[name]
    kind = draw(st.sampled_from(["order", "order", "refund", *_ACCOUNT]))
    at, line = draw(instants), file.next_line
    has_order, is_deferred = kind in ("order", "refund"), draw(st.booleans())
    type_, description, part = _account_words(language, kind)
    site = "" if part == "transfer" else language.site
    columns = [*AMOUNT_PARTS][:-1] if has_order else ["other"]
    unit = Decimal(1).scaleb(-form.places)
    amounts = {column: (draw(cents) / 7).quantize(unit) for column in columns if draw(st.booleans())}
    off = draw(st.sampled_from([Decimal(0)] * 6 + [unit])) if amounts else Decimal(0)
    total = sum(amounts.values(), off)
    units = draw(st.integers(0, 3)) if has_order else 0
    cells = {
        "date/time": written(at, name),
        "settlement id": "11000000001",
        "type": type_,
        "description": description,
        "marketplace": site,
        "quantity": str(units) if units else "",
        "total": form.write(total),
        "Transaction Status": language.status[is_deferred],
        **{column: form.write(amounts.get(column, Decimal(0))) for column in AMOUNT_PARTS},
    }
    order = {"order id": draw(order_ids), "sku": draw(skus)} if has_order else {}
    damage = draw(st.sampled_from([""] * 12 + ["date/time", "total"]))
    if damage:
        cells[damage] = "n/a"
        # Without a site the row is of the file's currency, which the rows before may not have told yet.
        cells["marketplace"] = language.site
        file.rejected[line] = language.currency, Decimal(0) if damage == "total" else total
    file.rows.append({headers[column]: cell for column, cell in (cells | order).items() if column in headers})
    if damage:
        return
    base = Entry(
        line=line,
        event={"order": "sale", "refund": "refund"}.get(kind, "account"),
        part=part,
        amount=Decimal(0),
        currency=language.currency,
        posted_at=at,
        channel=CHANNELS[language.site],
        settlement_id="11000000001",
        order_id=order.get("order id"),
        sku=order.get("sku"),
        product=description if has_order else None,
        deferred=is_deferred and "Transaction Status" in headers,
    )
    parts = {column: AMOUNT_PARTS[column] if has_order else part for column in amounts}
    found = [base._replace(part=parts[column], amount=amount) for column, amount in amounts.items() if amount]
    if kind == "order" and units:
        sold = [entry for entry in found if entry.part == "goods"] or [base._replace(part="goods")]
        found = [entry for entry in found if entry.part != "goods"]
        found += [entry._replace(quantity=float(units)) for entry in sold]
    found += [base._replace(part="rest", amount=off)] if off else []
    file.entries += found or [base]


_ACCOUNT = ("advertising", "storage", "transfer", "reimbursement", "unknown")


def _account_words(language: Language, kind: str) -> tuple[str, str, str]:
    """Type, description, and the part of what is no order's."""
    return {
        "order": (language.order, "Cast-iron pan, 12", "goods"),
        "refund": (language.refund, "Cast-iron pan, 12", "goods"),
        "advertising": (*language.service, "advertising"),
        "storage": (language.storage, "", "fee"),
        "transfer": (*language.transfer, "transfer"),
        "reimbursement": (*language.reimbursement, "reimbursement"),
        "unknown": (UNKNOWN_TYPE, "for nothing", "unclassified"),
    }[kind]
