"""The screen of workbook 04: scenarios above, decisions and fears on the left, the answer on the right."""

from collections.abc import Callable, Mapping
from typing import Any

from ownchannel.orders.workspace import Workspace
from ownchannel.panels.answer import Answer, Question
from ownchannel.panels.panel import Panel
from ownchannel.panels.plan_settings import PlanSettings, plan_of, plan_sliders
from ownchannel.panels.rent_or_own_answer import LIVE_DRAWS, Answering
from ownchannel.panels.scenario_bar import ScenarioBar
from ownchannel.panels.view import box
from ownchannel.scenarios.library import ScenarioLibrary
from ownchannel.scenarios.plan import Plan
from ownchannel.scenarios.presets import PRESETS
from ownchannel.scenarios.tornado import Ranges


class RentOrOwn:
    """Sliders for a plan with its scenarios; a plan that is loaded brings its own sliders.

    `start` is the plan that it opens with, offered to load again under `start_name`; `measured` says, by
    path, how sure its measured numbers are, and `environ` holds the variables of the page's kernel, which may
    bring a plan. Displaying it shows it.

    >>> import tempfile
    >>> from ownchannel.scenarios.presets import preset
    >>> today = preset("Balanced brand").today()
    >>> screen = RentOrOwn(today, Workspace.at(tempfile.mkdtemp()), draws=100)
    >>> screen.at(owned_share_of_growth_budget=1).plain_sentence.partition(" costs ")[0]
    'Moving 53 points of the growth budget to your own store'
    """

    def __init__(
        self,
        start: Plan,
        workspace: Workspace,
        *,
        start_name: str = "Where I started",
        measured: Ranges | None = None,
        draws: int = LIVE_DRAWS,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._answering = Answering(draws, measured=measured)
        self.panel = self._panel_of(start)
        offered: dict[str, Callable[[], Plan]] = {start_name: lambda: start, **PRESETS}
        self.bar = ScenarioBar(
            ScenarioLibrary(workspace),
            presets=offered,
            current=lambda: self.plan,
            load=self.load,
            compared=self._compare,
        )
        self._whole = box([self.bar, self.panel.widget], "oc-page")
        self.bar.open_page(environ or {})

    @property
    def plan(self) -> Plan:
        """The plan as the sliders stand; raises ValueError where they do not go together."""
        return plan_of(self.panel.controls.value, self._loaded)

    @property
    def answer(self) -> Answer:
        """What the screen answers."""
        return self.panel.answer

    def set(self, **values: float) -> None:
        """Move some sliders, all at once."""
        self.panel.set(**values)

    def at(self, **values: float) -> Answer:
        """The answer with some sliders moved: they really move, are read, and go back."""
        return self.panel.at(**values)

    def load(self, plan: Plan) -> None:
        """Put another plan in place of the one that stands, with its own sliders."""
        self.panel = self._panel_of(plan)
        self._whole.children = (self.bar, self.panel.widget)

    def _panel_of(self, plan: Plan) -> Panel[PlanSettings]:
        self._loaded = plan
        settings, folded, switches = plan_sliders(plan)
        return Panel(Question(settings, self._answer, plan.currency, folded=folded, switches=switches))

    def _answer(self, settings: PlanSettings) -> Answer:
        return self._answering.of(plan_of(settings, self._loaded)).answer()

    def _compare(self, plans: dict[str, Plan]) -> None:
        self._answering.compare(plans)
        self.panel.refresh()

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        return self.panel.bundle(self._whole)

    def __repr__(self) -> str:
        return repr(self.panel)
