"""Headers as the platforms publish them, and what stands in their cells that hold people's data."""

import re

FULFILLED_COLUMNS = (  # noqa: SIM905
    "amazon-order-id merchant-order-id shipment-id shipment-item-id amazon-order-item-id "
    "merchant-order-item-id purchase-date payments-date shipment-date reporting-date buyer-email buyer-name "
    "buyer-phone-number sku product-name quantity-shipped currency item-price item-tax shipping-price "
    "shipping-tax gift-wrap-price gift-wrap-tax ship-service-level recipient-name ship-address-1 "
    "ship-address-2 ship-address-3 ship-city ship-state ship-postal-code ship-country ship-phone-number "
    "bill-address-1 bill-address-2 bill-address-3 bill-city bill-state bill-postal-code bill-country "
    "item-promotion-discount ship-promotion-discount carrier tracking-number estimated-arrival-date "
    "fulfillment-center-id fulfillment-channel sales-channel"
).split()

#: Of New Orders and, with the three columns that follow `payments-date`, Unshipped Orders.
MERCHANT_COLUMNS = (  # noqa: SIM905
    "order-id order-item-id purchase-date payments-date buyer-email buyer-name buyer-phone-number sku "
    "product-name quantity-purchased currency item-price item-tax shipping-price shipping-tax "
    "ship-service-level recipient-name ship-address-1 ship-address-2 ship-address-3 ship-city ship-state "
    "ship-postal-code ship-country ship-phone-number bill-address-1 bill-city bill-state bill-postal-code "
    "bill-country item-promotion-discount item-promotion-id ship-promotion-discount ship-promotion-id "
    "delivery-start-date delivery-end-date delivery-time-zone delivery-Instructions sales-channel"
).split()
UNSHIPPED_COLUMNS = (  # noqa: SIM905
    "order-id order-item-id purchase-date payments-date reporting-date promise-date days-past-promise "
    "buyer-email buyer-name buyer-phone-number sku product-name quantity-purchased quantity-shipped "
    "quantity-to-ship ship-service-level recipient-name ship-address-1 ship-address-2 ship-address-3 "
    "ship-city ship-state ship-postal-code ship-country is-business-order purchase-order-number "
    "price-designation"
).split()

RETURN_COLUMNS = (  # noqa: SIM905
    "return-date order-id sku asin fnsku product-name quantity fulfillment-center-id detailed-disposition "
    "reason status license-plate-number customer-comments"
).split()

TRAFFIC_COLUMNS = (  # noqa: SIM905
    "(Parent) ASIN,(Child) ASIN,Title,SKU,Sessions - Total,Sessions - Total - B2B,"
    "Session Percentage - Total,Session Percentage - Total - B2B,Page Views - Total,"
    "Page Views - Total - B2B,Page Views Percentage - Total,Page Views Percentage - Total - B2B,"
    "Featured Offer (Buy Box) Percentage,Featured Offer (Buy Box) Percentage - B2B,Units Ordered,"
    "Units Ordered - B2B,Unit Session Percentage,Unit Session Percentage - B2B,Ordered Product Sales,"
    "Ordered Product Sales - B2B,Total Order Items,Total Order Items - B2B"
).split(",")
TRAFFIC_BY_DATE_COLUMNS = (  # noqa: SIM905
    "Date,Ordered Product Sales,Ordered Product Sales - B2B,Units Ordered,Units Ordered - B2B,"
    "Total Order Items,Total Order Items - B2B,Page Views - Total,Page Views - Total - B2B,Sessions - Total,"
    "Sessions - Total - B2B,Featured Offer (Buy Box) Percentage,Featured Offer (Buy Box) Percentage - B2B,"
    "Unit Session Percentage,Unit Session Percentage - B2B,Average Offer Count,Average Parent Items"
).split(",")
BASKET_COLUMNS = (  # noqa: SIM905
    "ASIN,Product Title,#1 Purchased ASIN,#1 Purchased Title,#1 Combination %,#2 Purchased ASIN,"
    "#2 Purchased Title,#2 Combination %,#3 Purchased ASIN,#3 Purchased Title,#3 Combination %,Reporting Date"
).split(",")
PAIR_COLUMNS = (  # noqa: SIM905
    "ASIN,Product Title,Purchased With ASIN,Purchased With Title,Purchased With Rank,Combination %,"
    "Reporting Date"
).split(",")

