"""Amazon's words: whole headers as each site writes them, and what types, statuses and amounts are called."""

import pytest

# inside: every word in eleven languages, of which a file holds a few
from ownchannel.orders._readers import _amazon_bookings, _amazon_transactions

classify, is_deferred = _amazon_bookings.classify, _amazon_bookings.is_deferred
transaction_event = _amazon_bookings.transaction_event
canonical = _amazon_transactions.AmazonTransactions().canonical

OLDER = (
    "date/time,settlement id,type,order id,sku,description,quantity,marketplace,fulfillment,order city,"
    "order state,order postal,product sales,shipping credits,gift wrap credits,promotional rebates,"
    "sales tax collected,marketplace facilitator tax,selling fees,fba fees,other transaction fees,other,total"
)
NEWER = (
    "date/time,settlement id,type,order id,sku,description,quantity,marketplace,fulfillment,order city,"
    "order state,order postal,tax collection model,product sales,product sales tax,shipping credits,"
    "shipping credits tax,gift wrap credits,giftwrap credits tax,promotional rebates,"
    "promotional rebates tax,marketplace withheld tax,selling fees,fba fees,other transaction fees,other,"
    "total,transaction status,transaction release date"
)

#: As the sites write it that sum taxes up.
SUMMED = f"{OLDER},transaction status,transaction release date"

