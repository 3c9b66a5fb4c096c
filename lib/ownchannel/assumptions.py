"""An assumption is declared once, beside its field; slider, check, table and source all come from there."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from reprlib import repr as shortened
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from ownchannel.formats import money

#: What a person may decide, what a person may fear, and what simply is.
Role = Literal["fact", "decision", "fear"]
Confidence = Literal["official", "peer-reviewed", "vendor", "measured", "assumption"]
_Share = Literal["share", "share a month", "share a year", "percentage points"]
_Sum = Literal[
    "money", "money a month", "money a year", "money per order", "money per customer", "money per unit"
]
_Count = Literal["customers", "customers a month", "units", "days", "months", "times", "number"]
Unit = Literal[_Share, _Sum, _Count]


@dataclass(frozen=True, kw_only=True)
class Assumption:
    """What is known of one number that a person may change.

    Three ranges, three uses: outside `valid` is refused, `slider` is what the control offers, and outside
    `plausible` (the range that the source supports) a setting is called unlikely.

    >>> class Costs(Assumptions):
    ...     fee: float = assumption(
    ...         Quantity("Referral fee", 0.15, "share", slider=(0, 0.3), plausible=(0.08, 0.17)),
    ...         help="What the marketplace keeps.",
    ...         source="Fee schedule",
    ...         confidence="official",
    ...     )
    >>> fee = Costs.declared()["fee"]
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
    """The theme that it is folded under."""
    role: Role = "fact"
    whole: bool = False
    """Whether only whole numbers are taken."""

    def __post_init__(self) -> None:
        for name in ("slider", "plausible"):
            low, high = getattr(self, name)
            if not self.valid[0] <= low < high <= self.valid[1]:
                raise ValueError(
                    f"{self.label}: {name} {(low, high)} must rise and lie within valid {self.valid}."
                )
        if not 0 < self.step <= self.slider[1] - self.slider[0]:
            raise ValueError(f"{self.label}: step {self.step} must be above 0 and no longer than the slider.")
        if self.whole and self.step % 1:
            raise ValueError(f"{self.label}: step {self.step} must be whole, as the value is.")
        for name in ("label", "help", "source"):
            if not getattr(self, name).strip():
                raise ValueError(f"{self.label or 'An assumption'}: {name} must say something.")

    def reading(self, value: float, currency: str = "") -> str:
        """The value as a person reads it: a share in percent, money in its currency, a count with its noun.

        It carries the decimals of the step, and up to two more where the value needs them. Without a
        `currency`, money is a plain number.
        """
        amount, noun = self._amount(value, currency), re.sub("^(money|share|number) ?", "", self.unit)
        if amount == "1":
            noun = re.sub(r"s\b", "", noun, count=1)
        return f"{amount} {noun}".rstrip()

    def span(self, low: float, high: float, currency: str = "") -> str:
        """A range as a person reads it: `$3.00 to $13.00 per order`."""
        return f"{self._amount(low, currency)} to {self.reading(high, currency)}"

    def _amount(self, value: float, currency: str) -> str:
        """The value without the noun of its unit."""
        scaled = Decimal(str(value)) * self._scale
        step_digits = _decimals(Decimal(str(self.step)) * self._scale)
        digits = min(max(step_digits, _decimals(scaled)), step_digits + 2)
        amount = f"{scaled:,.{digits}f}"
        if self.unit.startswith("money"):
            cents = 2 if digits else 0
            return money(scaled, currency, cents) if currency else f"{scaled:,.{cents}f}"
        return f"{amount}%" if self.unit.startswith("share") else amount

    def check(self, name: str, value: float) -> None:
        """Raise ValueError, in a sentence, where the field `name` cannot take `value`."""
        low, high = self.valid
        if not low <= value <= high:
            text = f"{name} must lie between {low:g} and {high:g}: you gave {value:g}"
            percent_slip = self._scale == 100 and low <= value / 100 <= high
            raise ValueError(text + (f"; did you mean {value / 100:g}?" if percent_slip else "."))
        if self.whole and value % 1:
            raise ValueError(f"{name} must be a whole number: you gave {value:g}.")

    @property
    def _scale(self) -> int:
        return 100 if self.unit.startswith("share") or self.unit == "percentage points" else 1


