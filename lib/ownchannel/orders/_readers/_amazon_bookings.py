"""What each amount that Amazon books is: a sale, a refund or the account's own, and which part of it.

Types and descriptions as settlement reports and transactions reports write them. Sources: a settlement of
amazon.ca, the selling-partner API's lists of charges, fees and adjustments (Finances v0), and public code
that classifies settlements of amazon.com, .ca, .com.mx, .com.au, .in, .co.uk, .de and .co.jp.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ownchannel.orders._cells import Millionths, decimal_mark, decimals
from ownchannel.orders._readers._amazon_words import by_name, folded, transaction_event
from ownchannel.orders._readers._reader import Context
from ownchannel.orders._rows import Rows, as_label
from ownchannel.orders._schema import ENTRIES_AS_READ, TEXT, Event, Part

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


# ------------------------ What the readers of Amazon's bookings share

_POINTED_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}")


@dataclass(frozen=True)
class Amounts:
    """An amount a row, what it is for and in which words; a single text stands for all rows."""

    amount: Millionths
    told: NDArray[np.bool_]
    """Where a row has this amount at all."""
    part: str | Sequence[str]
    description: str | Sequence[str | None]


def entries(rows: Rows, amounts: Sequence[Amounts], otherwise: Amounts, **columns: Any) -> pa.RecordBatch:
    """An entry for each amount of the rows that were not set aside, in their order.

    `columns` hold a value a row. `otherwise` stands for rows without any amount, so that each row is
    accounted for. Units are told where goods were sold, and nowhere else.
    """
    kept = rows.kept()
    told = [each.told & kept for each in amounts]
    none = kept & ~np.logical_or.reduce(told)
    chosen = [
        (each, np.flatnonzero(where))
        for each, where in zip([*amounts, otherwise], [*told, none], strict=True)
    ]
    places = np.concatenate([at for _, at in chosen])
    in_order = np.argsort(places, kind="stable")
    position = np.cumsum(kept) - 1
    table = rows.batch(ENTRIES_AS_READ, **columns).take(pa.array(position[places[in_order]]))
    amount = np.concatenate([each.amount[at] for each, at in chosen])
    part = pa.concat_arrays([_texts(each.part, at) for each, at in chosen]).take(pa.array(in_order))
    words = pa.concat_arrays([_texts(each.description, at) for each, at in chosen]).take(pa.array(in_order))
    sold = pc.and_(pc.equal(table["event"], "sale"), pc.equal(part, "goods"))
    units = pc.if_else(pc.and_(sold, pc.not_equal(table["quantity"], 0)), table["quantity"], None)
    computed = {"amount": decimals(amount[in_order]), "part": part, "description": words, "quantity": units}
    return pa.RecordBatch.from_arrays(
        [computed.get(field.name, table[field.name]) for field in ENTRIES_AS_READ], schema=ENTRIES_AS_READ
    )


def _texts(texts: str | Sequence[str | None], at: NDArray[np.intp]) -> pa.Array:
    if isinstance(texts, str):
        return pa.repeat(pa.scalar(texts, TEXT), len(at))
    return pa.array(texts, TEXT.value_type).take(pa.array(at)).cast(TEXT)


def amazon_site(name: str) -> str | None:
    """Amazon's site as the table names it; None where there is no name, or that of another shop.

    >>> amazon_site("www.amazon.de"), amazon_site("amazon.jp"), amazon_site("Non-Amazon US")
    ('Amazon.de', 'Amazon.co.jp', None)
    """
    site = name.casefold().removeprefix("www.")
    if not site.startswith("amazon"):
        return None
    return "Amazon.co.jp" if site == "amazon.jp" else as_label(site.capitalize())


def is_other_shop(name: str) -> bool:
    """Whether Amazon only delivered the order, and another shop took it.

    >>> is_other_shop("sim1.stores.amazon.com"), is_other_shop("Amazon.com"), is_other_shop("")
    (True, False, False)
    """
    return bool(name) and amazon_site(name) is None


def file_decimal(rows: Rows, context: Context, amounts: Iterable[str], dates: Iterable[str]) -> str:
    """The file's decimal mark, judged once from its first chunk.

    Where its amounts leave it open (1.141 alone does), the dates tell: who writes 31.01.2026 writes 12,50.
    """
    if not context.decimal:
        pointed = any(_POINTED_DATE.match(text) for column in dates for text in rows.text(column))
        texts = {text for column in amounts for text in rows.text(column)}
        context.decimal = decimal_mark(texts, default="," if pointed else ".")
    return context.decimal