# Whole headers in the order of their files; each must come out as the English one, column by column.
HEADERS = {
    "amazon.com, older": (OLDER, OLDER),
    "amazon.co.uk": (
        "date/time,settlement id,type,order id,sku,description,quantity,marketplace,fulfilment,order city,"
        "order state,order postal,tax collection model,product sales,product sales tax,postage credits,"
        "shipping credits tax,gift wrap credits,giftwrap credits tax,promotional rebates,"
        "promotional rebates tax,marketplace withheld tax,selling fees,fba fees,other transaction fees,other,"
        "total,Transaction Status,Transaction Release Date",
        NEWER,
    ),
    "amazon.de": (
        "Datum/Uhrzeit,Abrechnungsnummer,Typ,Bestellnummer,SKU,Beschreibung,Menge,Marketplace,Versand,"
        "Ort der Bestellung,Bundesland,Postleitzahl,Steuererhebungsmodell,Umsätze,Produktumsatzsteuer,"
        "Gutschrift für Versandkosten,Steuer auf Versandgutschrift,Gutschrift für Geschenkverpackung,"
        "Steuer auf Geschenkverpackungsgutschriften,Rabatte aus Werbeaktionen,Steuer auf Aktionsrabatte,"
        "Einbehaltene Steuer auf Marketplace,Verkaufsgebühren,Gebühren zu Versand durch Amazon,"
        "Andere Transaktionsgebühren,Andere,Gesamt,Transaktionsstatus,Freigabedatum der Transaktion",
        NEWER,
    ),
    "amazon.fr": (
        "date/heure,numéro de versement,type,numéro de la commande,sku,description,quantité,Marketplace,"
        "traitement,ville d'où provient la commande,Région d'où provient la commande,"
        "code postal de la commande,Modèle de perception des taxes,ventes de produits,"
        "Taxes sur la vente des produits,crédits d'expédition,taxe sur les crédits d’expédition,"
        "crédits sur l'emballage cadeau,Taxes sur les crédits cadeaux,Rabais promotionnels,"
        "Taxes sur les remises promotionnelles,Taxes retenues sur le site de vente,frais de vente,"
        "Frais Expédié par Amazon,autres frais de transaction,autre,total,Statut de la transaction,"
        "Date de sortie de la transaction",
        NEWER,
    ),
    "amazon.it": (
        "Data/Ora:,Numero pagamento,Tipo,Numero ordine,SKU,Descrizione,Quantità,Marketplace,Gestione,"
        "Città di provenienza dell'ordine,Provincia di provenienza dell'ordine,CAP dell'ordine,"
        "modello di riscossione delle imposte,Vendite,imposta sulle vendite dei prodotti,"
        "Accrediti per le spedizioni,imposta accrediti per le spedizioni,Accrediti per confezioni regalo,"
        "imposta sui crediti confezione regalo,Sconti promozionali,imposta sugli sconti promozionali,"
        "trattenuta IVA del marketplace,Commissioni di vendita,Costi del servizio Logistica di Amazon,"
        "Altri costi relativi alle transazioni,Altro,totale,Stato della transazione,"
        "Data di rilascio della transazione",
        NEWER,
    ),
    "amazon.es": (
        "fecha y hora,identificador de pago,tipo,número de pedido,sku,descripción,cantidad,web de Amazon,"
        "gestión logística,ciudad de procedencia del pedido,comunidad autónoma de procedencia del pedido,"
        "código postal de procedencia del pedido,Formulario de recaudación de impuestos,ventas de productos,"
        "impuesto de ventas de productos,abonos de envío,impuestos por abonos de envío,"
        "abonos de envoltorio para regalo,impuestos por abonos de envoltorio para regalo,"
        "devoluciones promocionales,impuestos de descuentos por promociones,"
        "impuesto retenido en el sitio web,tarifas de venta,tarifas de Logística de Amazon,"
        "tarifas de otras transacciones,otro,total,Estado de la transacción,"
        "Fecha de liberación de la transacción",
        NEWER,
    ),
    "amazon.co.jp": (
        "日付/時間,決済番号,トランザクションの種類,注文番号,SKU,説明,数量,Amazon 出品サービス,"
        "フルフィルメント,市町村,都道府県,郵便番号,税金徴収型,商品売上,商品の売上税,配送料,配送料の税金,"
        "ギフト包装手数料,ギフト包装クレジットの税金,Amazonポイントの費用,プロモーション割引額,"
        "プロモーション割引の税金,源泉徴収税を伴うマーケットプレイス,手数料,FBA 手数料,"
        "トランザクションに関するその他の手数料,その他,合計,トランザクションのステータス,"
        "トランザクション開始日",
        NEWER.replace("promotional rebates,", "amazon points,promotional rebates,"),
    ),
    "amazon.com.be in French": (
        "date/heure,Identifiant du paiement,type,Numéro de la commande,SKU,description,Quantité,"
        "site de vente,expédition,ville de la commande,état de la commande,commande postale,"
        "ventes de produits,crédits d'expédition,crédits d'emballage-cadeau,Total des réductions,"
        "taxe de ventes prélevée,Taxe Marketplace Facilitator,frais de vente,"
        "Frais pour le service Expédié par Amazon,autres frais de transaction,autres,total",
        OLDER,
    ),
    "amazon.nl, amazon.com.be in Dutch": (
        "datum/tijd,schikkings-ID,type,bestelnummer,sku,beschrijving,aantal,marketplace,fulfillment,"
        "bestelling stad,status bestelling,bestelling per post,verkoop van producten,Verzendtegoeden,"
        "kredietpunten cadeauverpakking,promotiekortingen,geïnde omzetbelasting,"
        "Belasting voor marketplace-facilitator,verkoopkosten,fba-vergoedingen,overige transactiekosten,"
        "overige,totaal,Transactiestatus,Publicatiedatum van transactie",
        SUMMED,
    ),
    "amazon.se": (
        "datum/tid,reglerings-id,typ,beställnings-id,sku,beskrivning,antal,marknadsplats,leverans,"
        "stad för beställning,delstat för beställning,postadress för beställning,försäljning av produkter,"
        "fraktkrediter,krediter för presentinslagning,kampanjrabatter,Inkasserad moms,"
        "Skatt för marknadsplatsförmedlare,försäljningsavgifter,fba-avgifter,övriga transaktionsavgifter,"
        "Övrigt,totalt,Transaktionsstatus,Transaktionens utgivningsdatum",
        SUMMED,
    ),
    "amazon.pl": (
        "data/godzina,identyfikator rozliczenia,typ,identyfikator zamówienia,sku,opis,ilość,rynek,"
        "realizacja,miejscowość zamówienia,stan zamówienia,przekaz pocztowy,sprzedaż produktów,"
        "noty kredytowe za wysyłkę,środki na pokrycie pakowania na prezent,rabaty promocyjne,"
        "pobrany podatek od sprzedaży,podatek od transakcji marketplace facilitator,opłaty za sprzedaż,"
        "opłaty za fba,inne opłaty transakcyjne,inne,suma,status transakcji,data zrealizowania transakcji",
        SUMMED,
    ),
    "amazon.com.br": (
        "data/hora,id de liquidação,tipo,id do pedido,sku,descrição,quantidade,mercado,tipo de conta,"
        "atendimento,cidade do pedido,estado do pedido,postal do pedido,vendas do produto,"
        "créditos de remessa,créditos de embalagem de presente,descontos promocionais,"
        "imposto de vendas coletados,tarifas de venda,taxas fba,taxas de outras transações,outro,total,"
        "Status da transação,Data de liberação da transação",
        SUMMED.replace("fulfillment", "account type,fulfillment").replace("marketplace facilitator tax,", ""),
    ),
    "amazon.com.tr": (
        "tarih/saat,hesap kesim no,tip,sipariş no.,sku,açıklama,adet,pazar yeri,gönderim,sipariş şehri,"
        "sipariş durumu,sipariş postası,ürün satışları,kargo kredileri,promosyon indirimleri,"
        "satış ücretleri,Amazon Lojistik ücretleri,diğer işlem ücretleri,diğer,toplam,İşlem durumu,"
        "İşlem çıkış tarihi",
        SUMMED.replace("gift wrap credits,", "").replace(
            "sales tax collected,marketplace facilitator tax,", ""
        ),
    ),
    "amazon.in": (
        "date/time,settlement id,type,order id,Sku,description,quantity,marketplace,account type,"
        "fulfillment,order city,order state,order postal,product sales,shipping credits,gift wrap credits,"
        "promotional rebates,Total sales tax liable(GST before adjusting TCS),TCS-CGST,TCS-SGST,TCS-IGST,"
        "TDS (Section 194-O),selling fees,fba fees,other transaction fees,other,total",
        OLDER.replace("fulfillment", "account type,fulfillment").replace(
            "marketplace facilitator tax", "tcs-cgst,tcs-sgst,tcs-igst,tds (section 194-o)"
        ),
    ),
    "amazon.com.mx": (
        "fecha/hora,Id. de liquidación,tipo ,Id. del pedido,sku,descripción,cantidad,marketplace,"
        "cumplimiento,ciudad del pedido,estado del pedido,código postal del pedido,"
        "modelo de recaudación de impuestos,ventas de productos,impuesto de ventas de productos,"
        "créditos de envío,impuesto de abono de envío,créditos por envoltorio de regalo,"
        "impuesto de créditos de envoltura,descuentos promocionales,impuesto de reembolsos promocionales,"
        "impuesto de retenciones en la plataforma,tarifas de venta,tarifas fba,tarifas de otra transacción,"
        "otro,total",
        NEWER.removesuffix(",transaction status,transaction release date"),
    ),
}


