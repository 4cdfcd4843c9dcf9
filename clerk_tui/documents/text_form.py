"""A paper as lines of text, for the screen and for a printer that knows nothing else."""

import re

from clerk_tui.documents.blocks import Block, Facts, Foot, Items, Lines, Para, Seal, Section, Sign, Table
from clerk_tui.documents.paper import Printable
from clerk_tui.documents.slip_lines import SlipLine
from clerk_tui.documents.text_layout import wrap
from clerk_tui.documents.text_page import TextPage

NARROWEST = 32
"""Cells; below this no form can be laid out."""


def text_of(paper: Printable, cells: int) -> str:
    """The paper in lines of at most `cells` terminal cells (at least 32), ruled with `-` and `=`."""
    page = TextPage(max(cells, NARROWEST))
    if paper.slip is not None and not paper.blocks:
        drawn = [*_voided(paper, page), *(_slip_line(line, page) for line in paper.slip.lines)]
        if paper.reprint:
            drawn.append(page.centre(paper.reprint))
    else:
        drawn = [*_head(paper, page), *(_drawn(block, page, paper.code) for block in paper.blocks)]
    lines = [piece.rstrip() for line in "\n".join(drawn).split("\n") for piece in wrap(line, page.cells)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n") + "\n"


def _head(paper: Printable, page: TextPage) -> list[str]:
    lines = [page.right(paper.number)]
    if paper.reprint:
        lines.append(page.right(paper.reprint))
    lines += [page.centre(paper.hall), *(page.centre(line) for line in paper.title.split("\n")), page.rule("=")]
    if paper.translated:
        lines += [page.para(paper.translated), page.rule("-")]
    return [*lines, *_voided(paper, page)]


def _voided(paper: Printable, page: TextPage) -> list[str]:
    if not paper.void_reason:
        return []
    return [
        page.centre(f"*** {paper.void_words} ***"),
        page.para(paper.void_reason, 12, "作废原因:"),
        page.rule("="),
    ]


def _drawn(block: Block, page: TextPage, code: str) -> str:
    match block:
        case Section():
            return "\n" + page.para(block.words.replace("\n", " ") + ":")
        case Para():
            return "\n" + "\n".join(page.para(sentence) for sentence in block.sentences)
        case Facts():
            return page.pairs(block.pairs)
        case Lines():
            return page.numbered(block.items)
        case Table():
            return page.table(block)
        case Items():
            return page.items(block)
        case Sign():
            return page.sign_places(block.labels)
        case Seal():
            return page.seal_place(block.office, block.dated, block.seal_words)
        case Foot():
            pairs = [*block.pairs, *([("扫码查询码", code)] if code else [])]
            return "\n".join(
                [
                    "",
                    page.rule("="),
                    *(page.para(words, 14, label.replace("\n", " ") + ":") for label, words in pairs),
                ]
            )


def _slip_line(line: SlipLine, page: TextPage) -> str:
    match line.style:
        case "rule":
            return page.rule()
        case "big":
            return "\n" + page.centre(" ".join(line.words)) + "\n"
        case "pair":
            return page.pairs([(line.label, line.words)])
        case _:
            return page.centre(line.words) if line.centred else page.para(line.words)
