"""What each figure of the truth means, as it stands in `truth.json`."""

NOTES = {
    "persons": "Nobody is real: invented names, e-mails (reserved domains), phones (555-01xx), streets.",
    "process": (
        "MBG/NBD in weeks: purchases at a Poisson rate ~ Gamma(r, alpha) while active; drop-out after every "
        "purchase, the first included, with probability ~ Beta(a, b). Expected new customers are constant "
        "within each 24 hours from the opening: arrivals_a_day * (1 + growth_a_month)^(day / (365.25 / 12)) "
        "* season of the month that the day from the first day on falls in. No customer is older than the "
        "window."
    ),
    "exactness": (
        "Cancelled orders are added to the process, not taken from it. Orders still pending at the end are "
        "purchases of the last three days: observation that ends a week before the window's end sees the "
        "process whole."
    ),
    "spend": (
        "A customer belongs for good to one tier, drawn apart from how often they buy. An order has 1 to 3 "
        "units; each is drawn by the tier's taste (percent, in the order of products); like units share a "
        "line. expected_order_value is exact: before discount, tax and shipping."
    ),
    "orders": (
        "Counted once over all files; cancelled and pending orders and lines included. A synced order is "
        "Amazon's. Bad rows and Non-Amazon rows are no orders."
    ),
    "sales": (
        "Orders with status completed or refunded, and their lines; an item cancelled in a sent order is "
        "none."
    ),
    "item_value": "Of sales lines, before discount, tax and shipping.",
    "discount": "Own store: the order's code. Amazon: item promotions (shipping promotions are not in it).",
    "refund": (
        "What was given back for goods. The shop's Refunded Amount has shipping and tax in it where the "
        "whole order went back; Amazon.com's refunds stand in its transactions, and in no order report."
    ),
    "shipping": (
        "What buyers paid for it, less Amazon's shipping promotions and less what was given back of it, "
        "which stands beside it as refund_of_shipping."
    ),
    "net_value": "item_value - discount - refund.",
    "fees": (
        "True fees at the time of sale on sales orders. Amazon: 15% of item and shipping less promotions, by "
        "line, and a fulfilment fee a unit where Amazon sends (fulfilment_fees, a part of fees). Own store: "
        "2.9% of what the buyer pays, tax included, and 0.30. Etsy: 3% of it and 0.25, 6.5% of goods and of "
        "shipping, and the label bought there (fulfilment_fees: etsy_label, and half of what Amazon asks to "
        "send the goods). eBay: 13.25% of it and 0.40. Nothing is given back on a refund. The order reports "
        "of Amazon, shop and eBay tell none; transactions, settlements and Shopify Payments tell all, as "
        "Etsy's statement does. No file tells eBay's."
    ),
    "contribution": (
        "net_value + shipping - fees: exact, before the cost of goods, postage that the brand pays and what "
        "is booked beside sales (advertising, subscription, storage, Etsy's listing fees)."
    ),
    "customers": "Persons with a sales order; on Amazon and for guests the ledger alone knows them.",
    "first_orders": "A customer's first sales order; repeat_orders are the other sales orders.",
    "identified": (
        "A sales order of the own store with an e-mail, whatever its capitals and spaces. A synced order "
        "shows a relay address, business buyers share one, and none is counted as identified here."
    ),
    "consenting_customers": "Identified customers whose latest sales order says yes to marketing.",
    "months": (
        "Of the brand's time zone and of the order, refunds and fees too. First orders are those of the "
        "ledger's customers."
    ),
    "late_channels": (
        "Amazon.de opened on 1 August 2026; Etsy was tried from 1 to 31 August 2026, eBay from 1 to 31 May "
        "2025. The same process and spend, with the same numbers for prices. Amazon.de is in euro, with the "
        "tax inside the price and none shown beside it, and its orders stand in its settlement alone, which "
        "does not hold the pending ones."
    ),
    "files": (
        "data_rows: rows below the header that are not blank, bad and Non-Amazon rows among them. line: the "
        "file's own, the header being 1. rows_in_both: Amazon's rows that both reports hold; the newer "
        "last-updated-date is the true one. orders: without bad, Non-Amazon and synced ones."
    ),
    "transactions": (
        "totals: sums of the column total by kind: sale and refund by order rows, the others without an "
        "order; unclassified is a credit of a type that no reader can know. Sales are booked when they were "
        "sent. A settlement is two weeks long; the two files split at midnight of 1 October 2025 in "
        "California. A transfer has the id of the settlement that it pays out, two days after its end. "
        "deferred_rows: orders of the settlement that is still open."
    ),
    "settlements": (
        "data_rows has the summary row in it; total is its total-amount and the sum of all rows. The US "
        "file's bookings stand, with the same id, in the transactions too, and count once; its transfer is "
        "in neither, being later than the files."
    ),
    "fulfilled": (
        "What Amazon's warehouses sent for Amazon.com's sales orders; a line in two parcels has two rows. "
        "addresses: relay addresses of one buyer each; shared_address_orders: those of business buyers."
    ),
    "etsy": (
        "Order Value is before the coupon; Order Total is what the buyer pays, tax included; Order Net is "
        "without the tax, which Etsy remits, and after the card's fee; fees: that fee alone. buyers: "
        "distinct Buyer User IDs."
    ),
    "etsy_statement": (
        "totals: sums by what an amount is for. sale: what buyers paid, tax included; tax: what Etsy remits "
        "of it. transaction, processing and label come to the channel's fees. Listing fees (each product "
        "once, and a renewal for every unit sold), Etsy Ads (a bill a day) and Offsite Ads (15% of goods and "
        "shipping of some orders) are in no order's fees. deposit: sent to the bank each Monday, all that "
        "was there; total: what is left of the month."
    ),
    "ebay": (
        "One row for each item; an order of several lines has above them a row that sums it up (sum_rows, in "
        "data_rows too) and alone holds shipping, tax and total. Sold For is the price of one unit there. "
        "Total Price is what the buyer pays, with the tax that eBay remits. buyers: distinct usernames."
    ),
    "repeat_purchase": (
        "Of September 2026 in the brand's time zone, pending orders included, by the ledger's customers: a "
        "repeat customer ordered the product twice within the month, and repeat_sales are those of all "
        "orders but a customer's first in it, before discount."
    ),
    "sales_and_traffic": (
        "Of September 2026 in the brand's time zone, pending orders included and cancelled ones not: units, "
        "order items (lines) and sales before discount are the ledger's of the month. Sessions, page views "
        "and the featured offer are drawn for each product, and no other file has them. The offer of "
        "HL-SCALE is contested: others sell it too."
    ),
}
