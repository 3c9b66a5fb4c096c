"""Amazon's referral fees as sources quote them. A change is added as a later schedule, never written over."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from ownchannel.marketplace.fee_schedules import Bands, FeeTable, Schedule

if TYPE_CHECKING:
    from ownchannel.assumptions import Confidence

_SOURCE = "Amazon's price list (sell.amazon.com/pricing), as others copied it in 2026-08, and vendors' lists"


def _from_2024(
    categories: tuple[str, ...],
    bands: Bands,
    minimum: str = "0.30",
    *,
    note: str = "",
    confidence: "Confidence" = "vendor",
) -> Schedule:
    return Schedule(
        categories=categories,
        bands=bands,
        minimum=Decimal(minimum),
        valid_from=dt.date(2024, 1, 15),
        source=_SOURCE,
        checked=dt.date(2026, 11, 22),
        confidence=confidence,
        note=note,
    )


def _flat(percent: int) -> Bands:
    return Bands((), (_share(percent),))


def _whole(*steps: int) -> Bands:
    """Percent and edges by turns: one rate for the whole price."""
    return Bands(tuple(map(Decimal, steps[1::2])), tuple(map(_share, steps[::2])))


def _marginal(*steps: int) -> Bands:
    """Percent and edges by turns: each rate for its part of the price."""
    return Bands(tuple(map(Decimal, steps[1::2])), tuple(map(_share, steps[::2])), marginal=True)


def _share(percent: int) -> Decimal:
    return Decimal(percent) / 100


#: Where Amazon's list words a break as "products with a total sales price of … or less", one rate applies to
#: the whole price; where it says "the portion of the total sales price up to …", each to its part.
AMAZON_US = FeeTable(
    currency="USD",
    schedules=(
        _from_2024(
            (
                "eyewear",
                "footwear",
                "handbags and luggage",
                "home",
                "lawn and garden",
                "mattresses",
                "musical instruments",
                "office",
                "sports",
                "tools",
                "toys",
                "everything else",
            ),
            _flat(15),
        ),
        _from_2024(("pet",), _flat(15), note="Veterinary diets have a rate of their own."),
        _from_2024(("veterinary diets",), _flat(22)),
        _from_2024(("automotive", "industrial", "power tools"), _flat(12)),
        _from_2024(("tyres",), _flat(10)),
        _from_2024(("camera", "computers", "electronics", "full-size appliances"), _flat(8)),
        _from_2024(("own-device accessories",), _flat(45), note="For Amazon's own devices."),
        _from_2024(
            ("books", "music", "video"),
            _flat(15),
            "0",
            note="A closing fee of 1.80 dollars an item comes on top.",
        ),
        _from_2024(("software and video games",), _flat(15), "0"),
        _from_2024(("video game consoles",), _flat(8), "0"),
        _from_2024(("gift cards",), _flat(20), "0"),
        _from_2024(("baby", "beauty", "health"), _whole(8, 10, 15)),
        _from_2024(("grocery",), _whole(8, 15, 15), "0"),
        _from_2024(("lawn mowers",), _whole(15, 500, 8)),
        _from_2024(
            ("apparel",),
            _whole(5, 15, 10, 20, 17),
            confidence="assumption",
            note="Sources differ: one vendor has 17% at every price. See the fee preview of your listings.",
        ),
        _from_2024(("furniture",), _marginal(15, 200, 10)),
        _from_2024(("jewellery",), _marginal(20, 250, 5)),
        _from_2024(("electronics accessories",), _marginal(15, 100, 8)),
        _from_2024(("watches",), _marginal(16, 1500, 3)),
        _from_2024(("compact appliances",), _marginal(15, 300, 8)),
        _from_2024(("fine art",), _marginal(20, 100, 15, 1000, 10, 5000, 5), "1.00"),
    ),
)
