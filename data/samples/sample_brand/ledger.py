"""The brand's own books: every person, order and line, with what no export shows beside what they do."""

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import Generator

from . import buyers
from .baskets import amazon_lines, baskets, ebay_orders, etsy_orders, store_orders, totals
from .stated import ALL_CHANNELS, AMAZON, AMAZON_DE, CHANNELS, CLOSED, DAY, EBAY, ETSY, OWN_STORE, Channel

#: Seconds after the opening: the app that copies Amazon orders into the shop ran for these three months.
SYNC_FROM, SYNC_TO = 517 * DAY, 609 * DAY
#: From here on a few customers tick the other box at check-out.
CONSENT_CHANGES_AT = 400 * DAY
MERCHANT_FULFILLED_SHARE, SYNCED_SHARE = 0.08, 0.25

#: Each use of random numbers has its own stream: what is added later leaves all that was there as it was.
STREAMS = {
    AMAZON: 0,
    OWN_STORE: 1,
    "store names": 2,
    AMAZON_DE: 3,
    ETSY: 4,
    "shipments": 5,
    "account": 6,
    "cards": 7,
    "etsy statement": 8,
    "traffic": 9,
    EBAY: 10,
}


@dataclass(frozen=True)
class Brand:
    """The ledger: amounts in whole cents of the channel's currency, times in seconds after the brand opened.

    people: a row a person, index `person`: `channel, rate, drop_out` (both null for a visitor whose only
    order was cancelled), `tier, town, consents, changes_consent, guest, business`.

    orders: a row an order, index `order`, by time within a channel: `channel, person, purchase` (0 is the
    person's first, −1 an attempt that was cancelled), `placed, updated` (sent or cancelled), `status`,
    `number` (a marketplace's), `store_name` (where the shop's export holds it), `consent`,
    `merchant_fulfilled`, `variant` (0 to 99: picks among a platform's forms of writing one thing),
    `refunded_at` (−1: never), `cancelled_first` (cancelled, then refunded) and totals over the lines that
    were not cancelled: `item, discount, shipping, tax, refund, fee`, and of the fee `card_fee`, which is 0 on
    Amazon.

    lines: a row an order line: `order, line, product, quantity, item, promotion, shipping, ship_promotion,
    tax, referral_fee, fulfilment_fee, refund, cancelled`. Discount, shipping, tax and refund
    belong to the order on all but Amazon, and are 0 here; Etsy's fulfilment fee is the label bought there.
    """

    seed: int
    people: pd.DataFrame
    orders: pd.DataFrame
    lines: pd.DataFrame


def relay_address(brand: Brand, person: int) -> str:
    """The address that Amazon shows in place of the buyer's; all business buyers share one."""
    if brand.people.at[person, "business"]:
        return "no-reply-business-buyer@marketplace.example"
    alias = hashlib.blake2b(f"{brand.seed}:{person}".encode(), digest_size=7).hexdigest()
    return f"{alias}@marketplace.example"


def generate(seed: int) -> Brand:
    """Draw the brand's two years on all its channels; the same seed gives the same ledger."""
    people: list[pd.DataFrame] = []
    orders: list[pd.DataFrame] = []
    lines: list[pd.DataFrame] = []
    for channel in ALL_CHANNELS:
        # One stream for behaviour and one for the rest: a new quirk leaves the customers as they were.
        behaviour, rest = (np.random.default_rng([seed, STREAMS[channel.name], part]) for part in (0, 1))
        of_channel = _channel(channel, behaviour, rest)
        first_person, first_order = sum(map(len, people)), sum(map(len, orders))
        people.append(of_channel[0])
        orders.append(of_channel[1].assign(person=of_channel[1]["person"] + first_person))
        lines.append(of_channel[2].assign(order=of_channel[2]["order"] + first_order))
    all_orders = pd.concat(orders, ignore_index=True).rename_axis("order")
    all_lines = pd.concat(lines, ignore_index=True)
    copied = all_orders[all_orders["channel"].isin([channel.name for channel in CHANNELS])]
    names = _store_names(copied, all_lines, np.random.default_rng([seed, STREAMS["store names"]]))
    all_orders["store_name"] = names.reindex(all_orders.index, fill_value="")
    return Brand(seed, pd.concat(people, ignore_index=True).rename_axis("person"), all_orders, all_lines)