@pytest.mark.parametrize("site", HEADERS)
def test_a_whole_header_comes_out_in_english(site):
    local, english = (header.split(",") for header in HEADERS[site])
    columns = [name.strip().casefold() for name in local]
    assert canonical(columns) == dict(zip(columns, english, strict=True))


def test_neither_a_last_colon_nor_the_kind_of_apostrophe_matters():
    assert canonical(["data/ora", "cap dell’ordine"]) == {
        "data/ora": "date/time",
        "cap dell’ordine": "order postal",
    }


def test_a_column_that_is_not_known_is_left_out():
    assert canonical(["type", "wetter", "", "ship-city"]) == {"type": "type"}


def test_two_columns_never_get_one_name():
    assert canonical(["autre", "autres", "other"]) == {"other": "other"}
    assert canonical(["autre", "autres"]) == {"autre": "other"}


@pytest.mark.parametrize(
    ("canonical", "names"),
    {
        "Order": (
            "Order Bestellung Commande Ordine Pedido 注文 Bestelling Beställning Zamówienie Sipariş SİPARİŞ"
        ),
        "Refund": "Refund Erstattung Remboursement Rimborso Reembolso 返金 Terugbetaling Återbetalning Zwrot",
        "Adjustment": "Adjustment Anpassung Ajustement Modifica Ajuste 調整 Düzeltme DÜZELTME",
        "Transfer": (
            "Transfer Übertrag Transfert Trasferimento Transferir 振込み Overboeking Överföring Przelew"
        ),
        "Debt": "Debt Verbindlichkeit Solde_négatif Saldo_negativo Saldo_descubierto マイナス残高",
        "Service Fee": (
            "Service_Fee ServiceFee Servicegebühr Frais_de_service Commissione_di_servizio "
            "Tarifa_de_prestación_de_servicio 注文外料金 Servicekosten Serviceavgift Opłata_za_usługę "
            "Taxa_de_serviço Hizmet_Ücreti"
        ),
        "FBA Inventory Fee": (
            "FBA_Inventory_Fee Versand_durch_Amazon_Lagergebühr Frais_de_stock_Expédié_par_Amazon "
            "Costo_di_stoccaggio_Logistica_di_Amazon Tarifas_de_inventario_de_Logística_de_Amazon "
            "FBA_在庫関連の手数料 FBA_—_opłata_za_zapasy Taxa_de_Estoque_FBA"
        ),
        "Deal Fee": (
            "Lightning_Deal_Fee Blitzangebotsgebühr Tarif_de_la_Vente_Flash Tariffa_dell’Offerta_Lampo "
            "Tarifa_de_Oferta_flash 数量限定タイムセール手数料"
        ),
    }.items(),
)
def test_a_type_has_one_name_in_all_languages(canonical, names):
    for name in names.split():
        assert transaction_event(name.replace("_", " ")) == canonical, name


