"""What `district status` says, in lines for a person at the district."""

from collections.abc import Iterator
from typing import Any

from clerk_tui.cli.sync import when
from clerk_tui.rules.case_states import CaseState
from clerk_tui.rules.owed_states import OwedState
from clerk_tui.rules.result_states import ResultState
from clerk_tui.rules.worded import Worded

CASES_SHOWN, REJECTED_SHOWN, QUARANTINED_SHOWN = 30, 10, 5

RECORD_WORDS = {"ok": "收下", "rejected": "退回待更正", "held": "等前一条更正", "superseded": "已更正"}
DECISION_WORDS = {"granted": "决定: 准予", "refused": "决定: 不予"}
Facts = dict[str, Any]


def overview_lines(facts: Facts, *, every: bool = False) -> Iterator[str]:
    """Every station, counts, what was rejected, what was not taken, the latest cases, or `every` one that was read."""
    shown = len(facts["cases"]) if every else CASES_SHOWN
    yield facts["district"]
    for row in facts["stations"]:
        yield from _station_lines(row)
    counts = ", ".join(f"{RECORD_WORDS.get(state, state)} {count}" for state, count in facts["records"].items())
    yield f"记录: {counts or '无'}"
    if facts["rejected"]:
        yield f"退回后站点还没有更正的, 最近 {min(len(facts['rejected']), REJECTED_SHOWN)} 条:"
    for row in facts["rejected"][:REJECTED_SHOWN]:
        about = row["receipt_no"] or f"{row['kind']} {row['rid']}"
        yield f"  {when(row['at'])} 站点 {row['station']} {about} {row['field']}: {row['words']}".replace(" :", ":")
    if facts["quarantined"]:
        yield f"没有收下而隔离的文件 {len(facts['quarantined'])} 个, 最近的:"
    for row in facts["quarantined"][:QUARANTINED_SHOWN]:
        yield f"  {when(row['at'])} 站点 {row['station']} {row['words']}"
        yield f"    {row['advice']}"
        yield f"    quarantine/{row['name']}"
    if facts["cases"]:
        yield f"办件, 最近 {min(len(facts['cases']), shown)} 件:"
    yield from (f"  {_case_line(row)}" for row in facts["cases"][:shown])


def case_lines(facts: Facts) -> Iterator[str]:
    """One case, its records and the answers to it."""
    yield _case_line(facts)
    for row in facts["records"]:
        state = RECORD_WORDS.get(row["state"], row["state"])
        yield (
            f"  记录 {when(row['at'])} {row['kind']} {state} {row['field']} {row['words']}".rstrip() + f"  {row['rid']}"
        )
    for row in facts["answers"]:
        said = f"站点没有采用: {row['answer_words']}" if row["answer"] else ""
        yield f"  答复 {row['kind']} {said}".rstrip()


def _station_lines(row: Facts) -> Iterator[str]:
    name = f"站点 {row['station']} {row['name']}, 安装 {row['inst']}"
    last = f"(最近 {when(row['last_at'])})" if row["last_at"] is not None else ""
    counts = f"收 {row['received']} 批{last}, 发 {row['sent']} 批(站点未确认 {row['unconfirmed']})"
    if row["revoked"]:
        yield f"{name}: 密钥已收回: {row['revoked']}"
    elif row["closed"]:
        yield f"{name}: 旧安装, 已停用; {counts}"
    elif row["stopped"]:
        yield f"{name}: 已停: {row['stopped']}"
        yield f"  {counts}; 与站点查清后: clerk-tui district resume 文件夹 {row['station']}"
    else:
        yield f"{name}: {counts}, 正常"
    if row["missing"] and not row["closed"]:
        yield f"  缺第 {row['missing']} 批, 后面的已收 {row['parked']} 批, 已请站点补发"


def _case_line(row: Facts) -> str:
    results = ", ".join(f"{one['name']} {_words(ResultState, one['state'])}".strip() for one in row["results"])
    owed = ", ".join(f"{one['name']} {_words(OwedState, one['state'])}" for one in row["owed"])
    parts = [
        row["receipt_no"], row["district_no"] or "未编号", row["item"], _words(CaseState, row["state"]), row["stage"],
        DECISION_WORDS.get(row["decision"], row["decision"]), f"容缺: {owed}" if owed else "",
        f"结果: {results}" if results else "",
    ]  # fmt: skip
    return " ".join(part for part in parts if part)


def _words(states: type[Worded], state: str) -> str:
    """A state in words; what no table knows, as it came."""
    return states(state).words if state in {one.value for one in states} else state
