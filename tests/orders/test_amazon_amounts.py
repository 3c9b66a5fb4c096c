"""What Amazon's amounts are: those of a real settlement, and those that others are known to hold."""

import pytest

from ownchannel.orders._readers._amazon_bookings import classify

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
