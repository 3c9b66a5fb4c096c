"""The first page: files in; an answer, and an account of each file, out."""

from collections.abc import Callable
from typing import Any

import ipywidgets

from ownchannel.answers import (
    ASKED_FIRST,
    MAPPING_WORDS,
    WAYS_IN,
    Answer,
    costs_html,
    files_html,
    notes_html,
    problem_html,
    what_was_opened,
)
from ownchannel.formats import listed
from ownchannel.orders import ColumnMapping, FileList, current_orders, forget
from ownchannel.panels._account_form import AccountForm
from ownchannel.panels._answer_view import AnswerView, LiveText, box, live_bundle
from ownchannel.panels._file_picker import FilePicker
from ownchannel.panels._mapping_form import MappingForm
from ownchannel.panels._page import head_html
from ownchannel.workspace import Workspace, saved_account

HERE = "00_start_here"

#: Offered first; any other IANA name, or a city, may be typed.
TIMEZONES = (
    *("UTC", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
    *("America/Sao_Paulo", "Europe/London", "Europe/Berlin", "Europe/Madrid", "Europe/Paris", "Europe/Rome"),
    *("Asia/Dubai", "Asia/Tehran", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney"),
)


class Opening:
    """Upload, folder or sample on top; below it the answer and, file by file, what was read and what was not.

    Files are added to a list, each can be removed, and their orders are kept in the workspace: every other
    workbook opens with them.

    >>> import tempfile
    >>> page = Opening(Workspace.at(tempfile.mkdtemp()))
    >>> page.opened.is_sample
    True
    """

    def __init__(self, workspace: Workspace | None = None) -> None:
        self._workspace = workspace or Workspace()
        self._list = FileList(self._workspace)
        self._asked = ""
        report = self._list.report()
        self.opened = current_orders(self._workspace)
        self._timezone = ipywidgets.Combobox(
            value=report.timezone if report.files else TIMEZONES[0], options=TIMEZONES
        )
        self._upload = FilePicker(lambda files: self._try(lambda: self.add(files)))
        self._folder = ipywidgets.Text(placeholder="/path/to/my/exports", continuous_update=False)
        self._read_folder = ipywidgets.Button(description="Read the folder")
        self._sample = ipywidgets.Button(description="Use the sample brand")
        self._said = LiveText(spoken=True)
        self._view = AnswerView(what_was_opened(self.opened))
        self._files = LiveText(on_press=self._press)
        self._form = MappingForm(self._list, lambda what: self._try(lambda: self._press_on_form(what)))
        self._forget = ForgetRow(self._workspace, self._show)
        self.account = AccountForm(self._workspace, self._show)
        self._read_folder.on_click(lambda _: self._try(lambda: self.add(self._folder.value)))
        self._sample.on_click(lambda _: self._press_again("sample", self.remove_all))
        self._head = LiveText()
        parts = [self._head, self._view.widget, self._controls(), self._form, self._files]
        self._whole = box(parts, "oc-page")
        self._show_files()

    def add(self, paths: Any, timezone: str | None = None) -> None:
        """Add files, folders or uploads to the list, and show what all its files say.

        Raises ValueError where the time zone is unknown.
        """
        said = self._list.add(paths, timezone or self._timezone.value)
        self._timezone.value = self._list.report().timezone
        self._show()
        self._say(*said, *self._ask_next(), *([WAYS_IN["nothing"]] if self.opened.is_sample else []))

    def name_columns(self, name: str, mapping: ColumnMapping) -> None:
        """Say what the columns of a table hold that was not recognised, read it, and remember the answer.

        Raises ValueError where the name or the mapping cannot be used.
        """
        said = self._list.name_columns(name, mapping)
        self._form.dismiss()
        self._show()
        self._say(*said, *self._ask_next())

    def remove(self, name: str) -> None:
        """Take a file out of the list, and show what the others say; raises ValueError for another name."""
        self._list.remove(name)
        self._show()
        self._say(f"Removed: {name}.")

    def remove_all(self) -> None:
        """Show the sample brand, here and in the other workbooks, until files are added again."""
        self._list.clear()
        self._show()
        self._say("Your files are no longer in the list.")

    @property
    def answer(self) -> Answer:
        """The answer shown; raises the ValueError that stands in its place, if one does."""
        if isinstance(self._view.shown, ValueError):
            raise self._view.shown
        return self._view.shown

    def _ask_next(self) -> list[str]:
        """Ask about the first table that waits for it, and say which do."""
        read = {file.name for file in self._list.report().files if file.was_read}
        waiting = [name for name in self._list.tables if name not in read]
        if waiting and self._form.name not in waiting:
            self._ask_about(waiting[0])
        return [MAPPING_WORDS["below"].format(names=listed(waiting))] if waiting else []

    def _ask_about(self, name: str) -> None:
        """Open the form of a table; a currency that it does not show is the brand's."""
        try:
            currency = saved_account(self._workspace).currency or ""
        except ValueError:  # which the form of the account says
            currency = ""
        self._form.ask(name, currency)

    def _press_on_form(self, what: str) -> None:
        if what == "read":
            self.name_columns(self._form.name, self._form.mapping)
            return
        if what == "forget":
            self._list.forget_columns(self._form.name)
            self._say(MAPPING_WORDS["forgotten"])
        self._form.dismiss()

    def _press(self, name: str) -> None:
        """What a button beside the files does: without a name it is for all."""
        if name.startswith("\t"):
            self._try(lambda: self._ask_about(name[1:]))
        elif name:
            self._try(lambda: self.remove(name))
        else:
            self._press_again("all", self.remove_all)

    def _press_again(self, what: str, act: Callable[[], None]) -> None:
        """Ask at the first press, where there is something to lose, and act at the second."""
        if self._asked == what or (self.opened.is_sample and not self._list.names):
            self._try(act)
        else:
            self._say(ASKED_FIRST[what])
            self._asked = what

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except ValueError as problem:
            self._said.html = problem_html(str(problem))

    def _say(self, *sentences: str) -> None:
        self._said.html, self._asked = notes_html(sentences, warning=False), ""

    def _show(self) -> None:
        """Show what the workspace holds now."""
        self.opened = current_orders(self._workspace)
        self._view.show(what_was_opened(self.opened))
        self._show_files()

    def _show_files(self) -> None:
        """Whose orders these are, and the files of the list, else those of the orders."""
        names = self._list.names
        self._head.html = head_html(HERE, self.opened)
        self._files.html = files_html(
            self._list.report() if names else self.opened.orders.report,
            removable=names,
            tables=self._list.tables,
        ) + costs_html(self.opened.orders)
        if self._form.name not in self._list.tables:
            self._form.dismiss()

    def _controls(self) -> ipywidgets.Box:
        rows = [
            _row("Your files", self._upload, WAYS_IN["files"]),
            _row("Or a folder of them", box([self._folder, self._read_folder], "oc-pair"), WAYS_IN["folder"]),
            _row("Your time zone", self._timezone, WAYS_IN["timezone"]),
            _row("About your brand", self.account.control, WAYS_IN["account"]),
            _row("No files at hand?", self._sample, WAYS_IN["sample"]),
            _row("Forget a customer", self._forget.control, WAYS_IN["forget"]),
        ]
        return box([*rows, box([self._said], "oc-stack")], "oc-intake")

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return live_bundle(self._whole, self._view.shown, str(self))

    def __repr__(self) -> str:
        return f"{self.opened}\n\n{self._view!r}"

    def __str__(self) -> str:
        return f"{self.opened}\n\n{self._view}\n\n{self.opened.orders.report}"


def _row(label: str, control: ipywidgets.Widget, hint: str) -> ipywidgets.Box:
    return box([ipywidgets.Label(label), control, ipywidgets.Label(hint)], "oc-intake-row")


class ForgetRow:
    """Takes an e-mail address or key, asks, forgets the customer in `workspace`, and says so.

    The field is emptied before anything is done, so that no page or notebook keeps the address; `forgotten`
    is called afterwards.
    """

    def __init__(self, workspace: Workspace, forgotten: Callable[[], None]) -> None:
        self._workspace, self._forgotten = workspace, forgotten
        self._asked = ""
        self._customer = ipywidgets.Text(placeholder="e-mail address or key", continuous_update=False)
        self._button = ipywidgets.Button(description="Forget")
        self.outcome = LiveText(spoken=True)
        self._button.on_click(lambda _: self._forget())
        self.control = box([box([self._customer, self._button], "oc-pair"), self.outcome], "oc-stack")

    def _forget(self) -> None:
        entered, self._customer.value = self._customer.value, ""
        if entered.strip():
            self._asked = entered
            self.outcome.html = notes_html((ASKED_FIRST["forget"],), warning=False)
            return
        customer, self._asked = self._asked, ""
        if not customer:
            return
        try:
            done = forget(customer, self._workspace)
        except ValueError as problem:
            self.outcome.html = problem_html(str(problem))
            return
        self.outcome.html = notes_html((str(done),), warning=False)
        self._forgotten()
