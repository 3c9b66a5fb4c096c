"""Who bought, without knowing who: a keyed hash in place of every address and platform id."""

import hmac
import unicodedata
from collections.abc import Callable, Container, Iterable
from functools import cache


class CustomerKeys:
    """Turns addresses and platform ids into keys that are stable in a workspace and mean nothing outside.

    HMAC-SHA256 under the workspace's secret, its first 128 bits in hex. `secret` is called only once, when
    the first customer is met. Customers in `forgotten` have no key.

    >>> keys = CustomerKeys(lambda: b"a secret of 32 bytes, kept aside")
    >>> keys.of_email(" Buyer@Example.com ") == keys.of_email("buyer@example.com")
    True
    >>> keys.of_email("no address") is None
    True
    """

    def __init__(self, secret: Callable[[], bytes], forgotten: Container[str] = frozenset()) -> None:
        self._secret = cache(secret)
        self._forgotten = forgotten

    def of_email(self, text: str) -> str | None:
        """The key of an address, whatever its capitals and blanks; None where it is no address."""
        if not text:
            return None
        address = (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip().casefold()
        name, at, domain = address.partition("@")
        return self._key("e-mail", address) if name and at and domain else None

    def of_id(self, text: str) -> str | None:
        """The key of a platform's customer id; None where it is empty."""
        identifier = text.strip().removesuffix(".0")  # a spreadsheet's whole number
        return self._key("id", identifier) if identifier else None

    def _key(self, sort: str, value: str) -> str | None:
        key = _keyed_hash(self._secret(), f"{sort}:{value}")[:32]
        return None if key in self._forgotten else key


class ForgottenCustomers:
    """Customers who are to stay unknown: a set of keys that holds no key, only a second hash of each."""

    def __init__(self, secret: bytes, hashes: Iterable[str]) -> None:
        self._secret, self._hashes = secret, frozenset(hashes)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and second_hash(self._secret, key) in self._hashes


def second_hash(secret: bytes, key: str) -> str:
    """What a forgotten customer's key is known by, in 64 hexadecimal digits."""
    return _keyed_hash(secret, f"forgotten:{key}")


def fingerprint(secret: bytes) -> str:
    """A mark by which secrets differ and that gives nothing of them away, in 32 hexadecimal digits."""
    return _keyed_hash(secret, "fingerprint")[:32]


def _keyed_hash(secret: bytes, text: str) -> str:
    return hmac.digest(secret, text.encode(errors="replace"), "sha256").hex()
