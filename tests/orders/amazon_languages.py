"""How Amazon's sites write their transactions reports: headers, words, numbers, dates and encodings."""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Form(NamedTuple):
    """How a file writes its numbers."""

    decimal: str
    thousands: str = ""
    trailing: str = ""
    places: int = 2
    minus: str = "-"

    def write(self, amount: Decimal) -> str:
        whole, _, part = f"{abs(amount):,.{self.places}f}".partition(".")
        text = whole.replace(",", self.thousands) + (self.decimal + part if part else "")
        return f"{self.minus if amount < 0 else ''}{text}{self.trailing}"


POINTS = (Form("."), Form(".", trailing="    "), Form(".", ","))
COMMAS = (Form(","), Form(",", "."), Form(",", ".", " "))

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
    "sales tax collected": "tax",
    "marketplace facilitator tax": "tax",
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
_LAST = ["total", "Transaction Status", "Transaction Release Date"]
#: Of the sites where Amazon splits taxes by what they are for, and of the others.
_OF_OTHERS = ("sales tax collected", "marketplace facilitator tax")
_SPLIT = [column for column in AMOUNT_PARTS if column not in _OF_OTHERS]
_SUMMED = [column for column in AMOUNT_PARTS if "tax" not in column or column in _OF_OTHERS]
COLUMNS = [*_FIRST.split(","), "tax collection model", *_SPLIT, *_LAST]
COLUMNS_OF_OTHERS = [*_FIRST.split(","), *_SUMMED, *_LAST]
_NOT_IN_TURKEY = ("gift wrap credits", *_OF_OTHERS)
COLUMNS_OF_TURKEY = [column for column in COLUMNS_OF_OTHERS if column not in _NOT_IN_TURKEY]
COLUMNS_OF_BRAZIL = [
    "account type" if column == "fulfillment" else column
    for column in COLUMNS_OF_OTHERS
    if column != "marketplace facilitator tax"
]


class Language(NamedTuple):
    """A site's report: its headers in the order of its columns, its words, and how it writes."""

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
    columns: Sequence[str] = COLUMNS

    @property
    def channel(self) -> str:
        return "Amazon.co.jp" if self.site == "amazon.jp" else self.site.capitalize()


