"""The formats that are known. To add one, write a module with a `Reader` and name it here."""

from ownchannel.orders.readers.amazon_orders import AmazonOrders
from ownchannel.orders.readers.base import Context, Reader
from ownchannel.orders.readers.mapped import ColumnMapping, MappedOrders
from ownchannel.orders.readers.shopify import ShopifyOrders

#: Asked in this order whether a header is theirs.
READERS: tuple[Reader, ...] = (AmazonOrders(), ShopifyOrders())

__all__ = ["READERS", "ColumnMapping", "Context", "MappedOrders", "Reader"]
