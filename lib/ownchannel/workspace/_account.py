"""The account of a brand: what it alone knows of itself, asked once and used by every workbook."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.numbers import is_currency
from pydantic import model_validator

from ownchannel.assumptions import Checked, did_you_mean
from ownchannel.workspace._documents import clean_name
from ownchannel.workspace._folder import Workspace, write_private

ACCOUNT_FILE = "brand.toml"

#: What a number must lie between, and how the file explains it.
_BOUNDS: Mapping[str, tuple[float, float]] = {
    "cash": (0, 1_000_000_000),
    "fixed_costs": (0, 1_000_000_000),
    "horizon_months": (1, 120),
    "discount_rate": (0, 1),
}
_MEANS = {
    "cash": "what you could spend tomorrow",
    "fixed_costs": "what you pay every month whether you sell or not",
    "horizon_months": "how far ahead the workbooks count",
    "discount_rate": "what a year's wait costs you: 0.1 is 10%",
}


class BrandAccount(Checked):
    """What a brand says of itself; a field that it leaves out (None) stays what a workbook assumes.

    Raises ValueError, in sentences, where a value cannot be used.

    >>> BrandAccount(name="Hearth", cash=12_000).cash
    12000.0
    """

    name: str | None = None
    currency: str | None = None
    """As ISO 4217 has it, such as USD; money below is in it."""
    timezone: str | None = None
    cash: float | None = None
    fixed_costs: float | None = None
    """A month."""
    horizon_months: int | None = None
    discount_rate: float | None = None
    """A year."""
    costing: str | None = None
    """How goods that were bought in batches are costed: `average` of the stock, or `fifo`, oldest first."""

    @model_validator(mode="before")
    @classmethod
    def _known_fields(cls, given: dict[str, Any]) -> dict[str, Any]:
        unknown = [name for name in given if name not in cls.model_fields]
        if unknown:
            said = [f"{name} is not known here{did_you_mean(name, cls.model_fields)}" for name in unknown]
            raise ValueError(" ".join(said))
        return given

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.name is not None:
            clean_name(self.name, "brand")
        if self.currency is not None and not is_currency(self.currency):
            raise ValueError(f"currency must be a code such as USD: you gave {self.currency!r}.")
        if self.timezone is not None:
            try:
                ZoneInfo(self.timezone)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                raise ValueError(
                    f"timezone must be a name such as America/New_York: you gave {self.timezone!r}."
                ) from None
        if self.costing not in (None, "average", "fifo"):
            raise ValueError(f"costing must be average or fifo: you gave {self.costing!r}.")
        for name, (low, high) in _BOUNDS.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                slip = f"; did you mean {value / 100:g}?" if name == "discount_rate" and value <= 100 else "."
                raise ValueError(f"{name} must lie between {low:g} and {high:,.0f}: you gave {value:g}{slip}")
        return self


def saved_account(workspace: Workspace) -> BrandAccount:
    """The account in the workspace; an empty one where there is none.

    Raises ValueError, naming file and field, where it cannot be used.

    >>> import tempfile
    >>> saved_account(Workspace.at(tempfile.mkdtemp())).name is None
    True
    """
    file = workspace.folder / ACCOUNT_FILE
    try:
        return BrandAccount(**tomllib.loads(file.read_bytes().decode("utf-8")))
    except FileNotFoundError:
        return BrandAccount()
    except tomllib.TOMLDecodeError as error:
        raise ValueError(
            f"{ACCOUNT_FILE} in the workspace cannot be read: each line must be such as cash = 12000 "
            f"({error}). Correct it, or delete it."
        ) from error
    except (UnicodeDecodeError, OSError) as error:
        raise ValueError(
            f"{ACCOUNT_FILE} in the workspace is no text file that can be read. Delete it."
        ) from error
    except ValueError as problem:
        raise ValueError(
            f"{ACCOUNT_FILE} in the workspace cannot be used. {problem} Correct it, or delete it."
        ) from None


def save_account(workspace: Workspace, **fields: Any) -> BrandAccount:
    """Change these fields of the account and keep it; None or an empty text takes one away.

    Raises ValueError, and keeps what was there, where a value cannot be used.

    >>> import tempfile
    >>> place = Workspace.at(tempfile.mkdtemp())
    >>> _ = save_account(place, name="Hearth", cash=12_000)
    >>> save_account(place, cash=None, currency="EUR").name
    'Hearth'
    >>> print((place.folder / "brand.toml").read_text().splitlines()[-1])
    currency = "EUR"
    """
    given = {**dict(saved_account(workspace)), **fields}
    account = BrandAccount(**{name: value for name, value in given.items() if value not in (None, "")})
    _write(workspace.open() / ACCOUNT_FILE, account)
    return account


def _write(file: Path, account: BrandAccount) -> None:
    lines = ["# What you say of your brand. Every workbook starts from it."]
    for name, value in account:
        if value is not None:
            # What JSON writes of a text without control characters, or of a number, TOML reads.
            line = f"{name} = {json.dumps(clean_name(value, 'brand') if name == 'name' else value)}"
            lines.append(f"{line}  # {_MEANS[name]}" if name in _MEANS else line)
    write_private(file, ("\n".join(lines) + "\n").encode())
