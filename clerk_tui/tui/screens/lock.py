"""The lock: covers everything, loses nothing; the own PIN opens it and the focus is where it was."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Static

from clerk_tui.tui.acting import Acting, flow
from clerk_tui.tui.widgets.fields import FieldLeft, TextField
from clerk_tui.tui.widgets.lines import FixedLine, KeyLine
from clerk_tui.tui.widgets.plain import plain
from clerk_tui.tui.widgets.rule import Rule


class LockScreen(Acting, Screen[None]):
    """Shows the hall, the window and who locked it, nothing else."""

    AUTO_FOCUS = "#lock-pin"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f9,ctrl+s", "confirm", "开锁", id="key.confirm")]
    DEFAULT_CSS = """
    LockScreen { background: $background; }
    LockScreen #lock { width: 56; padding: 2 4; height: 1fr; }
    LockScreen #lock-pin { width: 24; }
    LockScreen .lock-line { height: 2; }
    """

    def __init__(self, clerk: str, window: str) -> None:
        super().__init__()
        self.clerk, self.window = clerk, window

    def compose(self) -> ComposeResult:
        yield Static(plain(f" {self.clerk_app.hall_name}  {self.window}"), id="top-line")
        yield Rule("=")
        with Vertical(id="lock"):
            yield Static(plain(f"已锁屏   {self.clerk}", "bold"), classes="lock-line")
            yield Static(plain("密码", "$quiet"))
            yield TextField(kind="pin", max_length=32, id="lock-pin")
            yield Static(plain("\u3000"), classes="lock-line")
            yield Static(plain("输入自己的密码按 Enter 开锁; 已填的内容都还在", "$quiet"))
            yield Static(plain(self.clerk_app.first_page.demonstration, "$quiet"))
        yield Rule("=")
        yield FixedLine()
        yield KeyLine("Enter 开锁")

    def on_field_left(self, event: FieldLeft) -> None:
        event.stop()
        self.unlock()

    def action_confirm(self) -> None:
        self.unlock()

    @flow
    async def unlock(self) -> None:
        """Open the lock with the own PIN."""
        from clerk_tui.desk import signing_in

        field = self.query_one("#lock-pin", TextField)
        pin, field.value = field.value, ""
        if pin and await self.done(signing_in.unlock_screen, pin=pin):
            self.dismiss(None)
