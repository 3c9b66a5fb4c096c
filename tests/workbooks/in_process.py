"""Workbooks run in this process, which is many times faster than a kernel for each of them."""

import ast
import json
from pathlib import Path
from typing import Any

WORKBOOKS = sorted((Path(__file__).parents[2] / "workbooks").glob("*.ipynb"))


def code_cells(workbook: Path) -> dict[int, str]:
    """The source of each code cell, by its place in the workbook."""
    cells = json.loads(workbook.read_text(encoding="utf-8"))["cells"]
    return {at: "".join(cell["source"]) for at, cell in enumerate(cells) if cell["cell_type"] == "code"}


def run_cell(source: str, namespace: dict[str, Any], name: str) -> Any:
    """Run a cell's statements, and give what its last line ends with."""
    cell = ast.parse(source, name)
    last = cell.body.pop() if isinstance(cell.body[-1], ast.Expr) else None
    exec(compile(cell, name, "exec"), namespace)
    return None if last is None else eval(compile(ast.Expression(last.value), name, "eval"), namespace)


def displayed(value: Any) -> dict[str, Any]:
    """What a notebook would show of a value, by kind of text."""
    if hasattr(value, "_repr_mimebundle_"):
        bundle: dict[str, Any] = value._repr_mimebundle_()
        return bundle
    kinds = {"text/html": "_repr_html_", "text/markdown": "_repr_markdown_"}
    return {kind: getattr(value, method)() for kind, method in kinds.items() if hasattr(value, method)}