def test_a_correction_is_of_the_type_that_it_names():
    assert transaction_event("FBA Inventory Fee - Reversal") == "FBA Inventory Fee"
    assert transaction_event("Bestellung_Wiedereinzug") == "Order_Retrocharge"


@pytest.mark.parametrize("text", ["", " ", "Orders", "Wetter", "Apron - Order"])
def test_what_is_no_type_stays_unknown(text):
    assert transaction_event(text) is None


def test_a_status_tells_whether_money_is_held_back():
    held = ["Deferred", "Verzögert", "Différé", "Différée", "Differito", "Diferida", "留保中", "Diferido"]
    free = ["Released", "Veröffentlicht", "Sorti", "Emesso", "Liberada", "支払い実行済み"]
    free += ["Wydano", "Liberado", "Oluşturuldu"]
    assert all(is_deferred(status) for status in held)
    assert [is_deferred(status) for status in free] == [False] * len(free)
    assert is_deferred("") is None


ORDERS = [
    ("Order", "ItemPrice", "Principal", "sale", "goods"),
    ("Order", "ItemPrice", "Tax", "sale", "tax"),
    ("Order", "ItemPrice", "Shipping", "sale", "shipping"),
    ("Order", "ItemPrice", "ShippingTax", "sale", "tax"),
    ("Order", "ItemPrice", "GiftWrap", "sale", "shipping"),
    ("Order", "ItemPrice", "GiftWrapTax", "sale", "tax"),
    ("Order", "ItemFees", "Commission", "sale", "fee"),
    ("Order", "ItemFees", "ShippingHB", "sale", "fee"),
    ("Order", "ItemFees", "FixedClosingFee", "sale", "fee"),
    ("Order", "ItemFees", "VariableClosingFee", "sale", "fee"),
    ("Order", "ItemFees", "DigitalServicesFee", "sale", "fee"),
    ("Order", "ItemFees", "SalesTaxServiceFee", "sale", "fee"),
    ("Order", "ItemFees", "FBAPerUnitFulfillmentFee", "sale", "fulfilment"),
    ("Order", "ItemFees", "FBAPerOrderFulfillmentFee", "sale", "fulfilment"),
    ("Order", "ItemFees", "FBAWeightBasedFee", "sale", "fulfilment"),
    ("Order", "ItemFees", "ShippingChargeback", "sale", "fulfilment"),
    ("Order", "ItemWithheldTax", "MarketplaceFacilitatorTax-Principal", "sale", "tax"),
    ("Order", "ItemWithheldTax", "MarketplaceFacilitatorVAT-Shipping", "sale", "tax"),
    ("Order", "ItemWithheldTax", "LowValueGoodsTax-Shipping", "sale", "tax"),
    ("Order", "Promotion", "Principal", "sale", "discount"),
    ("Order", "Promotion", "Shipping", "sale", "shipping"),
    ("Order", "Promotion", "TaxDiscount", "sale", "tax"),
    ("Refund", "ItemPrice", "Principal", "refund", "goods"),
    ("Refund", "ItemPrice", "Goodwill", "refund", "goods"),
    ("Refund", "ItemPrice", "RestockingFee", "refund", "goods"),
    ("Refund", "ItemFees", "Commission", "refund", "fee"),
    ("Refund", "ItemFees", "RefundCommission", "refund", "fee"),
    ("Refund", "ItemFees", "DigitalServicesFee", "refund", "fee"),
    ("Refund", "Promotion", "Principal", "refund", "discount"),
    ("Chargeback Refund", "ItemPrice", "Principal", "refund", "goods"),
    ("A-to-z Guarantee Refund", "ItemPrice", "Principal", "refund", "goods"),
    ("Order_Retrocharge", "ItemWithheldTax", "MarketplaceFacilitatorTax-Shipping", "sale", "tax"),
    ("Refund_Retrocharge", "ItemPrice", "Tax", "refund", "tax"),
    ("FBA Customer Return Fee", "", "", "refund", "fee"),
    ("Shipping Services", "", "", "sale", "fulfilment"),
]

