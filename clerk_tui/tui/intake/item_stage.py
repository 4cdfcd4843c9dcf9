"""Which item or 一件事: found by code, name, pinyin or initials; for whom; an open case of the same kind comes first."""

import dataclasses

from clerk_tui.desk.views.intake import IntakeDraft, ItemHit, PackageView
from clerk_tui.tui.acting import flow
from clerk_tui.tui.cards.common import ActCard, ListCard, MenuCard
from clerk_tui.tui.intake.in_hand import InHand
from clerk_tui.tui.intake.sheet_view import label_width
from clerk_tui.tui.parties import Parties
from clerk_tui.tui.widgets.fields import AnyField, Choice, ChoiceField, TextField
from clerk_tui.tui.widgets.form import Labelled
from clerk_tui.tui.widgets.numbered_list import Column, NumberedList, Row

ITEM_COLUMNS = (Column("", 6), Column("", 0), Column("", 18), Column("", 16))
WAIT_PLACES = {"owed": "owed", "correction": "search", "result": "pickup", "task": "search", "open_case": "search"}
PACKAGE = "package:"
HITS = 12


class ItemStage(Parties, InHand):
    """The second stage: the item box and its hits."""

    hits: tuple[ItemHit, ...] = ()

    def settle_as(self, kind: str) -> None:
        """Begin to end the case in hand with one of its outcomes."""
        raise NotImplementedError

    async def find_items(self, text: str) -> None:
        """Items and 一件事 that the text may mean, best first."""
        from clerk_tui.desk import intake

        self.hits = await self.act(intake.find_items, text=text, limit=HITS, packages=True) or ()
        listed = self.query_one("#item-hits", NumberedList)
        listed.show(
            [Row(hit.key, (hit.code, hit.name, hit.department, hit.limit_words or hit.handling)) for hit in self.hits],
            anew=True,
        )
        listed.styles.height = max(1, len(self.hits))

    @flow
    async def choose_item(self, text: str) -> None:
        """Enter in the item box: the best hit; empty, what waits for this resident."""
        if not text:
            await self._open_waiting()
            return
        await self.find_items(text)
        if self.hits:
            await self.begin(self.hits[0].key)
        else:
            self.ring(f"没有事项 {text}", "换个写法, 或输入部门拼音首字母")

    async def _open_waiting(self) -> None:
        """What waits for this resident, what lies half-filled, what was done in this visit; one of it is opened."""
        from clerk_tui.desk import intake

        visit = self.visit
        if visit is None:
            return
        rows = [Row(f"{one.kind} {one.id} {one.case_id}", (one.words, one.due, one.for_whom)) for one in visit.waits]
        drafts = tuple(one.item_key for one in self.kept_drafts(visit.id))
        names = (await self.act(intake.names_of, keys=drafts) or {}) if drafts else {}
        rows += [
            Row(f"draft {key}", (f"没办完的草稿: {names.get(key, '目录里已没有这个事项')}", "", "")) for key in drafts
        ]
        rows += [
            Row(f"open_case {one.case_id} {one.case_id}", (f"本次已办: {one.words} {one.receipt_no}", "", ""))
            for one in visit.services
            if one.case_id
        ]
        if not rows:
            self.query_one("#item-hits").focus()
            return
        columns = (Column("", 0), Column("最迟", 11), Column("为谁", 12))
        chosen = await self.ask(ListCard("名下等着办的, 和本次办过的", columns, rows))
        if chosen is not None:
            kind, id, case_id = (*chosen.split(" "), "")[:3]
            if kind == "draft":
                await self.begin(id)
            elif kind == "appointment":
                self.say("预约到场: 按 F2 输入 预约单")
            else:
                place = WAIT_PLACES.get(kind, "search")
                group = kind if kind in ("owed", "result") else "case"
                self.workbench.go_to(place, group, id if kind in ("owed", "result") else case_id)

    @flow
    async def begin_item(self, key: str) -> None:
        await self.begin(key)

    async def begin(self, key: str) -> None:
        """Begin a case of an item or the cases of a 一件事: for whom, then the sheet; an open one of the kind first."""
        await self.read_visit()
        visit = self.visit
        if visit is None or visit.attendee is None:
            self.ring("先核对来人身份", "输入证件号码")
            return
        draft = next((one for one in self.kept_drafts(visit.id) if one.item_key == key), None)
        if draft is None:
            draft = await self._new_draft(key)
        if draft is None:
            return
        self.query_one("#item-box", TextField).value = ""
        if not await self.work_on(draft):
            return
        if self.changed_words:
            self.say(self.changed_words)
        if self.sheet is not None and self.sheet.open_case:
            answer = await self.ask(
                MenuCard(
                    "已有在办的同一事项",
                    [self.sheet.open_case],
                    [("new", "仍要新办一件"), ("open", "打开在办的那一件")],
                )
            )
            if answer == "open":
                case_id = self.sheet.open_case_id
                self.put_down()
                self.workbench.go_to("search", "case", case_id)
                return
            if answer is None:
                self.put_down()
        self.show_parts()
        self.focus_next()

    async def _new_draft(self, key: str) -> IntakeDraft | None:
        """A draft for the one who applies; None: the clerk went back."""
        visit = self.visit
        if visit is None or visit.attendee is None:
            return None
        members: tuple[str, ...] = ()
        if key.startswith(PACKAGE):
            chosen = await self._choose_members(key)
            if chosen is None:
                return None
            members = chosen
        from clerk_tui.store.act import new_id

        draft = IntakeDraft(
            act_id=new_id(), visit_id=visit.id, item_key=key, applicant_id=visit.attendee.id, members=members
        )
        hit = next((hit for hit in self.hits if hit.key == key), None)
        return await self._for_whom(self.dated(draft), only_others=hit is not None and not hit.for_persons)

    async def _for_whom(self, draft: IntakeDraft, *, only_others: bool) -> IntakeDraft | None:
        """Whose case it is. Asked only where somebody else may be the applicant."""
        from clerk_tui.desk import organisations

        visit = self.visit
        if visit is None or visit.attendee is None:
            return None
        own = await self.act(organisations.represented_by, person_id=visit.attendee.id) or ()
        if not (visit.authorities or own or only_others):
            return draft
        rows = [
            Row("self", (visit.attendee.name_masked, "本人")),
            *(Row(one.id, (one.principal_name, f"{one.kind_words} {one.relation}")) for one in visit.authorities),
            *(Row(one.id, (one.name, "法定代表人(负责人)")) for one in own),
            Row("organisation", ("另一个单位", "登记单位, 再登记经办依据")),
            Row("person", ("另一位居民", "先登记代办依据")),
        ]
        whom = await self.ask(ListCard("为谁办", (Column("", 0), Column("", 34)), rows))
        if whom in (None, "self"):
            return draft if whom else None
        if whom in ("organisation", "person"):
            before = {one.id for one in visit.authorities}
            if not await self.workbench.record_authority(visit.attendee, whom):
                return None
            await self.read_visit()
            added = [one for one in (self.visit.authorities if self.visit else ()) if one.id not in before]
            whom = added[0].id if added else None
        for one in self.visit.authorities if self.visit else ():
            if one.id == whom:
                return dataclasses.replace(
                    draft, applicant_kind=one.principal_kind, applicant_id=one.principal_id, authority_id=one.id
                )
        if any(one.id == whom for one in own):
            return dataclasses.replace(draft, applicant_kind="organisation", applicant_id=whom or "")
        return None

    async def _choose_members(self, key: str) -> tuple[str, ...] | None:
        """Which items of a 一件事 are applied for; None: the clerk went back."""
        from clerk_tui.desk import intake

        package = await self.act(intake.packages_offered, key=key)
        if package is None:
            return None
        fields = _member_fields(package)
        return await self.ask(
            ActCard(
                f"{package.code} {package.name}",
                fields,
                lambda values: self.act(intake.chosen_members, key=key, members=_members(values)),
                lines=_package_lines(package),
                label_width=label_width(fields, self.app.size.width),
            )
        )

    # only asked

    @flow
    async def only_asked(self) -> None:
        """Something was only asked about, without an item: a line for the visit's record."""
        visit = self.visit
        if visit is None:
            self.ring("没有到访", "按 F5 叫号, 或按 F2 输入 无号到访")
            return
        if self.sheet is not None:
            answers = [("this", "只咨询这一件: 按已答的情形打印材料清单, 不收件"), ("other", "问的是别的")]
            which = await self.ask(MenuCard(self.sheet.item_name, (), answers))
            if which == "this":
                self.settle_as("asked")
            if which != "other":
                return
        asked = await self.ask(
            ActCard(
                "只是咨询",
                (
                    Labelled("问了什么", TextField(max_length=60, id="words"), "一句话, 例: 社保卡丢了怎样补"),
                    Labelled("事项", TextField(max_length=40, id="item"), "可不填; 填代码或名称, 打印办事指引"),
                ),
                self._record_asked,
                lines=("记进本次到访; 要按这位群众的情形列材料, 选事项答情形, 再选 只咨询。",),
                label_width=10,
            )
        )
        if asked:
            await self.read_visit()
            self.show_parts()
            self.say("咨询已记下; 办别的接着办, 没有别的按 F9 结束到访")

    async def _record_asked(self, values: dict[str, str]) -> bool | None:
        from clerk_tui.desk import intake, visits

        visit = self.visit
        if visit is None:
            return None
        from clerk_tui.store.act import new_id

        if values["item"]:
            hits = await self.act(intake.find_items, text=values["item"], limit=1)
            if not hits:
                if hits is not None:
                    self.ring("没有这个事项", "写事项代码或名称, 或留空")
                return None
            attendee = visit.attendee.id if visit.attendee else ""
            draft = IntakeDraft(
                act_id=new_id(),
                visit_id=visit.id,
                item_key=hits[0].key,
                applicant_id=attendee,
                note=values["words"],
            )
            told = await self.act(intake.settle, draft=draft, outcome="asked")
            if told is None:
                return None
            await self.show_papers(told.papers)
            return True
        return await self.done(visits.only_asked, visit_id=visit.id, words=values["words"]) or None


