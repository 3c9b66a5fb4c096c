"""What the app's templates say of the workbooks is what the library and the workbooks themselves say."""

import json
import re
from pathlib import Path

from ownchannel.answers import WORKBOOKS


def test_the_apps_list_is_the_librarys(root: Path) -> None:
    template = root / "etc/jupyter/voila/templates/ownchannel/workbooks.html.j2"
    listed = re.findall(r'\("(\w+)", "([^"]+)"\)', template.read_text(encoding="utf-8"))
    assert dict(listed) == WORKBOOKS
    assert [name for name, _ in listed] == list(WORKBOOKS)


def test_every_workbook_opens_with_its_question(root: Path) -> None:
    there = {
        file.stem: json.loads(file.read_text(encoding="utf-8")) for file in root.glob("workbooks/*.ipynb")
    }
    questions = {
        name: "".join(there[name]["cells"][0]["source"]).splitlines()[0].removeprefix("# ")
        for name in sorted(there)
    }
    assert questions == WORKBOOKS
