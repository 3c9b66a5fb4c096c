"""Words on the page that follow the kernel."""

from pathlib import Path

import anywidget
import traitlets


class LiveText(anywidget.AnyWidget):
    """A piece of HTML on the page that is replaced in place, and read aloud when it changes if `spoken`.

    >>> LiveText(html="<p>Move a slider.</p>")
    LiveText('<p>Move a slider.</p>')
    """

    _esm = Path(__file__).with_name("live_text.js")
    _css = Path(__file__).with_name("style.css")
    html = traitlets.Unicode().tag(sync=True)
    spoken = traitlets.Bool(False).tag(sync=True)

    def __repr__(self) -> str:
        return f"LiveText({self.html!r})"
