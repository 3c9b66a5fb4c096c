"""The formats that are known. To add one, write a module with a `Reader` and name it here."""

from ownchannel.orders._readers._advertising import AmazonAds, GoogleAds, MetaAds, TikTokAds
from ownchannel.orders._readers._amazon_business import AmazonBaskets, AmazonRepeatPurchase, AmazonTraffic
from ownchannel.orders._readers._amazon_orders import (
    AmazonFulfilled,
    AmazonMerchantOrders,
    AmazonOrders,
    AmazonReturns,
)
from ownchannel.orders._readers._amazon_settlement import AmazonSettlement
from ownchannel.orders._readers._amazon_transactions import AmazonTransactions
from ownchannel.orders._readers._costs import Costs
from ownchannel.orders._readers._ebay import EbayOrders
from ownchannel.orders._readers._etsy import EtsyItems, EtsyOrders, EtsyStatement
from ownchannel.orders._readers._named_columns import ColumnMapping, ExchangeRates, MappedOrders
from ownchannel.orders._readers._reader import Context, Reader
from ownchannel.orders._readers._shopify import ShopifyOrders, ShopifyPayments
from ownchannel.orders._readers._shopify_account import ShopifyCustomers, ShopifyPayouts
from ownchannel.orders._readers._tiktok import TikTokOrders
from ownchannel.orders._readers._woocommerce import WooCommerceOrders
from ownchannel.orders._readers._woocommerce_rows import WooCommerceAnalytics, WooCommerceItems

#: Asked in this order whether a header is theirs.
READERS: tuple[Reader, ...] = (
    AmazonOrders(),
    AmazonFulfilled(),
    AmazonMerchantOrders(),
    AmazonReturns(),
    AmazonRepeatPurchase(),
    AmazonTraffic(),
    AmazonBaskets(),
    AmazonSettlement(),
    AmazonTransactions(),
    ShopifyOrders(),
    ShopifyPayments(),
    ShopifyCustomers(),
    ShopifyPayouts(),
    WooCommerceOrders(),
    WooCommerceItems(),
    WooCommerceAnalytics(),
    EtsyItems(),
    EtsyOrders(),
    EtsyStatement(),
    EbayOrders(),
    TikTokOrders(),
    AmazonAds(),
    MetaAds(),
    GoogleAds(),
    TikTokAds(),
    ExchangeRates(),
    Costs(),
)

__all__ = ["READERS", "ColumnMapping", "Context", "MappedOrders", "Reader"]