WESTERN = ("utf-8", "utf-8-sig", "utf-16", "cp1252")
LANGUAGES = {
    "en": Language(
        "amazon.com",
        "USD",
        ";".join(COLUMNS),
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
    # What Dutch and Swedish reports call released and deferred nobody here knows: these words are made up.
    "nl": Language(
        "amazon.nl",
        "EUR",
        "datum/tijd;schikkings-ID;type;bestelnummer;sku;beschrijving;aantal;marketplace;fulfillment;"
        "bestelling stad;status bestelling;bestelling per post;verkoop van producten;Verzendtegoeden;"
        "kredietpunten cadeauverpakking;promotiekortingen;geïnde omzetbelasting;"
        "Belasting voor marketplace-facilitator;verkoopkosten;fba-vergoedingen;overige transactiekosten;"
        "overige;totaal;Transactiestatus;Publicatiedatum van transactie",
        "Bestelling",
        "Terugbetaling",
        ("Servicekosten", "Kosten van reclame"),
        "FBA Inventory Fee",
        ("Overboeking", "Naar rekening die eindigt op: 123"),
        ("Aanpassing", "WAREHOUSE_DAMAGE"),
        ("Betaald", "Wacht"),
        COMMAS,
        WESTERN,
        "jan feb mrt apr mei jun jul aug sep okt nov dec",
        COLUMNS_OF_OTHERS,
    ),
    "sv": Language(
        "amazon.se",
        "SEK",
        "datum/tid;reglerings-id;typ;beställnings-id;sku;beskrivning;antal;marknadsplats;leverans;"
        "stad för beställning;delstat för beställning;postadress för beställning;försäljning av produkter;"
        "fraktkrediter;krediter för presentinslagning;kampanjrabatter;Inkasserad moms;"
        "Skatt för marknadsplatsförmedlare;försäljningsavgifter;fba-avgifter;övriga transaktionsavgifter;"
        "Övrigt;totalt;Transaktionsstatus;Transaktionens utgivningsdatum",
        "Beställning",
        "Återbetalning",
        ("Serviceavgift", "Reklamkostnad"),
        "FBA Inventory Fee",
        ("Överföring", "Till konto som slutar på: 123"),
        ("Justering", "WAREHOUSE_DAMAGE"),
        ("Betald", "Väntar"),
        (Form(",", "\xa0", minus="\u2212"), Form(",", " ", minus="\u2212")),
        ("utf-8", "utf-8-sig", "utf-16"),
        "jan. feb. mars apr. maj juni juli aug. sep. okt. nov. dec.",
        COLUMNS_OF_OTHERS,
    ),
    "pl": Language(
        "amazon.pl",
        "PLN",
        "data/godzina;identyfikator rozliczenia;typ;identyfikator zamówienia;sku;opis;ilość;rynek;realizacja;"
        "miejscowość zamówienia;stan zamówienia;przekaz pocztowy;sprzedaż produktów;"
        "noty kredytowe za wysyłkę;środki na pokrycie pakowania na prezent;rabaty promocyjne;"
        "pobrany podatek od sprzedaży;podatek od transakcji marketplace facilitator;opłaty za sprzedaż;"
        "opłaty za fba;inne opłaty transakcyjne;inne;suma;status transakcji;data zrealizowania transakcji",
        "Zamówienie",
        "Zwrot",
        ("Opłata za usługę", "Koszt reklamy"),
        "FBA — opłata za zapasy",
        ("Przelew", "Na konto o numerze: 123"),
        ("Korekta", "WAREHOUSE_DAMAGE"),
        ("Wydano", "Czeka"),
        (*COMMAS, Form(",", "\xa0")),
        ("utf-8", "utf-8-sig", "utf-16"),
        "sty lut mar kwi maj cze lip sie wrz paź lis gru",
        COLUMNS_OF_OTHERS,
    ),
    "pt": Language(
        "amazon.com.br",
        "BRL",
        "data/hora;id de liquidação;tipo;id do pedido;sku;descrição;quantidade;mercado;tipo de conta;"
        "cidade do pedido;estado do pedido;postal do pedido;vendas do produto;créditos de remessa;"
        "créditos de embalagem de presente;descontos promocionais;imposto de vendas coletados;"
        "tarifas de venda;taxas fba;taxas de outras transações;outro;total;Status da transação;"
        "Data de liberação da transação",
        "Pedido",
        "Reembolso",
        ("Taxa de serviço", "Custo de Publicidade"),
        "Taxa de Estoque FBA",
        ("Transferir", "Conta bancária com final: 123"),
        ("Ajuste", "WAREHOUSE_DAMAGE"),
        ("Liberado", "Diferido"),
        COMMAS,
        WESTERN,
        "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
        COLUMNS_OF_BRAZIL,
    ),
    "tr": Language(
        "amazon.com.tr",
        "TRY",
        "tarih/saat;hesap kesim no;tip;sipariş no.;sku;açıklama;adet;pazar yeri;gönderim;sipariş şehri;"
        "sipariş durumu;sipariş postası;ürün satışları;kargo kredileri;promosyon indirimleri;"
        "satış ücretleri;Amazon Lojistik ücretleri;diğer işlem ücretleri;diğer;toplam;İşlem durumu;"
        "İşlem çıkış tarihi",
        "Sipariş",
        "İade",
        ("Hizmet Ücreti", "Reklam Maliyeti"),
        "FBA Inventory Fee",
        ("Transfer", "Sonu şununla biten hesaba: 123"),
        ("Düzeltme", "WAREHOUSE_DAMAGE"),
        ("Oluşturuldu", "Bekliyor"),
        COMMAS,
        ("utf-8", "utf-8-sig", "utf-16"),
        "Oca Şub Mar Nis May Haz Tem Ağu Eyl Eki Kas Ara",
        COLUMNS_OF_TURKEY,
    ),
}


def written(at: datetime, name: str) -> str:
    """An instant as the site's report writes it."""
    if name == "en":
        local = at.astimezone(ZoneInfo("America/Los_Angeles"))
        return f"{local:%b} {local.day}, {local.year} {local.hour % 12 or 12}:{local:%M:%S %p %Z}"
    if name == "ja":
        return f"{at.astimezone(ZoneInfo('Asia/Tokyo')):%Y/%m/%d %H:%M:%S}JST"
    if name == "de":
        return f"{at:%d.%m.%Y %H:%M:%S} UTC"
    if name == "pt":
        local = at.astimezone(timezone(timedelta(hours=-8)))
        month = LANGUAGES[name].months.split()[local.month - 1]
        return f"{local.day} de {month} de {local.year} {local:%H:%M:%S} GMT-8"
    return f"{at.day} {LANGUAGES[name].months.split()[at.month - 1]} {at.year} {at:%H:%M:%S} UTC"
