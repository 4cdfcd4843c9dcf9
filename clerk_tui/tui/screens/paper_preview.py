"""Papers on the screen: read, choose language and print size, print, save, see again what was handed out.

One paper at a time; PgUp and PgDn read on, a number goes to a paper.
"""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from clerk_tui.rules.paper_variants import PaperVariant
from clerk_tui.rules.refusal import Refusal
from clerk_tui.tui.acting import flow
from clerk_tui.tui.cards.card import Card
from clerk_tui.tui.cards.common import ListCard
from clerk_tui.tui.widgets.numbered_list import Column, Row
from clerk_tui.tui.widgets.plain import plain, plain_lines
from clerk_tui.tui.widgets.rule import Rule

if TYPE_CHECKING:
    from clerk_tui.desk.views.intake import PaperView

TEXT_WIDTH = 74
AROUND = 8
"""Cells at the narrow screen that border, padding and scroll bar take from a paper."""


class PaperScreen(Card[bool]):
    """F9 prints the paper in sight and goes on to the next that nobody has printed (P prints all of them), V goes to its
    next form, O opens the copies that were handed out, S saves text and page; Esc closes."""

    WIDTH = 82
    DEFAULT_CSS = """
    PaperScreen > #card { height: 96%; }
    PaperScreen #paper-text { height: 1fr; }
    PaperScreen #paper-text > Static { width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", "上一份", show=False),
        Binding("right", "turn(1)", "下一份", show=False),
        Binding("p", "print_all", "全部打印", id="paper.print_all"),
        Binding("v", "next_variant", "样式", id="paper.variant"),
        Binding("o", "open_copy", "底稿", id="paper.copy"),
        Binding("s", "save", "另存", id="paper.save"),
    ]

    def __init__(self, papers: "Sequence[PaperView]") -> None:
        super().__init__()
        self.papers = tuple(papers)
        self.place = 0
        self.sent: set[str] = set()

    def body(self) -> ComposeResult:
        yield Static(id="paper-head")
        yield Rule("-")
        with VerticalScroll(id="paper-text", can_focus=True):
            yield Static(id="paper-words")
        yield Rule("-")
        several = "左右键 换一份  P 全部打印  " if len(self.papers) > 1 else ""
        yield Static(
            f"F9 打印  {several}V 样式  O 底稿  S 另存  翻页键 往下看  Esc 收起", classes="card-keys", markup=False
        )

    async def on_mount(self) -> None:
        self.query_one("#paper-text").focus()
        self.read()

    @property
    def paper(self) -> "PaperView":
        return self.papers[self.place]

    @flow
    async def read(self) -> None:
        """Lay the paper in sight out."""
        from clerk_tui.documents.text_form import text_of
        from clerk_tui.tui.paper_jobs import printable

        paper, settings = self.paper, self.clerk_app.parts.settings
        cells = min(TEXT_WIDTH, self.app.size.width - AROUND)
        english = await self.clerk_app.english_terms()
        text = await self.clerk_app.store_thread.run(lambda: text_of(printable(settings, paper, 0, english), cells))
        head = f"{self.place + 1}/{len(self.papers)}  {paper.title}  {paper.number}"
        if paper.void_reason:
            head += f"  已作废: {paper.void_reason}"
        if paper.variant != PaperVariant.PLAIN:
            head += f"  [{PaperVariant(paper.variant).words}]"
        if paper.printed:
            head += f"  已打印 {paper.printed} 份, 再打即补打"
        if paper.saved or paper.opened:
            head += f"  另存或打开过 {paper.saved + paper.opened} 份, 按已交出算"
        self.query_one("#paper-head", Static).update(plain(head, "bold"))
        self.query_one("#paper-words", Static).update(plain_lines(text.split("\n")))
        self.query_one("#paper-text", VerticalScroll).scroll_home(animate=False)

    def action_turn(self, step: int) -> None:
        place = max(0, min(len(self.papers) - 1, self.place + step))
        if place != self.place:
            self.place = place
            self.read()

    def on_key(self, event: events.Key) -> None:
        character = event.character or ""
        if character.isascii() and character.isdigit() and 1 <= int(character) <= len(self.papers):
            event.stop()
            self.action_turn(int(character) - 1 - self.place)

    def confirm(self) -> None:
        self.print_these((self.paper,))

    def action_print_all(self) -> None:
        self.print_these(self.papers)

    def print_these(self, papers: "Sequence[PaperView]") -> None:
        """Send papers to the printer; what becomes of it stands in the fixed line. Closes when none is left to print."""
        self.clerk_app.print_papers(papers)
        self.sent.update(paper.id for paper in papers)
        left = [place for place, paper in enumerate(self.papers) if not paper.printed and paper.id not in self.sent]
        if not left:
            self.dismiss(True)
            return
        self.place = next((place for place in left if place > self.place), left[0])
        self.read()

    @flow
    async def action_next_variant(self) -> None:
        """The next form of the paper in sight: large print, Traditional, English. It is remembered with the paper."""
        from clerk_tui.desk import papers

        variant = PaperVariant(self.paper.variant).next
        changed = await self.act(papers.choose_variant, notice_id=self.paper.id, variant=variant)
        if changed is not None:
            self.papers = (*self.papers[: self.place], changed, *self.papers[self.place + 1 :])
            self.read()

    @flow
    async def action_open_copy(self) -> None:
        """Open the newest copy exactly as it was handed out, or let the clerk choose among several."""
        from clerk_tui.desk import print_queue
        from clerk_tui.tui.paper_jobs import open_copy

        found = await self.act(print_queue.copies, notice_id=self.paper.id)
        if not found:
            self.ring("这份文书还没有打印过, 也没有另存过, 没有底稿", "按 F9 打印")
            return
        chosen = found[0]
        if len(found) > 1:
            rows = [Row(job.id, (self.when(job.done_at or job.made_at), job.media, job.sha[:12])) for job in found]
            key = await self.ask(ListCard("哪一份", (Column("何时", 14), Column("形式", 6), Column("摘要", 0)), rows))
            if key is None:
                return
            chosen = next(job for job in found if job.id == key)
        settings = self.clerk_app.parts.settings
        words = await asyncio.to_thread(open_copy, settings, chosen)
        self.query_one("#card-fault", Static).update(plain(words))

    def when(self, at: int) -> str:
        """An instant on the hall's clock: 11-23 09:41."""
        from clerk_tui.store.first_page import local_time

        return f"{local_time(at, self.clerk_app.first_page.zone_name):%m-%d %H:%M}"

    @flow
    async def action_save(self) -> None:
        """Save the paper in sight as text and page into the private folder; it counts as handed out from then on."""
        try:
            saved, paths = await self.clerk_app.save_paper(self.paper)
        except Refusal as refusal:
            self.ring(refusal.words, refusal.advice)
            return
        self.papers = (*self.papers[: self.place], saved, *self.papers[self.place + 1 :])
        self.read()
        self.query_one("#card-fault", Static).update(
            plain(f"已存为 {paths[0].name} 和 {paths[1].name}, 在 {paths[0].parent}; 签退时删除, 要留请先拷走")
        )