OTHER = ("other-transaction", "other-transaction")
ACCOUNT = [
    # as in a settlement V1 of amazon.ca, where the type alone names the amount
    ("Payable to Amazon", "", "", "transfer"),
    ("Successful charge", "", "", "transfer"),
    ("Subscription Fee", "", "", "fee"),
    ("ServiceFee", "Cost of Advertising", "", "advertising"),
    ("ServiceFee", "Cost of Advertising", "TaxAmount", "advertising"),
    ("ServiceFee", "Cost of Advertising", "TransactionTotalAmount", "advertising"),
    (*OTHER, "Current Reserve Amount", "transfer"),
    (*OTHER, "Previous Reserve Amount Balance", "transfer"),
    (*OTHER, "Transfer of funds unsuccessful: We could not transfer funds to your bank.", "transfer"),
    (*OTHER, "Storage Fee", "fee"),
    (*OTHER, "StorageRenewalBilling", "fee"),
    (*OTHER, "Inbound Transportation Fee", "fee"),
    (*OTHER, "DisposalComplete", "fee"),
    (*OTHER, "RemovalComplete", "fee"),
    ("other-transaction", "FBA Inventory Reimbursement", "FREE_REPLACEMENT_REFUND_ITEMS", "reimbursement"),
    ("other-transaction", "FBA Inventory Reimbursement", "A_NEW_REASON", "reimbursement"),
    (*OTHER, "REVERSAL_REIMBURSEMENT", "reimbursement"),
    (*OTHER, "WAREHOUSE_DAMAGE", "reimbursement"),
    (*OTHER, "WAREHOUSE_LOST", "reimbursement"),
    (*OTHER, "MISSING_FROM_INBOUND", "reimbursement"),
    (*OTHER, "COMPENSATED_CLAWBACK", "reimbursement"),
    ("FBAFees", "FBA Long Term Storage Fee", "Base fee", "fee"),
    ("AmazonFees", "Vine Enrollment Fee", "Tax on fee", "fee"),
    ("AmazonFees", "FBA fulfilment fee per unit - Correction", "Base fee", "fee"),
    ("Debt Adjustment", "Debt Adjustment", "Cross-Account Debt Adjustment against BE, ES", "transfer"),
    ("Liquidations", "ItemPrice", "Principal", "reimbursement"),
    ("Liquidations", "ItemFees", "LiquidationsBrokerageFee", "fee"),
    # transactions without an order: type and description
    ("Service Fee", "", "Cost of Advertising", "advertising"),
    ("Servicegebühr", "", "Werbekosten", "advertising"),
    ("Frais de service", "", "Prix de la publicité", "advertising"),
    ("Commissione di servizio", "", "Costo della pubblicità", "advertising"),
    ("Tarifa de prestación de servicio", "", "Gastos de publicidad", "advertising"),
    ("注文外料金", "", "広告費用", "advertising"),
    ("注文外料金", "", "月額登録料", "fee"),
    ("Opłata za usługę", "", "Koszt reklamy", "advertising"),
    ("Taxa de serviço", "", "Custo de Publicidade", "advertising"),
    ("Taxa de serviço", "", "Cadastro", "fee"),
    ("Hizmet Ücreti", "", "Reklam Maliyeti", "advertising"),
    ("HİZMET ÜCRETİ", "", "REKLAM MALİYETİ", "advertising"),
    ("Servicekosten", "", "", "fee"),
    ("Przelew", "", "", "transfer"),
    ("FBA 在庫関連の手数料 - 訂正", "", "FBA在庫保管手数料:", "fee"),
    ("Übertrag", "", "An Ihr Konto mit der Endung: 833", "transfer"),
    ("Adjustment", "", "FBA Inventory Reimbursement - Lost:Warehouse", "reimbursement"),
    (
        "Anpassung",
        "",
        "Versand durch Amazon Erstattung für Lagerbestand - Kundenrücksendung",
        "reimbursement",
    ),
]


