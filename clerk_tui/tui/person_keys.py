"""What is done to a resident's record from the screen: authorities, facts, numbers, whole numbers, records kept twice."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from clerk_tui.tui import cards
from clerk_tui.tui.acting import flow
from clerk_tui.tui.parties import SEXES, Parties
from clerk_tui.tui.queue_keys import QueueKeys
from clerk_tui.tui.widgets.numbered_list import Column, Row

if TYPE_CHECKING:
    from clerk_tui.desk.views.intake import PaperView
    from clerk_tui.desk.views.visit import PersonView, Registered, Unmasked

ACTS = (
    ("authority", "登记代办依据: 替谁办 (委托 监护 继承 经办 法定代表)"),
    ("authorities", "看代办依据, 终止"),
    ("correct", "改资料: 姓名 电话 住址 联系人"),
    ("number", "补登或更正证件号码"),
    ("unmask", "看完整号码和电话 (要写原因, 会留痕)"),
    ("merge", "合并重复登记的人"),
    ("unmerge", "撤销合并 (主管)"),
    ("visits", "以前的到访"),
)

STILL_LAST_MONTH = 7
"""Days of a month in which the register that is asked for is still that of the month before."""

FOR_ORGANISATIONS = ("operator", "legal_representative")
"""Kinds of authority that an organisation gives; the others are a person's."""


