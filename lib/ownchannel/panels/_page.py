"""A workbook's page: whose numbers these are, the way to the other workbooks, then the panel."""

from hashlib import sha256
from html import escape
from typing import Any, Protocol

import ipywidgets

from ownchannel.answers import WORKBOOKS
from ownchannel.orders import Opened
from ownchannel.panels._answer_view import LiveText, box


class PageBody(Protocol):
    """What a page shows below its head, such as a `Panel`."""

    @property
    def widget(self) -> ipywidgets.Widget:
        """All of it, on the page."""
        ...

    def bundle(self, whole: ipywidgets.Widget) -> dict[str, Any]:
        """What a notebook keeps of `whole`, a page that it is a part of."""
        ...


class Page:
    """The head of workbook `here` above what it shows. Displaying a page shows it.

    Raises ValueError for a workbook that is not there.

    >>> import tempfile
    >>> from ownchannel.answers import what_if_it_stopped
    >>> from ownchannel.orders import current_orders
    >>> from ownchannel.panels import Panel
    >>> from ownchannel.workspace import Workspace
    >>> opened = current_orders(Workspace.at(tempfile.mkdtemp()))
    >>> page = Page("01_marketplace_dependence", opened, Panel(what_if_it_stopped(opened.orders)))
    >>> page.opened.brand
    'Hearth & Ladle, the sample brand'
    """

    def __init__(self, here: str, opened: Opened, shown: PageBody) -> None:
        if here not in WORKBOOKS:
            raise ValueError(f"There is no workbook {here}: there are {', '.join(WORKBOOKS)}.")
        self.opened, self._shown = opened, shown
        self.widget = box([LiveText(html=head_html(here, opened)), shown.widget], "oc-page")

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        bundle = self._shown.bundle(self.widget)
        return bundle | {"text/plain": f"{self!r}\n\n{bundle['text/plain']}"}

    def __repr__(self) -> str:
        return f"{self.opened}"


def head_html(here: str, opened: Opened) -> str:
    """Brand, period and currency, and links to the workbooks by their questions, this one marked.

    It bears a mark of the orders, by which pages that are open side by side see that they differ.

    >>> from ownchannel.orders import read_orders
    >>> import tempfile
    >>> nothing = Opened.of(read_orders([], workspace=tempfile.mkdtemp()), is_sample=False)
    >>> 'aria-current="page">Rent or own?' in head_html("04_rent_or_own", nothing)
    True
    """
    marked = {here: ' aria-current="page"'}
    links = "".join(
        f'<li><a href="{name}.ipynb"{marked.get(name, "")}>{escape(question)}</a></li>'
        for name, question in WORKBOOKS.items()
    )
    about = " · ".join(map(escape, filter(None, [opened.orders.period, opened.currency, opened.remark])))
    mark = sha256(f"{opened} {[file.name for file in opened.orders.report.files]}".encode()).hexdigest()[:12]
    return (
        f'<div class="oc-header" data-orders="{mark}">'
        f'<p><span class="oc-brand">{escape(opened.brand)}</span> · {about}</p>'
        f'<nav aria-label="Workbooks"><ol>{links}</ol></nav></div>'
    )
