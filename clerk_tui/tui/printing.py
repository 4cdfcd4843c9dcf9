"""Papers leave the screen: printed by a command in a thread of its own, or saved; the clerk goes on meanwhile."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from clerk_tui.rules.refusal import Refusal
from clerk_tui.tui.acting import FAULT_ADVICE, FAULT_WORDS
from clerk_tui.tui.sitting import Sitting

if TYPE_CHECKING:
    from clerk_tui.desk.views.intake import PaperView

log = logging.getLogger(__name__)


class Printing(Sitting):
    """Mixin of the App."""

    def print_papers(self, papers: "Sequence[PaperView]", *, aloud: bool = True) -> None:
        """Send papers to the printer (or the viewer), one after the other, and record each copy that it took.

        `aloud` False: the fixed line keeps what an act said, unless a paper does not print.
        """
        if papers:
            self.run_worker(self._print_all(tuple(papers), aloud), group="print", exit_on_error=False)

    async def _print_all(self, papers: "tuple[PaperView, ...]", aloud: bool) -> None:
        from clerk_tui.devices import printing

        settings = self.parts.settings
        if aloud:
            self.say(f"正在打印 {', '.join(paper.title for paper in papers)}")
        words = ""
        try:
            for paper in papers:
                path = (await asyncio.to_thread(_write, settings.print_folder, paper))[1]
                outcome = await asyncio.to_thread(printing.send, path, settings.print_command or None)
                words = outcome.words
                if outcome.printed:
                    await self._record_printed(paper.id)
            if aloud:
                self.say(words)
        except Refusal as refusal:
            self.ring(refusal.words, refusal.advice)
        except Exception:  # a paper that does not print is issued all the same, and can be printed again
            log.exception("printing failed")
            self.ring(FAULT_WORDS, FAULT_ADVICE)

    async def _record_printed(self, notice_id: str) -> None:
        from clerk_tui.desk import papers

        desk, by = await self.desk_when_loaded(), self.signed_in()
        await self.store_thread.run(lambda: papers.record_printed(desk, by, notice_id=notice_id))

    async def save_paper(self, paper: "PaperView") -> tuple[Path, Path]:
        """Save a paper as text and as HTML in the private folder. Raises Refusal paper_file."""
        return await asyncio.to_thread(_write, self.parts.settings.print_folder, paper)


def _write(folder: Path, paper: "PaperView") -> tuple[Path, Path]:
    from clerk_tui.documents import files
    from clerk_tui.documents.render import as_html, as_text

    text = as_text(paper.kind, paper.number, paper.code, paper.facts, void_reason=paper.void_reason)
    page = as_html(
        paper.kind, paper.number, paper.code, paper.facts, reprint=paper.printed, void_reason=paper.void_reason
    )
    return (
        files.write(folder, paper.kind, paper.code, "txt", text),
        files.write(folder, paper.kind, paper.code, "html", page),
    )
