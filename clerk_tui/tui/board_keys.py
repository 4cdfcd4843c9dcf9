"""What a supervisor looks at and changes: the board of the hall, its windows, what burns, and who may do what."""

from typing import TYPE_CHECKING

from clerk_tui.tui import cards
from clerk_tui.tui.acting import Acting, flow
from clerk_tui.tui.widgets.numbered_list import Column, Row
from clerk_tui.tui.widgets.plain import minutes

if TYPE_CHECKING:
    from clerk_tui.desk.board import Board, WindowNow
    from clerk_tui.desk.views.panel import TicketView

COLUMNS = (Column("窗口", 14), Column("谁", 8), Column("在做", 0), Column("多久", 12), Column("今日", 5, right=True))


class BoardKeys(Acting):
    """Mixin of the workbench."""

    def go_to(self, key: str, group: str = "", id: str = "") -> None:
        raise NotImplementedError

    async def _release(self, ticket: "TicketView") -> None:
        raise NotImplementedError

    @flow
    async def action_board(self) -> None:
        """Each window now, and what burns in the hall; a row opens what can be done about it."""
        from clerk_tui.desk import board

        now = await self.act(board.board)
        if now is None:
            return
        add = Row("add", ("+", "", "添加窗口 (要主管)", "", ""))
        chosen = await self.ask(cards.BoardCard(_title(now), COLUMNS, [*self._windows(now), *_burning(now), add]))
        window = next((one for one in now.windows if one.id == chosen), None)
        if window is not None:
            await self._window(window)
        elif chosen == "owed":
            self.go_to("owed")
        elif chosen == "cases":
            self.go_to("figures")
            self.say("看承诺已逾期: 概况里期限那一行, 数字+Enter 打开")
        elif chosen == "tasks":
            self.go_to("channel")
        elif chosen == "add":
            await self._add_window(max((one.number for one in now.windows), default=0) + 1)

    def _windows(self, now: "Board") -> list[Row]:
        clock = self.clerk_app.parts.now()
        return [
            Row(
                one.id,
                (
                    f"{one.number} {one.name}",
                    one.clerk or "-",
                    one.doing,
                    minutes((clock - one.since) // 1000) if one.since is not None else "",
                    str(one.served_today),
                ),
                "quiet" if one.doing == "没有人" else "warn" if one.doing.startswith("暂停") else "",
            )
            for one in now.windows
        ]

    async def _window(self, window: "WindowNow") -> None:
        answers = []
        if window.ticket_id:
            answers.append(("release", "解开卡住的号 (要主管)"))
        answers += [("serves", "改这个窗口办哪些类别 (要主管)"), ("staff", "人员: 岗位, 密码, 解锁")]
        lines = [f"办理 {', '.join(window.serves) or '全部类别'}", f"{window.clerk or '没有人'}  {window.doing}"]
        answer = await self.ask(cards.MenuCard(f"{window.number} 号窗 {window.name}", lines, answers))
        if answer == "release":
            await self._release_stuck(window.ticket_id)
        elif answer == "serves":
            await self._change_serves(window)
        elif answer == "staff":
            await self.run_command("staff")

    async def _release_stuck(self, ticket_id: str) -> None:
        from clerk_tui.desk import ticketing

        found = await self.act(ticketing.stuck_tickets)
        ticket = next((one for one in found or () if one.id == ticket_id), None)
        if ticket is not None:
            await self._release(ticket)
        elif found is not None:
            self.say("这个号已经不在窗口了")

    async def run_command(self, action: str) -> None:
        raise NotImplementedError

    async def _add_window(self, number: int) -> None:
        """One more window; it serves all categories until they are changed."""
        from clerk_tui.desk import staff
        from clerk_tui.desk.setting_up import NewWindow

        async def take(values: dict[str, str]) -> str | None:
            by = await self.approve(f"添加 {values['number']} 号窗")
            if by is None:
                return None
            new = NewWindow(int(values["number"] or 0), values["name"])
            return await self.act_as(by, staff.add_window, new=new)

        added = await self.ask(
            cards.ActCard(
                "添加窗口",
                (
                    cards.Labelled(
                        "窗口号", cards.TextField(str(number), kind="digits", max_length=3, id="number"), "1 到 999"
                    ),
                    cards.Labelled("名称", cards.TextField(max_length=20, id="name"), "例: 综合窗口; 可留空"),
                ),
                take,
                lines=("先办全部业务类别, 要改再打开那个窗口。", "那台机器打开程序时选这个窗口号。"),
                start="name",
            )
        )
        if added:
            self.say("窗口已添加")

    async def _change_serves(self, window: "WindowNow") -> None:
        """Which categories a window serves, the first one first."""
        from clerk_tui.desk import halls, staff

        hall = await self.call(halls.hall)
        if hall is None:
            return
        names = [one.name for one in hall.categories]

        async def take(values: dict[str, str]) -> bool:
            by = await self.approve(f"改 {window.number} 号窗办理类别")
            if by is None:
                return False
            wanted = values["serves"].replace(",", " ").replace("，", " ").replace("、", " ").split()
            return await self.done_as(by, staff.change_window, window_id=window.id, serves=wanted)

        done = await self.ask(
            cards.ActCard(
                f"{window.number} 号窗办理类别",
                (
                    cards.Labelled(
                        "类别", cards.TextField(" ".join(window.serves), id="serves"), "空格隔开, 最先办的写在前面"
                    ),
                ),
                take,
                lines=[f"可选: {' '.join(names)}"],
            )
        )
        if done:
            self.say(f"{window.number} 号窗已改, 下一次叫号起按新的类别")


def _title(now: "Board") -> str:
    longest = f", 最久 {minutes(now.longest_seconds)}" if now.waiting else ""
    return f"大厅情况   等候 {now.waiting} 人{longest}   挂起 {now.held}"


def _burning(now: "Board") -> list[Row]:
    """What is late; a line stands there only while there is something."""
    rows = []
    if now.cases_overdue:
        rows.append(Row("cases", ("办件", "", f"承诺已逾期 {now.cases_overdue} 件", "", ""), "late"))
    if now.owed_overdue:
        rows.append(Row("owed", ("容缺", "", f"逾期未补 {now.owed_overdue} 份", "", ""), "late"))
    if now.tasks:
        rows.append(Row("tasks", ("区里", "", f"退回和待办 {now.tasks} 项", "", ""), "warn"))
    return rows
