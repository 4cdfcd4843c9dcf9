"""Answers about a case as a person writes them: options of the command, or entries of a file, done in their lawful order.

Everything is checked before anything is answered: a file with one entry that is wrong answers nothing.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from clerk_tui.district import answering, lawful
from clerk_tui.district.lawful import Standing
from clerk_tui.district.place import District
from clerk_tui.rules.refusal import Refusal

YES_NO = frozenset({"accept", "refuse", "not_applicable", "resume", "result_ready"})
DATES = frozenset({"promised_due", "statutory_due"})
TEXTS = frozenset(
    {
        "case", "stage", "suspend", "approver", "decide", "reason", "kind", "name", "result_number", "reject", "field",
    }
)  # fmt: skip
DAYS = frozenset({"days", "prolong"})
KNOWN = YES_NO | DATES | TEXTS | DAYS | {"number"}
FILE_BYTES = 8 * 1024 * 1024
FAULTS_SHOWN = 20
MOST_DAYS = 1_000

Wish = Mapping[str, Any]


def answer_all(district: District, wishes: Sequence[Wish]) -> list[str]:
    """Check every entry, then do them in their order; returns what was said. Raises Refusal as `answer`; of several
    entries that are wrong, answers_faulty names each."""
    faults: list[tuple[int, Refusal]] = []
    stands: dict[str, Standing] = {}
    for place, wish in enumerate(wishes, 1):
        try:
            _check(district, wish, stands)
        except Refusal as refusal:
            faults.append((place, refusal))
    if faults and len(wishes) == 1:
        raise faults[0][1]
    if faults:
        named = [f"第 {place} 项: {refusal.words}" for place, refusal in faults[:FAULTS_SHOWN]]
        more = [f"还有 {len(faults) - FAULTS_SHOWN} 项"] if len(faults) > FAULTS_SHOWN else []
        first = faults[0][1]
        raise Refusal(first.code, "; ".join([*named, *more]), "什么也没有答复; 改好以后再运行一次", field=first.field)
    return [_do(district, wish) for wish in wishes]


def answer(district: District, wish: Wish) -> str:
    """Do what one entry wishes; returns what was said. `number` is true for the next one, or the number itself.

    Raises Refusal case_missing, case_unknown, reason_missing, answer_missing, answer_unknown, answer_faulty, what
    `lawful.after` says, and record_unknown; nothing was answered then.
    """
    return answer_all(district, [wish])[0]


def _check(district: District, wish: Wish, stands: dict[str, Standing]) -> None:
    """Hold one entry against its form and the law; `stands` is how each case stands after the entries before."""
    _check_form(wish)
    reason = str(wish.get("reason", ""))
    with district.store.read() as connection:
        if wish.get("reject"):
            answering.check_rejectable(connection, str(wish["reject"]), reason)
            if not wish.get("case"):
                return
        if not wish.get("case"):
            raise Refusal("case_missing", "要写明是哪一件", "加 --case 收件号", field="case")
        case = answering.find_case(connection, str(wish["case"]))
        if wish.get("number"):
            answering.check_number(connection, case, _given(wish))
        now = stands.get(case.case_id) or lawful.standing(connection, case.case_id)
    if wish.get("accept"):
        now = lawful.after(now, "accept")
    if (wish.get("refuse") or wish.get("not_applicable")) and not reason:
        raise Refusal("reason_missing", "不予受理要写明理由", "加 --reason", field="reason")
    for act in ("refuse", "not_applicable"):
        if wish.get(act):
            now = lawful.after(now, act)
    if wish.get("stage"):
        now = lawful.after(now, "stage")
    if wish.get("suspend"):
        now = lawful.after(now, "suspend", name=str(wish["suspend"]))
    if wish.get("resume"):
        now = lawful.after(now, "resume")
    if wish.get("prolong"):
        answering.check_prolongation(int(wish["prolong"]), reason)
        now = lawful.after(now, "prolong", days=int(wish["prolong"]))
    if wish.get("decide"):
        answering.check_decision(str(wish["decide"]), reason)
        now = lawful.after(now, "decide", decision=str(wish["decide"]))
    if wish.get("result_ready"):
        now = lawful.after(now, "result", kind=str(wish.get("kind", "")))
    if not any(wish.get(key) for key in _ACTS):
        raise Refusal("answer_missing", "没有写明答复什么", "例如 --number, --accept, --decide granted")
    stands[case.case_id] = now


_ACTS = (*YES_NO, "number", "stage", "suspend", "prolong", "decide", "reject")


def _check_form(wish: Wish) -> None:
    unknown = sorted(set(wish) - KNOWN)
    if unknown:
        raise Refusal(
            "answer_unknown", f"不认得的答复: {unknown[0]}", f"可用: {', '.join(sorted(KNOWN))}", field=unknown[0]
        )
    for key, value in wish.items():
        words = _fault(key, value)
        if words:
            raise Refusal("answer_faulty", f"{key} {words}", "请照 clerk-tui district answer --help 改", field=key)


def _fault(key: str, value: Any) -> str:
    """What is wrong with the form of one value; '' when nothing is."""
    if key in YES_NO:
        return "" if isinstance(value, bool) else "应当是 true 或 false"
    if key == "number":
        return "" if isinstance(value, bool | str) else "应当是 true, 或写明编号"
    if key in DAYS:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return "" if whole and 0 <= value <= MOST_DAYS else f"应当是 0 到 {MOST_DAYS} 的整数"
    if not isinstance(value, str):
        return "应当是文字"
    if key in DATES and value:
        try:
            date.fromisoformat(value)
        except ValueError:
            return "应当是日期, 例如 2026-12-15"
    return ""


def _given(wish: Wish) -> str:
    return wish["number"] if isinstance(wish["number"], str) else ""


def _do(district: District, wish: Wish) -> str:
    reason = str(wish.get("reason", ""))
    said: list[str] = []
    if wish.get("reject"):
        rid = answering.reject_record(district, str(wish["reject"]), str(wish.get("field", "")), reason)
        if not wish.get("case"):
            return f"已退回记录 {rid}"
        said.append(f"退回记录 {wish['reject']}")
    with district.store.read() as connection:
        found = answering.find_case(connection, str(wish["case"]))
    if wish.get("number"):
        said.append(f"办件编号 {answering.number(district, found, _given(wish))}")
    if wish.get("accept"):
        promised, statutory = str(wish.get("promised_due", "")), str(wish.get("statutory_due", ""))
        answering.accept(district, found, promised_due=promised, statutory_due=statutory)
        said.append("部门受理")
    if wish.get("refuse") or wish.get("not_applicable"):
        answering.refuse_acceptance(district, found, reason, not_applicable=bool(wish.get("not_applicable")))
        said.append("不受理" if wish.get("not_applicable") else "不予受理")
    if wish.get("stage"):
        answering.stage(district, found, str(wish["stage"]))
        said.append(f"环节 {wish['stage']}")
    if wish.get("suspend"):
        answering.suspend(district, found, str(wish["suspend"]), days=int(wish.get("days", 0)), reason=reason)
        said.append(f"特别程序 {wish['suspend']}")
    if wish.get("resume"):
        answering.resume(district, found)
        said.append("特别程序结束")
    if wish.get("prolong"):
        answering.prolong(
            district, found, int(wish["prolong"]), reason, approver=str(wish.get("approver", "")),
            promised_due=str(wish.get("promised_due", "")), statutory_due=str(wish.get("statutory_due", "")),
        )  # fmt: skip
        said.append(f"期限延长 {wish['prolong']} 个工作日")
    if wish.get("decide"):
        answering.decide(district, found, str(wish["decide"]), reason)
        said.append(f"决定 {wish['decide']}")
    if wish.get("result_ready"):
        told = {key: str(wish.get(key, "")) for key in ("kind", "name", "result_number")}
        answering.result_ready(district, found, **told)
        said.append("结果送出")
    return f"{found.receipt_no}: {', '.join(said)}"


def read(path: Path) -> list[dict[str, Any]]:
    """The entries of a JSON file: a list of objects with the options' names. Raises Refusal answers_file."""
    try:
        with path.open("rb") as file:
            found = json.loads(file.read(FILE_BYTES))
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise ValueError("list")
    except (OSError, ValueError, RecursionError) as error:
        raise Refusal(
            "answers_file", f"{path.name} 不是完好的答复文件", '应当是 JSON: [{"case": "收件号", "decide": "granted"}]'
        ) from error
    return found
