"""What each amount that Amazon books is: a sale, a refund or the account's own, and which part of it.

Types and descriptions as settlement reports and transactions reports write them. Sources: a settlement of
amazon.ca, the selling-partner API's lists of charges, fees and adjustments (Finances v0), and public code
that classifies settlements of amazon.com, .ca, .com.mx, .com.au, .in, .co.uk, .de and .co.jp.
"""

from ownchannel.orders.readers.amazon_words import by_name, folded, transaction_event
from ownchannel.orders.schema import Event, Part

# The event of each canonical transaction type; any other type is the account's own.
_EVENTS: dict[str, Event] = {
    "Order": "sale",
    "Order_Retrocharge": "sale",
    "Shipping Services": "sale",
    "Refund": "refund",
    "Refund_Retrocharge": "refund",
    "Chargeback Refund": "refund",
    "A-to-z Guarantee Claim": "refund",
    "FBA Customer Return Fee": "refund",
}

# The part of each known name: an amount's description, an amount type, or a transaction type.
_NAMES: dict[Part, str] = {
    "goods": "Principal | Goodwill | RestockingFee | A-to-z Guarantee Claim",
    "shipping": "Shipping | ShippingCharge | ReturnShipping | GiftWrap",
    "tax": (
        "Tax | ShippingTax | GiftWrapTax | TaxDiscount | "
        "MarketplaceFacilitatorTax-Principal | MarketplaceFacilitatorTax-Shipping | "
        "MarketplaceFacilitatorTax-Giftwrap | MarketplaceFacilitatorTax-RestockingFee | "
        "MarketplaceFacilitatorTax-Other | MarketplaceFacilitatorVAT-Principal | "
        "MarketplaceFacilitatorVAT-Shipping | MarketplaceFacilitatorVAT-Giftwrap | "
        "LowValueGoodsTax-Principal | LowValueGoodsTax-Shipping | LowValueGoodsTax-Other | "
        "TCS-CGST | TCS-SGST | TCS-IGST | TCS-UTGST | TDS (Section 194-O)"
    ),
    "discount": "CostOfPointsGranted | CostOfPointsReturned | CostOfPointsAdjusted",
    # Amazon keeps what buyers pay for sending and wrapping where it does both; the transactions report
    # counts these chargebacks among the FBA fees, too.
    "fulfilment": (
        "FBAPerUnitFulfillmentFee | FBAPerOrderFulfillmentFee | FBAWeightBasedFee | "
        "FBATransportationFee | FBA fulfilment fee per unit | FBA fulfillment fee per unit | "
        "ShippingChargeback | GiftwrapChargeback | MFNPostageFee | PostageBilling | PostageRefund | "
        "Shipping Services"
    ),
    "fee": (
        # of orders
        "Commission | RefundCommission | FixedClosingFee | VariableClosingFee | PerItemFee | "
        "ShippingHB | GiftwrapCommission | SalesTaxServiceFee | SalesTaxCollectionFee | "
        "DigitalServicesFee | DigitalServicesFeeFBA | TechnologyFee | RenewedProgramFee | "
        "AmazonExclusivesFee | HighVolumeListingFee | GetPaidFasterFee | PaymentMethodFee | "
        "CODChargeback | TaxOnFees | FBA Customer Return Fee | FBACustomerReturnPerUnitFee | "
        "FBACustomerReturnPerOrderFee | FBACustomerReturnWeightBasedFee | "
        # of the account
        "Subscription Fee | Subscription | 月額登録料 | Service Fee | Amazon Fees | Fee Adjustment | "
        "Non-subscription Fee Adjustment | Rettifica commissione non di abbonamento | "
        "Ajuste ajeno a la cuota de suscripción | Deal Fee | Lightning Deal Fee | "
        "Deal Participation Fee | Deal Performance Based Fee | CouponRedemptionFee | "
        "Coupon Participation Fee | Coupon Performance Based Fee | Vine Enrollment Fee | "
        "Vine enrolment fee | Vine Anmeldegebühr | "
        # of stock
        "Storage Fee | StorageRenewalBilling | FBAStorageFee | FBAInventoryStorageFee | "
        "FBALongTermStorageFee | FBA Inventory Fee | FBA Transaction fees | "
        "Inbound Transportation Fee | FBAInboundTransportationFee | "
        "FBAInboundTransportationProgramFee | Inbound Transportation Program Fee | "
        "FBA Inbound Placement Service Fee | FBA Amazon-Partnered Carrier Shipment Fee | "
        "Inbound Defect Fee | FBAInboundConvenienceFee | LabelingFee | WarehousePrep | "
        "DisposalComplete | FBADisposalFee | FBA Removal Order: Disposal Fee | RemovalComplete | "
        "FBARemovalFee | FBA Removal Order: Return Fee | LiquidationsBrokerageFee | "
        "Grade and Resell Fees"
    ),
    "advertising": (
        "Cost of Advertising | Refund for Advertiser | Werbekosten | Prix de la publicité | "
        "Costo della pubblicità | Gastos de publicidad | Costo de la publicidad | 広告費用"
    ),
    "reimbursement": (
        "FBA Inventory Reimbursement | Versand durch Amazon Erstattung für Lagerbestand | "
        "FBA在庫の返金 | REVERSAL_REIMBURSEMENT | WAREHOUSE_DAMAGE | WAREHOUSE_DAMAGE_EXCEPTION | "
        "WAREHOUSE_LOST | WAREHOUSE_LOST_MANUAL | MISSING_FROM_INBOUND | "
        "MISSING_FROM_INBOUND_CLAWBACK | INBOUND_CARRIER_DAMAGE | MULTICHANNEL_ORDER_LOST | "
        "REMOVAL_ORDER_LOST | REMOVAL_ORDER_DAMAGED | CUSTOMER_RETURN | CS_ERROR_ITEMS | "
        "CS_ERROR_NON_ITEMIZED | RE_EVALUATION | INCORRECT_FEES_ITEMS | "
        "INCORRECT_FEES_NON_ITEMIZED | PAYMENT_RETRACTION_ITEMS | COMPENSATED_CLAWBACK | "
        "FREE_REPLACEMENT_REFUND_ITEMS | SAFE-T Reimbursement"
    ),
    "transfer": (
        "Transfer | Transfer of funds unsuccessful | Successful charge | Payable to Amazon | "
        "Previous Reserve Amount Balance | Current Reserve Amount | ReserveDebit | ReserveCredit | "
        "Debt | Debt Adjustment"
    ),
}
_PARTS = by_name(_NAMES)