REPEAT_PERIOD = 'Reporting Range=["Monthly"],Select year=["2026"],Select month=["September"]'
REPEAT_COLUMNS = (  # noqa: SIM905
    "ASIN,Product Title,Brand Name,Category Name,Number of Orders,Unique Customer Count,"
    "Repeat Ordered Product Sales: Sales,Repeat Ordered Product Sales: Change vs. Prior Period,"
    "Repeat Ordered Product Sales: % Share of Total Sales,Repeat Ordered Units: Units,"
    "Repeat Ordered Units: Change vs. Prior Period,Repeat Ordered Units: % Share of Total Units,"
    "Repeat Customer Count: Count,Repeat Customer Count: Change vs. Prior Period,"
    "Repeat Customer Share: % Share of Total Customers,Repeat Customer Share: Change vs. Prior Period,"
    "Reporting Date"
).split(",")

ETSY_ORDER_COLUMNS = (  # noqa: SIM905
    "Sale Date,Order ID,Buyer User ID,Full Name,First Name,Last Name,Number of Items,Payment Method,"
    "Date Shipped,Street 1,Street 2,Ship City,Ship State,Ship Zipcode,Ship Country,Currency,Order Value,"
    "Coupon Code,Coupon Details,Discount Amount,Shipping Discount,Shipping,Sales Tax,Order Total,Status,"
    "Card Processing Fees,Order Net,Adjusted Order Total,Adjusted Card Processing Fees,"
    "Adjusted Net Order Amount,Buyer,Order Type,Payment Type,InPerson Discount,InPerson Location,SKU"
).split(",")

ETSY_ITEM_COLUMNS = (  # noqa: SIM905
    "Sale Date,Item Name,Buyer,Quantity,Price,Coupon Code,Coupon Details,Discount Amount,Shipping Discount,"
    "Order Shipping,Order Sales Tax,Item Total,Currency,Transaction ID,Listing ID,Date Paid,Date Shipped,"
    "Ship Name,Ship Address1,Ship Address2,Ship City,Ship State,Ship Zipcode,Ship Country,Order ID,"
    "Variations,Order Type,Listings Type,Payment Type,InPerson Discount,InPerson Location,"
    "VAT Paid by Buyer,SKU"
).split(",")

EBAY_COLUMNS = (  # noqa: SIM905
    "Sales Record Number,Order Number,Buyer Username,Buyer Name,Buyer Email,Buyer Note,Buyer Address 1,"
    "Buyer Address 2,Buyer City,Buyer State,Buyer Zip,Buyer Country,Ship To Name,Ship To Phone,"
    "Ship To Address 1,Ship To Address 2,Ship To City,Ship To State,Ship To Zip,Ship To Country,Item Number,"
    "Item Title,Custom Label,Sold Via Promoted Listings,Quantity,Sold For,Shipping And Handling,"
    "eBay Collect And Remit Tax Rate,eBay Collect And Remit Tax Type,Seller Collected Tax,"
    "eBay Collected Tax,Total Price,eBay Collected Tax and Fees Included in Total,Payment Method,Sale Date,"
    "Paid On Date,Ship By Date,Shipped On Date,Feedback Left,Feedback Received,My Item Note,"
    "PayPal Transaction ID,Shipping Service,Tracking Number,Transaction ID,Variation Details"
).split(",")
#: What ebay.co.uk and ebay.de call these, where they differ from ebay.com.
EBAY_UK = {
    "Sales Record Number": "Sales record number",
    "Order Number": "Order number",
    "Buyer Username": "Buyer username",
    "Ship To Name": "Post to name",
    "Ship To Country": "Post to country",
    "Sold For": "Sold for",
    "Shipping And Handling": "Postage and packaging",
    "Paid On Date": "Paid on date",
}
EBAY_GERMAN = {
    "Sales Record Number": "Verkaufsprotokollnummer",
    "Order Number": "Bestellnummer",
    "Buyer Username": "Nutzername des Käufers",
    "Buyer Name": "Name des Käufers",
    "Ship To Name": "Name des Empfängers",
    "Ship To Country": "Versand nach - Land",
    "Item Number": "Artikelnummer",
    "Item Title": "Angebotstitel",
    "Custom Label": "Bestandseinheit",
    "Quantity": "Anzahl",
    "Sold For": "Verkauft für",
    "Shipping And Handling": "Verpackung und Versand",
    "eBay Collected Tax": "Von eBay eingezogene Steuer",
    "Total Price": "Gesamtbetrag",
    "Sale Date": "Verkauft am",
    "Paid On Date": "Zahlungsdatum",
    "Transaction ID": "Transaktionsnummer",
}

CUSTOMER_COLUMNS = (  # noqa: SIM905
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,"
    "Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,"
    "Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,"
    "Total Spent,Total Orders,Note,Tax Exempt,Tags"
).split(",")
PAYOUT_COLUMNS = (  # noqa: SIM905
    "Payout Date,Status,Charges,Refunds,Adjustments,Marketplace Sales Tax,Advances,Reserved Funds,Fees,"
    "Retried Amount,Total,Currency,Bank Reference"
).split(",")

