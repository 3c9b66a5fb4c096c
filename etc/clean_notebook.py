"""Keep in a workbook what a reader needs (words, code, outputs) and drop what a machine wrote about itself.

python etc/clean_notebook.py workbooks/*.ipynb          clean in place
python etc/clean_notebook.py --run workbooks/*.ipynb    run in an empty workspace, then clean in place
"""

import argparse
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
CELL_METADATA = ("jp-MarkdownHeadingCollapsed", "jupyter", "tags")
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
SAVED_CHART = "application/vnd.ownchannel.chart+json"
PLOTLY = "application/vnd.plotly.v1+json"


def clean(notebook: NotebookNode) -> NotebookNode:
    """A copy that depends on the content alone: cleaning twice, or on two machines, gives the same file."""
    result = nbformat.from_dict({**notebook, "nbformat": 4, "nbformat_minor": 5})
    result.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    result.cells = [nbformat.from_dict(cell) for cell in notebook.cells]
    seen: set[str] = set()
    executed = 0
    for cell in result.cells:
        cell.id = _stable_id(cell.source, seen)
        cell.metadata = nbformat.from_dict({k: v for k, v in cell.metadata.items() if k in CELL_METADATA})
        if cell.cell_type != "code":
            continue
        executed += 1  # a null count would make nbval pass over the cell
        cell.execution_count = executed
        cell.outputs = [shown for output in cell.outputs for shown in _saved(output, executed)]
    return result


def _saved(output: NotebookNode, executed: int) -> Iterator[NotebookNode]:
    """An output as it is kept, and below it its chart, as plotly draws it without a kernel."""
    if "execution_count" in output:
        output.execution_count = executed
    data = output.get("data", {})
    data.pop(WIDGET_VIEW, None)  # without its model, which lives in the kernel, it shows as an error
    chart = data.pop(SAVED_CHART, None)
    yield output
    if chart:
        yield nbformat.v4.new_output("display_data", {PLOTLY: chart})


def _stable_id(source: str, seen: set[str]) -> str:
    copies = 0
    while (name := hashlib.sha256(f"{copies}{source}".encode()).hexdigest()[:8]) in seen:
        copies += 1
    seen.add(name)
    return name


def run(notebook: NotebookNode, folder: Path) -> None:
    """Execute every cell from `folder`, with an empty workspace, and store the outputs."""
    with tempfile.TemporaryDirectory(prefix="ownchannel-workspace-") as workspace:
        client = NotebookClient(
            notebook,
            kernel_name="python3",
            record_timing=False,
            store_widget_state=False,
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": str(folder)}},
        )
        client.execute(env={**os.environ, "OWNCHANNEL_WORKSPACE": workspace, "OMP_NUM_THREADS": "1"})


def main() -> None:
    parser = argparse.ArgumentParser(description="Clean workbooks in place.")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--run", action="store_true", help="execute before cleaning")
    options = parser.parse_args()
    for file in options.files:
        notebook = nbformat.read(file, as_version=4)
        if options.run:
            run(notebook, file.parent)
        nbformat.write(clean(notebook), file)
        print(f"{file}: {file.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
