"""First start: hall, window, first clerk and supervisor on one screen; then the store is made and they can sign in."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from clerk_tui.rules.refusal import Refusal
from clerk_tui.tui.acting import Acting, flow
from clerk_tui.tui.widgets.fields import TextField
from clerk_tui.tui.widgets.form import Form, Labelled
from clerk_tui.tui.widgets.lines import FixedLine, KeyLine
from clerk_tui.tui.widgets.plain import plain, plain_lines
from clerk_tui.tui.widgets.rule import Rule

FIELDS = (
    ("name", "大厅名称", "text", 40, "例: 市桥街道政务服务中心"),
    ("short_name", "文号简称", "text", 8, "例: 市桥; 印在文号里"),
    ("code", "站点代码", "digits", 12, "9 位区划代码 + 3 位序号"),
    ("letter", "编号字头", "code", 6, "例: SQ01; 每个收件号都带它"),
    ("windows", "窗口", "digits", 3, "有几个窗口: 1 到 30"),
    ("clerk_number", "经办工号", "code", 12, "第一位窗口人员"),
    ("clerk_name", "经办姓名", "name", 20, ""),
    ("clerk_pin", "经办密码", "pin", 32, "4 到 12 位数字, 不能连号"),
    ("clerk_pin_again", "再输一次", "pin", 32, ""),
    ("supervisor_number", "主管工号", "code", 12, "批准例外, 解锁, 重设密码的人"),
    ("supervisor_name", "主管姓名", "name", 20, ""),
    ("supervisor_pin", "主管密码", "pin", 32, "4 到 12 位数字, 与经办的不同"),
    ("supervisor_pin_again", "再输一次", "pin", 32, ""),
)


class FirstStartScreen(Acting, Screen[None]):
    """Everything that the store needs before the first sign-in."""

    AUTO_FOCUS = "#name"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9,ctrl+s", "confirm", "建立", id="key.confirm"),
        Binding("f1", "help", "帮助", id="key.help"),
    ]
    DEFAULT_CSS = """
    FirstStartScreen { background: $background; }
    FirstStartScreen .form-note { max-width: 100%; }
    FirstStartScreen #first { padding: 0 2; height: 1fr; }
    FirstStartScreen #first-title { text-style: bold; margin: 0 0 1 0; }
    FirstStartScreen TextField { width: 26; }
    """

    def compose(self) -> ComposeResult:
        yield Static(plain(" 首次设置"), id="top-line")
        yield Rule("=")
        with VerticalScroll(id="first", can_focus=False):
            yield Static(
                plain_lines(("还没有数据。填好下面这一页就可以登录; 窗口、人员、类别以后都能改。",)), id="first-title"
            )
            yield Form(
                [
                    Labelled(label, TextField(kind=kind, max_length=length, id=key), note or label, note)
                    for key, label, kind, length, note in FIELDS
                ],
                label_width=10,
            )
        yield Rule("=")
        yield FixedLine()
        yield KeyLine("Enter 下一格  F1帮助  F9建立  Ctrl+Q退出")

    def on_mount(self) -> None:
        self.query_one("#windows", TextField).value = "1"

    def action_help(self) -> None:
        self.clerk_app.help_about(getattr(self.focused, "help_words", ""), self.say)

    def action_confirm(self) -> None:
        self.set_up()

    def on_form_completed(self, event: Form.Completed) -> None:
        event.stop()
        self.set_up()

    @flow
    async def set_up(self) -> None:
        """Make the store and the hall, then ask for the sign-in."""
        values = self.query_one(Form).values()
        for key, label, *_ in FIELDS:
            if not values[key]:
                self._lead_to(key, f"请填写{label}")
                return
        for who in ("clerk", "supervisor"):
            if values[f"{who}_pin"] != values[f"{who}_pin_again"]:
                self._lead_to(f"{who}_pin_again", "两次输入的密码不一样")
                return
        if not values["windows"].isdigit() or not 1 <= int(values["windows"]) <= 30:
            self._lead_to("windows", "窗口数是 1 到 30")
            return
        try:
            await self.clerk_app.set_up(values)
        except Refusal as refusal:
            self.refused(refusal)

    def refused(self, refusal: Refusal) -> None:
        super().refused(refusal)
        field = {"number": "clerk_number", "pin": "clerk_pin"}.get(refusal.field, refusal.field)
        self.query_one(Form).lead_to(field)

    def _lead_to(self, key: str, words: str) -> None:
        self.ring(words)
        self.query_one(Form).lead_to(key)
