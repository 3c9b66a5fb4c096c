"""An assumption is declared once, beside its field; slider, check, table and source all come from there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated, Any, Literal, Self, TypeVar

import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError, create_model, model_validator
from pydantic_core import ErrorDetails

from ownchannel.formats import money

Confidence = Literal["official", "peer-reviewed", "vendor", "measured", "assumption"]
Unit = Literal[
    "share",
    "share a year",
    "points",
    "money",
    "money a month",
    "money an order",
    "money a customer",
    "customers",
    "customers a month",
    "orders",
    "orders a month",
    "messages a week",
    "agents",
    "hours",
    "days",
    "months",
    "times",
    "number",
]


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """What is known of one number that a person may change.

    Three ranges, three uses: outside `valid` is refused, `slider` is what the control offers, and outside
    `plausible` (the range that the source supports) a setting is called unlikely.

    >>> fee = Assumption(
    ...     label="Referral fee",
    ...     unit="share",
    ...     valid=(0, 1),
    ...     slider=(0, 0.3),
    ...     plausible=(0.08, 0.17),
    ...     step=0.01,
    ...     help="What the marketplace keeps.",
    ...     source="Fee schedule",
    ...     confidence="official",
    ... )
    >>> fee.reading(0.15), fee.reading(0.1534)
    ('15%', '15.34%')
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

    def __post_init__(self) -> None:
        for name in ("slider", "plausible"):
            low, high = getattr(self, name)
            if not self.valid[0] <= low < high <= self.valid[1]:
                raise ValueError(
                    f"{self.label}: {name} {(low, high)} must rise and lie within valid {self.valid}."
                )
        if not 0 < self.step <= self.slider[1] - self.slider[0]:
            raise ValueError(f"{self.label}: step {self.step} must be above 0 and no longer than the slider.")
        for name in ("label", "help", "source"):
            if not getattr(self, name).strip():
                raise ValueError(f"{self.label or 'An assumption'}: {name} must say something.")

    def reading(self, value: float, currency: str = "") -> str:
        """The value as a person reads it: a share in percent, money in its currency, a count with its noun.

        It carries the decimals of the step, and up to two more where the value needs them. Without a
        `currency`, money is a plain number.
        """
        scale = 100 if self.unit in {"share", "share a year", "points"} else 1
        scaled = Decimal(str(value)) * scale
        step_digits = _decimals(Decimal(str(self.step)) * scale)
        digits = min(max(step_digits, _decimals(scaled)), step_digits + 2)
        amount = f"{scaled:,.{digits}f}"
        if self.unit.startswith("money"):
            cents = 2 if digits else 0
            amount = money(scaled, currency, cents) if currency else f"{scaled:,.{cents}f}"
        return _with_unit(amount, self.unit)


class Assumptions(BaseModel):
    """A frozen set of declared numbers: every field is `Annotated[float, Assumption(...)] = default`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def declared(cls) -> dict[str, Assumption]:
        """Each field's declaration, by the field's name, in the order of the class."""
        return {
            name: mark
            for name, field in cls.model_fields.items()
            for mark in field.metadata
            if isinstance(mark, Assumption)
        }

    @model_validator(mode="after")
    def _inside_valid_range(self) -> Self:
        for name, declared in self.declared().items():
            value = getattr(self, name)
            low, high = declared.valid
            if not low <= value <= high:
                raise ValueError(_refusal(name, value, declared))
        return self

    def unlikely(self, currency: str = "") -> list[str]:
        """A sentence for each setting outside the range that its source supports."""
        sentences = []
        for name, declared in self.declared().items():
            value = getattr(self, name)
            low, high = declared.plausible
            if not low <= value <= high:
                given, least, most = (declared.reading(number, currency) for number in (value, low, high))
                sentences.append(
                    f"{declared.label}: {given} lies outside {least} to {most} ({declared.source})."
                )
        return sentences

    def documentation(self, currency: str = "") -> pd.DataFrame:
        """One row a field, as texts: setting, value, likely range, meaning, source and how sure it is."""
        rows = [
            {
                "setting": f"{declared.group}: {declared.label}" if declared.group else declared.label,
                "value": declared.reading(getattr(self, name), currency),
                "likely": " to ".join(declared.reading(end, currency) for end in declared.plausible),
                "meaning": declared.help,
                "source": declared.source,
                "confidence": declared.confidence,
            }
            for name, declared in self.declared().items()
        ]
        return pd.DataFrame(rows)


Declared = TypeVar("Declared", bound=Assumptions)


def scaled(model: type[Declared], factors: Mapping[Unit, float]) -> type[Declared]:
    """The same declarations for a larger or smaller brand: sliders, ranges and defaults multiplied.

    `factors` gives a factor for each unit that is to change; what is valid stays.

    >>> class Books(Assumptions):
    ...     cash: Annotated[
    ...         float,
    ...         Assumption(
    ...             label="Cash",
    ...             unit="money",
    ...             valid=(0, 1e9),
    ...             slider=(0, 1_000),
    ...             plausible=(100, 900),
    ...             step=10,
    ...             help="What you could spend tomorrow.",
    ...             source="Your own books",
    ...             confidence="assumption",
    ...         ),
    ...     ] = 500
    >>> scaled(Books, {"money": 10})().cash
    5000
    """
    fields: dict[str, Any] = {}
    for name, declared in model.declared().items():
        factor = factors.get(declared.unit, 1)
        if factor != 1:
            larger = replace(
                declared,
                slider=(declared.slider[0] * factor, declared.slider[1] * factor),
                plausible=(declared.plausible[0] * factor, declared.plausible[1] * factor),
                step=declared.step * factor,
            )
            fields[name] = (Annotated[float, larger], model.model_fields[name].default * factor)
    return create_model(model.__name__, __base__=model, **fields) if fields else model


def why_refused(error: ValueError) -> str:
    """The sentences of a refusal, without what a validation library wraps around them.

    >>> why_refused(ValueError("The shares add up to 120%."))
    'The shares add up to 120%.'
    """
    if not isinstance(error, ValidationError):
        return str(error)
    return " ".join(_sentence(detail) for detail in error.errors())


def _sentence(detail: ErrorDetails) -> str:
    own = detail.get("ctx", {}).get("error")
    if isinstance(own, ValueError):
        return str(own)
    place = ".".join(map(str, detail["loc"]))
    return f"{place}: {detail['msg']}." if place else f"{detail['msg']}."


def _refusal(name: str, value: float, declared: Assumption) -> str:
    low, high = declared.valid
    text = f"{name} must lie between {low:g} and {high:g}: you gave {value:g}"
    percent_slip = declared.unit == "share" and low <= value / 100 <= high
    return text + (f"; did you mean {value / 100:g}?" if percent_slip else ".")


def _decimals(number: Decimal) -> int:
    """The number of decimals that a number is written with, trailing zeros aside."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


#: What stands behind the amount, for the units that are not simply its noun.
_SUFFIX: dict[Unit, str] = {"share": "%", "share a year": "% a year", "money": "", "number": ""}


def _with_unit(amount: str, unit: Unit) -> str:
    if unit in _SUFFIX:
        return amount + _SUFFIX[unit]
    noun, *rest = unit.removeprefix("money ").split(" ")
    return " ".join([amount, noun.removesuffix("s") if amount == "1" else noun, *rest])
