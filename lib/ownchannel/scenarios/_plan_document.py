"""A plan as a document, as text, as a page's address, and kept by name: read whatever its version."""

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qs

import pandas as pd

from ownchannel.assumptions import Assumptions
from ownchannel.formats import count
from ownchannel.scenarios._plan import Plan, split_path
from ownchannel.workspace import NamedDocuments, Workspace

#: The version that is written.
VERSION = 2

#: Letters of an address: mail programs and chats break or cut those that are much longer.
LONGEST_QUERY = 6_000

#: Bytes of an unpacked plan; a small text can unpack to gigabytes.
LARGEST_PLAN = 200_000

_FIELD, _BASE = "plan", "base"
_DAMAGED = (
    "The plan in this address is damaged: it was cut or changed on its way. Copy the whole address again, or "
    "ask for the plan's file."
)

#: They have no neutral value: a file says them, so that a new default changes no old plan.
_ALWAYS = {"horizon_months", "start", "discount_rate", "currency"}


def dumps(plan: Plan) -> str:
    """The plan as JSON, with its version; what is neutral is left out.

    >>> store = {"name": "Own store", "kind": "owned", "order_value": 45}
    >>> print(dumps(Plan(channels=(store,))))
    {
      "version": 2,
      "horizon_months": 36,
      "discount_rate": 0.1,
      "start": "2027-01",
      "currency": "USD",
      "channels": [
        {
          "name": "Own store",
          "kind": "owned",
          "order_value": 45.0
        }
      ]
    }
    """
    return json.dumps(as_document(plan), indent=2, ensure_ascii=False)


def loads(text: str) -> Plan:
    """The plan that a text of `dumps` holds, or one of an earlier version.

    Raises ValueError, in plain sentences, where it holds none.

    >>> text = '{"version": 1, "channels": {"Own store": {"kind": "owned", "order_value": 45}}}'
    >>> loads(text).channels[0].name
    'Own store'
    """
    try:
        document = json.loads(text, object_pairs_hook=_each_once)
    except json.JSONDecodeError as error:
        raise ValueError(
            f"This is no plan: at line {error.lineno}, column {error.colno} the text is not JSON. Choose a "
            "file that was saved as a plan."
        ) from None
    except RecursionError:
        raise ValueError("This is no plan: its lists are nested too deeply.") from None
    return from_document(document)


def as_document(plan: Plan) -> dict[str, Any]:
    """The plan as plain lists and dictionaries, as JSON has them."""
    document = {"version": VERSION} | _not_neutral(plan, _ALWAYS)
    document["channels"] = [
        {"name": channel.name, "kind": channel.kind} | _not_neutral(channel, {"name", "kind"})
        for channel in plan.channels
    ]
    return document


def from_document(document: object) -> Plan:
    """The plan of a document of `as_document`, or of one of an earlier version; ValueError as `loads`."""
    if not isinstance(document, Mapping):
        raise ValueError("This is no plan: a plan is one table of names and values.")
    if "version" not in document:
        raise ValueError(
            f"version is missing: a plan says which version it is; the present one is {VERSION}."
        )
    version = document["version"]
    if type(version) is not int or version < 1:
        raise ValueError(f"version must be a whole number from 1 to {VERSION}: you gave {version!r}.")
    if version > VERSION:
        raise ValueError(
            f"This plan is of version {version}, and versions up to {VERSION} can be read here: install a "
            "newer workbook."
        )
    fields = {name: value for name, value in document.items() if name != "version"}
    return Plan(**(_from_1(fields) if version == 1 else fields))


def _not_neutral(holder: Assumptions, always: set[str]) -> dict[str, Any]:
    """The fields that are not at their default, as JSON has them, and those that stand there always."""
    written = holder.model_dump(mode="json")
    return {
        name: written[name]
        for name, field in type(holder).model_fields.items()
        if name in always or getattr(holder, name) != field.get_default(call_default_factory=True)
    }


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object, refused where it says one thing twice: nobody could tell which of them counts."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"{twice} stands twice in one table: take one of them out.")
    return found