# An account sells nothing: where Amazon takes over stock (a liquidation) it pays for it, and corrections of
# the fees for sending name no order.
_ACCOUNT_PARTS: dict[Part, Part] = {"goods": "reimbursement", "fulfilment": "fee"}


def classify(transaction_type: str, amount_type: str, amount_description: str) -> tuple[Event, Part]:
    """The event behind an amount that Amazon booked, and the part of it that the amount is.

    Takes the words of a settlement's row, or the type and description of a transaction without an order (of
    one with an order the description is the product's name). The most specific name that is known tells the
    part: description, then amount type, then transaction type; where none is, it is `unclassified`.

    >>> classify("Order", "ItemPrice", "Principal"), classify("Refund", "ItemFees", "RefundCommission")
    (('sale', 'goods'), ('refund', 'fee'))
    >>> classify("other-transaction", "other-transaction", "Previous Reserve Amount Balance")
    ('account', 'transfer')
    >>> classify("Servicegebühr", "", "Werbekosten"), classify("Order", "ItemFees", "MoonlightFee")
    (('account', 'advertising'), ('sale', 'unclassified'))
    """
    canonical = transaction_event(transaction_type) or transaction_type
    event = _EVENTS.get(canonical, "account")
    part = _part(amount_description) or _part(amount_type) or _part(canonical) or "unclassified"
    if part == "goods" and folded(amount_type) == "promotion":
        return event, "discount"
    return event, _ACCOUNT_PARTS.get(part, part) if event == "account" else part


def _part(name: str) -> Part | None:
    """The part that a name tells, with or without a remark behind it."""
    heads = (name, name.partition(" - ")[0], name.partition(":")[0])
    return next((_PARTS[known] for known in map(folded, heads) if known in _PARTS), None)
