"""Who bought, without knowing who: a keyed hash in place of every address and platform id."""

import hmac
import unicodedata
from collections.abc import Callable
from functools import cached_property


class CustomerKeys:
    """Turns addresses and platform ids into keys that are stable in a workspace and mean nothing outside.

    HMAC-SHA256 under the workspace's secret, its first 128 bits in hex. `secret` is called only once, when
    the first customer is met.

    >>> keys = CustomerKeys(lambda: b"a secret of 32 bytes, kept aside")
    >>> keys.of_email(" Buyer@Example.com ") == keys.of_email("buyer@example.com")
    True
    >>> keys.of_email("no address") is None
    True
    """

    def __init__(self, secret: Callable[[], bytes]) -> None:
        self._load = secret

    @cached_property
    def _secret(self) -> bytes:
        return self._load()

    def of_email(self, text: str) -> str | None:
        """The key of an address, whatever its capitals and blanks; None where it is no address."""
        address = unicodedata.normalize("NFKC", text).strip().casefold()
        name, at, domain = address.partition("@")
        return self._key("e-mail", address) if name and at and domain else None

    def of_id(self, text: str) -> str | None:
        """The key of a platform's customer id; None where it is empty."""
        identifier = text.strip().removesuffix(".0")  # a spreadsheet's whole number
        return self._key("id", identifier) if identifier else None

    def _key(self, sort: str, value: str) -> str:
        return hmac.digest(self._secret, f"{sort}:{value}".encode(errors="replace"), "sha256").hex()[:32]
