"""The house's rules for workbooks, held for every one; each rule is also seen to fail where it is broken."""

import copy
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from etc.clean_notebook import PLOTLY, SAVED_CHART, WIDGET_VIEW, clean

WORKBOOKS = sorted((Path(__file__).resolve().parents[2] / "workbooks").glob("*.ipynb"))
MONEY_OR_SHARE = re.compile(r"[$€£¥₹]\s?\d|\d\s?%|\d\s(?:USD|EUR|GBP|dollars?|euros?|per ?cent)\b")
NOT_COMPARED = re.compile(r"nbval.(skip|ignore.output|raises.exception)", re.IGNORECASE)


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in code_cells(notebook) for output in cell.outputs]


def cells_are_short(notebook: NotebookNode) -> Iterator[str]:
    lengths = [len(cell.source.splitlines()) for cell in code_cells(notebook)]
    if lengths and median(lengths) > 3:
        yield f"half of the code cells are longer than {median(lengths):g} lines: at most 3"
    if max(lengths, default=0) > 15:
        yield f"a code cell has {max(lengths)} lines: at most 15"


def code_follows_a_sentence(notebook: NotebookNode) -> Iterator[str]:
    before = [None, *notebook.cells]
    for previous, cell in zip(before, notebook.cells, strict=False):
        told = previous is not None and previous.cell_type == "markdown"
        if cell.cell_type == "code" and not (told and re.search(r"\w[^#\n]*[.:?!]", previous.source)):
            yield f"no sentence stands before {cell.source[:40]!r}"


def outputs_are_there(notebook: NotebookNode) -> Iterator[str]:
    silent = [cell for cell in code_cells(notebook) if not cell.outputs]
    if 2 * len(silent) > len(code_cells(notebook)):
        yield f"{len(silent)} of {len(code_cells(notebook))} code cells show nothing: run make notebooks"


def nothing_went_wrong(notebook: NotebookNode) -> Iterator[str]:
    for output in outputs(notebook):
        if output.output_type == "error" or output.get("name") == "stderr":
            yield f"an output is an error or a warning: {output.get('ename') or output.text[:80]}"


def file_is_clean(notebook: NotebookNode) -> Iterator[str]:
    if notebook != clean(notebook):
        yield "traces of a machine or of widgets are left: run python etc/clean_notebook.py on it"


def file_is_small(notebook: NotebookNode) -> Iterator[str]:
    size = len(nbformat.writes(notebook).encode())
    if size >= 300_000:
        yield f"{size / 1000:.0f} kB: less than 300 kB, please"


def question_then_page(notebook: NotebookNode) -> Iterator[str]:
    if not re.fullmatch(r"# \w[^\n]*\?\n\n[^\n]+", notebook.cells[0].source):
        yield "the first cell is not the question and one line about it"
    if not re.search(r"oc\.panels\.\w+\(.*\)\Z", notebook.cells[1].source):
        yield "the second cell does not show the page"


def page_keeps_its_chart(notebook: NotebookNode) -> Iterator[str]:
    kept = [set(output.get("data", {})) for output in notebook.cells[1].outputs]
    if {PLOTLY} not in kept:
        yield "the saved page has no chart below its words: run python etc/clean_notebook.py --run on it"


