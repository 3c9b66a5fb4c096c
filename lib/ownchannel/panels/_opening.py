"""The first page: files in; an answer, and an account of each file, out."""

from collections.abc import Callable
from typing import Any

import ipywidgets

from ownchannel.answers import WAYS_IN, Answer, files_html, notes_html, problem_html, what_was_opened
from ownchannel.orders import (
    Opened,
    current_orders,
    forget,
    forget_orders,
    read_orders,
    sample_orders,
    save_orders,
)
from ownchannel.panels._answer_view import AnswerView, LiveText, box, live_bundle
from ownchannel.panels._file_picker import FilePicker
from ownchannel.panels._page import head_html
from ownchannel.workspace import Workspace

HERE = "00_start_here"

#: Offered first; any other IANA name may be typed.
TIMEZONES = (
    *("UTC", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
    *("America/Sao_Paulo", "Europe/London", "Europe/Berlin", "Europe/Madrid", "Europe/Paris", "Europe/Rome"),
    *("Asia/Dubai", "Asia/Tehran", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney"),
)


class Opening:
    """Upload, folder or sample on top; below it the answer and, file by file, what was read and what was not.

    What is read is kept in the workspace, and every other workbook opens with it.

    >>> import tempfile
    >>> page = Opening(Workspace.at(tempfile.mkdtemp()))
    >>> page.opened.is_sample
    True
    """

    def __init__(self, workspace: Workspace | None = None) -> None:
        self._workspace = workspace or Workspace()
        self.opened = current_orders(self._workspace)
        self._timezone = ipywidgets.Combobox(
            value="UTC" if self.opened.is_sample else self.opened.orders.report.timezone, options=TIMEZONES
        )
        self._upload = FilePicker(self._read)
        self._folder = ipywidgets.Text(placeholder="/path/to/my/exports", continuous_update=False)
        self._read_folder = ipywidgets.Button(description="Read the folder")
        self._sample = ipywidgets.Button(description="Use the sample brand")
        self._view = AnswerView(what_was_opened(self.opened))
        self._files = LiveText(html=files_html(self.opened.orders.report))
        self._forget = ForgetRow(self._workspace, self._reopen)
        self._read_folder.on_click(lambda _: self._read(self._folder.value))
        self._sample.on_click(lambda _: self.use_sample())
        self._head = LiveText(html=head_html(HERE, self.opened))
        self._whole = box([self._head, self._view.widget, self._controls(), self._files], "oc-page")

    def read(self, paths: Any, timezone: str | None = None) -> None:
        """Read files, folders or uploads, keep their orders in the workspace, and show what they say.

        Raises ValueError where nothing was sold in them, or the time zone is unknown.
        """
        orders = read_orders(paths, workspace=self._workspace, timezone=timezone or self._timezone.value)
        self._files.html = files_html(orders.report)
        if not len(orders.sales):
            raise ValueError(WAYS_IN["nothing"])
        save_orders(orders, self._workspace)
        self._show(Opened.of(orders, is_sample=False, workspace=self._workspace))

    def use_sample(self) -> None:
        """Show the sample brand, here and in the other workbooks, until files are read again."""
        forget_orders(self._workspace)
        self._show(Opened.of(sample_orders(self._workspace), is_sample=True))

    @property
    def answer(self) -> Answer:
        """The answer shown; raises the ValueError that stands in its place, if one does."""
        if isinstance(self._view.shown, ValueError):
            raise self._view.shown
        return self._view.shown

    def _read(self, paths: Any) -> None:
        try:
            self.read(paths)
        except ValueError as problem:
            self._view.refuse(problem)

    def _reopen(self) -> None:
        self._show(current_orders(self._workspace))

    def _show(self, opened: Opened) -> None:
        self.opened = opened
        self._head.html = head_html(HERE, opened)
        self._view.show(what_was_opened(opened))
        self._files.html = files_html(opened.orders.report)

    def _controls(self) -> ipywidgets.Box:
        rows = [
            _row("Your files", self._upload, WAYS_IN["files"]),
            _row("Or a folder of them", box([self._folder, self._read_folder], "oc-pair"), WAYS_IN["folder"]),
            _row("Your time zone", self._timezone, WAYS_IN["timezone"]),
            _row("No files at hand?", self._sample, WAYS_IN["sample"]),
            _row("Forget a customer", self._forget.control, WAYS_IN["forget"]),
        ]
        return box(rows, "oc-intake")

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return live_bundle(self._whole, self._view.shown, str(self))

    def __repr__(self) -> str:
        return f"{self.opened}\n\n{self._view!r}"

    def __str__(self) -> str:
        return f"{self.opened}\n\n{self._view}\n\n{self.opened.orders.report}"


def _row(label: str, control: ipywidgets.Widget, hint: str) -> ipywidgets.Box:
    return box([ipywidgets.Label(label), control, ipywidgets.Label(hint)], "oc-intake-row")


class ForgetRow:
    """Takes an e-mail address or key, forgets the customer in `workspace`, and says so.

    The field is emptied before anything is done, so that no page or notebook keeps the address; `forgotten`
    is called afterwards.
    """

    def __init__(self, workspace: Workspace, forgotten: Callable[[], None]) -> None:
        self._workspace, self._forgotten = workspace, forgotten
        self._customer = ipywidgets.Text(placeholder="e-mail address or key", continuous_update=False)
        self._button = ipywidgets.Button(description="Forget")
        self.outcome = LiveText(spoken=True)
        self._button.on_click(lambda _: self._forget())
        self.control = box([box([self._customer, self._button], "oc-pair"), self.outcome], "oc-stack")

    def _forget(self) -> None:
        customer = self._customer.value
        self._customer.value = ""
        if not customer.strip():
            return
        try:
            done = forget(customer, self._workspace)
        except ValueError as problem:
            self.outcome.html = problem_html(str(problem))
            return
        self.outcome.html = notes_html((str(done),), warning=False)
        self._forgotten()
