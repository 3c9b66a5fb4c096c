"""A field and a button on the first page: forget a customer who asks for it."""

from collections.abc import Callable

import ipywidgets

from ownchannel.orders.forgetting import forget
from ownchannel.orders.workspace import Workspace
from ownchannel.panels.live_text import LiveText
from ownchannel.panels.markup import notes_html, problem_html
from ownchannel.panels.view import box


class ForgetRow:
    """Takes an e-mail address or key, forgets the customer in `workspace`, and says so.

    The field is emptied before anything is done, so that no page or notebook keeps the address; `forgotten`
    is called afterwards.
    """

    def __init__(self, workspace: Workspace, forgotten: Callable[[], None]) -> None:
        self._workspace, self._forgotten = workspace, forgotten
        self._customer = ipywidgets.Text(placeholder="e-mail address or key", continuous_update=False)
        self._button = ipywidgets.Button(description="Forget")
        self.told = LiveText(spoken=True)
        self._button.on_click(lambda _: self._forget())
        self.control = box([box([self._customer, self._button], "oc-pair"), self.told], "oc-stack")

    def _forget(self) -> None:
        customer = self._customer.value
        self._customer.value = ""
        if not customer.strip():
            return
        try:
            done = forget(customer, self._workspace)
        except ValueError as problem:
            self.told.html = problem_html(str(problem))
            return
        self.told.html = notes_html((str(done),), warning=False)
        self._forgotten()