class PersonKeys(Parties, QueueKeys):
    """Mixin of the workbench."""

    @flow
    async def action_person(self) -> None:
        """Choose a resident (whoever stands here first) and what is to be done."""
        person = await self._attendee()
        if person is None:
            person = await self.ask_party("居民", ("窗口前没有核过身份的人, 请先找人。",))
        if person is not None:
            await self.person_menu(person)

    async def person_menu(self, person: "PersonView") -> None:
        """What can be done with one resident."""
        known = f"{person.sex} {person.age if person.age is not None else '-'} 岁  电话 {person.phone_masked or '无'}"
        lines = [known, f"{person.village} {person.address}".strip()]
        answer = await self.ask(
            cards.MenuCard(f"{person.name_masked}  {person.number_masked or '暂无号码'}", lines, ACTS)
        )
        if answer == "authority":
            await self.record_authority(person)
        elif answer == "authorities":
            await self._authorities(person)
        elif answer == "correct":
            await self._correct(person)
        elif answer == "number":
            await self._number(person)
        elif answer == "unmask":
            await self._unmask(person)
        elif answer == "merge":
            await self._merge(person)
        elif answer == "unmerge":
            await self._unmerge(person)
        elif answer == "visits":
            await self._visits(person)
        if answer is not None:
            await self.read_again()

    async def _attendee(self) -> "PersonView | None":
        from clerk_tui.desk import visits

        visit = await self.act(visits.view, visit_id=self.panel.visit_id) if self.panel.visit_id else None
        return visit.attendee if visit is not None else None

    @flow
    async def action_authority(self) -> None:
        """Whoever stands here acts for another: record by what right."""
        person = await self._attendee()
        if person is None:
            person = await self.ask_party("谁来代办")
        if person is not None:
            await self.record_authority(person)
            await self.read_again()

    @flow
    async def action_agency_register(self) -> None:
        """The register of what was handled for others in some days, printed to sign and file; one agent's or all."""
        from clerk_tui.desk import agency

        today = self.clerk_app.today()
        month = (today - timedelta(days=STILL_LAST_MONTH)).replace(day=1)
        first = cards.DateField(month.isoformat(), today=today, id="first")

        async def issue(values: dict[str, str]) -> "PaperView | None":
            agent = None
            if values["agent"]:
                agent = await self.find_person(values["agent"], "代办人")
                if agent is None:
                    return None
            return await self.act(
                agency.register_paper,
                first=values["first"],
                last=values["last"],
                agent_id=agent.id if agent else "",
            )

        paper = await self.ask(
            cards.ActCard(
                "代办台账",
                (
                    cards.Labelled("从", first, "月日, 或年月日"),
                    cards.Labelled("到", cards.DateField(today.isoformat(), today=today, id="last"), "月日, 或年月日"),
                    cards.Labelled(
                        "代办人", cards.TextField(kind="party", id="agent"), "姓名或证件号码; 空着是全部代办人"
                    ),
                ),
                issue,
                lines=("凭代办依据办的每一件: 替谁, 依据, 材料, 移交, 结果, 交还。",),
                label_width=8,
                start="agent",
            )
        )
        if paper is not None:
            await self.show_papers((paper,))

    async def show_papers(self, papers: "Sequence[PaperView]") -> None:
        """Show papers that an act issued."""
        from clerk_tui.tui.screens.paper_preview import PaperScreen

        await self.ask(PaperScreen(papers))

    async def record_authority(self, holder: "PersonView", principal_kind: str = "") -> bool:
        """For whom, by what right, for which items, until when, shown by which paper. Whether it was recorded.

        `principal_kind` (person | organisation) leaves only the rights that one can give; '' offers all.
        """
        from clerk_tui.desk.paper_facts import AUTHORITY_KINDS
        from clerk_tui.tui.authority_card import authority_card

        offered = {
            key: _kind_words(key, words)
            for key, words in AUTHORITY_KINDS.items()
            if not principal_kind or (key in FOR_ORGANISATIONS) == (principal_kind == "organisation")
        }
        kind = await self.ask(cards.MenuCard(f"{holder.name_masked} 凭什么代办", (), list(offered.items())))
        if kind is None:
            return False
        title = "替谁办"
        if kind in FOR_ORGANISATIONS:
            text = await self._ask_text(title, "单位", "名称的任何一段, 或统一社会信用代码")
            principal = await self.find_organisation(text, title) if text else None
        else:
            text = await self._ask_text(title, "申请人", "证件号码、姓名、拼音首字母; 可扫证件")
            principal = await self.find_person(text, title) if text else None
        if principal is None:
            return False
        recorded = await self.ask(authority_card(self, holder, principal, kind, self.clerk_app.today()))
        if recorded is None:
            return False
        until = f"至 {recorded.valid_to}" if recorded.valid_to else "没有止期"
        self.say(f"已登记: {recorded.kind_words} {recorded.principal_name}  {recorded.scope_words}  {until}")
        return True

    async def _ask_text(self, title: str, label: str, help_words: str) -> str:
        values = await self.ask(
            cards.FormCard(
                title,
                (cards.Labelled(label, cards.TextField(kind="party", id="party"), help_words),),
                check=lambda values: None if values["party"] else ("party", "请输入号码或名称"),
                label_width=8,
            )
        )
        return values["party"] if values else ""

    async def _authorities(self, holder: "PersonView") -> None:
        from clerk_tui.desk import authorities

        found = await self.act(authorities.authorities_of, holder_id=holder.id)
        if found is None:
            return
        rows = [
            Row(
                one.id,
                (one.principal_name, f"{one.kind_words} {one.relation}".strip(), one.scope_words, one.valid_to or "-"),
            )
            for one in found
        ]
        columns = (Column("替谁", 14), Column("依据", 14), Column("范围", 0), Column("到期", 11))
        chosen = await self.ask(
            cards.ListCard(
                f"{holder.name_masked} 的代办依据", columns, rows, empty="没有有效的代办依据; 到「居民」里登记代办依据"
            )
        )
        one = next((one for one in found if one.id == chosen), None)
        if one is None:
            return
        ended = await self.ask(
            cards.ActCard(
                f"终止代办 {one.principal_name}",
                (
                    cards.Labelled(
                        "原因", cards.TextField(max_length=60, id="reason"), "例: 委托人撤销, 事情办完, 委托人去世"
                    ),
                ),
                lambda values: self.act(authorities.end_authority, authority_id=one.id, reason=values["reason"]),
                lines=(f"{one.kind_words} {one.scope_words}  凭 {one.evidence}", "终止后不能再凭它代办; 已办的不变。"),
            )
        )
        if ended is not None:
            self.say("代办依据已终止")

    async def _correct(self, person: "PersonView") -> None:
        from clerk_tui.desk import people

        fields = (
            cards.Labelled("姓名", cards.TextField(person.name, kind="name", id="name"), "与证件一致"),
            cards.Labelled(
                "电话",
                cards.TextField(kind="phone", id="phone"),
                f"现在 {person.phone_masked or '无'}; 不改留空, 没有填 无",
            ),
            cards.Labelled("联系人", cards.TextField(person.contact, id="contact"), "没有电话时怎样找到人"),
            cards.Labelled("地址", cards.TextField(person.address, id="address"), "现住址"),
            cards.Labelled("村居", cards.TextField(person.village, id="village"), "所属村居"),
            cards.Labelled("原因", cards.TextField(max_length=60, id="reason"), "例: 换了电话"),
        )

        async def take(values: dict[str, str]) -> "Registered | None":
            changes = {key: values[key] for key in ("name", "contact", "address", "village")}
            if values["phone"]:
                changes["phone"] = values["phone"]
            return await self.act(
                people.correct_person,
                person_id=person.id,
                changes=changes,
                reason=values["reason"],
                version=person.version,
            )

        if await self.ask(cards.ActCard(f"改资料 {person.name_masked}", fields, take, start="phone")):
            self.say("资料已改; 以前的办件不变")

    async def _number(self, person: "PersonView") -> None:
        from clerk_tui.desk import people

        fields = [
            cards.Labelled("证件号码", cards.TextField(kind="number", id="number"), "可刷卡; 出生日期和性别按号码登记")
        ]
        if not person.number_masked:
            fields.append(
                cards.Labelled(
                    "出生日期", cards.TextField(person.birth, kind="date", id="birth"), "与号码不同时按号码登记"
                )
            )
        fields.append(
            cards.Labelled(
                "性别",
                cards.ChoiceField([cards.Choice(*one) for one in SEXES], person.sex, id="sex"),
                "有证件号的按号码登记",
            )
        )
        fields.append(cards.Labelled("原因", cards.TextField(max_length=60, id="reason"), "例: 新生儿已上户口"))

        async def take(values: dict[str, str]) -> "Registered | None":
            changes = {"number": values["number"]}
            changes |= {key: values[key] for key in ("birth", "sex") if values.get(key)}
            return await self.act(people.correct_person, person_id=person.id, changes=changes, reason=values["reason"])

        done = await self.ask(
            cards.ActCard(
                f"证件号码 {person.name_masked}",
                fields,
                take,
                lines=(f"现在: {person.id_kind_words} {person.number_masked}",),
                check=lambda values: None if values["number"] else ("number", "请输入证件号码"),
            )
        )
        if done is not None:
            self.say("; ".join((f"号码已登记: {done.person.number_masked}", *done.warnings)))

    async def _unmask(self, person: "PersonView") -> None:
        from clerk_tui.desk import unmasking

        async def take(values: dict[str, str]) -> "Unmasked | None":
            return await self.act(unmasking.unmask, kind=person.kind, party_id=person.id, reason=values["reason"])

        whole = await self.ask(
            cards.ActCard(
                f"看完整号码 {person.name_masked}",
                (cards.Labelled("原因", cards.TextField(max_length=60, id="reason"), "例: 与部门系统核对"),),
                take,
                lines=(f"{person.number_masked} {person.phone_masked}".strip(), "谁、何时、为什么看, 都会记下。"),
            )
        )
        if whole is not None:
            lines = (
                f"号码  {whole.number or '没有'}",
                f"电话  {whole.phone or '没有'}",
                f"地址  {whole.address or '没有'}",
            )
            await self.ask(cards.MenuCard(whole.name, lines, [("", "看完了, 收起")]))

    async def _merge(self, person: "PersonView") -> None:
        from clerk_tui.desk import merging

        other = await self.ask_party("与谁重复", (f"{person.name_masked} {person.number_masked} 的另一条登记",))
        if other is None:
            return
        keep = await self.ask(
            cards.MenuCard(
                "留哪一条",
                ("另一条并入它; 办件和欠的材料两边都找得到。",),
                [
                    (one.id, f"{one.name_masked}  {one.number_masked or '暂无号码'}  {one.phone_masked}  {one.village}")
                    for one in (person, other)
                ],
            )
        )
        if keep is None:
            return
        drop = other.id if keep == person.id else person.id
        merged = await self.ask(
            cards.ActCard(
                "合并",
                (cards.Labelled("依据", cards.TextField(max_length=60, id="reason"), "例: 身份证与户口簿一致"),),
                lambda values: self.act(merging.merge, keep_id=keep, drop_id=drop, reason=values["reason"]),
            )
        )
        if merged is not None:
            self.say(f"已合并到 {merged.name_masked} {merged.number_masked}")

    async def _unmerge(self, person: "PersonView") -> None:
        from clerk_tui.desk import merging

        found = await self.act(merging.merged_records, person_id=person.id)
        if found is None:
            return
        rows = [Row(one.id, (one.name_masked, one.number_masked or "暂无号码", one.phone_masked)) for one in found]
        columns = (Column("姓名", 12), Column("证件", 0), Column("电话", 12))
        chosen = await self.ask(cards.ListCard("撤销哪一条的合并", columns, rows, empty="这位居民没有合并过的登记"))
        if chosen is None:
            return

        async def take(values: dict[str, str]) -> "PersonView | None":
            by = await self.approve("撤销合并")
            if by is None:
                return None
            return await self.act_as(by, merging.unmerge, person_id=chosen, reason=values["reason"])

        apart = await self.ask(
            cards.ActCard(
                "撤销合并",
                (cards.Labelled("依据", cards.TextField(max_length=60, id="reason"), "为什么是两个人"),),
                take,
            )
        )
        if apart is not None:
            self.say(f"{apart.name_masked} {apart.number_masked} 又是单独一条")

    async def _visits(self, person: "PersonView") -> None:
        from clerk_tui.desk import visits

        found = await self.act(visits.visits_of, person_id=person.id)
        if found is None:
            return
        rows = [
            Row(
                one.id,
                (
                    self._when(one.opened_at),
                    one.ticket_number or one.kind_words,
                    "; ".join(service.words for service in one.services) or "没有登记办了什么",
                ),
            )
            for one in found
        ]
        columns = (Column("何时", 12), Column("", 10), Column("办了什么", 0))
        await self.ask(cards.ListCard(f"{person.name_masked} 以前的到访", columns, rows, empty="没有来过"))

    def _when(self, at: int) -> str:
        from clerk_tui.store.first_page import local_time

        return f"{local_time(at, self.clerk_app.first_page.zone_name):%m-%d %H:%M}"


def _kind_words(key: str, words: str) -> str:
    more = {
        "proxy": "凭委托书",
        "guardian": "替未成年人或被监护人",
        "heir": "替逝者",
        "operator": "替单位",
        "legal_representative": "替单位",
    }
    return f"{words}  {more.get(key, '')}".rstrip()
