"""Serve the workbooks as pages without code, and open their list in the browser.

`python etc/open_app.py workbooks`; the settings are in etc/jupyter/voila.json: loopback only, with a token.
"""

import os
from importlib.resources import files
from pathlib import Path
from typing import Any

SETTINGS = str(Path(__file__).resolve().parent / "jupyter")


def main() -> None:
    """Warm kernels up, then serve."""
    import warm_kernels

    nursery = warm_kernels.prepare()  # it imports while Voilà does
    import webbrowser

    from jupyter_server import DEFAULT_TEMPLATE_PATH_LIST
    from jupyter_server.base.handlers import JupyterHandler
    from jupyter_server.utils import url_path_join
    from nbformat import NotebookNode
    from tornado.web import StaticFileHandler
    from voila.app import Voila
    from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

    # The page that asks for the token is the server's and not Voilà's.
    DEFAULT_TEMPLATE_PATH_LIST.insert(0, f"{SETTINGS}/voila/templates/ownchannel")

    class ToKernel(VoilaKernelWebsocketHandler):
        """The way between page and kernel, on which small messages do not wait 40 ms for each other."""

        async def open(self, kernel_id: str) -> None:
            self.set_nodelay(True)
            await super().open(kernel_id)

    class Workbooks(Voila):
        """Voilà, opened with its token in the address: Voilà's own way would ask the reader to type it."""

        def init_settings(self) -> dict[str, Any]:
            settings: dict[str, Any] = super().init_settings()
            self.voila_configuration.prelaunch_hook = with_first_screen
            settings["voila_jinja2_env"].globals["first_screens"] = nursery.screens if nursery else None
            return settings

        def init_handlers(self) -> list[Any]:
            plotly = {"path": str(files("plotly") / "package_data")}
            place = url_path_join(self.server_url, "/voila/plotly/(.*)")
            prompt = [
                (path, ToKernel if handler is VoilaKernelWebsocketHandler else handler, *more)
                for path, handler, *more in super().init_handlers()
            ]
            return [(place, StaticFileHandler, plotly), *prompt]

        def launch_browser(self) -> None:
            webbrowser.open(self.display_url)

    def with_first_screen(handler: JupyterHandler, *, notebook: NotebookNode, cwd: str) -> None:
        """The answer stands before its kernel does, unless the address brings a plan of its own."""
        found = nursery.screens() if nursery and "plan" not in handler.request.arguments else {}
        here = Path(handler.request.path).stem
        notebook.metadata["first_screen"] = found["screens"].get(here, "") if found else ""

    Workbooks.launch_instance()


# The process that kernels are forked from reads this file once more, and needs nothing of what main imports.
if __name__ == "__main__":
    os.environ["JUPYTER_CONFIG_PATH"] = SETTINGS
    os.environ["JUPYTER_PATH"] = SETTINGS  # where the page's template is found
    os.environ["JUPYTER_WIDGETS_ECHO"] = "0"  # a page that knows what was pressed need not hear it again
    main()