#: What the numbers of a unit have in common, where a declaration says nothing else: valid range and step.
_COMMON: dict[Unit, tuple[tuple[float, float], float]] = {
    "share": ((0, 1), 0.01),
    "share a month": ((0, 1), 0.001),
    "share a year": ((0, 1), 0.01),
    "percentage points": ((0, 1), 0.005),
    "money": ((0, 1_000_000_000), 1_000),
    "money a month": ((0, 1_000_000_000), 100),
    "money a year": ((0, 1_000_000), 1),
    "money per order": ((0, 1_000_000), 0.5),
    "money per customer": ((0, 1_000_000), 0.5),
    "money per unit": ((0, 1_000_000), 0.5),
    "customers": ((0, 1_000_000_000), 50),
    "customers a month": ((0, 1_000_000_000), 5),
    "units": ((0.01, 100_000), 0.1),
    "days": ((1, 36_525), 1),
    "months": ((1, 120), 1),
    "times": ((0, 10), 0.01),
    "number": ((0, 20), 0.05),
}


@dataclass(frozen=True)
class Quantity:
    """The figures of a declaration. Where one is None, its unit's stands; a slider offers all that is valid.

    >>> Quantity("Returns", 0.1, "share", plausible=(0, 0.3)).default
    0.1
    """

    label: str
    default: float | None
    """None for a number that must be given."""
    unit: Unit
    _: KW_ONLY
    valid: tuple[float, float] | None = None
    slider: tuple[float, float] | None = None
    plausible: tuple[float, float]
    step: float | None = None
    whole: bool = False


def assumption(
    quantity: Quantity,
    *,
    help: str,
    source: str,
    confidence: Confidence = "assumption",
    group: str = "",
    role: Role = "fact",
) -> Any:
    """The one statement that declares a number: what stands to the right of a field of `Assumptions`.

    `partial(assumption, group="Cash")` declares several under one theme. Raises ValueError, in a sentence,
    where ranges contradict each other or a text is empty.

    >>> class Shop(Assumptions):
    ...     returns: float = assumption(
    ...         Quantity("Returns", 0.1, "share", plausible=(0, 0.3)),
    ...         help="Money paid back as a share of what was sold.",
    ...         source="Your own orders",
    ...     )
    >>> Shop(returns=0.4).unlikely()
    ['Returns: 40% lies outside 0% to 30% (Your own orders).']
    """
    valid, step = _COMMON[quantity.unit]
    declared = Assumption(
        label=quantity.label,
        unit=quantity.unit,
        valid=quantity.valid or valid,
        slider=quantity.slider or quantity.valid or valid,
        plausible=quantity.plausible,
        step=step if quantity.step is None else quantity.step,
        whole=quantity.whole,
        help=help,
        source=source,
        confidence=confidence,
        group=group,
        role=role,
    )
    field: Any = Field() if quantity.default is None else Field(quantity.default)
    field.metadata.append(declared)
    return field


#: Numbers by their path: the value of each, and its declaration.
Numbers = Mapping[str, tuple[float, Assumption]]


class Adjustable(Protocol):
    """What sliders can move: it gives its numbers, and is made anew with others."""

    def numbers(self) -> Numbers:
        """Each number that may be changed, by its path."""
        ...

    def with_values(self, values: Mapping[str, float], /) -> Self:
        """The same with other numbers; raises ValueError where they do not go together."""
        ...


