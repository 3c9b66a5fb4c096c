"""The formats that are known. To add one, write a module with a `Reader` and name it here."""

from ownchannel.orders.readers.amazon_fulfilled import AmazonFulfilled
from ownchannel.orders.readers.amazon_orders import AmazonOrders
from ownchannel.orders.readers.amazon_repeat_purchase import AmazonRepeatPurchase
from ownchannel.orders.readers.amazon_settlement import AmazonSettlement
from ownchannel.orders.readers.amazon_transactions import AmazonTransactions
from ownchannel.orders.readers.base import Context, Reader
from ownchannel.orders.readers.etsy import EtsyItems, EtsyOrders
from ownchannel.orders.readers.exchange_rates import ExchangeRates
from ownchannel.orders.readers.mapped import ColumnMapping, MappedOrders
from ownchannel.orders.readers.shopify import ShopifyOrders
from ownchannel.orders.readers.shopify_payments import ShopifyPayments
from ownchannel.orders.readers.woocommerce import WooCommerceOrders

#: Asked in this order whether a header is theirs.
READERS: tuple[Reader, ...] = (
    AmazonOrders(),
    AmazonFulfilled(),
    AmazonRepeatPurchase(),
    AmazonSettlement(),
    AmazonTransactions(),
    ShopifyOrders(),
    ShopifyPayments(),
    WooCommerceOrders(),
    EtsyItems(),
    EtsyOrders(),
    ExchangeRates(),
)

__all__ = ["READERS", "ColumnMapping", "Context", "MappedOrders", "Reader"]
