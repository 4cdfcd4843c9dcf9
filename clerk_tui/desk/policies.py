"""What the district decides as data: which materials may be owed (容缺清单), correction limits, blocked applicants."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from clerk_tui.catalog.deficiency_list import read_list
from clerk_tui.catalog.policy_documents import KINDS, checked
from clerk_tui.desk.context import Desk
from clerk_tui.desk.permits import require
from clerk_tui.rules.correction import CorrectionPolicy
from clerk_tui.rules.identity import fold
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.rules.tolerance import DeficiencyPolicy
from clerk_tui.store import canonical
from clerk_tui.store.act import By, new_id
from clerk_tui.store.core import POLICIES


@dataclass(frozen=True)
class LoadedPolicy:
    """The district's list in force: its document, and whether it is only an example."""

    id: str
    number: str
    dated: str
    example: bool
    policy: DeficiencyPolicy

    @property
    def words(self) -> str:
        name = f"容缺清单 {self.number} ({self.dated})"
        return f"{name} [示例]" if self.example else name


def deficiency(connection: Connection, day: date) -> LoadedPolicy | None:
    """The deficiency list in force on a day; None: nothing may be owed."""
    row = _in_force(connection, "deficiency", day)
    if row is None:
        return None
    return LoadedPolicy(
        row.id, row.number, row.dated, bool(row.example), DeficiencyPolicy.from_dict(canonical.load(row.body))
    )


def policy_of(connection: Connection, policy_id: str | None) -> DeficiencyPolicy:
    """The list under which something came to be owed, whatever was loaded since; the careful defaults without one."""
    body = connection.execute(select(POLICIES.c.body).where(POLICIES.c.id == policy_id)).scalar()
    return DeficiencyPolicy() if body is None else DeficiencyPolicy.from_dict(canonical.load(body))


def correction(connection: Connection, day: date) -> CorrectionPolicy:
    """How long a correction may take; without a district's rule there is no limit (open, reminded monthly)."""
    row = _in_force(connection, "correction", day)
    return CorrectionPolicy() if row is None else CorrectionPolicy.from_dict(canonical.load(row.body))


def credit(connection: Connection, day: date, number: str) -> str:
    """clear | blocked | unchecked: no list is loaded, or the applicant has no number to look up."""
    row = _in_force(connection, "credit", day)
    if row is None or not number:
        return "unchecked"
    return "blocked" if number_hash(number) in canonical.load(row.body)["blocked"] else "clear"


def number_hash(number: str) -> str:
    """How a blocked applicant's number stands in the list: never in clear."""
    return hashlib.sha256(f"credit:{fold(number)}".encode()).hexdigest()


def load_deficiency_list(desk: Desk, by: By, *, file: Path, allow_example: bool = False) -> str:
    """Load the district's list from a YAML or JSON file {number, dated, valid_from, valid_to, example, policy}.

    An example list is refused unless `allow_example`: only a demonstration store tolerates on one. Raises Refusal
    catalogue_fault naming item and fault, policy_faulty, policy_example.
    """
    document = read_list(file, desk.catalogue)
    return load_policy(desk, by, kind="deficiency", document=document, allow_example=allow_example)


def load_policy(desk: Desk, by: By, *, kind: str, document: dict[str, Any], allow_example: bool = False) -> str:
    """Load a policy document of a kind (deficiency | correction | credit | queue); returns its id. A later one takes over."""
    require(by, "load_policy")
    number, dated = clean_line(str(document.get("number", ""))), str(document.get("dated", ""))
    example = bool(document.get("example", False))
    if kind not in KINDS:
        raise Refusal("policy_faulty", "不认得这种规定", f"可以加载: {', '.join(KINDS.values())}")
    if not number:
        raise Refusal("policy_faulty", f"{KINDS[kind]}缺文号", "请核对文件的 number", field="number")
    valid_from = str(document.get("valid_from") or dated)
    valid_to = document.get("valid_to")
    for name, day in (("dated", dated), ("valid_from", valid_from), ("valid_to", valid_to)):
        if day is not None:
            _check_day(kind, name, str(day))
    if example and not allow_example:
        raise Refusal("policy_example", "这是示例清单, 正式数据不能使用", "请加载区里发布的清单(有文号和日期)")
    body = checked(kind, document.get("policy"), desk.catalogue)
    policy_id = new_id()
    with desk.act(by) as act:
        act.connection.execute(
            insert(POLICIES),
            {
                "id": policy_id,
                "kind": kind,
                "number": number,
                "dated": dated,
                "valid_from": valid_from,
                "valid_to": valid_to,
                "example": example,
                "body": canonical.dump(body),
                "loaded_at": act.now,
            },
        )
        act.record(
            "policy.loaded",
            policy_id,
            {
                "kind": kind,
                "number": number,
                "dated": dated,
                "example": example,
                "sha": canonical.sha(canonical.dump(body)),
            },
        )
    return policy_id


def _in_force(connection: Connection, kind: str, day: date) -> Any:
    text = day.isoformat()
    return connection.execute(
        select(POLICIES)
        .where(
            POLICIES.c.kind == kind,
            POLICIES.c.valid_from <= text,
            POLICIES.c.valid_to.is_(None) | (POLICIES.c.valid_to >= text),
        )
        .order_by(POLICIES.c.valid_from.desc(), POLICIES.c.loaded_at.desc())
        .limit(1)
    ).first()


def _check_day(kind: str, name: str, day: str) -> None:
    try:
        date.fromisoformat(day)
    except ValueError as error:
        raise Refusal("policy_faulty", f"{KINDS[kind]}的日期不对: {name}", "日期写作 2026-11-23", field=name) from error