def what_follows_is_folded(notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells[2:]:
        if cell.source.startswith("## ") and not cell.metadata.get("jp-MarkdownHeadingCollapsed"):
            yield f"{cell.source.splitlines()[0]!r} does not start collapsed"
    if len(notebook.cells) > 2 and not notebook.cells[2].source.startswith("## "):
        yield "a heading to open is missing below the page"


def numbers_come_from_code(notebook: NotebookNode) -> Iterator[str]:
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and "facts" not in cell.metadata.get("tags", []):
            for number in MONEY_OR_SHARE.finditer(cell.source):
                yield f"{number[0]!r} is typed in prose: print it from code, or tag the cell 'facts'"


def every_cell_is_compared(notebook: NotebookNode) -> Iterator[str]:
    for cell in code_cells(notebook):
        if NOT_COMPARED.search(cell.source + " ".join(cell.metadata.get("tags", []))):
            yield f"{cell.source[:40]!r} asks not to be compared"


Rule = Callable[[NotebookNode], Iterator[str]]
RULES: list[Rule] = [
    cells_are_short,
    code_follows_a_sentence,
    outputs_are_there,
    nothing_went_wrong,
    file_is_clean,
    file_is_small,
    question_then_page,
    page_keeps_its_chart,
    what_follows_is_folded,
    numbers_come_from_code,
    every_cell_is_compared,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_workbooks_keep(rule: Rule) -> None:
    broken = {
        file.name: said for file in WORKBOOKS if (said := list(rule(nbformat.read(file, as_version=4))))
    }
    assert not broken


# ---------------------------------------------------------------- each rule can fail


def good() -> NotebookNode:
    def shown(text: str) -> NotebookNode:
        return new_output("execute_result", {"text/plain": text}, execution_count=1)

    page = shown("2")
    page.data[SAVED_CHART] = {"data": [], "layout": {}}
    notebook = new_notebook(
        cells=[
            new_markdown_cell("# How dependent am I?\n\nOn whom, and what would be left."),
            new_code_cell("oc.panels.Opening()", outputs=[page]),
            new_markdown_cell(
                "## Fees\n\nFees differ: 15% in most categories.",
                metadata={"tags": ["facts"], "jp-MarkdownHeadingCollapsed": True},
            ),
            new_code_cell("2 + 2", outputs=[shown("4")]),
            new_markdown_cell("Ask for one report."),
        ]
    )
    return clean(notebook)


def spoiled_by(change: Callable[[NotebookNode], object]) -> NotebookNode:
    notebook = copy.deepcopy(good())
    change(notebook)
    return notebook


def set_source(position: int, source: str) -> Callable[[NotebookNode], object]:
    return lambda notebook: setattr(notebook.cells[position], "source", source)


def add_output(output: NotebookNode) -> Callable[[NotebookNode], object]:
    return lambda notebook: notebook.cells[1].outputs.append(output)


def drop_outputs(notebook: NotebookNode) -> None:
    for cell in code_cells(notebook):
        cell.outputs = []


SPOILERS: list[tuple[Rule, Callable[[NotebookNode], object]]] = [
    (cells_are_short, set_source(1, "x = 1\n" * 7)),
    (cells_are_short, set_source(1, "x = 1\n" * 16)),
    (code_follows_a_sentence, lambda notebook: notebook.cells.pop(2)),
    (code_follows_a_sentence, set_source(2, "## A heading and no sentence")),
    (outputs_are_there, drop_outputs),
    (nothing_went_wrong, add_output(new_output("error", ename="ValueError", evalue="", traceback=[]))),
    (nothing_went_wrong, add_output(new_output("stream", name="stderr", text="DeprecationWarning: soon"))),
    (file_is_clean, lambda notebook: notebook.metadata.update(widgets={"state": {}})),
    (file_is_clean, lambda notebook: notebook.metadata.language_info.update(version="3.11.7")),
    (
        file_is_clean,
        lambda notebook: notebook.cells[1].metadata.update(execution={"iopub.status.busy": "9:41"}),
    ),
    (file_is_clean, lambda notebook: notebook.cells[1].update(execution_count=None)),
    (
        file_is_clean,
        lambda notebook: notebook.cells[1].outputs[0].data.update({WIDGET_VIEW: {}}),
    ),
    (file_is_small, add_output(new_output("stream", name="stdout", text="x" * 300_000))),
    (question_then_page, set_source(0, "# Dependence\n\nHow dependent am I?")),
    (question_then_page, set_source(0, "# How dependent am I?\n\nOn whom.\n\nAnd for how long.")),
    (question_then_page, set_source(1, "opened = oc.current_orders()")),
    (page_keeps_its_chart, lambda notebook: notebook.cells[1].outputs.pop(1)),
    (what_follows_is_folded, lambda notebook: notebook.cells.append(new_markdown_cell("## Sources"))),
    (what_follows_is_folded, lambda notebook: notebook.cells.insert(2, new_markdown_cell("Words."))),
    (numbers_come_from_code, set_source(4, "You keep $4.20 an order.")),
    (numbers_come_from_code, lambda notebook: notebook.cells[2].metadata.clear()),
    (every_cell_is_compared, set_source(1, "# NBVAL_SKIP\n1 + 1")),
    (
        every_cell_is_compared,
        lambda notebook: notebook.cells[1].metadata.update(tags=["nbval-ignore-output"]),
    ),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_good_notebook_keeps(rule: Rule) -> None:
    assert not list(rule(good()))


@pytest.mark.parametrize(
    ("rule", "spoil"), SPOILERS, ids=[f"{r.__name__}-{n}" for n, (r, _) in enumerate(SPOILERS)]
)
def test_a_spoiled_notebook_is_told(rule: Rule, spoil: Callable[[NotebookNode], object]) -> None:
    assert list(rule(spoiled_by(spoil)))


def test_every_rule_is_seen_to_fail() -> None:
    assert {rule for rule, _ in SPOILERS} == set(RULES)


# ---------------------------------------------------------------- running and cleaning a file


def test_clean_gives_the_same_file_again_and_leaves_its_argument_alone() -> None:
    notebook = spoiled_by(lambda n: n.metadata.update(widgets={"state": {"a": 1}}))
    once = clean(notebook)
    assert clean(once) == once
    assert "widgets" in notebook.metadata
    assert len({cell.id for cell in once.cells}) == len(once.cells)


def test_run_stores_outputs_that_do_not_differ_between_runs(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "planted.ipynb"
    sources = [
        "import os, pathlib",
        "print(len(list(pathlib.Path(os.environ['OWNCHANNEL_WORKSPACE']).iterdir())))",
        "import ipywidgets\nipywidgets.IntSlider(3)",
    ]
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), file)
    command = [sys.executable, root / "etc" / "clean_notebook.py", "--run", file]
    written = []
    for _ in range(2):
        subprocess.run(command, check=True, capture_output=True)
        written.append(file.read_text(encoding="utf-8"))
    cells = nbformat.reads(written[0], as_version=4).cells
    assert written[0] == written[1]
    assert [cell.execution_count for cell in cells] == [1, 2, 3]
    assert cells[1].outputs[0].text == "0\n"
    assert cells[2].outputs[0].data == {"text/plain": "IntSlider(value=3)"}
