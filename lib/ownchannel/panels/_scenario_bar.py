"""Scenarios: a toolbar that saves, loads and compares plans, and the same above a plan's panel."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import anywidget
import ipywidgets
import traitlets

from ownchannel.answers import Answer, Question
from ownchannel.formats import count, listed
from ownchannel.panels._answer_view import box
from ownchannel.panels._panel import Panel
from ownchannel.scenarios import (
    Plan,
    ScenarioLibrary,
    dumps,
    link_remark,
    loads,
    plan_from_page,
    to_query,
)
from ownchannel.workspace import Workspace

#: Scenarios side by side: more do not fit a screen.
MOST_COMPARED = 5


class ScenarioBar(anywidget.AnyWidget):
    """Keeps the plan that `current` gives in `library`, and hands plans from there to `load`.

    `presets` are offered to load beside the saved plans. `opening` is the plan that the page opens with: an
    address holds only what differs from it. `compared` is called with the plans that stand side by side, by
    name, whenever they change. What can be pressed on the page can be called here; each call says
    in `status` what it did, and raises ValueError where it cannot be done.

    >>> import tempfile
    >>> from ownchannel.workspace import Workspace
    >>> from ownchannel.scenarios import preset
    >>> bar = ScenarioBar(
    ...     ScenarioLibrary(Workspace.at(tempfile.mkdtemp())),
    ...     presets={},
    ...     current=lambda: preset("Balanced brand"),
    ...     load=lambda plan: print("Loaded:", plan.currency),
    ...     compared=lambda plans: print("Side by side:", list(plans)),
    ... )
    >>> bar.save("More own store")
    >>> bar.status
    'Saved as ‘More own store’.'
    >>> bar.load("More own store")
    Loaded: USD
    >>> bar.compare("More own store")
    Side by side: ['More own store']
    """

    _esm = Path(__file__).with_name("scenario_bar.js")
    _css = Path(__file__).with_name("scenario_bar.css")
    names: traitlets.List[Any] = traitlets.List().tag(sync=True)
    presets: traitlets.List[Any] = traitlets.List().tag(sync=True)
    problems: traitlets.List[Any] = traitlets.List().tag(sync=True)
    side_by_side: traitlets.List[Any] = traitlets.List().tag(sync=True)
    most_compared = traitlets.Int(MOST_COMPARED).tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)
    chosen = traitlets.Unicode().tag(sync=True)
    status = traitlets.Unicode().tag(sync=True)
    loaded = traitlets.Unicode().tag(sync=True)
    """The query of the plan that was loaded last, with which a page that is loaded again opens."""

    def __init__(
        self,
        library: ScenarioLibrary,
        presets: Mapping[str, Callable[[], Plan]],
        current: Callable[[], Plan],
        load: Callable[[Plan], None],
        compared: Callable[[dict[str, Plan]], None],
        *,
        opening: Plan | None = None,
    ) -> None:
        super().__init__()
        self._opening = opening
        self._library = library
        self._presets = presets
        self._current, self._load, self._on_compared = current, load, compared
        self._compared: dict[str, Plan] = {}
        self._asked: tuple[str, ...] = ()
        self._list()
        self.on_msg(self._receive)

    def save(self, name: str, *, overwrite: bool = False) -> None:
        """Save the plan as it stands."""
        saved = self._library.save(self._own_name(name), self._current(), overwrite=overwrite)
        self._list()
        self._say(f"Saved as ‘{saved}’.", name=saved, chosen=saved)

    def load(self, name: str) -> None:
        """Put a saved plan, or else the preset of this name, in place of the one that stands."""
        name = self._library.clean_name(name)
        preset = None if name in self._library.names() else self._presets.get(name)
        self._show(preset() if preset else self._library.load(name))
        self._say(f"Loaded ‘{name}’.", name="" if preset else name, chosen=name)

    def _show(self, plan: Plan) -> None:
        with suppress(ValueError):  # a plan that is too long for an address
            self.loaded = to_query(plan, self._opening)
        self._load(plan)

    def duplicate(self, name: str) -> None:
        """Save a saved plan again, under a name of its own."""
        copy = self._library.duplicate(name)
        self._list()
        self._say(f"Copied ‘{self._library.clean_name(name)}’ to ‘{copy}’.", chosen=copy)

    def rename(self, name: str, new_name: str) -> None:
        """Give a saved plan another name."""
        old, new = self._library.clean_name(name), self._library.rename(name, self._own_name(new_name))
        self._list(tuple(new if other == old else other for other in self.side_by_side))
        self._say(f"‘{old}’ is now called ‘{new}’.", name=new, chosen=new)

    def remove(self, name: str) -> None:
        """Delete a saved plan; the plan that stands stays."""
        self._library.remove(name)
        self._list()
        self._say(f"Removed ‘{self._library.clean_name(name)}’.", chosen="")

    def compare(self, *names: str) -> None:
        """Lay these saved plans side by side, up to MOST_COMPARED; without a name, none."""
        chosen = [self._library.clean_name(name) for name in names]
        if len(chosen) > MOST_COMPARED:
            raise ValueError(f"Up to {MOST_COMPARED} plans stand side by side: you chose {len(chosen)}.")
        self._lay_side_by_side(chosen)
        self._say(
            f"Side by side: {listed(f'‘{name}’' for name in chosen)}." if chosen else "None is compared."
        )

    def address(self) -> str:
        """The query that opens a page with the plan as it stands, `plan=…`."""
        return to_query(self._current(), self._opening)

    def file(self) -> tuple[str, str]:
        """The plan as it stands as a file: its name and its text."""
        return f"{self.name.strip() or 'plan'}.json", dumps(self._current())

    def open_file(self, file: str, text: str) -> None:
        """Load the plan that a file holds; raises ValueError where it holds none."""
        try:
            plan = loads(text)
        except ValueError as problem:
            raise ValueError(f"{file} cannot be opened. {problem}") from None
        self._show(plan)
        self._say(f"Opened {file}. Give it a name and save it to keep it.", chosen="")

    def open_page(self, environ: Mapping[str, str]) -> None:
        """Load the plan in the address of the page that the kernel with these variables was started for.

        Says so, or why it cannot be done, and raises nothing: a page opens whatever its address.
        """
        try:
            plan = plan_from_page(environ, self._opening)
            if plan is not None:
                self._load(plan)
                query = environ.get("QUERY_STRING", "")
                remark = "" if self._opening is None else link_remark(query, self._opening)
                self._say(f"This is the plan in the page's address. {remark}".rstrip())
        except ValueError as problem:
            self._say(str(problem))

    def _own_name(self, name: str) -> str:
        """A name that no preset has."""
        name = self._library.clean_name(name)
        if name in self._presets:
            raise ValueError(f"‘{name}’ is a preset: choose another name.")
        return name

    def _list(self, side_by_side: Sequence[str] | None = None) -> None:
        """Show what the library holds now, and compare what is left of what was compared."""
        saved = self._library.names()
        self.names = list(saved)
        self.presets = [name for name in self._presets if name not in saved]
        self.problems = list(self._library.problems())
        compared = self.side_by_side if side_by_side is None else side_by_side
        self._lay_side_by_side([name for name in compared if name in saved])

    def _lay_side_by_side(self, names: Sequence[str]) -> None:
        plans = {name: self._library.load(name) for name in names}
        self.side_by_side = list(plans)
        if list(plans.items()) != list(self._compared.items()):
            self._compared = plans
            self._on_compared(plans)

    def _say(self, status: str, **shown: str) -> None:
        for trait, value in shown.items():
            self.set_trait(trait, value)
        self.status = status

    def _receive(self, _: object, message: dict[str, Any], __: object) -> None:
        """Do what was pressed on the page, or say there why not, and answer that it was heard."""
        # First as the page has them: a trait that is set to what it was would not reach the page.
        self.name, self.chosen, self.status = message["name"], message["chosen"], ""
        try:
            press = (message["pressed"], self.name, self.chosen)
            question = "" if press == self._asked else self._question(message["pressed"])
            self._asked = press if question else ()
            if question:
                self.status = question
            else:
                self._do(message)
        except ValueError as problem:
            self.status = str(problem)
        finally:
            self.send({"view": message["view"]})

    def _question(self, pressed: str) -> str:
        """What is asked before something saved is lost, once."""
        if pressed == "save" and self._library.clean_name(self.name) in self._library.names():
            return f"‘{self.name}’ is saved already: press Save again to replace it."
        if pressed == "remove" and self.chosen in self._library.names():
            return f"‘{self.chosen}’ will be deleted: press Remove again to do so."
        return ""

    def _do(self, message: dict[str, Any]) -> None:
        match message["pressed"]:
            case "save":
                self.save(self.name, overwrite=True)
            case "compare":
                self.compare(*message["names"])
            case "download":
                file, text = self.file()
                self.send({"view": message["view"], "file": file, "text": text})
            case "open":
                self.open_file(message["file"], message["text"])
            case "address":
                self.send({"view": message["view"], "query": self.address()})
            case _ if not self.chosen:
                raise ValueError("Choose a plan from the list first.")
            case "load":
                self.load(self.chosen)
            case "duplicate":
                self.duplicate(self.chosen)
            case "rename":
                self.rename(self.chosen, self.name)
            case "remove":
                self.remove(self.chosen)

    def __repr__(self) -> str:
        return f"Scenarios: {count(len(self.names), 'saved plan')}, {count(len(self.presets), 'preset')}"


class Asked(Protocol):
    """What a `ScenarioPanel` asks of plans, such as `answers.RentOrOwn`."""

    start: Plan
    """The plan that the page opens with."""
    presets: dict[str, Callable[[], Plan]]
    """Plans to load, by name, beside the saved ones."""

    def question(self, plan: Plan) -> Question[Plan]:
        """The question of a plan, with a slider for each number that can be moved."""
        ...

    def compare(self, plans: Mapping[str, Plan]) -> None:
        """Lay these plans beside those that are answered for from now on."""
        ...


class ScenarioPanel:
    """A panel of sliders for a plan under a bar of scenarios; a plan that is loaded brings its own sliders.

    `environ` holds the variables of the page's kernel, which may bring a plan. Displaying it shows it.

    >>> import tempfile
    >>> from ownchannel.answers import RentOrOwn
    >>> from ownchannel.scenarios import preset
    >>> asked = RentOrOwn(preset("Balanced brand").today(), draws=100)
    >>> screen = ScenarioPanel(asked, Workspace.at(tempfile.mkdtemp()))
    >>> screen.at({"channels.Own store.reach": 0.4}, cash=9_000).plain_sentence.partition(" ")[0]
    'This'
    >>> screen.bar.save("As it is")
    >>> screen.bar.names
    ['As it is']
    """

    def __init__(
        self, asked: Asked, workspace: Workspace, *, environ: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self._asked = asked
        self.panel = Panel(asked.question(asked.start))
        self.bar = ScenarioBar(
            ScenarioLibrary(workspace),
            presets=asked.presets,
            current=lambda: self.plan,
            load=self.load,
            compared=self._compare,
            opening=asked.start,
        )
        self._whole = box([self.bar, self.panel.widget], "oc-page")
        self.bar.open_page(environ)

    @property
    def plan(self) -> Plan:
        """The plan as the sliders stand; raises ValueError where they do not go together."""
        return self.panel.settings

    @property
    def answer(self) -> Answer:
        """The answer that the panel shows; raises the ValueError that stands in its place, if one does."""
        return self.panel.answer

    def set(self, values: Mapping[str, float] = MappingProxyType({}), /, **more: float) -> None:
        """Move some sliders, all at once, by path or name."""
        self.panel.set(values, **more)

    def at(self, values: Mapping[str, float] = MappingProxyType({}), /, **more: float) -> Answer:
        """The answer with some sliders moved: they really move, are read, and go back."""
        return self.panel.at(values, **more)

    def load(self, plan: Plan) -> None:
        """Put another plan in place of the one that stands, with its own sliders."""
        self.panel = Panel(self._asked.question(plan))
        self._whole.children = (self.bar, self.panel.widget)

    def _compare(self, plans: dict[str, Plan]) -> None:
        self._asked.compare(plans)
        self.panel.refresh()

    @property
    def widget(self) -> ipywidgets.Widget:
        """All of it, on the page."""
        return self._whole

    def bundle(self, whole: ipywidgets.Widget) -> dict[str, Any]:
        """What a notebook keeps of `whole`, a page that this is a part of."""
        return self.panel.bundle(whole)

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return self.bundle(self._whole)

    def __repr__(self) -> str:
        return repr(self.panel)
