"""The keys, the same everywhere, never changed by data or timing (design.md). Every binding has an id, so that a site
can remap it in its settings; the Ctrl letters are the second way for keyboards without F-keys."""

from textual.binding import Binding

CONTRACT: tuple[Binding, ...] = (
    Binding("f1", "help", "帮助", id="key.help"),
    Binding("f2,ctrl+g", "find", "查找", id="key.find"),
    Binding("f3,ctrl+t", "workbench", "工作台", id="key.workbench"),
    Binding("f4,ctrl+l", "values", "选项", id="key.values"),
    Binding("f5,ctrl+n", "call_next", "叫号", id="queue.next"),
    Binding("f6,ctrl+r", "call_again", "重呼", id="queue.again"),
    Binding("f7,ctrl+o", "hold", "挂起", id="queue.hold"),
    Binding("f8,ctrl+y", "held", "挂起单", id="queue.held"),
    Binding("f9,ctrl+s", "confirm", "确认", id="key.confirm"),
    Binding("escape", "back", "返回", id="key.back"),
)
