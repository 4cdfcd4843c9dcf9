"""A case as a page to read: facts, clock, materials, what is owed, results, papers, history in plain words."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from clerk_tui.tui.widgets.plain import plain

if TYPE_CHECKING:
    from clerk_tui.desk.views.cases import CaseView


class CasePage(VerticalScroll, can_focus=True):
    """Scrolls with the arrow and page keys; F9 of its place lists what can be done."""

    DEFAULT_CSS = """
    CasePage { height: 1fr; scrollbar-size-vertical: 1; }
    CasePage > Static { height: auto; }
    """

    def compose(self) -> Iterable[Static]:
        yield Static("", id="case-text")

    def show(self, view: "CaseView", when: Callable[[int], str]) -> None:
        """Show a case; `when` writes an instant on the hall's clock. The place on the page is kept."""
        self.query_one("#case-text", Static).update(Content("\n").join(_lines(view, when)))


def _lines(view: "CaseView", when: Callable[[int], str]) -> list[Content]:
    row = view.row
    lines = [
        plain(f"{row.receipt_no}   {row.item_name}", "bold"),
        plain(
            "   ".join(
                part
                for part in (
                    row.state_words,
                    row.applicant_masked,
                    f"代办 {view.agent_masked}" if view.agent_masked else "",
                    view.department,
                    row.district_no or "办件编号待区里分配",
                )
                if part
            )
        ),
    ]
    if row.flags:
        lines.append(plain("! " + "  ".join(row.flags), "$warn"))
    for task in view.tasks:
        lines.append(plain(f"! {task.kind_words}: {task.field_words} {task.words}", "bold $late"))
    lines += _part("期限", [(line, "$late" if "逾期" in line else "") for line in view.clock])
    lines += _part(
        "欠的材料",
        [
            (
                f"{one.name}  {one.due} {one.due_words}  {one.state_words}  {one.cap_words}",
                "$late" if one.urgency == "overdue" else "$warn",
            )
            for one in view.owed
        ],
    )
    lines += _part(
        "结果",
        [(f"{one.name} {one.number}  {one.state_words} {one.shelf}  {one.source_words}", "") for one in view.results],
    )
    lines += _part("情形", [(f"{question}: {answer}", "") for question, answer in view.answers])
    lines += _part(
        "材料",
        [
            (
                " ".join(
                    part
                    for part in (
                        one.mark or "-",
                        one.name,
                        one.mark_words,
                        one.verified_words,
                        one.defect,
                        f"欠, 最迟 {one.owed_due}" if one.owed_due else "",
                        "原件已还" if one.given_back else "原件待还" if one.to_give_back else "",
                    )
                    if part
                ),
                "$warn" if one.owed_due else "",
            )
            for one in view.materials
        ],
    )
    lines += _part("表单", [(f"{label}: {value}", "") for _, label, value in view.fields])
    lines += _part(
        "文书 (F4 打开)",
        [(f"{paper.number}  {paper.title}{'  作废' if paper.void_reason else ''}", "") for paper in view.papers],
    )
    lines += _part(
        "经过",
        [
            (f"{when(line.at)}  {line.who}  {line.words}{'  ' + line.sent if line.sent else ''}", "")
            for line in view.history
        ],
    )
    return lines


def _part(title: str, rows: list[tuple[str, str]]) -> list[Content]:
    if not rows:
        return []
    return [Content(""), plain(f"--- {title} ---", "$quiet"), *(plain(f"  {words}", style) for words, style in rows)]
