"""The tables of states written out for people: one Markdown page with a diagram and a table for each.

Write it anew with `python -c "from clerk_tui.rules.state_pages import page; print(page(), end='')"`.
"""

from collections.abc import Mapping
from typing import Any

from clerk_tui.rules import states
from clerk_tui.rules.papers import paper_words
from clerk_tui.rules.state_table import Move
from clerk_tui.rules.worded import Worded

_ACTORS = {
    "clerk": "窗口人员",
    "supervisor": "值班主任",
    "pickup": "出件人员",
    "guide": "导办人员",
    "agent": "代办员",
    "department": "部门",
    "district": "区系统",
    "applicant": "申请人",
    "system": "程序",
}
_POWERS = {
    "hall": "大厅",
    "department": "部门",
    "accept_power": "受理权所在",
    "decide_power": "决定权所在",
    "applicant": "申请人",
}

_PAGES: tuple[tuple[str, type[Worded], Mapping[Any, Move], Mapping[str, str]], ...] = (
    ("办件", states.CaseState, states.CASE_MOVES, states.CASE_ACTS),
    ("容缺待补材料", states.OwedState, states.OWED_MOVES, states.OWED_ACTS),
    ("出件结果", states.ResultState, states.RESULT_MOVES, states.RESULT_ACTS),
    ("排队号", states.TicketState, states.TICKET_MOVES, states.TICKET_ACTS),
    ("文书", states.NoticeState, states.NOTICE_MOVES, states.NOTICE_ACTS),
)


def page() -> str:
    """The whole page; `states.md` beside this module holds it, and a test compares them."""
    parts = [
        "# 状态与流转",
        "",
        "由 `clerk_tui.rules.state_pages` 从程序所遵守的表生成; 表中没有的走法一律拒绝, 并说明理由。",
        "",
    ]
    for title, kind, moves, acts in _PAGES:
        parts += [f"## {title}", "", *diagram(kind, moves, acts), "", *table(kind, moves, acts), ""]
    return "\n".join(parts)


def diagram(kind: type[Worded], moves: Mapping[Any, Move], acts: Mapping[str, str]) -> list[str]:
    """A Mermaid state diagram: ways between the same two states share one arrow, ways that stay are left out."""
    lines = ["```mermaid", "stateDiagram-v2", *(f"  {state.value}: {state.words}" for state in kind)]
    arrows: dict[tuple[str, str], list[str]] = {}
    for (start, act), way in moves.items():
        if way.to != start:
            arrows.setdefault((start.value, str(way.to)), []).append(acts[act])
    lines += [f"  {start} --> {to}: {' / '.join(names)}" for (start, to), names in arrows.items()]
    return [*lines, "```"]


def table(kind: type[Worded], moves: Mapping[Any, Move], acts: Mapping[str, str]) -> list[str]:
    """A Markdown table: from, act, to, who, whose power, paper, clock, what must hold."""
    lines = ["| 从 | 行为 | 到 | 谁 | 权力 | 文书 | 时限 | 前提 |", "|---|---|---|---|---|---|---|---|"]
    for state in kind:
        for (start, act), way in moves.items():
            if start is not state:
                continue
            cells = (
                state.words,
                acts[act],
                kind(way.to).words,
                ", ".join(_ACTORS[actor] for actor in way.actors),
                _POWERS[way.power],
                paper_words(way.paper) if way.paper else "",
                way.clock,
                way.guard,
            )
            lines.append(f"| {' | '.join(cells)} |")
    return lines
