"""The referral fees of three kinds of category, written out: switching as a whole, in bands, and flat."""


def referral_fee(category: str, price: float) -> float:
    """The fee of one unit at this price, tax included in the price where the fee is charged on it."""
    if category == "beauty":
        return max(0.30, price * (0.08 if price <= 10 else 0.15))
    if category == "furniture":
        return max(0.30, 0.15 * min(price, 200) + 0.10 * max(price - 200, 0))
    if category == "electronics accessories":
        return max(0.30, 0.15 * min(price, 100) + 0.08 * max(price - 100, 0))
    raise ValueError(f"No fee is written out for {category}.")