TIKTOK_COLUMNS = (  # noqa: SIM905
    "Order ID,Order Status,Order Substatus,Cancelation/Return Type,Normal or Pre-order,SKU ID,Seller SKU,"
    "Product Name,Variation,Quantity,Sku Quantity of return,SKU Unit Original Price,"
    "SKU Subtotal Before Discount,SKU Platform Discount,SKU Seller Discount,SKU Subtotal After Discount,"
    "Shipping Fee After Discount,Original Shipping Fee,Shipping Fee Seller Discount,"
    "Shipping Fee Platform Discount,Payment platform discount,Taxes,Order Amount,Order Refund Amount,"
    "Created Time,Paid Time,RTS Time,Shipped Time,Delivered Time,Cancelled Time,Cancel By,Cancel Reason,"
    "Fulfillment Type,Warehouse Name,Tracking ID,Delivery Option,Shipping Provider Name,Buyer Message,"
    "Buyer Username,Recipient,Phone #,Country,State,City,Zipcode,Address Line 1,Address Line 2,"
    "Payment Method,Weight(kg),Product Category,Package ID,Seller Note"
).split(",")

PAYMENT_COLUMNS = (  # noqa: SIM905
    "Transaction Date,Type,Order,Card Brand,Card Source,Payout Status,Payout Date,Payout ID,Available On,"
    "Amount,Fee,Net,Checkout,Payment Method Name,Presentment Amount,Presentment Currency,Currency"
).split(",")


def woocommerce_columns(items: int) -> list[str]:
    """WebToffee's header, with so many columns of items."""
    names = (
        "order_id,order_number,order_date,paid_date,status,shipping_total,shipping_tax_total,fee_total,"
        "fee_tax_total,tax_total,cart_discount,order_discount,discount_total,order_total,order_subtotal,"
        "order_currency,payment_method,payment_method_title,transaction_id,customer_ip_address,"
        "customer_user_agent,shipping_method,customer_id,customer_user,customer_email,billing_first_name,"
        "billing_last_name,billing_company,billing_email,billing_phone,billing_address_1,billing_address_2,"
        "billing_postcode,billing_city,billing_state,billing_country,shipping_first_name,shipping_last_name,"
        "shipping_company,shipping_phone,shipping_address_1,shipping_address_2,shipping_postcode,shipping_city,"
        "shipping_state,shipping_country,customer_note,wt_import_key,shipping_items,fee_items,tax_items,"
        "coupon_items,refund_items,order_notes,download_permissions"
    )
    return [*names.split(","), *(f"line_item_{place}" for place in range(1, items + 1))]


#: WebToffee's header with an item in each row, and the parts of Advanced Order Export's that matter.
WOOCOMMERCE_ITEM_COLUMNS = [
    *woocommerce_columns(0),
    *("item_product_id", "item_name", "item_sku", "item_quantity", "item_subtotal", "item_subtotal_tax"),
    *("item_total", "item_total_tax", "item_refunded", "item_refunded_qty", "item_meta"),
]
ADVANCED_COLUMNS = (  # noqa: SIM905
    "Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Last Name (Billing),"
    "Company (Billing),Address 1&2 (Billing),City (Billing),State Code (Billing),Postcode (Billing),"
    "Country Code (Billing),Email (Billing),Phone (Billing),Country Code (Shipping),Payment Method Title,"
    "Cart Discount Amount,Order Subtotal Amount,Shipping Method Title,Order Shipping Amount,"
    "Order Refund Amount,Order Total Amount,Order Total Tax Amount,SKU,Item #,Item Name,"
    "Quantity (- Refund),Item Cost,Coupon Code,Discount Amount,Discount Amount Tax,Currency"
).split(",")
ANALYTICS_COLUMNS = (  # noqa: SIM905
    "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),"
    "Net Sales,Attribution"
).split(",")

#: What stands in cells that hold people's data, by what their columns' names hold: no reader lets it through.
_PERSONAL = {
    re.compile(r"e-?mail"): "jane.sentinel@example.com",
    re.compile(r"phone"): "+1 555 0100 777",
    re.compile(r"street|address"): "17 Sentinel Street",
    re.compile(r"city|state|location"): "Sentinelville",
    re.compile(r"zip|post(al|code)"): "JR-90210-ZIP",
    re.compile(
        r"note|instructions|comments|variations|transaction_id|reference|tracking|merchant-order"
    ): "Ring twice, Sentinel",
    re.compile(r"name|buyer|user|company|^customer$"): "Jane Roe-Sentinel",
}
SECRETS = tuple(_PERSONAL.values())


def sentinel(column: str) -> str:
    """What stands in a cell of this column where a test says nothing of it; empty where it is nobody's."""
    found = (secret for pattern, secret in _PERSONAL.items() if pattern.search(column.casefold()))
    return next(found, "")
