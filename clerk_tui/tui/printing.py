"""Papers leave the screen: rendered and queued at once, sent in threads of their own; the clerk goes on meanwhile."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from clerk_tui.rules.refusal import Refusal
from clerk_tui.tui.acting import FAULT_ADVICE, FAULT_WORDS
from clerk_tui.tui.sitting import Sitting

if TYPE_CHECKING:
    from clerk_tui.desk.context import Desk
    from clerk_tui.desk.print_queue import PrintJobView
    from clerk_tui.desk.views.intake import PaperView
    from clerk_tui.store.act import By

log = logging.getLogger(__name__)
R = TypeVar("R")

QUEUED = "已排队, 会自动再打; 输「打印队列」可看"


class Printing(Sitting):
    """Mixin of the App."""

    _next_print_at: int | None = 0
    _sending = False
    _told_how_to_print = False

    def print_papers(self, papers: "Sequence[PaperView]", *, aloud: bool = True) -> None:
        """Queue papers for the printer and send them, one after the other; what a printer did not take stays queued.

        `aloud` False: the fixed line keeps what an act said, unless a paper does not print.
        """
        if papers:
            self.run_worker(self._print_all(tuple(papers), aloud), group="print", exit_on_error=False)

    async def _print_all(self, papers: "tuple[PaperView, ...]", aloud: bool) -> None:
        if aloud:
            self.tell(f"正在打印 {', '.join(paper.title for paper in papers)}")
        try:
            notes = [await self._enqueue(paper) for paper in papers]
        except Refusal as refusal:
            self.ring(refusal.words, refusal.advice)
        except Exception:  # a paper that does not print is issued all the same, and can be printed again
            log.exception("printing failed")
            self.ring(FAULT_WORDS, FAULT_ADVICE)
        else:
            note = next(filter(None, notes), "")
            await self._send_queued(aloud, note)

    async def _enqueue(self, paper: "PaperView") -> str:
        from clerk_tui.desk import papers, print_queue
        from clerk_tui.tui import paper_jobs

        settings = self.parts.settings
        fresh = await self._at_desk(lambda desk, by: papers.paper(desk, by, notice_id=paper.id))
        before = await self._at_desk(lambda desk, by: print_queue.copies_before(desk, by, notice_id=paper.id))
        english = await self.english_terms()
        made = await asyncio.to_thread(paper_jobs.render_job, settings, fresh, before, english)
        await self._at_desk(
            lambda desk, by: print_queue.enqueue(
                desk,
                by,
                notice_id=fresh.id,
                device=made.device,
                media=made.media,
                variant=fresh.variant,
                sha=made.sha,
                copy_no=before + 1,
            )
        )
        return made.note

    def send_queued_when_due(self) -> None:
        """Once a second: go on with what a printer did not take, when its time has come."""
        due = self._next_print_at
        if due is not None and due <= self.parts.now() and self.by is not None and self.desk_is_loaded:
            self.run_worker(self._send_queued(False, ""), group="print", exit_on_error=False)

    async def send_queued_now(self) -> None:
        """Somebody asked for it from the list."""
        await self._send_queued(True, "")

    async def _send_queued(self, aloud: bool, note: str) -> None:
        """Send every job of this window that is due."""
        from clerk_tui.desk import print_queue

        if self._sending:
            return
        self._sending = True
        sent = False
        try:
            while (job := await self._at_desk(print_queue.claim_next)) is not None:
                sent = True
                words = await self._send_one(job)
                if words and aloud:
                    self.tell(f"{words}; {note}" if note else words)
            self._next_print_at = await self._at_desk(print_queue.next_due)
        except Refusal as refusal:
            self.ring(refusal.words, refusal.advice)
        except Exception:  # the queue is kept in the store; the next try comes by itself
            log.exception("sending to the printer failed")
            self._next_print_at = self.parts.now() + 60_000
            self.ring(FAULT_WORDS, FAULT_ADVICE)
        finally:
            self._sending = False
            if sent:
                self.counts_changed()

    async def _send_one(self, job: "PrintJobView") -> str:
        """Words of what became of it; empty when it was put off, which was told the first time."""
        from clerk_tui.desk import print_queue
        from clerk_tui.tui import paper_jobs

        try:
            outcome = await asyncio.to_thread(paper_jobs.deliver, self.parts.settings, job)
        except Refusal as refusal:
            stays = paper_jobs.lasting(refusal)
            error = refusal.words
            await self._at_desk(
                lambda desk, by: print_queue.put_off(desk, by, job_id=job.id, error=error, lasting=stays)
            )
            if job.attempts == 1 or stays:
                self.ring(refusal.words, refusal.advice if stays else QUEUED)
            return ""
        if outcome.printed:
            await self._at_desk(lambda desk, by: print_queue.took(desk, by, job_id=job.id))
        else:
            await self._at_desk(lambda desk, by: print_queue.shown(desk, by, job_id=job.id))
        if outcome.saved_only and not self._told_how_to_print:
            self._told_how_to_print = True
            return f"{outcome.words}; 没有打印机, 设置 print_command 后可打印"
        return outcome.words

    async def _at_desk(self, work: "Callable[[Desk, By], R]") -> R:
        desk, by = await self.desk_when_loaded(), self.signed_in()
        return await self.store_thread.run(lambda: work(desk, by))

    async def english_terms(self) -> Mapping[str, str]:
        """The English of the catalogue's texts."""
        return (await self.desk_when_loaded()).catalogue.english

    async def save_paper(self, paper: "PaperView") -> "tuple[PaperView, tuple[Path, Path]]":
        """Save a paper as text and as a page in the private folder, and record that a copy left the program.

        The copy is kept and recorded first: none lies there of which nobody knows. Raises Refusal evidence_unwritable,
        paper_file.
        """
        from clerk_tui.desk import print_queue
        from clerk_tui.documents import files

        text, data, media, sha = await asyncio.to_thread(_lay_out, self, paper, await self.english_terms())
        now = await self._at_desk(
            lambda desk, by: print_queue.saved(
                desk, by, notice_id=paper.id, media=media, variant=paper.variant, sha=sha
            )
        )
        folder = self.parts.settings.print_folder
        return now, (
            await asyncio.to_thread(files.write, folder, paper.kind, paper.code, "txt", text),
            await asyncio.to_thread(files.write, folder, paper.kind, paper.code, media, data),
        )


def _lay_out(app: Printing, paper: "PaperView", english: Mapping[str, str]) -> tuple[str, bytes, str, str]:
    """Text, page, the page's media and its hash, under which it is kept."""
    from clerk_tui.documents.text_form import text_of
    from clerk_tui.store import evidence
    from clerk_tui.tui import paper_jobs

    settings = app.parts.settings
    ready = paper_jobs.printable(settings, paper, paper.printed, english)
    data, media, _ = paper_jobs.page_of(settings, ready)
    return text_of(ready, 76), data, media, evidence.keep(settings.evidence, data, media)