def _from_1(fields: dict[str, Any]) -> dict[str, Any]:
    """Version 1 had channels by name, and `owned_share` for `owned_share_of_growth_budget`."""
    renamed = {"owned_share": "owned_share_of_growth_budget"}
    newer = {renamed.get(name, name): value for name, value in fields.items()}
    channels, uncertain = newer.get("channels"), newer.get("uncertain")
    if isinstance(channels, Mapping):
        newer["channels"] = [
            {"name": name, **channel} if isinstance(channel, Mapping) else channel
            for name, channel in channels.items()
        ]
    if isinstance(uncertain, Mapping):
        newer["uncertain"] = {renamed.get(path, path): ends for path, ends in uncertain.items()}
    return newer


def differences(plans: Sequence[Plan]) -> pd.DataFrame:
    """A row for each number in which plans differ: `setting`, then its reading in each plan by its place.

    A plan that lacks the channel of a number has a dash there.

    >>> from ownchannel.scenarios import preset
    >>> plan = preset("Balanced brand")
    >>> differences([plan.today(), plan]).to_numpy().tolist()[0]
    ['Budget to your own store', '47.06%', '60%']
    """
    numbers = [plan.numbers() for plan in plans]
    declared = {path: mark for each in numbers for path, (_, mark) in each.items()}
    rows = []
    for path, mark in declared.items():
        values = [each[path][0] if path in each else None for each in numbers]
        if any(value != values[0] for value in values):
            channel, _ = split_path(path)
            label = f"{mark.label}, {channel}" if channel else mark.label
            readings = [
                "–" if value is None else mark.reading(float(f"{value:.4g}"), plan.currency)
                for value, plan in zip(values, plans, strict=True)
            ]
            rows.append([label, *readings])
    return pd.DataFrame(rows, columns=["setting", *range(len(plans))])


# ------------------------ Links


def to_query(plan: Plan, base: Plan | None = None) -> str:
    """The plan as the query of an address; raises ValueError where it would be longer than LONGEST_QUERY.

    `base` is the plan that the page opens with. A plan that differs from it in numbers alone is written as
    these numbers and the fingerprint of the base: a short address, that holds nothing which was measured in
    the brand's orders unless it was changed. Any other plan is written whole.

    >>> from ownchannel.scenarios import preset
    >>> query = to_query(preset("Balanced brand"))
    >>> query.startswith("plan="), from_query(query) == preset("Balanced brand")
    (True, True)
    >>> opening = preset("Balanced brand")
    >>> moved = opening.with_values(growth_budget=9_000)
    >>> short = to_query(moved, opening)
    >>> len(short) < 120, from_query(short, opening) == moved
    (True, True)
    """
    changes = None if base is None else _changes(plan, base)
    document = as_document(plan) if changes is None else changes
    compact = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    # zlib's own checksum, which bare deflate lacks, tells a damaged address from another plan.
    packed = base64.urlsafe_b64encode(zlib.compress(compact.encode(), 9)).rstrip(b"=").decode()
    query = f"{_FIELD}={packed}"
    if len(query) > LONGEST_QUERY:
        raise ValueError(
            f"This plan is too long for an address: {len(query):,} letters, and {LONGEST_QUERY:,} is the "
            "most. Save it under a name and hand over its file instead."
        )
    return query


def from_query(query: str, base: Plan | None = None) -> Plan | None:
    """The plan in an address's query, None where it has none; raises ValueError where it cannot be used.

    An address that holds changes alone needs the `base` that they are changes of: the plan that the page
    opens with. Where that is another than it was made from, the changes that fit are made all the same, and
    `link_remark` says so.

    >>> from_query("token=1234") is None
    True
    """
    text = _text_in(query)
    if text is None:
        return None
    try:
        changes = _values_in(text)
        if changes is None:
            return loads(text)
        if base is None:
            raise ValueError("It holds changes alone: open it on the page of workbook 04.")
        known = base.numbers()
        return base.with_values({path: value for path, value in changes.items() if path in known})
    except ValueError as problem:
        raise ValueError(f"The plan in this address cannot be used. {problem}") from problem


