"""Amazon's words in six languages: columns of the transactions report, types and statuses of transactions.

English, German, French, Italian, Spanish and Japanese. Amazon documents the English columns only (Seller
Central help 200989190, "Date Range Reports", which adds that they vary by country). The others were gathered
in November 2026 from public code that reads the exports of amazon.de, .fr, .com.be, .it, .es, .com.mx and
.co.jp: the C# class `Martin_app.TransactionsReader`, the Java package `com.musheng.business`, and sellers'
own scripts that list each site's columns and types side by side.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import TypeVar

T = TypeVar("T")

# By canonical name: how other languages, or other English-speaking sites, head the column.
_COLUMNS = {
    "date/time": "Datum/Uhrzeit | date/heure | Data/Ora: | fecha y hora | fecha/hora | 日付/時間",
    "settlement id": (
        "Abrechnungsnummer | numéro de versement | Identifiant du paiement | Numero pagamento | "
        "identificador de pago | Id. de liquidación | 決済番号"
    ),
    "type": "Typ | Tipo | トランザクションの種類",
    "order id": (
        "Bestellnummer | numéro de la commande | Numero ordine | número de pedido | Id. del pedido | 注文番号"
    ),
    "sku": "",
    "description": "Beschreibung | Descrizione | descripción | 説明",
    "quantity": "Menge | quantité | Quantità | cantidad | 数量",
    "marketplace": "site de vente | web de Amazon | Amazon 出品サービス",
    "account type": "",
    "fulfillment": (
        "fulfilment | Versand | traitement | expédition | Gestione | gestión logística | "
        "cumplimiento | フルフィルメント"
    ),
    "order city": (
        "Ort der Bestellung | ville d'où provient la commande | ville de la commande | "
        "Città di provenienza dell'ordine | ciudad de procedencia del pedido | ciudad del pedido | 市町村"
    ),
    "order state": (
        "Bundesland | Région d'où provient la commande | état de la commande | "
        "Provincia di provenienza dell'ordine | comunidad autónoma de procedencia del pedido | "
        "estado del pedido | 都道府県"
    ),
    "order postal": (
        "Postleitzahl | code postal de la commande | commande postale | CAP dell'ordine | "
        "código postal de procedencia del pedido | código postal del pedido | 郵便番号"
    ),
    "tax collection model": (
        "Steuererhebungsmodell | Modèle de perception des taxes | "
        "modello di riscossione delle imposte | Formulario de recaudación de impuestos | "
        "modelo de recaudación de impuestos | 税金徴収型"
    ),
    "product sales": "Umsätze | ventes de produits | Vendite | ventas de productos | 商品売上",
    "product sales tax": (
        "Produktumsatzsteuer | Taxes sur la vente des produits | imposta sulle vendite dei prodotti | "
        "impuesto de ventas de productos | 商品の売上税"
    ),
    "shipping credits": (
        "postage credits | Gutschrift für Versandkosten | crédits d'expédition | "
        "Accrediti per le spedizioni | abonos de envío | créditos de envío | 配送料"
    ),
    "shipping credits tax": (
        "postage credits tax | Steuer auf Versandgutschrift | taxe sur les crédits d'expédition | "
        "imposta accrediti per le spedizioni | impuestos por abonos de envío | "
        "impuesto de abono de envío | 配送料の税金"
    ),
    "gift wrap credits": (
        "Gutschrift für Geschenkverpackung | crédits sur l'emballage cadeau | "
        "crédits d'emballage-cadeau | Accrediti per confezioni regalo | "
        "abonos de envoltorio para regalo | créditos por envoltorio de regalo | ギフト包装手数料"
    ),
    "giftwrap credits tax": (
        "Steuer auf Geschenkverpackungsgutschriften | Taxes sur les crédits cadeaux | "
        "imposta sui crediti confezione regalo | impuestos por abonos de envoltorio para regalo | "
        "impuesto de créditos de envoltura | ギフト包装クレジットの税金"
    ),
    "regulatory fee": "tarifa reglamentaria",
    "tax on regulatory fee": "impuesto sobre tarifa reglamentaria",
    "amazon points": "Amazonポイントの費用",
    "promotional rebates": (
        "Rabatte aus Werbeaktionen | Rabais promotionnels | Total des réductions | "
        "Sconti promozionali | devoluciones promocionales | descuentos promocionales | プロモーション割引額"
    ),
    "promotional rebates tax": (
        "Steuer auf Aktionsrabatte | Taxes sur les remises promotionnelles | "
        "imposta sugli sconti promozionali | impuestos de descuentos por promociones | "
        "impuesto de reembolsos promocionales | プロモーション割引の税金"
    ),
    "sales tax collected": "taxe de ventes prélevée",
    "low value goods": "",
    "marketplace facilitator tax": "Taxe Marketplace Facilitator",
    "marketplace withheld tax": (
        "Einbehaltene Steuer auf Marketplace | Taxes retenues sur le site de vente | "
        "trattenuta IVA del marketplace | impuesto retenido en el sitio web | "
        "impuesto de retenciones en la plataforma | 源泉徴収税を伴うマーケットプレイス"
    ),
    "selling fees": "Verkaufsgebühren | frais de vente | Commissioni di vendita | tarifas de venta | 手数料",
    "fba fees": (
        "Gebühren zu Versand durch Amazon | Frais Expédié par Amazon | "
        "Frais pour le service Expédié par Amazon | Costi del servizio Logistica di Amazon | "
        "tarifas de Logística de Amazon | tarifas FBA | FBA 手数料"
    ),
    "other transaction fees": (
        "Andere Transaktionsgebühren | autres frais de transaction | "
        "Altri costi relativi alle transazioni | tarifas de otras transacciones | "
        "tarifas de otra transacción | トランザクションに関するその他の手数料"
    ),
    "other": "Andere | autre | autres | Altro | otro | その他",
    "total": "Gesamt | totale | 合計",
    "transaction status": (
        "Transaktionsstatus | Statut de la transaction | Stato della transazione | "
        "Estado de la transacción | トランザクションのステータス"
    ),
    "transaction release date": (
        "Freigabedatum der Transaktion | Date de sortie de la transaction | "
        "Date de délivrance de la transaction | Data di rilascio della transazione | "
        "Fecha de liberación de la transacción | トランザクション開始日"
    ),
}

# By canonical type: what the transactions reports of other languages, and settlements, call it.
_TYPES = {
    "Order": "Bestellung | Commande | Ordine | Pedido | 注文",
    "Refund": "Erstattung | Remboursement | Rimborso | Reembolso | 返金",
    "Order_Retrocharge": "Bestellung_Wiedereinzug",
    "Refund_Retrocharge": "Erstattung_Wiedereinzug",
    "Chargeback Refund": "Chargeback | Erstattung durch Rückbuchung",
    "A-to-z Guarantee Claim": (
        "A-to-z Guarantee Refund | A-to-z Claim | A-to-z | Réclamation dans le cadre de la Garantie A à z"
    ),
    "FBA Customer Return Fee": (
        "Fulfilment by Amazon customer return fee | "
        "Gebühren für Kundenrücksendungen mit Versand durch Amazon | Frais de retour client FBA"
    ),
    "Shipping Services": "Versanddienstleistungen | Services d'expédition | 配送サービス",
    "Service Fee": (
        "Servicegebühr | Frais de service | Commissione di servizio | 注文外料金 | "
        "Tarifa de prestación de servicio | Tarifa de servicio"
    ),
    "FBA Inventory Fee": (
        "FBA Inventory Fees | Versand durch Amazon Lagergebühr | Frais de stock Expédié par Amazon | "
        "Costo di stoccaggio Logistica di Amazon | Tarifas de inventario de Logística de Amazon | "
        "Tarifa de inventario FBA | FBA 在庫関連の手数料"
    ),
    "FBA Transaction fees": (
        "Fulfilment by Amazon (FBA) transaction fees | Transaktionsgebühren für Versand durch Amazon | "
        "FBAFees | Frais de transaction Expédié par Amazon | FBA手数料 | "
        "Commissioni per le transazioni di Logistica di Amazon | "
        "Tarifas de transacción de Logística de Amazon"
    ),
    "Amazon Fees": (
        "Gebühren von Amazon | Frais Amazon | Tariffe e commissioni Amazon | Tarifas de Amazon | Amazon手数料"
    ),
    "Deal Fee": (
        "Lightning Deal Fee | Blitzangebotsgebühr | Tarif de la Vente Flash | "
        "Tariffa dell'Offerta Lampo | Tarifa de Oferta flash | 数量限定タイムセール手数料"
    ),
    "Fee Adjustment": "",
    "Adjustment": "Anpassung | Ajustement | Modifica | Ajuste | 調整",
    "SAFE-T reimbursement": "",
    "Liquidations": "Liquidation | Liquidationen",
    "Liquidations Adjustments": "Liquidationsanpassungen",
    "Transfer": "Übertrag | Transfert | Transférer | Trasferimento | Transferir | Trasferir | 振込み",
    "Debt": "Verbindlichkeit | Solde négatif | Saldo negativo | Saldo descubierto | Deuda | マイナス残高",
}

# Whether a transaction of this status is deferred.
_IS_DEFERRED = {
    False: "Released | Veröffentlicht | Sorti | Effectuée | Emesso | Liberada | Lanzado | 支払い実行済み",
    True: "Deferred | Verzögert | Différé | Différée | Differito | Diferida | 留保中",
}


def folded(text: str) -> str:
    """A name as it is compared: neither case nor width, blanks, hyphens, underscores or a last colon count.

    >>> folded("Gift wrap－credits ") == folded("giftwrap_credits:")
    True
    """
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return re.sub(r"[\s_-]+", "", plain).rstrip(":")


def by_name(table: Mapping[T, str]) -> dict[str, T]:
    """What each folded name means, from the names of each meaning between upright strokes.

    >>> by_name({"Order": "Bestellung | Commande"})
    {'bestellung': 'Order', 'commande': 'Order'}
    """
    return {
        folded(name): meaning for meaning, names in table.items() for name in names.split("|") if name.strip()
    }


_COLUMN_OF = {folded(name): name for name in _COLUMNS} | by_name(_COLUMNS)
_TYPE_OF = {folded(name): name for name in _TYPES} | by_name(_TYPES)
_DEFERRED = by_name(_IS_DEFERRED)


def canonical_columns(columns: Iterable[str]) -> dict[str, str]:
    """By column of a transactions report, in whichever language, its English name in small letters.

    Columns of no known name are left out; of two columns with one meaning the first counts.

    >>> canonical_columns(["datum/uhrzeit", "umsätze", "weather"])
    {'datum/uhrzeit': 'date/time', 'umsätze': 'product sales'}
    """
    found: dict[str, str] = {}
    for column in columns:
        name = _COLUMN_OF.get(folded(column))
        if name and name not in found.values():
            found[column] = name
    return found


def transaction_event(type_text: str) -> str | None:
    """What Amazon calls a transaction in English, such as Order or Refund; None where it is not known.

    >>> transaction_event("Übertrag"), transaction_event("FBA 在庫関連の手数料 - 訂正")
    ('Transfer', 'FBA Inventory Fee')
    """
    # Corrections and reversals bear the type's name with a remark behind it.
    return _TYPE_OF.get(folded(type_text)) or _TYPE_OF.get(folded(type_text.partition(" - ")[0]))


def is_deferred(status: str) -> bool | None:
    """Whether a transaction's money is still held back; None where the status is not known.

    >>> is_deferred("Verzögert"), is_deferred("支払い実行済み"), is_deferred("")
    (True, False, None)
    """
    return _DEFERRED.get(folded(status))
