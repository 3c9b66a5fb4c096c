"""A plan as a document, as text, as a page's address, and kept by name: read whatever its version."""

import base64
import json
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from ownchannel.assumptions import Assumptions
from ownchannel.scenarios._plan import Plan
from ownchannel.workspace import NamedDocuments, Workspace

#: The version that is written.
VERSION = 2

#: Letters of an address: mail programs and chats break or cut those that are much longer.
LONGEST_QUERY = 6_000

#: Bytes of an unpacked plan; a small text can unpack to gigabytes.
LARGEST_PLAN = 200_000

_FIELD = "plan"
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


def to_query(plan: Plan) -> str:
    """The plan as the query of an address; raises ValueError where it would be longer than LONGEST_QUERY.

    >>> from ownchannel.scenarios import preset
    >>> query = to_query(preset("Balanced brand"))
    >>> query.startswith("plan="), from_query(query) == preset("Balanced brand")
    (True, True)
    """
    compact = json.dumps(as_document(plan), separators=(",", ":"), ensure_ascii=False)
    # zlib's own checksum, which bare deflate lacks, tells a damaged address from another plan.
    packed = base64.urlsafe_b64encode(zlib.compress(compact.encode(), 9)).rstrip(b"=").decode()
    query = f"{_FIELD}={packed}"
    if len(query) > LONGEST_QUERY:
        raise ValueError(
            f"This plan is too long for an address: {len(query):,} letters, and {LONGEST_QUERY:,} is the "
            "most. Save it under a name and hand over its file instead."
        )
    return query


def from_query(query: str) -> Plan | None:
    """The plan in an address's query, None where it has none; raises ValueError where it is damaged.

    >>> from_query("token=1234") is None
    True
    """
    packed = parse_qs(query.removeprefix("?")).get(_FIELD)
    if packed is None:
        return None
    text = _unpacked(packed[0])
    try:
        return loads(text)
    except ValueError as problem:
        raise ValueError(f"The plan in this address cannot be used. {problem}") from problem


def plan_from_page(environ: Mapping[str, str]) -> Plan | None:
    """The plan in the address of the page that this kernel was started for, None where there is none.

    Voilà starts a kernel for each page it opens, and hands it the query as QUERY_STRING (voila 0.5,
    `VoilaHandler.get_generator`); JupyterLab hands over none. Raises ValueError where the plan is damaged.

    >>> plan_from_page({}) is None
    True
    """
    return from_query(environ.get("QUERY_STRING", ""))


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
