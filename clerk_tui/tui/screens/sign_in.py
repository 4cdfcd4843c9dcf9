"""Sign-in by clerk number and PIN. Before it, the screen shows ticket numbers, classes and waits only."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Static

from clerk_tui.rules.queue_classes import RANK_WORDS
from clerk_tui.tui.acting import Acting, flow
from clerk_tui.tui.widgets.fields import Choice, ChoiceField, TextField
from clerk_tui.tui.widgets.form import Form, Labelled
from clerk_tui.tui.widgets.lines import FixedLine, KeyLine
from clerk_tui.tui.widgets.numbered_list import Column, NumberedList, Row
from clerk_tui.tui.widgets.plain import minutes, plain
from clerk_tui.tui.widgets.rule import Rule
from clerk_tui.tui.widgets.top_line import WEEKDAYS, TopLine


class SignInScreen(Acting, Screen[None]):
    """Number, PIN, window."""

    AUTO_FOCUS = "#number"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f9,ctrl+s", "confirm", "登录", id="key.confirm"),
        Binding("f1", "help", "帮助", id="key.help"),
    ]
    DEFAULT_CSS = """
    SignInScreen #sign-in { width: 44; padding: 2 1 2 2; height: auto; }
    SignInScreen #sign-in-title { text-style: bold; margin-bottom: 1; }
    SignInScreen #outside { width: 1fr; padding: 2 1 0 0; height: 1fr; }
    SignInScreen Form { margin-bottom: 1; }
    """

    def compose(self) -> ComposeResult:
        page = self.clerk_app.first_page
        settings = self.clerk_app.parts.settings
        windows = [Choice(id, f"{number}号") for id, number, _ in page.windows]
        chosen = next((id for id, number, _ in page.windows if number == settings.window), "")
        if not chosen and len(windows) == 1:
            chosen = windows[0].value
        yield TopLine()
        yield Rule("=")
        with Horizontal():
            with Vertical(id="sign-in"):
                yield Static(plain("登录"), id="sign-in-title")
                yield Form(
                    (
                        Labelled(
                            "窗口", ChoiceField(windows, chosen, id="window"), "坐在哪个窗口就选哪个: 按窗口前的数字"
                        ),
                        Labelled(
                            "工号",
                            TextField(self.clerk_app.parts.clerk, kind="code", max_length=12, id="number"),
                            "自己的工号",
                        ),
                        Labelled("密码", TextField(kind="pin", max_length=32, id="pin"), "自己的密码; 输错 5 次会锁定"),
                    ),
                    label_width=8,
                )
                yield Static(plain("Enter 下一格, 密码后按 Enter 登录", "$quiet"))
                yield Static(plain(page.demonstration, "$quiet"))
            with Vertical(id="outside"):
                yield Static(plain(f"等候 {page.waiting_count} 人", "bold"))
                listed = NumberedList(
                    (Column("号", 5), Column("", 4), Column("类别", 4), Column("已等", 11, right=True)),
                    empty="没有人等候",
                    cursor_away=False,
                    id="waiting",
                )
                listed.can_focus = False
                listed.show(
                    [
                        Row(
                            one.number,
                            (
                                one.number,
                                RANK_WORDS[one.rank],
                                one.category,
                                minutes(max(0, page.read_at - one.issued_at) // 1000),
                            ),
                        )
                        for one in page.waiting
                    ]
                )
                yield listed
        yield Rule("=")
        yield FixedLine()
        yield KeyLine("F1帮助 F9登录 Ctrl+Q退出")

    def on_mount(self) -> None:
        self._show_top()
        for notice in self.clerk_app.notices:
            self.say(notice)
        if not self.query_one("#window", ChoiceField).value:
            self.query_one("#window").focus()

    def _show_top(self) -> None:
        now = self.clerk_app.local_now()
        self.query_one(TopLine).show(
            hall=self.clerk_app.hall_name,
            window="",
            clerk="",
            when=f"{now:%m-%d} 周{WEEKDAYS[now.weekday()]} {now:%H:%M}",
            connection="",
        )

    def show_windows(self, taken: dict[str, str]) -> None:
        """The windows as the desk knows them, and who sits there; what was chosen and typed stays."""
        self.query_one("#window", ChoiceField).offer(
            [
                Choice(id, f"{number}号" + (f"({taken[id]})" if taken.get(id) else ""))
                for id, number, _ in self.clerk_app.first_page.windows
            ]
        )
        self._show_top()

    def action_help(self) -> None:
        self.clerk_app.help_about(getattr(self.focused, "help_words", ""), self.say)

    def action_confirm(self) -> None:
        self.enter()

    def on_form_completed(self, event: Form.Completed) -> None:
        event.stop()
        self.enter()

    @flow
    async def enter(self) -> None:
        """Sign in and open the workbench."""
        form = self.query_one(Form)
        values = form.values()
        for field_id, words in (("window", "请选窗口"), ("number", "请输入工号"), ("pin", "请输入密码")):
            if not values[field_id]:
                self.ring(words)
                form.lead_to(field_id)
                return
        if not await self.clerk_app.sign_in(values["number"], values["pin"], values["window"]):
            self.query_one("#pin", TextField).value = ""
            form.lead_to("pin")
