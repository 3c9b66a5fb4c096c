"""Write the reference from the docstrings: a page for the library and one for each of its rooms.

python etc/write_reference.py docs/api    any warning is an error: a broken docstring is a broken page
"""

import importlib
import pkgutil
import sys
import warnings
from pathlib import Path
from types import GenericAlias

import pandas as pd
import pdoc
import pdoc.render

import ownchannel


def rooms() -> list[str]:
    """The library's public modules, by their full names."""
    found = pkgutil.iter_modules(ownchannel.__path__)
    return [f"ownchannel.{module.name}" for module in found if not module.name.startswith("_")]


def load(name: str) -> None:
    """Load a module with all of its public names: pdoc passes over those that are loaded at first use."""
    module = importlib.import_module(name)
    for public in getattr(module, "__all__", []):
        vars(module)[public] = getattr(module, public)


def main(folder: Path) -> None:
    # `pd.Series[float]` means something to the type checker, but fails when pdoc evaluates it.
    pd.Series.__class_getitem__ = classmethod(GenericAlias)
    for name in ("ownchannel", *rooms()):
        load(name)
    pdoc.render.configure(
        docformat="google", show_source=False, footer_text=f"ownchannel {ownchannel.__version__}"
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # What the library's own page lists is taken out, so that each room comes exactly once.
        pdoc.pdoc("ownchannel", r"!ownchannel\.", *rooms(), output_directory=folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
