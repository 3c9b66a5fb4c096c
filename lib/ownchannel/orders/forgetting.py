"""Forget a customer who asks for it, now and in every file read later."""

import re
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc

from ownchannel.formats import count
from ownchannel.orders.customer_keys import CustomerKeys
from ownchannel.orders.saved import key_fits, key_remark, save_orders, saved_orders
from ownchannel.orders.workspace import Workspace

_KEY = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class Forgotten:
    """What forgetting a customer changed; printed, a sentence that names nobody."""

    lines: int
    """Order lines that lost their customer."""

    def __str__(self) -> str:
        if self.lines:
            done = f"The customer is forgotten: {count(self.lines, 'order line')} now without a customer."
        else:
            done = "The customer is not known in the saved orders."
        return (
            f"{done} Files read later will not bring the customer back; the files themselves are unchanged."
        )

    __repr__ = __str__


def forget(customer: str, workspace: Workspace | str | Path | None = None) -> Forgotten:
    """Take a customer's key and consent out of the saved orders, and out of all that is read from now on.

    `customer` is an e-mail address, or a key as it stands in the column `customer_key` (32 hexadecimal
    digits), needed where a platform's files know customers by a number and not by their address. The orders
    stay, with their numbers, as sales of nobody, so that every sum stays true. What is kept of the customer
    is a hash of the key under the workspace's secret, from which neither key nor address can be found. Export
    files are not touched, and tables that are open in a workbook keep the key until it is run again.

    Raises ValueError where `customer` is neither address nor key, and where the workspace's key is lost:
    under another key the customer could not be known again.

    >>> import tempfile
    >>> str(forget("buyer@example.com", tempfile.mkdtemp())).partition(".")[0]
    'The customer is not known in the saved orders'
    """
    place = workspace if isinstance(workspace, Workspace) else Workspace.at(workspace)
    if not key_fits(place):
        raise ValueError(f"The customer cannot be found or forgotten yet. {key_remark(place)}")
    key = _key(customer, place)
    saved = saved_orders(place)
    # Remembered first: where this is interrupted, forgetting again finishes it.
    place.remember_forgotten(key)
    for unfinished in place.folder.glob("*.part"):  # left by a write that was cut off
        unfinished.unlink(missing_ok=True)
    lines = 0 if saved is None else pc.sum(pc.equal(saved.arrow["customer_key"], key)).as_py() or 0
    if saved is not None and lines:
        save_orders(saved, place)
    return Forgotten(lines)


def _key(customer: str, place: Workspace) -> str:
    text = customer.strip().lower()
    key = text if _KEY.fullmatch(text) else CustomerKeys(place.secret).of_email(customer)
    if key is None:
        raise ValueError(
            "This is neither an e-mail address nor a customer's key. Give the address, or the 32 hexadecimal "
            "digits from the column customer_key."
        )
    return key