class Checked(BaseModel):
    """A frozen document whose constructor refuses in plain sentences, as ValueError."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    if not TYPE_CHECKING:  # the type checker knows the fields

        def __init__(self, **fields: Any) -> None:
            try:
                super().__init__(**fields)
            except ValidationError as error:
                raise ValueError(why_refused(error)) from None

        # Inside a larger document pydantic checks by itself, and then knows the place of each mistake.
        __init__.__pydantic_base_init__ = True


class Assumptions(Checked):
    """A frozen set of declared numbers: every field is `name: float = assumption(...)`."""

    @classmethod
    def declared(cls) -> Mapping[str, Assumption]:
        """Each field's declaration, by the field's name, in the order of the class."""
        return _declared(cls)

    @model_validator(mode="before")
    @classmethod
    def _known_fields(cls, given: Any) -> Any:
        fields = cls.model_fields
        if isinstance(given, Mapping) and not given.keys() <= fields.keys():
            unknown = [str(name) for name in given if name not in fields]
            sentences = [f"{name} is not known here{did_you_mean(name, fields)}" for name in unknown]
            raise ValueError(" ".join(sentences))
        return given

    @model_validator(mode="after")
    def _inside_valid_range(self) -> Self:
        values = vars(self)
        for name, declared in self.declared().items():
            value, (low, high) = values[name], declared.valid
            # this runs at every move of a slider, and most values need no second look
            if declared.whole or not low <= value <= high:
                declared.check(name, value)
        return self

    def numbers(self) -> Numbers:
        """Each field's value and its declaration, by the field's name."""
        return {name: (getattr(self, name), declared) for name, declared in self.declared().items()}

    def with_values(self, values: Mapping[str, float] = MappingProxyType({}), /, **more: float) -> Self:
        """The same with other values, given by name; raises ValueError where they do not go together."""
        return type(self)(**{**dict(self), **values, **more})

    def unused(self) -> frozenset[str]:
        """The fields that change nothing as the others stand: nobody needs to judge them."""
        return frozenset()

    def unlikely(self, currency: str = "") -> list[str]:
        """A sentence for each setting in use that lies outside the range that its source supports."""
        unused, numbers = self.unused(), Assumptions.numbers(self)  # of a plan, without its channels
        return unlikely({name: number for name, number in numbers.items() if name not in unused}, currency)

    def documentation(self, currency: str = "") -> pd.DataFrame:
        """One row a field, as texts: setting, value, likely range, meaning, source and how sure it is."""
        return documented(Assumptions.numbers(self), currency)


def unlikely(numbers: Numbers, currency: str = "") -> list[str]:
    """A sentence for each number that lies outside the range that its source supports."""
    sentences = []
    for value, declared in numbers.values():
        low, high = declared.plausible
        if not low <= value <= high:
            given, likely = declared.reading(value, currency), declared.span(low, high, currency)
            sentences.append(f"{declared.label}: {given} lies outside {likely} ({declared.source}).")
    return sentences


def documented(numbers: Numbers, currency: str = "") -> pd.DataFrame:
    """What `Assumptions.documentation` gives, of any numbers."""
    rows = [
        {
            "setting": f"{declared.group}: {declared.label}" if declared.group else declared.label,
            "value": declared.reading(value, currency),
            "likely": declared.span(*declared.plausible, currency),
            "meaning": declared.help,
            "source": declared.source,
            "confidence": declared.confidence,
        }
        for value, declared in numbers.values()
    ]
    return pd.DataFrame(rows)


@cache
def _declared(model: type[Assumptions]) -> Mapping[str, Assumption]:
    """Kept, for a set of assumptions is checked again whenever a slider moves."""
    return MappingProxyType(
        {
            name: mark
            for name, field in model.model_fields.items()
            for mark in field.metadata
            if isinstance(mark, Assumption)
        }
    )


def why_refused(error: ValueError) -> str:
    """The sentences of a refusal, without what a validation library wraps around them.

    >>> why_refused(ValueError("The shares add up to 120%."))
    'The shares add up to 120%.'
    """
    return " ".join(refusals(error))


def refusals(error: ValueError) -> list[str]:
    """What `why_refused` says, a sentence for each thing that is wrong."""
    if not isinstance(error, ValidationError):
        return [str(error)]
    return [_sentence(detail) for detail in error.errors()]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a sentence that refuses a name: the nearest known one, where one is near.

    >>> did_you_mean("repeat_rte", ["repeat_rate", "cac"])
    ': did you mean repeat_rate?'
    >>> did_you_mean("tip", ["repeat_rate", "cac"])
    '.'
    """
    nearest = get_close_matches(name, known, n=1)
    return f": did you mean {nearest[0]}?" if nearest else "."


#: What was expected and is not, by the first word of pydantic's name of the mistake.
_EXPECTED = {
    "float": "a number",
    "int": "a whole number",
    "string": "text",
    "tuple": "a list",
    "dict": "a table of names and values",
    "model": "a table of names and values",
    "literal": "{expected}",
}

#: What is wrong at all, likewise.
_WRONG = {
    "missing": "is missing",
    "extra_forbidden": "is not known here",
    "too_long": "must hold at most {max_length} values: you gave {actual_length}",
}


def _sentence(detail: ErrorDetails) -> str:
    """One mistake in plain words: `detail` is how pydantic describes it."""
    kind, more = detail["type"], detail.get("ctx", {})
    own = more.get("error")
    if isinstance(own, ValueError):
        return str(own)
    place, given = _place(detail["loc"]) or "This", shortened(detail["input"])
    if kind in _WRONG:
        return f"{place} {_WRONG[kind].format_map(more)}."
    if expected := _EXPECTED.get(kind.split("_")[0]):
        return f"{place} must be {expected.format_map(more)}: you gave {given}."
    return f"{place} cannot be {given}."


def _place(location: Iterable[str | int]) -> str:
    """Where in a document a mistake stands: `uncertain.cash, item 2`."""
    names = ".".join(part for part in location if isinstance(part, str))
    return ", ".join([names, *(f"item {part + 1}" for part in location if isinstance(part, int))])


def _decimals(number: Decimal) -> int:
    """The number of decimals that a number is written with, trailing zeros aside."""
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
