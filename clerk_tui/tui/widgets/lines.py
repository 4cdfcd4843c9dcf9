"""The two lowest lines of every screen: what was just said, and the keys."""

from textual.content import Content
from textual.widgets import Static

from clerk_tui.tui.widgets.plain import plain

KEYS = "F1帮助 F2查找 F3工作台 F4选项 F5叫号 F6重呼 F7挂起 F8挂起单 F9确认 Esc返回"


class FixedLine(Static):
    """One line for what an act came to or why it did not; words stay until the next ones."""

    SAVING = "正在保存"

    def __init__(self) -> None:
        super().__init__(" ", id="fixed-line")
        self.words = ""
        self._ringing = False

    def say(self, words: str) -> None:
        self.words, self._ringing = words, False
        self._draw()

    def ring(self, words: str, advice: str = "") -> None:
        self.words, self._ringing = f"! {words}" + (f"; {advice}" if advice else ""), True
        self._draw()

    def saving(self, shown: bool) -> None:
        """While an act takes its time."""
        if shown:
            self.update(Content(f" {self.SAVING}").stylize("$quiet"))
        else:
            self._draw()

    def _draw(self) -> None:
        self.update(Content(" ").append(plain(self.words, "bold $late" if self._ringing else "")))


class KeyLine(Static):
    """The keys: always the same ones in the same order; what the place adds stands to the right."""

    def __init__(self, keys: str = KEYS) -> None:
        super().__init__(f" {keys}", id="key-line", markup=False)
        self._keys = keys

    def hint(self, words: str) -> None:
        """Keys of this place, such as `1核退 2留`; cut where the line ends."""
        self.update(Content(f" {self._keys}   ").append(plain(words, "$quiet")))
