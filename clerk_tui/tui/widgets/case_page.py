"""A case as a page to read: facts, clock, materials, what is owed, results, papers, history in plain words."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from clerk_tui.tui.widgets.plain import plain

if TYPE_CHECKING:
    from clerk_tui.desk.views.cases import CaseView
    from clerk_tui.desk.views.intake import PaperView


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
        lines.append(plain(f"! {task.kind_words}: {task.field_words} {task.words}  (F9 办理)", "bold $late"))
    number, due, answer = view.hotline
    if number:
        left = f"已答复: {answer}" if answer else f"{due or '未定期限'} 前答复"
        lines.append(plain(f"12345 工单 {number}  {left}", "" if answer else "$warn"))
    lines += [plain(words) for words in (f"领取 {view.delivery_words}", view.fee_words) if words.strip()]
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
        [
            (f"{one.name} {one.number}  {one.state_words} {one.shelf}  {one.source_words}  {one.serve_words}", "")
            for one in view.results
        ],
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
        "文书 (F4 打开, 补打)",
        [
            (f"{paper.number}  {paper.title}  {_paper_state(paper)}", "$quiet" if paper.void_reason else "")
            for paper in view.papers
        ],
    )
    lines += _part(
        "经过",
        [
            (f"{when(line.at)}  {line.who}  {line.words}{'  ' + line.sent if line.sent else ''}", "")
            for line in view.history
        ],
    )
    lines += _part(
        "本人不在时谁看过",
        [(f"{when(line.at)}  {line.who}  {line.words}", "$quiet") for line in view.looked_at],
    )
    return lines


def _paper_state(paper: "PaperView") -> str:
    if paper.void_reason:
        return f"作废: {paper.void_reason}"
    signed = {"": "", "refused": "拒签"}.get(paper.signed_how, "已签收")
    return "  ".join(part for part in (signed, f"印 {paper.printed} 份" if paper.printed else "没有打印") if part)


def _part(title: str, rows: list[tuple[str, str]]) -> list[Content]:
    if not rows:
        return []
    return [Content(""), plain(f"--- {title} ---", "$quiet"), *(plain(f"  {words}", style) for words, style in rows)]