def link_remark(query: str, base: Plan) -> str:
    """What a reader of the address should know where it was made from another plan than `base`; else empty.

    >>> from ownchannel.scenarios import preset
    >>> opening, other = preset("Balanced brand"), preset("One-off durable")
    >>> query = to_query(opening.with_values(growth_budget=9_000), opening)
    >>> link_remark(query, opening)
    ''
    >>> link_remark(query, other)[:67]
    'It was made from another opening plan than this page has (other ord'
    """
    text = _text_in(query)
    changes = None if text is None else _values_in(text)
    if changes is None or text is None or json.loads(text)[_BASE] == fingerprint(base):
        return ""
    known = base.numbers()
    fit, missing = sum(path in known for path in changes), sum(path not in known for path in changes)
    left = f" {_are(missing)} left out, because no channel here has that number." if missing else ""
    return (
        "It was made from another opening plan than this page has (other orders, or another version): "
        f"{_are(fit)} set here all the same.{left}"
    )


def _are(settings: int) -> str:
    return f"{count(settings, 'setting')} {'is' if settings == 1 else 'are'}"


def plan_from_page(environ: Mapping[str, str], base: Plan | None = None) -> Plan | None:
    """The plan in the address of the page that this kernel was started for, None where there is none.

    Voilà starts a kernel for each page it opens, and hands it the query as QUERY_STRING (voila 0.5,
    `VoilaHandler.get_generator`); JupyterLab hands over none. `base` and errors are as in `from_query`.

    >>> plan_from_page({}) is None
    True
    """
    return from_query(environ.get("QUERY_STRING", ""), base)


def fingerprint(plan: Plan) -> str:
    """Eight letters that tell one plan from another; digits that a fit may change by machine do not count."""
    text = json.dumps(_rounded(as_document(plan)), sort_keys=True, ensure_ascii=False)
    return blake2b(text.encode(), digest_size=4).hexdigest()


def _rounded(part: Any) -> Any:
    if isinstance(part, float):
        return float(f"{part:.5g}")
    if isinstance(part, dict):
        return {name: _rounded(value) for name, value in part.items()}
    return [_rounded(value) for value in part] if isinstance(part, list) else part


def _changes(plan: Plan, base: Plan) -> dict[str, Any] | None:
    """The numbers that differ from the base's, with its fingerprint; None where something else differs."""
    before, now = base.numbers(), plan.numbers()
    if before.keys() != now.keys():
        return None
    values = {path: value for path, (value, _) in now.items() if value != before[path][0]}
    if base.with_values(values) != plan:
        return None
    return {"version": VERSION, _BASE: fingerprint(base), "values": values}


def _values_in(text: str) -> dict[str, float] | None:
    """The changes that a text holds; None where it holds a whole plan. Raises ValueError for neither."""
    try:
        document = json.loads(text, object_pairs_hook=_each_once)
    except (json.JSONDecodeError, RecursionError):
        return None  # `loads` says what is wrong with it
    if not isinstance(document, dict) or _BASE not in document:
        return None
    values = document.get("values")
    if not isinstance(values, dict) or not all(type(value) in (int, float) for value in values.values()):
        raise ValueError("Its changes are no table of names and numbers.")
    return {str(path): value for path, value in values.items()}


def _text_in(query: str) -> str | None:
    """The text of the plan in a query, None where it has none; ValueError where it is damaged."""
    packed = parse_qs(query.removeprefix("?")).get(_FIELD)
    return None if packed is None else _unpacked(packed[0])


def _unpacked(packed: str) -> str:
    """The JSON text of a plan, and never more than LARGEST_PLAN bytes on the way."""
    unpacking = zlib.decompressobj()
    try:
        deflated = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        text = unpacking.decompress(deflated, LARGEST_PLAN).decode()
    except (ValueError, zlib.error) as error:
        raise ValueError(_DAMAGED) from error
    if not unpacking.eof or unpacking.unused_data:
        raise ValueError(_DAMAGED)
    return text


class ScenarioLibrary(NamedDocuments[Plan]):
    """The plans in the folder `scenarios` of a workspace, by name.

    >>> import tempfile
    >>> from ownchannel.scenarios import preset
    >>> library = ScenarioLibrary(Workspace.at(tempfile.mkdtemp()))
    >>> library.save("More own store", preset("Balanced brand"))
    'More own store'
    >>> library.load("More own store") == preset("Balanced brand")
    True
    """

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(
            workspace, "scenarios", noun="plan", as_document=as_document, from_document=from_document
        )
