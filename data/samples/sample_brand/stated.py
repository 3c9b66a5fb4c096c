"""What is stated about the brand before anything is drawn: products, buyers' behaviour, spend and fees."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import SupportsInt
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

BRAND = "Hearth & Ladle"
CURRENCY = "USD"
TIME_ZONE = ZoneInfo("America/New_York")

# The brand opened both channels on its first day: no customer is older than the window.
FIRST_DAY, DAYS = date(2024, 10, 1), 730
OPENED_AT = datetime(2024, 10, 1, tzinfo=TIME_ZONE).astimezone(UTC)
DAY = 24 * 60 * 60
CLOSED = DAYS * DAY  # seconds after OPENED_AT; the end of 30 September 2026 in the brand's time zone

AMAZON, OWN_STORE, AMAZON_DE, ETSY, EBAY = "amazon", "own_store", "amazon_de", "etsy", "ebay"


def instant(second: int) -> datetime:
    """The UTC time so many seconds after the brand opened."""
    return OPENED_AT + timedelta(seconds=int(second))


def local(second: int) -> datetime:
    """The same instant on the brand's own clock."""
    return instant(second).astimezone(TIME_ZONE)


def midnight(year: int, month: int, day: int) -> int:
    """Seconds from the opening to that day's start in the brand's time zone."""
    return int((datetime(year, month, day, tzinfo=TIME_ZONE) - OPENED_AT).total_seconds())


def part_of(cents: int, basis_points: int) -> int:
    """So many basis points of an amount, rounded half up to the cent."""
    return int(cents * basis_points + 5_000) // 10_000


def money(cents: SupportsInt) -> str:
    """Cents as decimal text: 1290 is 12.90."""
    return str(Decimal(int(cents)).scaleb(-2))


@dataclass(frozen=True)
class Product:
    """One product; prices and fulfilment fees in cents, the same on every channel, in its currency."""

    sku: str
    name: str
    price: int
    fulfilment_fee: int

    @property
    def asin(self) -> str:
        """A made-up Amazon number of the right form."""
        return f"B0SAMPLE{PRODUCTS.index(self) + 1:02d}"


PRODUCTS = (
    Product("HL-SPOON-3", "Olive Wood Spoons, Set of 3", 1290, 322),
    Product("HL-TOWEL-2", "Linen Tea Towels, 2 Pack", 1490, 322),
    Product("HL-PEEL", "Y Peeler, Carbon Steel", 1650, 306),
    Product("HL-SCALE", "Kitchen Scale, 5 kg", 2490, 386),
    Product("HL-MILL", "Walnut Pepper Mill", 2990, 398),
    Product("HL-BOARD-14", 'Maple Cutting Board 14" x 10"', 3490, 499),
    Product("HL-APRON", "Canvas Apron", 3900, 405),
    Product("HL-KNIFE-6", 'Utility Knife 6" Forged', 4900, 386),
    Product("HL-PAN-10", 'Sauté Pan 10", Carbon Steel', 6400, 575),
    Product("HL-KETTLE", "Stovetop Kettle 1.7 L", 7200, 612),
    Product("HL-KNIFE-8", "Chef's Knife 8\" Forged", 7900, 399),
    Product("HL-PAN-12", 'Sauté Pan 12", Carbon Steel', 8400, 650),
    Product("HL-POT-8", "Stock Pot 8 qt", 11900, 842),
    Product("HL-OVEN-6", "Enamelled Dutch Oven 6 qt", 18900, 1035),
)

# Spend differs between customers: each belongs for good to one tier, drawn apart from how often they buy.
# A tier's row: the chance in percent that a unit bought is that product.
TIERS = ("everyday", "keen", "serious")
TASTE = (
    (18, 17, 14, 13, 11, 10, 7, 4, 3, 1, 1, 1, 0, 0),
    (6, 6, 6, 7, 9, 11, 10, 12, 10, 9, 6, 4, 3, 1),
    (1, 1, 2, 2, 4, 5, 4, 9, 12, 9, 16, 14, 11, 10),
)
UNITS = {1: 70, 2: 22, 3: 8}  # units in an order: chance in percent

# Arrivals of new customers only; repeat purchases follow the process and know no season. Mean 1.
SEASON = (0.80, 0.82, 0.85, 0.90, 1.00, 0.92, 0.85, 0.85, 0.90, 1.00, 1.35, 1.76)


@dataclass(frozen=True)
class Process:
    """MBG/NBD (Batislam, Denizel & Filiztekin 2007), time in weeks.

    While active a customer buys at a Poisson rate ~ Gamma(r, alpha), and drops out after every purchase, the
    first included, with a probability ~ Beta(a, b).
    """

    r: float
    alpha: float
    a: float
    b: float


