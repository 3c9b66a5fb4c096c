"""How long a workbook waits for its orders at the first opening and at the second, and their ratio.

Run as a script: `python tests/bench/bench_opening.py`. Each opening is a process of its own on one workspace,
so that nothing lives on in memory; its seconds are those of the orders alone, imports aside. Own files are
the sample brand's exports, handed in as a person would.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"

#: The second opening takes at most this part of the first.
MOST = 1 / 4


def sample(workspace: str) -> None:
    from ownchannel.orders import current_orders
    from ownchannel.workspace import Workspace

    assert current_orders(Workspace.at(workspace)).is_sample


def own_files(workspace: str) -> None:
    from ownchannel.orders import FileList, current_orders
    from ownchannel.workspace import Workspace

    files = FileList(workspace)
    if not files.names:
        files.add(SAMPLES, timezone="New York")
    assert not current_orders(Workspace.at(workspace)).is_sample


def same_files_again(workspace: str) -> None:
    from ownchannel.orders import FileList

    FileList(workspace).add(SAMPLES, timezone="New York")


OPENINGS = {each.__name__: each for each in (sample, own_files, same_files_again)}


def measure(name: str, workspace: str) -> float:
    """Seconds of an opening in this process."""
    import pandas as pd  # noqa: F401, so that its import does not count

    import ownchannel.orders  # noqa: F401

    start = time.perf_counter()
    OPENINGS[name](workspace)
    return time.perf_counter() - start


def measure_apart(name: str, workspace: str) -> float:
    command = [sys.executable, __file__, "--only", name, "--workspace", workspace]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=OPENINGS, help="measure this one, in this process")
    parser.add_argument("--workspace", help="the workspace that --only opens")
    arguments = parser.parse_args()
    if arguments.only:
        print(measure(arguments.only, arguments.workspace))
        return
    print(f"{'opening the orders of':<24}{'first, s':>10}{'second, s':>11}{'ratio':>8}")
    for name in OPENINGS:
        with tempfile.TemporaryDirectory() as workspace:
            first, second = (measure_apart(name, workspace) for _ in range(2))
        within = "" if second <= MOST * first else "  over the goal"
        print(f"{name.replace('_', ' '):<24}{first:>10.2f}{second:>11.2f}{second / first:>8.2f}{within}")


if __name__ == "__main__":
    main()
