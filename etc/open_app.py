"""Serve the workbooks as pages without code, and open their list in the browser.

`python etc/open_app.py workbooks`; the settings are in etc/jupyter/voila.json: loopback only, with a token.
"""

import os
from pathlib import Path

SETTINGS = str(Path(__file__).resolve().parent / "jupyter")


def main() -> None:
    """Warm kernels up, then serve."""
    import warm_kernels

    warm_kernels.prepare()  # it imports while Voilà does
    import webbrowser

    from jupyter_server import DEFAULT_TEMPLATE_PATH_LIST
    from voila.app import Voila

    # The page that asks for the token is the server's and not Voilà's.
    DEFAULT_TEMPLATE_PATH_LIST.insert(0, f"{SETTINGS}/voila/templates/ownchannel")

    class Workbooks(Voila):
        """Voilà, opened with its token in the address: Voilà's own way would ask the reader to type it."""

        def launch_browser(self) -> None:
            webbrowser.open(self.display_url)

    Workbooks.launch_instance()


# Nothing is imported above: every kernel that is forked reads this file once more.
if __name__ == "__main__":
    os.environ["JUPYTER_CONFIG_PATH"] = SETTINGS
    os.environ["JUPYTER_PATH"] = SETTINGS  # where the page's template is found
    main()