@pytest.mark.parametrize(("kind", "amount_type", "description", "event", "part"), ORDERS)
def test_amounts_of_orders(kind, amount_type, description, event, part):
    assert classify(kind, amount_type, description) == (event, part)


@pytest.mark.parametrize(("kind", "amount_type", "description", "part"), ACCOUNT)
def test_amounts_of_the_account(kind, amount_type, description, part):
    assert classify(kind, amount_type, description) == ("account", part)


def test_case_blanks_and_strokes_do_not_count():
    assert classify("ORDER", "ITEMFEES", "fba per-unit fulfillment_fee") == ("sale", "fulfilment")
    assert classify("service-fee", "", "costofadvertising") == ("account", "advertising")


@pytest.mark.parametrize(
    ("kind", "event"),
    [("Order", "sale"), ("Refund", "refund"), ("other-transaction", "account"), ("", "account")],
)
def test_a_new_name_is_unclassified_under_its_event(kind, event):
    assert classify(kind, "ItemFees", "MoonlightFee") == (event, "unclassified")
    assert classify(kind, "", "") == (event, "unclassified")


@pytest.mark.parametrize("word", ["goods", "fee", "fulfilment", "unclassified"])
def test_our_own_words_are_none_of_amazons(word):
    assert classify("Order", "", word) == ("sale", "unclassified")
