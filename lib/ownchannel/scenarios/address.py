"""A plan as a short text in a page's address, so that the page opens with it."""

import base64
import json
import zlib
from collections.abc import Mapping
from urllib.parse import parse_qs

from ownchannel.scenarios.plan import Plan
from ownchannel.scenarios.plan_json import as_document, loads

#: Letters: mail programs and chats break or cut addresses that are much longer.
LONGEST_QUERY = 6_000

#: Bytes of an unpacked plan; a small text can unpack to gigabytes.
LARGEST_PLAN = 200_000

_FIELD = "plan"
_DAMAGED = (
    "The plan in this address is damaged: it was cut or changed on its way. Copy the whole address again, or "
    "ask for the plan's file."
)


def to_query(plan: Plan) -> str:
    """The plan as the query of an address; raises ValueError where it would be longer than LONGEST_QUERY.

    >>> from ownchannel.scenarios.presets import preset
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