def _member_fields(package: PackageView) -> list[Labelled]:
    """All members ticked; of each group one to choose or none."""
    listed = [Choice(key, name) for key, name in package.members]
    fields: list[Labelled] = []
    for place, choice in enumerate(listed):
        field: AnyField = ChoiceField(
            [Choice(choice.value, "办"), Choice("", "不办")], choice.value, id=f"member-{place}"
        )
        fields.append(Labelled(choice.words, field, "按数字选 办 或 不办"))
    for place, group in enumerate(package.choose_one):
        one_of = ChoiceField([*(Choice(key, name) for key, name in group), Choice("", "不办")], "", id=f"group-{place}")
        fields.append(Labelled("只办一项", one_of, "按业态或条件选其中一项"))
    return fields


def _members(values: dict[str, str]) -> tuple[str, ...]:
    return tuple(value for name, value in values.items() if value and name.partition("-")[0] in ("member", "group"))


def _package_lines(package: PackageView) -> list[str]:
    lines = [package.trigger, package.limit_words, package.order_reason and f"顺序: {package.order_reason}"]
    if package.external:
        lines.append(f"另到别处办: {'  '.join(package.external)}")
    if package.stops:
        lines.append(f"随之终止: {'  '.join(package.stops)}")
    return [line for line in lines if line]