def _channel(
    channel: Channel, process_rng: Generator, rng: Generator
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """One channel's people, orders and lines, each numbered from 0."""
    born = buyers.arrivals(channel, process_rng)
    behaviour, bought = buyers.purchases(born, channel.process, channel.days / 7, process_rng)
    attempts = _cancelled_attempts(channel, bought, len(behaviour), rng)
    people_count = max([len(behaviour) - 1, *attempts["person"]]) + 1
    people = pd.concat(
        [behaviour.reindex(range(people_count)), buyers.traits(people_count, channel, rng)], axis=1
    )
    people.insert(0, "channel", channel.name)

    orders = pd.concat([bought, attempts], ignore_index=True).sort_values(
        "week", kind="stable", ignore_index=True
    )
    orders.insert(0, "channel", channel.name)
    orders["placed"] = channel.opened + (orders.pop("week") * 7 * DAY).astype("int64")
    orders["updated"] = orders["placed"] + rng.integers(DAY // 4, 5 * DAY // 2, len(orders))
    orders["number"] = _numbers(channel, len(orders), rng)
    attempt = orders["purchase"] < 0
    orders["updated"] = orders["updated"].mask(attempt, orders["updated"].clip(upper=CLOSED))
    sent = orders["updated"] <= CLOSED
    orders["status"] = np.where(attempt, "cancelled", np.where(sent, "completed", "pending"))
    answer = people.loc[orders["person"], ["consents", "changes_consent"]].to_numpy()
    orders["consent"] = answer[:, 0] ^ (answer[:, 1] & (orders["placed"] >= CONSENT_CHANGES_AT))
    on_amazon = channel.name in {AMAZON, AMAZON_DE}
    orders["merchant_fulfilled"] = on_amazon & (rng.random(len(orders)) < MERCHANT_FULFILLED_SHARE)
    orders["variant"] = rng.integers(100, size=len(orders))

    lines = baskets(people.loc[orders["person"], "tier"].to_numpy(), rng)
    tax_rate = np.array([town[-1] for town in buyers.TOWNS])[people.loc[orders["person"], "town"]]
    if on_amazon:
        # Where prices hold the tax, no tax is shown beside them.
        lines = amazon_lines(orders, lines, tax_rate * (channel.name == AMAZON), rng)
        return people, totals(orders, lines), lines
    of_orders = {OWN_STORE: store_orders, ETSY: etsy_orders, EBAY: ebay_orders}[channel.name]
    return people, of_orders(orders, lines, tax_rate, rng), lines


def _cancelled_attempts(
    channel: Channel, bought: pd.DataFrame, buyer_count: int, rng: Generator
) -> pd.DataFrame:
    """Orders placed and cancelled: half by buyers just before a purchase, half by visitors who never buy.

    They are added to the purchases, never taken from them, so that the stated process stays exact.
    """
    number = rng.binomial(len(bought), channel.cancelled_share / 100)
    before = bought.sample(number - number // 2, random_state=rng)
    visits = rng.choice(bought["week"], number // 2)
    forty_minutes = 40 / (7 * 24 * 60)
    return pd.DataFrame(
        {
            "person": np.append(before["person"], buyer_count + np.arange(number // 2)),
            "purchase": -1,
            "week": np.maximum(np.append(before["week"], visits) - forty_minutes, 0),
        }
    )


def _numbers(channel: Channel, number: int, rng: Generator) -> list[str]:
    """Distinct order numbers of the marketplace's form; none of the shop's, which names its orders."""
    if channel.name == OWN_STORE:
        return [""] * number
    if channel.name == ETSY:
        return [str(3_900_000_000 + 7_919 * place) for place in range(number)]
    if channel.name == EBAY:
        return [
            f"{place % 24:02d}-{13_000 + place:05d}-{7_919 * (place + 1) % 100_000:05d}"
            for place in range(number)
        ]
    first, last = (111, 114) if channel.name == AMAZON else (302, 306)
    heads, middles = rng.integers(first, last + 1, number), rng.integers(10**7, size=number)
    tails = rng.choice(9 * 10**6, number, replace=False)
    return [f"{h}-{m:07d}-{t:07d}" for h, m, t in zip(heads, middles, tails, strict=True)]


def _store_names(orders: pd.DataFrame, lines: pd.DataFrame, rng: Generator) -> pd.Series:
    """The shop's running names, by time, over its own orders and those copied from Amazon."""
    whole = ~orders.index.isin(lines.loc[lines["cancelled"], "order"])
    in_time = (orders["placed"] >= SYNC_FROM) & (orders["placed"] < SYNC_TO)
    candidates = (orders["channel"] == AMAZON) & (orders["status"] == "completed") & whole & in_time
    held = (orders["channel"] == OWN_STORE) | (candidates & (rng.random(len(orders)) < SYNCED_SHARE))
    place = orders.loc[held, "placed"].rank(method="first").astype("int64")
    return (place + 1000).map("#{}".format).reindex(orders.index, fill_value="")
