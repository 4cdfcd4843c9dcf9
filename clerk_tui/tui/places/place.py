"""The base of every place of work."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from textual.containers import Vertical
from textual.widget import Widget

from clerk_tui.tui.acting import Acting

if TYPE_CHECKING:
    from clerk_tui.desk.views.intake import PaperView
    from clerk_tui.tui.screens.workbench import Workbench


class Place(Acting, Vertical):
    """A place keeps its state when it is left. The workbench hands the keys of the contract to the place that is shown.

    Override what the place has: `entered`, `left`, `refresh_data`, `confirm` (F9), `values` (F4), `help` (F1), `back`
    (Esc), `hold_facts`, `scanned`, `open_hit`. `HINTS` stands at the right of the key line.
    """

    HINTS = ""
    DEFAULT_CSS = """
    Place { height: 1fr; padding: 0 1; }
    """
    key = ""

    @property
    def hints(self) -> str:
        """What stands at the right of the key line now."""
        return self.HINTS

    @property
    def bench(self) -> "Workbench":
        """The workbench that shows this place."""
        return cast("Workbench", self.screen)

    def show_hints(self) -> None:
        """Put them there, unless the clerk is elsewhere by now: another place's keys are not these."""
        from clerk_tui.tui.widgets.lines import KeyLine

        bench = self.workbench
        if bench.place is self:
            bench.query_one(KeyLine).hint(self.hints)

    def entered(self) -> None:
        """The clerk came here: read what may be out of date, put the focus where the next input belongs."""
        self.focus_first()

    def left(self) -> None:
        """The clerk goes elsewhere; nothing is lost."""

    def refresh_data(self) -> None:
        """Something was written somewhere (here or at another window): read again without moving the focus."""

    def confirm(self) -> None:
        """F9."""
        self.ring("这里没有要确认的")

    def values(self) -> None:
        """F4: the list of values for the field that has the focus."""
        self.ring("这一格没有选项")

    def help_words(self) -> str:
        """F1: about the field that has the focus, else about the place."""
        return getattr(self.app.focused, "help_words", "") or "按 F2 查找, 按 F3 再按数字换地方"

    def back(self) -> bool:
        """Esc: one step back without acting. False: nothing to go back from."""
        return False

    def scanned(self, text: str) -> bool:
        """A scan while this place is shown. False: the find box takes it."""
        return False

    def open_hit(self, group: str, id: str) -> None:
        """Open what the find box, a list or another place found (views.cases.Hit group and id)."""

    def focus_first(self) -> None:
        """Focus the widget that had it when the place was left, else the first one."""
        last = getattr(self, "_last_focus", None)
        if isinstance(last, Widget) and last.is_attached and last.focusable:
            last.focus()
            return
        for widget in self.query("*").results(Widget):
            if widget.focusable:
                widget.focus()
                return

    def remember_focus(self) -> None:
        """Called by the workbench before another place is shown."""
        focused = self.app.focused
        if focused is not None and self in focused.ancestors:
            self._last_focus = focused

    # what stands around the place

    @property
    def workbench(self) -> "Workbench":
        """The workbench, also while a card stands in front of it."""
        from clerk_tui.tui.screens.workbench import Workbench

        return next(screen for screen in self.app.screen_stack if isinstance(screen, Workbench))

    @property
    def open_visit_id(self) -> str:
        """The visit that is open at this window, '' when there is none."""
        return self.workbench.panel.visit_id or ""

    async def show_papers(self, papers: "Sequence[PaperView]") -> None:
        """Show the papers that an act issued; only inside a flow."""
        from clerk_tui.tui.screens.paper_preview import PaperScreen

        if papers:
            await self.ask(PaperScreen(papers))

    def when(self, at: int) -> str:
        """An instant on the hall's clock: 11-23 09:41."""
        from clerk_tui.store.first_page import local_time

        return f"{local_time(at, self.clerk_app.first_page.zone_name):%m-%d %H:%M}"