@dataclass(frozen=True)
class Channel:
    """One channel's stated truth; shares are in percent, so that they stay exact."""

    name: str
    process: Process
    arrivals_a_day: float
    growth_a_month: float
    tier_shares: tuple[int, int, int]
    cancelled_share: int
    currency: str = CURRENCY
    opens: date = FIRST_DAY
    closes: date = FIRST_DAY + timedelta(days=DAYS)  # the first day without orders

    @property
    def days(self) -> int:
        """Days on which the channel takes orders."""
        return (self.closes - self.opens).days

    @property
    def opened(self) -> int:
        """Seconds from the brand's opening to the channel's."""
        return (self.opens - FIRST_DAY).days * DAY

    def arrival_rates(self) -> NDArray[np.float64]:
        """Expected new customers in each 24 hours from the channel's opening."""
        months = np.array([(self.opens + timedelta(days=day)).month for day in range(self.days)])
        trend: NDArray[np.float64] = (1 + self.growth_a_month) ** (np.arange(self.days) / (365.25 / 12))
        season: NDArray[np.float64] = np.array(SEASON)[months - 1]
        return self.arrivals_a_day * trend * season

    def expected_order_value(self) -> Decimal:
        """Expected item value of an order before discount, in the channel's currency: exact."""
        units = sum(number * share for number, share in UNITS.items())
        prices = (
            sum(share * product.price for share, product in zip(taste, PRODUCTS, strict=True))
            for taste in TASTE
        )
        unit_price = sum(share * price for share, price in zip(self.tier_shares, prices, strict=True))
        return Decimal(units * unit_price) / 100**4  # three shares in percent, one price in cents


CHANNELS = (
    Channel(AMAZON, Process(r=0.9, alpha=15.0, a=2.4, b=0.9), 7.75, 0.008, (55, 33, 12), 2),
    Channel(OWN_STORE, Process(r=1.1, alpha=12.0, a=1.8, b=1.4), 1.9, 0.04, (45, 38, 17), 2),
)
#: Germany opened late, for good; Etsy and eBay were tried for one month each.
LATE_CHANNELS = (
    Channel(
        AMAZON_DE,
        Process(r=0.9, alpha=8.0, a=2.4, b=0.9),
        arrivals_a_day=2.6,
        growth_a_month=0.0,
        tier_shares=(50, 35, 15),
        cancelled_share=0,
        currency="EUR",
        opens=date(2026, 8, 1),
    ),
    Channel(
        ETSY,
        Process(r=1.2, alpha=2.5, a=1.6, b=1.5),
        arrivals_a_day=3.8,
        growth_a_month=0.0,
        tier_shares=(60, 32, 8),
        cancelled_share=0,
        opens=date(2026, 8, 1),
        closes=date(2026, 9, 1),
    ),
    Channel(
        EBAY,
        Process(r=0.8, alpha=6.0, a=2.2, b=1.0),
        arrivals_a_day=2.4,
        growth_a_month=0.0,
        tier_shares=(95, 5, 0),
        cancelled_share=0,
        opens=date(2025, 5, 1),
        closes=date(2025, 6, 1),
    ),
)
ALL_CHANNELS = CHANNELS + LATE_CHANNELS


@dataclass(frozen=True)
class Fees:
    """True fees at the time of sale: basis points and cents."""

    amazon_referral: int = 1_500
    card: int = 290
    card_fixed: int = 30
    etsy_card: int = 300
    etsy_card_fixed: int = 25
    etsy_transaction: int = 650
    etsy_listing: int = 20
    etsy_offsite_ads: int = 1_500
    etsy_label: int = 395  # and half of what Amazon asks to send the goods
    ebay: int = 1_325  # of all that the buyer pays, tax included
    ebay_fixed: int = 40


FEES = Fees()

WELCOME_CODE, WELCOME_DISCOUNT, WELCOME_SHARE = "WELCOME10", 1_000, 40  # on that share of first orders
PROMOTION, PROMOTION_DISCOUNT, PROMOTION_SHARE = "Sample Promotion 15", 1_500, 6  # on that share of lines
ETSY_COUPON, ETSY_DISCOUNT, ETSY_SHARE = "SUMMER10", 1_000, 20  # on that share of Etsy's orders
OFFSITE_ADS_SHARE = 8  # of Etsy's orders, which an ad on another site brought
CONSENT_SHARE = 55
#: What an order is when it counts as a sale.
SALES = ("completed", "refunded")
