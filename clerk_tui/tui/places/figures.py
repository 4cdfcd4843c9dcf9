"""统计: the day in figures, sums of closed periods; what is inaccurate is kept out of the means and shown."""

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from clerk_tui.tui.places.place import Place
from clerk_tui.tui.widgets.fields import Choice, ChoiceField, FieldChanged, FieldLeft
from clerk_tui.tui.widgets.plain import fit, plain
from clerk_tui.tui.widgets.rule import Rule

if TYPE_CHECKING:
    from clerk_tui.desk.views.queue import DayFigures

SCOPES = (Choice("window", "本窗口"), Choice("hall", "全大厅"))
BAR_CELLS = 30


class FiguresPlace(Place):
    """Today's figures of this window, or of the hall with each window, clerk and hour."""

    HINTS = "1本窗口 2全大厅"
    DEFAULT_CSS = """
    FiguresPlace VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; }
    FiguresPlace Static { height: auto; }
    """

    def compose(self) -> ComposeResult:
        yield ChoiceField(SCOPES, "window", id="figures-scope")
        yield Rule("-")
        with VerticalScroll(id="figures-scroll"):
            yield Static("", id="figures-text")

    def entered(self) -> None:
        self.refresh_data()
        self.focus_first()

    def refresh_data(self) -> None:
        self.run_worker(self.read(), group="figures-read", exclusive=True, exit_on_error=False)

    async def read(self) -> None:
        """Read the figures; focus and place on the page stay."""
        from clerk_tui.desk import figures

        hall = self.query_one("#figures-scope", ChoiceField).value == "hall"
        window_id = None if hall else self.clerk_app.signed_in().window_id
        found = await self.look_at(figures.today, window_id=window_id)
        if found is not None and self.is_attached:
            lines = _summary(found) + (_apart(found) if window_id is None else [])
            self.query_one("#figures-text", Static).update(Content("\n").join(plain(line) for line in lines))

    def on_field_changed(self, event: FieldChanged) -> None:
        event.stop()
        self.refresh_data()

    def on_field_left(self, event: FieldLeft) -> None:
        event.stop()
        self.query_one("#figures-scroll").focus()

    def help_words(self) -> str:
        return "按 1 看本窗口, 2 看全大厅; 平均数只算时间准确的时段, 不准的另列"

    def back(self) -> bool:
        scope = self.query_one("#figures-scope")
        if self.app.focused is not scope:
            scope.focus()
            return True
        return False


def _minutes(seconds: int) -> str:
    """A mean as clerks read it; 0 says that there was nothing to take a mean of."""
    return f"{seconds // 60} 分 {seconds % 60:02} 秒" if seconds else "-"


def _summary(found: "DayFigures") -> list[str]:
    return [
        f"接待 {found.served} 人   收件 {found.cases}   办结 {found.closed_cases}   容缺受理 {found.tolerated}   过号 {found.missed}",
        f"平均等候 {_minutes(found.mean_wait_seconds)}   平均服务 {_minutes(found.mean_serve_seconds)}",
        f"暂停 {_minutes(found.pause_seconds)}   后台工作 {_minutes(found.back_office_seconds)}",
        f"时间不准, 不计入平均的: {found.inaccurate} 段",
    ]


def _apart(found: "DayFigures") -> list[str]:
    lines = ["", "--- 各窗口 ---"]
    lines += [_row(f"{number} 号窗", served, wait, serve) for number, served, wait, serve in found.by_window]
    lines += ["", "--- 各经办人 ---"]
    lines += [_row(name, served, wait, serve) for name, served, wait, serve in found.by_clerk]
    lines += ["", "--- 各时段取号 ---"]
    most = max((issued for _, issued, _ in found.by_hour), default=0)
    lines += [
        f"{hour} 时  {fit(str(issued), 4, right=True)}  {fit('#' * max(1, issued * BAR_CELLS // most), BAR_CELLS)}  平均等候 {_minutes(wait)}"
        for hour, issued, wait in found.by_hour
    ]
    return lines


def _row(who: str, served: int, wait: int, serve: int) -> str:
    return f"{fit(who, 12)}  接待 {fit(str(served), 4, right=True)}   平均等候 {fit(_minutes(wait), 12)}   平均服务 {_minutes(serve)}"
