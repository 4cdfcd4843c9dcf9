"""Which item: found by code, name, pinyin or initials; for whom; an open case of the same kind is shown first."""

import dataclasses

from uuid6 import uuid7

from clerk_tui.desk.views.intake import IntakeDraft, ItemHit
from clerk_tui.tui.acting import flow
from clerk_tui.tui.cards.common import ListCard, MenuCard
from clerk_tui.tui.intake.in_hand import InHand
from clerk_tui.tui.widgets.numbered_list import Column, NumberedList, Row

ITEM_COLUMNS = (Column("", 6), Column("", 0), Column("", 20), Column("", 12))
WAIT_PLACES = {"owed": "owed", "correction": "search", "result": "pickup", "task": "search", "open_case": "search"}


class ItemStage(InHand):
    """The second stage: the item box and its hits."""

    hits: tuple[ItemHit, ...] = ()

    async def find_items(self, text: str) -> None:
        """Items that the text may mean, best first."""
        from clerk_tui.desk import intake

        self.hits = await self.act(intake.find_items, text=text, limit=12) or ()
        listed = self.query_one("#item-hits", NumberedList)
        listed.cursor = 0
        listed.show(
            [
                Row(hit.key, (hit.code, hit.name, hit.department, f"{hit.handling} {hit.limit_words}"))
                for hit in self.hits
            ]
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
        visit = self.visit
        if visit is None or not visit.waits:
            self.query_one("#item-hits").focus()
            return
        chosen = await self.ask(
            ListCard(
                "名下等着办的",
                (Column("", 0), Column("最迟", 11), Column("为谁", 12)),
                [Row(f"{one.kind} {one.id} {one.case_id}", (one.words, one.due, one.for_whom)) for one in visit.waits],
            )
        )
        if chosen is not None:
            kind, id, case_id = (*chosen.split(" "), "")[:3]
            place = WAIT_PLACES.get(kind, "search")
            group = kind if kind in ("owed", "result") else "case"
            self.workbench.go_to(place, group, id if kind in ("owed", "result") else case_id)

    @flow
    async def begin_item(self, key: str) -> None:
        await self.begin(key)

    async def begin(self, key: str) -> None:
        """Begin a case of an item: for whom, then the sheet; an open case of the same kind is shown first."""
        visit = self.visit
        if visit is None or visit.attendee is None:
            self.ring("先核对来人身份", "输入证件号码")
            return
        kept = self.kept_drafts(visit.id)
        draft = next((one for one in kept if one.item_key == key), None)
        if draft is None:
            draft = IntakeDraft(
                act_id=str(uuid7()),
                visit_id=visit.id,
                item_key=key,
                applicant_kind="person",
                applicant_id=visit.attendee.id,
            )
            if visit.authorities:
                whom = await self.ask(
                    ListCard(
                        "为谁办",
                        (Column("", 0), Column("", 30)),
                        [
                            Row("self", (visit.attendee.name_masked, "本人")),
                            *(
                                Row(one.id, (one.principal_name, f"{one.kind_words} {one.relation}"))
                                for one in visit.authorities
                            ),
                        ],
                    )
                )
                if whom is None:
                    return
                for one in visit.authorities:
                    if one.id == whom:
                        draft = dataclasses.replace(
                            draft, applicant_kind=one.principal_kind, applicant_id=one.principal_id, authority_id=one.id
                        )
        await self.work_on(draft)
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
