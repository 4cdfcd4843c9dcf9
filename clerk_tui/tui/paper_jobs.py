"""A paper made ready for its printer, and sent to it: which printer, which form, which bytes. Runs in a thread."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clerk_tui.rules.paper_variants import PaperVariant
from clerk_tui.rules.papers import SLIP_KINDS, PaperKind
from clerk_tui.rules.refusal import Refusal
from clerk_tui.settings import Settings

if TYPE_CHECKING:
    from clerk_tui.desk.print_queue import PrintJobView
    from clerk_tui.desk.views.intake import PaperView
    from clerk_tui.documents.paper import Printable

SLIP, SYSTEM = "slip", "system"


@dataclass(frozen=True)
class Rendered:
    """`sha` names the bytes in the evidence folder; `note` tells why it is another form than was set."""

    device: str
    media: str
    sha: str
    note: str = ""


def device_for(settings: Settings, kind: str) -> str:
    """slip | system: by the setting for this kind; a ticket goes to the slip printer where there is one."""
    if not settings.slip_printer:
        return SYSTEM
    named = settings.printers.get(kind)
    if named is None:
        return SLIP if PaperKind(kind) in SLIP_KINDS else SYSTEM
    return SLIP if named == SLIP else SYSTEM


def render_job(settings: Settings, paper: "PaperView", copies_before: int, english: Mapping[str, str]) -> Rendered:
    """Render a copy and keep its bytes. Raises Refusal paper_facts, template_fault, evidence_unwritable, slip_missing."""
    from clerk_tui.store import evidence

    ready = printable(settings, paper, copies_before, english)
    device = device_for(settings, paper.kind)
    if device == SLIP:
        from clerk_tui.devices.escpos import encode
        from clerk_tui.documents.slips import WIDTHS, slip_lines

        data, media, note = encode(slip_lines(ready, WIDTHS[settings.slip_width])), "slip", ""
    else:
        data, media, note = page_of(settings, ready)
    return Rendered(device, media, evidence.keep(settings.evidence, data, media), note)


def printable(settings: Settings, paper: "PaperView", copies_before: int, english: Mapping[str, str]) -> "Printable":
    """The paper in the form that is remembered with it; `english` is that of the catalogue's texts."""
    from clerk_tui.documents.paper import prepare

    return prepare(
        paper.kind,
        paper.number,
        paper.code,
        paper.facts,
        variant=PaperVariant(paper.variant),
        reprint=copies_before,
        void_reason=paper.void_reason,
        folder=settings.documents_folder,
        terms=english,
    )


def page_of(settings: Settings, ready: "Printable") -> tuple[bytes, str, str]:
    """Bytes, media, and what the clerk must be told: why it is HTML, or what no font can draw."""
    from clerk_tui.documents.pdf import make_pdf
    from clerk_tui.documents.render import html_of

    note = ""
    if settings.paper_format == "pdf":
        try:
            size = settings.paper_sizes.get(ready.kind.value, "a4")
            made = make_pdf(ready, size=size, fonts_folder=settings.fonts_folder)
            lacking = f"本机字体没有「{made.lacking}」, 纸上是方框, 请装扩展字体" if made.lacking else ""
            return made.data, "pdf", lacking
        except Refusal as refusal:
            if refusal.code not in ("font_missing", "pdf_missing"):
                raise
            note = refusal.words
    return html_of(ready).encode(), "html", note


@dataclass(frozen=True)
class Delivered:
    """`printed` False: it was only opened on the screen, or with `saved_only` only saved."""

    printed: bool
    words: str
    saved_only: bool = False


def deliver(settings: Settings, job: "PrintJobView") -> Delivered:
    """Send the kept bytes of a job to its printer. Raises Refusal: the device did not take them."""
    from clerk_tui.devices import printing, slip_printer
    from clerk_tui.documents import files
    from clerk_tui.store import evidence

    data = evidence.fetch(settings.evidence, job.sha, job.media)
    if job.device == SLIP:
        return Delivered(True, slip_printer.send(settings.slip_printer, data))
    path = files.write(settings.print_folder, job.kind, job.code, job.media, data)
    printer = settings.printers.get(job.kind, settings.printer)
    named = "" if printer == SLIP else printer
    try:
        outcome = printing.send(path, settings.print_command or None, printer=named)
    except Refusal as refusal:
        if refusal.code != "viewer_missing" or settings.print_command or named:
            raise
        return Delivered(False, f"文书存在 {path}", saved_only=True)  # no printer was ever set: nothing has failed
    return Delivered(outcome.printed, outcome.words)


def open_copy(settings: Settings, job: "PrintJobView") -> str:
    """Show a copy exactly as it was handed out, in the system's viewer; a slip as its bytes in a file. Returns words."""
    from clerk_tui.devices import printing
    from clerk_tui.documents import files
    from clerk_tui.store import evidence

    data = evidence.fetch(settings.evidence, job.sha, job.media)
    path = files.write(settings.print_folder, job.kind, job.code, job.media, data)
    try:
        return printing.send(path, None).words
    except Refusal as refusal:
        if refusal.code != "viewer_missing":
            raise
        return f"底稿在 {path}, 摘要 {job.sha[:12]}"


def lasting(refusal: Refusal) -> bool:
    """Whether trying again cannot help before somebody has changed something."""
    from clerk_tui.devices.printing import LASTING

    return refusal.code in LASTING or refusal.code.startswith("evidence_")
