"""What stands on the screen while a store of an earlier build is upgraded."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from clerk_tui.tui.cards.card import Card
from clerk_tui.tui.widgets.plain import plain_lines

LINES = (
    "这里的数据是旧版程序建立的, 要升级后才能用。",
    "先在旁边备份一份, 再升级; 做完以前取消或断电, 数据都不变。",
    "",
)


class UpgradeCard(Card[None]):
    """How far the upgrade is; Esc stops it. It goes away by itself."""

    HEADING = "升级数据"
    HELP_WORDS: ClassVar[str] = "做完会自己收起; 数据多时要几分钟, Esc 取消"

    def __init__(self, stop: Callable[[], None]) -> None:
        super().__init__()
        self.stop = stop

    def body(self) -> ComposeResult:
        yield Static(plain_lines(LINES), id="card-lines")
        yield Static("", id="upgrade-progress", markup=False)
        yield Static("Esc 取消升级", classes="card-keys", markup=False)

    def show(self, words: str) -> None:
        """How far it is now."""
        for line in self.query("#upgrade-progress").results(Static):  # none before the card is drawn
            line.update(words)

    def action_back(self) -> None:
        self.stop()
        self.hint("正在取消, 数据不会改动")

    def action_find(self) -> None:
        """The store cannot be read before it is upgraded."""
        self.fault("正在升级, 请稍等; Esc 取消")

    def confirm(self) -> None:
        """F9 confirms nothing here."""
        self.fault("正在升级, 请稍等; Esc 取消")
