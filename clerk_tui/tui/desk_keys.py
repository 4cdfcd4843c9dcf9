"""What belongs to the program and to the person: help, theme, lock, PIN, staff, sign-off, leaving."""

from typing import TYPE_CHECKING

from clerk_tui.tui import cards
from clerk_tui.tui.acting import Acting, flow
from clerk_tui.tui.widgets.numbered_list import Column, Row

if TYPE_CHECKING:
    from clerk_tui.desk.views.hall import ClerkView


class DeskKeys(Acting):
    """Mixin of the workbench."""

    @flow
    async def action_key_help(self) -> None:
        """All keys, and all commands in words; Enter on a command runs it."""
        from clerk_tui.tui.commands import COMMANDS

        rows = self.clerk_app.key_rows()
        rows += [Row(one.action, (one.words, one.hint, one.also[0])) for one in COMMANDS]
        chosen = await self.ask(cards.ListCard("按键和操作", cards.KEY_COLUMNS, rows))
        if chosen is not None and not chosen.startswith("key:"):
            await self.run_command(chosen)

    async def run_command(self, action: str) -> None:
        raise NotImplementedError

    @flow
    async def action_theme(self) -> None:
        """Other colours, at once; which ones next time is a setting."""
        app = self.clerk_app
        titles = [(found.theme.name, found.title) for found in app.parts.themes]
        chosen = await self.ask(cards.MenuCard("主题", (f"现在: {dict(titles).get(app.theme, app.theme)}",), titles))
        if chosen is not None:
            app.theme = chosen
            self.say(f'已换; 以后都用这个: 在设置里写 theme = "{chosen}"')

    @flow
    async def action_lock(self) -> None:
        """Cover the screen."""
        self.clerk_app.lock()

    @flow
    async def action_change_pin(self) -> None:
        """A new PIN for oneself."""
        from clerk_tui.desk import signing_in

        def check(values: dict[str, str]) -> tuple[str, str] | None:
            return None if values["new"] == values["again"] else ("again", "两次输入的新密码不一样")

        fields = (
            cards.Labelled("现在的", cards.TextField(kind="pin", max_length=12, id="old")),
            cards.Labelled("新的", cards.TextField(kind="pin", max_length=12, id="new"), "4 到 12 位数字, 不能是连号"),
            cards.Labelled("再输一次", cards.TextField(kind="pin", max_length=12, id="again")),
        )
        card = cards.ActCard(
            "改密码",
            fields,
            lambda values: self.done(signing_in.change_pin, old=values["old"], new=values["new"]),
            check=check,
        )
        if await self.ask(card):
            self.say("密码已改")

    @flow
    async def action_sign_off(self) -> None:
        """Give the seat to someone else, or end the day."""
        await self.clerk_app.sign_off()

    @flow
    async def leave(self) -> None:
        """Ctrl+Q: sign off and end; someone who is still at the window is asked about."""
        from clerk_tui.desk import signing_in

        if self.clerk_app.by is not None and not await self.done(signing_in.sign_off):
            lines = ("窗口前还有没办完的人。现在退出, 号和到访都留着, 下次登录接着办。",)
            if not await self.ask(cards.ConfirmCard("退出程序", lines, yes="退出")):
                return
        await self.clerk_app.end()

    # staff

    @flow
    async def action_staff(self) -> None:
        """Clerks of the hall; what a supervisor may do with one of them."""
        from clerk_tui.desk import staff

        found = await self.act(staff.clerks)
        if found is None:
            return
        rows = [
            Row(
                one.id,
                (one.number, one.name, one.role_words, "停用" if not one.active else "锁定" if one.locked else ""),
            )
            for one in found
        ]
        rows.append(Row("add", ("+", "添加人员", "", "")))
        columns = (Column("工号", 10), Column("姓名", 12), Column("岗位", 0), Column("", 6))
        chosen = await self.ask(cards.ListCard("人员", columns, rows))
        if chosen == "add":
            await self._add_clerk()
        elif chosen is not None:
            await self._change_clerk(next(one for one in found if one.id == chosen))

    async def _change_clerk(self, clerk: "ClerkView") -> None:
        from clerk_tui.desk import approvals

        name, clerk_id = clerk.name, clerk.id
        answers = [
            ("unlock", "解锁 (输错密码太多次)"),
            ("reset", "重设密码"),
            ("roles", "改岗位, 当场决定的授权"),
            ("active", "停用这个工号" if clerk.active else "重新启用这个工号"),
        ]
        answer = await self.ask(cards.MenuCard(f"{clerk.number} {name}", (clerk.role_words,), answers))
        if answer is None:
            return
        if answer == "roles":
            await self._change_roles(clerk)
            return
        if answer == "active":
            await self._change_active(clerk)
            return
        by = await self.approve(f"{'解锁' if answer == 'unlock' else '重设密码'} {name}")
        if by is None:
            return
        if answer == "unlock":
            if await self.done_as(by, approvals.unlock_clerk, clerk_id=clerk_id):
                self.say(f"{name} 已解锁")
            return
        field = cards.TextField(kind="pin", max_length=12, id="new")
        card = cards.ActCard(
            f"重设密码: {name}",
            (cards.Labelled("新密码", field, "4 到 12 位数字"),),
            lambda values: self.done_as(by, approvals.reset_pin, clerk_id=clerk_id, new=values["new"]),
        )
        if await self.ask(card):
            self.say(f"{name} 的密码已重设; 请本人登录后自己再改")

    async def _change_roles(self, clerk: "ClerkView") -> None:
        """What a clerk may do: one digit for each role, and whether items may be decided on the spot."""
        from clerk_tui.desk import staff
        from clerk_tui.rules.roles import Role

        roles = list(Role)
        now = "".join(str(n) for n, role in enumerate(roles, 1) if role.value in clerk.roles)
        decide = [cards.Choice("*", "可以当场决定即办件"), cards.Choice("", "不可以")]

        async def take(values: dict[str, str]) -> "ClerkView | None":
            by = await self.approve(f"改岗位 {clerk.name}")
            if by is None:
                return None
            wanted = [roles[int(digit) - 1].value for digit in values["roles"] if 1 <= int(digit) <= len(roles)]
            may_decide = (clerk.may_decide or ("*",)) if values["decide"] else ()
            return await self.act_as(by, staff.change_clerk, clerk_id=clerk.id, roles=wanted, may_decide=may_decide)

        changed = await self.ask(
            cards.ActCard(
                f"岗位: {clerk.number} {clerk.name}",
                (
                    cards.Labelled(
                        "岗位", cards.TextField(now, kind="digits", max_length=6, id="roles"), "几个数字连着写, 例如 12"
                    ),
                    cards.Labelled("当场决定", cards.ChoiceField(decide, "*" if clerk.may_decide else "", id="decide")),
                ),
                take,
                lines=["  ".join(f"{n} {role.words}" for n, role in enumerate(roles, 1))],
                check=lambda values: None if values["roles"].isdigit() else ("roles", "写岗位的数字, 至少一个"),
            )
        )
        if changed is not None:
            self.say(f"{changed.name}: {changed.role_words}; 下次登录起算")

    async def _change_active(self, clerk: "ClerkView") -> None:
        """End the work of a number, or take it up again; nothing of what it did is lost."""
        from clerk_tui.desk import staff

        by = await self.approve(f"{'停用' if clerk.active else '启用'} {clerk.number} {clerk.name}")
        if by is None:
            return
        changed = await self.act_as(by, staff.change_clerk, clerk_id=clerk.id, active=not clerk.active)
        if changed is not None:
            self.say(f"{changed.number} {changed.name} {'已启用' if changed.active else '已停用, 办过的都还在'}")

    async def _add_clerk(self) -> None:
        from clerk_tui.desk import staff
        from clerk_tui.desk.setting_up import NewClerk
        from clerk_tui.rules.roles import Role

        roles = [cards.Choice(role.value, role.words) for role in Role]
        fields = (
            cards.Labelled("工号", cards.TextField(kind="code", max_length=12, id="number")),
            cards.Labelled("姓名", cards.TextField(kind="name", max_length=20, id="name")),
            cards.Labelled("岗位", cards.ChoiceField(roles, "clerk", id="role"), "按数字选"),
            cards.Labelled(
                "密码", cards.TextField(kind="pin", max_length=12, id="pin"), "第一次用的密码, 4 到 12 位数字"
            ),
        )

        async def add(values: dict[str, str]) -> "ClerkView | None":
            by = await self.approve(f"添加人员 {values['name']}")
            if by is None:
                return None
            new = NewClerk(values["number"], values["name"], values["pin"], (values["role"],))
            return await self.act_as(by, staff.add_clerk, new=new)

        added = await self.ask(cards.ActCard("添加人员", fields, add))
        if added is not None:
            self.say(f"已添加 {added.name}")
