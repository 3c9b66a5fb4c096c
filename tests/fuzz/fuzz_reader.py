"""Coverage-guided fuzzing of the readers: no exception, no hang, no lost row or cent, no endless memory.

    python tests/fuzz/fuzz_reader.py --reader shopify_orders --seconds 600 --corpus corpus

Needs atheris (`pip install -e ".[fuzz]"`, Linux). An input that fails is kept in the corpus as `crash-…`:
named with --again it is read once more.
"""

import argparse
import gzip
import io
import random
import resource
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import atheris  # noqa: E402

with atheris.instrument_imports(include=["ownchannel.files", "ownchannel.orders"]):
    # inside: chunks of a file as readers get them, so that no report stands between a fault and its cause
    from ownchannel.files import _labels, _layout
    from ownchannel.orders import (  # inside: as above
        ENTRIES,
        SIDE_TABLES,
        TABLE,
        ColumnMapping,
        _import,
        _one_file,
        read_orders,
    )
    from ownchannel.workspace import Workspace

from tests.fuzz.seeds import FILES, SEEDS, zipped  # noqa: E402
from tests.orders.generated_orders import MAPPING  # noqa: E402

MOST_SECONDS, MOST_MEGABYTES, LARGEST_INPUT = 1.0, 1_024, 16_384
#: Cells that are hard to read.
HARD = [
    *(
        "1.141,18",
        "(12.00)",
        "1,23,456.78",
        "-",
        "1e15",
        "1e-9",
        "9" * 25,
        "１２.５０",
        "-0",
        "NaN",
        "∞",
        "1.234567",
    ),
    *("31.12.2026", "12/31/26", "2099-12-31", "1970-01-01T00:00:00Z", "Jan 5, 2026 11:03:05 PM PST", "0-0-0"),
    *(
        "2026-02-30 25:61:61",
        "午後11時",
        "USD",
        "usd",
        "XXX",
        "=1+1",
        '"',
        '""',
        "\r",
        "\0",
        "\ufeff",
        "\u202e",
    ),
    *(
        "buyer@example.com",
        "#1001",
        "111-0000000-0000001",
        "amount:1|",
        "name:|quantity:|total:",
        "|",
        "\ud800",
    ),
]
#: Columns of the tables that a person sees.
SHOWN = {name for schema in (TABLE, ENTRIES, *SIDE_TABLES.values()) for name in schema.names}
READ_BY = (*_import.READERS, _import.MappedOrders(ColumnMapping(**MAPPING)))


# ---------------------------------------------------------------- what must hold


def check_file(content: bytes, workspace: Workspace) -> None:
    """Every file in it is read; its rows and its money are all accounted for, and no address is left."""
    keys = workspace.customer_keys()
    for source in _import.find_sources(("input", content)):
        assert isinstance(source, (_one_file.Source, _one_file.Unopened))
        check_books(_one_file.read_file(source, READ_BY, _import.Context(keys, "UTC")))


def check_books(read: _one_file.FileRead) -> None:
    report = read.report(read.table(), "")
    assert report.rows_in == report.accepted + report.rejected and not report.duplicates, report
    assert all(split["in"] == split["accepted"] + split["rejected"] for split in report.money.values())
    assert not any("The amounts read do not add up" in warning for warning in report.warnings), report
    assert not any("could not be read to its end" in fault.reason for fault in read.rejections)
    shown = read.table().select([name for name in read.table().column_names if name in SHOWN])
    texts = {cell for row in shown.to_pylist() for cell in row.values() if isinstance(cell, str)}
    texts |= {text for fault in read.rejections for text in (fault.column, fault.reason, fault.remedy)}
    texts |= {*report.warnings, report.name}
    assert not [text for text in texts if _labels.without_address(text) != text], "An address got through."
    shapes = {fault.value.rstrip("…") for fault in read.rejections}
    assert all(_labels.masked(shape) == shape for shape in shapes)


def check_whole(content: bytes, workspace: Workspace) -> None:
    """The same down to the finished tables."""
    orders = read_orders(("input", content), mapping=MAPPING, workspace=workspace)
    for file in orders.report.files:
        assert file.rows_in == file.accepted + file.rejected + file.duplicates and file.duplicates >= 0
    str(orders), str(orders.report), orders.sales, orders.report.reasons()


