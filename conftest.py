"""What holds for every test and workbook: an own workspace, one thread, no quiet skip, repeatable draws."""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

#: The only reasons for which a test may be skipped; any other skip counts as a failure.
ALLOWED_SKIPS = {"real data folder absent", "browser absent"}
if os.environ.get("REQUIRE_BROWSER"):
    ALLOWED_SKIPS.remove("browser absent")

#: What differs from run to run in a workbook's output and means nothing.
NOISE = {
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}": "UUID",
    r"\b[0-9a-f]{32}\b": "HEX-ID",
    r"\b0x[0-9a-f]+\b": "ADDRESS",
}

#: Where `make test` keeps count of its runs. Taken out at once: workers and runs inside tests do not count.
RECAP = os.environ.pop("OWNCHANNEL_RECAP", None)

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)

# Workers and kernels inherit this. It must be set before numpy is first imported.
os.environ["OMP_NUM_THREADS"] = "1"

settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("random", settings.get_profile("repeatable"), derandomize=False, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


def pytest_configure(config: pytest.Config) -> None:
    """Give the run an empty workspace, so that no test reads or writes the one you work in."""
    if not hasattr(config, "workerinput"):
        os.environ["OWNCHANNEL_WORKSPACE"] = tempfile.mkdtemp(prefix="ownchannel-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop("OWNCHANNEL_WORKSPACE", ""), ignore_errors=True)


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Tell nbval what to leave out when it compares a workbook's stored output with the new one."""
    if collector.path.suffix == ".ipynb" and hasattr(collector, "skip_compare"):
        # nbval compares a figure as one dictionary, which holds ids of its own.
        collector.skip_compare += ("application/vnd.plotly.v1+json", "application/vnd.ownchannel.chart+json")
        collector.sanitize_patterns.update(NOISE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    return _refuse_unlisted_skip(report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    return _refuse_unlisted_skip(report)


def _refuse_unlisted_skip(report: Report) -> Report:
    if not report.skipped or hasattr(report, "wasxfail"):
        return report
    where, line, text = report.longrepr
    reason = str(text).removeprefix("Skipped: ")
    if reason not in ALLOWED_SKIPS:
        report.outcome = "failed"
        report.longrepr = (
            f"{Path(where).name}:{line} was skipped: {reason!r}. Only these reasons may skip a test: "
            f"{sorted(ALLOWED_SKIPS)}. Make the test run, or add its reason to ALLOWED_SKIPS in conftest.py."
        )
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Recap the runs of `make test`: pytest's closing line speaks of the last one only."""
    if RECAP is None:
        return
    recap = Path(RECAP)
    kinds = ("passed", "failed", "error", "skipped", "xfailed")
    counts = ", ".join(
        f"{len(found)} {kind}" for kind in kinds if (found := terminalreporter.getreports(kind))
    )
    name = terminalreporter.config.option.markexpr or "all"
    with recap.open("a", encoding="utf-8") as lines:
        lines.write(f"tests that are {name}: {counts or 'none found'}\n")
    terminalreporter.section("runs so far")
    terminalreporter.write(recap.read_text(encoding="utf-8"))
