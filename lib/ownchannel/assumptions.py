"""An assumption is declared once, beside its field; slider, check, table and source all come from there."""

from dataclasses import dataclass
from typing import Any, Literal, Self

import pandas as pd
from pydantic import BaseModel, ConfigDict, model_validator

Confidence = Literal["official", "peer-reviewed", "vendor", "assumption"]
Unit = Literal["share", "points", "money", "money a month", "money an order", "months", "days"]


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """What is known of one number that a person may change.

    Three ranges, three uses: outside `valid` is refused, `slider` is what the control offers, and outside
    `plausible` (the range that the source supports) a setting is called unlikely.
    """

    label: str
    unit: Unit
    valid: tuple[float, float]
    slider: tuple[float, float]
    plausible: tuple[float, float]
    step: float
    help: str
    source: str
    confidence: Confidence
    group: str = ""


class Assumptions(BaseModel):
    """A frozen set of declared numbers: every field is `Annotated[float, Assumption(...)] = default`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def declared(cls) -> dict[str, Assumption]:
        """Each field's declaration, by the field's name, in the order of the class."""
        return {
            name: next(mark for mark in field.metadata if isinstance(mark, Assumption))
            for name, field in cls.model_fields.items()
            if any(isinstance(mark, Assumption) for mark in field.metadata)
        }

    @model_validator(mode="after")
    def _inside_valid_range(self) -> Self:
        for name, declared in self.declared().items():
            value = getattr(self, name)
            low, high = declared.valid
            if not low <= value <= high:
                raise ValueError(_refusal(name, value, declared))
        return self

    def unlikely(self) -> list[str]:
        """A sentence for each setting outside the range that its source supports."""
        return [
            f"{declared.label}: {value:g} lies outside {low:g} to {high:g} ({declared.source})."
            for name, declared in self.declared().items()
            for value, (low, high) in [(getattr(self, name), declared.plausible)]
            if not low <= value <= high
        ]

    def documentation(self) -> pd.DataFrame:
        """One row a field: setting, value, unit, plausible range, meaning, source and how sure it is."""
        rows: list[dict[str, Any]] = [
            {
                "setting": declared.label,
                "value": getattr(self, name),
                "unit": declared.unit,
                "from": declared.plausible[0],
                "to": declared.plausible[1],
                "meaning": declared.help,
                "source": declared.source,
                "confidence": declared.confidence,
            }
            for name, declared in self.declared().items()
        ]
        return pd.DataFrame(rows)


def _refusal(name: str, value: float, declared: Assumption) -> str:
    low, high = declared.valid
    text = f"{name} must lie between {low:g} and {high:g}: you gave {value:g}"
    percent_slip = declared.unit == "share" and low <= value / 100 <= high
    return text + (f"; did you mean {value / 100:g}?" if percent_slip else ".")