def check_layout(content: bytes, workspace: Workspace) -> None:
    """Whatever stands in the first line, taken as a header: each row has its line and its cells, in order."""
    for source in _import.find_sources(("input", content)):
        if isinstance(source, _one_file.Source) and (layout := _layout.find_layout(source, bool)):
            last = layout.header_line
            with _layout.open_rows(source, layout) as chunks:
                for rows in chunks:
                    assert len(rows) and rows.lines[0] > last and (rows.lines[1:] > rows.lines[:-1]).all()
                    assert all(len(rows.text(column)) == len(rows) for column in layout.columns)
                    last = rows.lines[-1]


CHECKS: dict[str, Callable[[bytes, Workspace], None]] = {
    **dict.fromkeys(FILES, check_file),
    "any_format": check_whole,
    "layouts": check_layout,
    "workbooks": check_file,
    "archives": check_file,
}


# ---------------------------------------------------------------- what is tried


def changed(content: bytes, largest: int, seed: int) -> bytes:
    """Mostly a cell or the rows, so that the header is still known; of an archive mostly what is in it."""
    chance = random.Random(seed)
    inside = changed_archive(content, largest, chance) if chance.random() < 0.9 else None
    if inside is not None and len(inside) <= largest:
        return inside
    head, end, rows = content.partition(b"\n")
    way = chance.random()
    if way < 0.15 or not end:
        return bytes(atheris.Mutate(content, largest))
    if way < 0.5:
        return (head + end + atheris.Mutate(rows, max(largest - len(head) - 1, 1)))[:largest]
    return (head + end + changed_cell(rows, b"\t" if b"\t" in head else b",", chance))[:largest]


def changed_cell(rows: bytes, delimiter: bytes, chance: random.Random) -> bytes:
    cells = rows.split(delimiter)
    at = chance.randrange(len(cells))
    hard = chance.choice(HARD).encode(errors="surrogatepass")
    cells[at] = hard if chance.random() < 0.5 else atheris.Mutate(cells[at], len(cells[at]) + 64)
    return delimiter.join(cells)


def changed_archive(content: bytes, largest: int, chance: random.Random) -> bytes | None:
    """The archive with something else in it; None where it is none."""
    try:
        if content.startswith(b"\x1f\x8b"):
            with gzip.open(io.BytesIO(content)) as packed:
                return gzip.compress(changed(packed.read(largest), largest, chance.getrandbits(32)))
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = {info.filename: archive.open(info).read(largest) for info in archive.infolist()}
        name = chance.choice([*members])
        members[name] = changed(members[name], largest, chance.getrandbits(32))
        return zipped(members)
    except Exception:  # noqa: BLE001, the archive may be broken in any way: it was changed before
        return None


# ---------------------------------------------------------------- running


def timed(check: Callable[[bytes, Workspace], None], workspace: Workspace) -> Callable[[bytes], None]:
    """The check with a clock that stands still while other processes run."""
    slowest = 0.0

    def run(content: bytes) -> None:
        nonlocal slowest
        began = time.process_time()
        check(content, workspace)
        seconds = time.process_time() - began
        if seconds > slowest:
            slowest = seconds
            print(f"slowest so far: {1_000 * seconds:.0f} ms", file=sys.stderr, flush=True)
        assert seconds <= MOST_SECONDS, f"It takes {seconds:.1f} seconds."

    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reader", choices=CHECKS, default="any_format")
    parser.add_argument("--list", action="store_true", help="name the readers and end")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--corpus", type=Path, help="a folder for inputs found; made where it is missing")
    parser.add_argument("--again", type=Path, help="read this input once and end")
    arguments = parser.parse_args()
    if arguments.list:
        print(*CHECKS)
        return
    with TemporaryDirectory() as folder:
        check = timed(CHECKS[arguments.reader], Workspace.at(folder))
        if arguments.again:
            check(arguments.again.read_bytes())
            print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
            return
        corpus = arguments.corpus or Path("test-artifacts", "fuzz", arguments.reader)
        corpus.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(SEEDS[arguments.reader]()):
            Path(corpus, f"seed-{number}").write_bytes(seed)
        options = {
            "max_total_time": arguments.seconds,
            "max_len": LARGEST_INPUT,
            "timeout": 20,  # by the clock, for what never ends; what is slow is told by processor time
            "rss_limit_mb": MOST_MEGABYTES,
            "print_final_stats": 1,
            "seed": 1,
            "artifact_prefix": f"{corpus}/",
        }
        flags = [f"-{name}={value}" for name, value in options.items()]
        atheris.Setup([sys.argv[0], *flags, str(corpus)], check, custom_mutator=changed)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
