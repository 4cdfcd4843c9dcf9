"""Who stands here: the visit at this window is read, its attendee named and compared with the card."""

from clerk_tui.tui.acting import flow
from clerk_tui.tui.intake.identifying import FAR, Identifying
from clerk_tui.tui.widgets.fields import TextField


class PersonStage(Identifying):
    """The first stage: the person box."""

    async def find_items(self, text: str) -> None:
        """Items that the text may mean, best first."""
        raise NotImplementedError

    @flow
    async def look(self, take_focus: bool) -> None:
        """Read the visit at this window."""
        await self.take_up(take_focus)

    async def take_up(self, take_focus: bool) -> None:
        """The visit at this window as the store has it; a new one begins with an empty desk, or with its draft."""
        from clerk_tui.desk import visits

        visit_id = self.open_visit_id
        changed = visit_id != (self.visit.id if self.visit else "")
        if not visit_id:
            self.visit, self.draft, self.sheet = None, None, None
        else:
            self.visit = await self.act(visits.view, visit_id=visit_id) or self.visit
            if changed:
                self.draft, self.sheet = None, None
                kept = self.kept_drafts(visit_id)
                if kept and await self.work_on(kept[0]):
                    self.say("; ".join(filter(None, ("上次没办完的草稿已打开, 内容都在", self.changed_words))))
        self.show_parts()
        if take_focus or (changed and (visit_id or self.app.focused is None)):
            self.focus_next()

    @flow
    async def identify_as(self, text: str, scanned: bool = False) -> None:
        """The person box: find or register, then compare card and face.

        Only a line in the card reader's own format says that a card was read; a number alone may come from anywhere.
        """
        if self.visit is None or not text:
            return
        self.say("")  # what was refused before is over
        read = scanned and self.visit.kind not in FAR and self.clerk_app.classify(text).person is not None
        person = await self.find_person(text, "来人", scanned=scanned)
        box = self.query_one("#person-box", TextField)
        if person is None:
            box.action_select_all()  # whoever types it once more replaces it; an arrow key keeps it to mend one digit
            return
        visit = await self.identify(self.visit, person, how="card_reader" if read else "")
        if visit is None:
            return
        self.visit = visit
        box.value = ""
        self.show_parts()
        await self.find_items("")
        self.focus_next()

    @flow
    async def attend(self, person_id: str, scanned: bool = False, card_read: bool = False) -> None:
        """The resident was found in the find box, or his number scanned.

        A scan of who is identified already changes nothing; only a card reader's own line says more than eyes did.
        """
        from clerk_tui.desk import people

        person = await self.act(people.person, person_id=person_id)
        if person is not None and self.visit is not None:
            here = self.visit
            same = here.attendee is not None and here.attendee.id == person.id and bool(here.identified_how)
            read = card_read and here.kind not in FAR
            if scanned and same and (not read or here.identified_how == "card_reader"):
                self.say(f"来人就是 {person.name_masked}, 已核过: {here.identified_words}; 不用再核")
                return
            self.visit = await self.identify(here, person, how="card_reader" if read and same else "") or here
            if scanned and same and self.visit is not here:
                self.say(f"{person.name_masked} 的证件已读, 改记为: {self.visit.identified_words}")
            self.show_parts()
            self.focus_next()
