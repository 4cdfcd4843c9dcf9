"""Answers about a case as a person writes them: options of the command, or entries of a file, done in their lawful order."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clerk_tui.district import answering
from clerk_tui.district.place import District
from clerk_tui.rules.refusal import Refusal

KNOWN = frozenset(
    [
        "case",
        "number",
        "accept",
        "refuse",
        "not_applicable",
        "stage",
        "suspend",
        "days",
        "resume",
        "decide",
        "reason",
        "result_ready",
        "kind",
        "name",
        "result_number",
        "promised_due",
        "statutory_due",
        "reject",
        "field",
    ]
)
FILE_BYTES = 8 * 1024 * 1024


def answer(district: District, wish: Mapping[str, Any]) -> str:
    """Do what one entry wishes; returns what was said. `number` is true for the next one, or the number itself.

    Raises Refusal case_missing, case_unknown, reason_missing, answer_missing, answer_unknown.
    """
    unknown = sorted(set(wish) - KNOWN)
    if unknown:
        raise Refusal(
            "answer_unknown", f"不认得的答复: {unknown[0]}", f"可用: {', '.join(sorted(KNOWN))}", field=unknown[0]
        )
    reason = str(wish.get("reason", ""))
    if wish.get("reject"):
        rid = answering.reject_record(district, str(wish["reject"]), str(wish.get("field", "")), reason)
        if not wish.get("case"):
            return f"已退回记录 {rid}"
    if not wish.get("case"):
        raise Refusal("case_missing", "要写明是哪一件", "加 --case 收件号", field="case")
    with district.store.read() as connection:
        found = answering.find_case(connection, str(wish["case"]))
    said: list[str] = [f"退回记录 {wish['reject']}"] if wish.get("reject") else []
    if wish.get("number"):
        given = wish["number"] if isinstance(wish["number"], str) else ""
        said.append(f"办件编号 {answering.number(district, found, given)}")
    if wish.get("accept"):
        promised, statutory = str(wish.get("promised_due", "")), str(wish.get("statutory_due", ""))
        answering.accept(district, found, promised_due=promised, statutory_due=statutory)
        said.append("部门受理")
    if wish.get("refuse") or wish.get("not_applicable"):
        if not reason:
            raise Refusal("reason_missing", "不予受理要写明理由", "加 --reason", field="reason")
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
    if wish.get("decide"):
        answering.decide(district, found, str(wish["decide"]), reason)
        said.append(f"决定 {wish['decide']}")
    if wish.get("result_ready"):
        told = {key: str(wish.get(key, "")) for key in ("kind", "name", "result_number")}
        answering.result_ready(district, found, **told)
        said.append("结果送出")
    if not said:
        raise Refusal("answer_missing", "没有写明答复什么", "例如 --number, --accept, --decide granted")
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
