"""What a brand says of itself, asked once on the first page and used by every workbook."""

from collections.abc import Callable

import ipywidgets

from ownchannel.answers import ACCOUNT_ASKS, ACCOUNT_KEPT, notes_html, problem_html
from ownchannel.panels._answer_view import LiveText, box
from ownchannel.workspace import Workspace, save_account, saved_account


class AccountForm:
    """A field for each number of the account in `workspace`; `kept` is called after it was saved.

    What was wrong is said below the fields, and nothing is saved then.
    """

    def __init__(self, workspace: Workspace, kept: Callable[[], None]) -> None:
        self._workspace, self._kept = workspace, kept
        self.fields = {
            name: ipywidgets.Text(description=label, placeholder=example, continuous_update=False)
            for name, (label, example) in ACCOUNT_ASKS.items()
        }
        self.outcome = LiveText(spoken=True)
        save = ipywidgets.Button(description="Keep")
        save.on_click(lambda _: self.save())
        self.control = box([box([*self.fields.values(), save], "oc-account"), self.outcome], "oc-stack")
        try:
            self._show()
        except ValueError as problem:
            self.outcome.html = problem_html(str(problem))

    def save(self) -> None:
        """Keep what the fields hold, or say why it cannot be."""
        try:
            save_account(self._workspace, **{name: self._given(name) for name in self.fields})
            self._show()
        except ValueError as problem:
            self.outcome.html = problem_html(str(problem))
            return
        self.outcome.html = notes_html((ACCOUNT_KEPT,), warning=False)
        self._kept()

    def _show(self) -> None:
        account = saved_account(self._workspace)
        for name, field in self.fields.items():
            value = getattr(account, name)
            if isinstance(value, int | float):
                value = f"{100 * value:.4g}%" if name == "discount_rate" else f"{value:,.10g}"
            field.value = value or ""

    def _given(self, name: str) -> str | float | None:
        """What stands in a field: a text, or a number as people write it; None where it is empty."""
        text = self.fields[name].value.strip()
        if not text or name in ("name", "currency"):
            return text.upper() if name == "currency" else text or None
        plain = text.replace(",", "").replace(" ", "").removesuffix("%")
        try:
            number = float(plain)
        except ValueError:
            label, example = ACCOUNT_ASKS[name]
            raise ValueError(f"{label} must be a number, {example}: you gave {text!r}.") from None
        return number / 100 if name == "discount_rate" else number
