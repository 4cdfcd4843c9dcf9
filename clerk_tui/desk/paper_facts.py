"""The facts that most papers share, made from rows in one place: the desk, the parties, the case, its materials."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Row, select

from clerk_tui.desk.context import Desk
from clerk_tui.rules.identity import NumberKind, kind_words
from clerk_tui.rules.marks import Mark
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.act import By
from clerk_tui.store.core import AUTHORITIES, HALLS, ORGANISATIONS, PERSONS

Facts = dict[str, Any]

NOTHING = "无"
TWO_COPIES = ("申请人一份", "存档一份")
CHANNELS = ("到本大厅窗口提交", "邮寄(以寄达日为准)", "由代理人代交")
AUTHORITY_KINDS = {
    "proxy": "委托",
    "guardian": "监护",
    "heir": "继承",
    "operator": "经办",
    "legal_representative": "法定代表",
}
DELIVERY_WORDS = {"window": "窗口领取", "mail": "邮寄", "village": "村居代领", "electronic": "电子送达"}


def desk_facts(connection: Connection, desk: Desk, by: By, at: int) -> Facts:
    """Hall, window, clerk, telephones, date and time of an act."""
    settings = canonical.load(
        connection.execute(select(HALLS.c.settings).where(HALLS.c.id == desk.hall_id)).scalar() or "{}"
    )
    local = desk.local(at)
    facts = {
        "hall": desk.hall_name,
        "window": f"{by.window_number}号窗口" if by.window_number else desk.hall_name,
        "clerk": by.clerk_name,
        "date": local.date().isoformat(),
        "time": f"{local:%H:%M}",
        "phone": settings.get("phone", ""),
        "supervision_phone": settings.get("supervision_phone", ""),
        "place": settings.get("address", ""),
        "hours": settings.get("office_hours", ""),
    }
    return {key: value for key, value in facts.items() if value}


def party_facts(
    connection: Connection, *, applicant_kind: str, applicant_id: str, agent_id: str | None, authority_id: str | None
) -> Facts:
    """Applicant, contact and agent, numbers whole: these papers go to the person whose they are."""
    applicant = party(connection, applicant_kind, applicant_id)
    facts: Facts = {
        "applicant": applicant["name"],
        "applicant_number_kind": applicant["kind_words"],
        "applicant_number": applicant["number"] or NOTHING,
        "contact": applicant["contact"] or applicant["name"],
        "contact_phone": applicant["phone"] or NOTHING,
    }
    if applicant["address"]:
        facts["address"] = applicant["address"]
    if agent_id:
        agent = party(connection, "person", agent_id)
        facts["agent"] = agent["name"]
        facts["agent_number"] = agent["number"] or NOTHING
        facts["agent_authority"] = _authority_words(connection, authority_id)
        facts["contact"] = agent["name"]
        facts["contact_phone"] = agent["phone"] or facts["contact_phone"]
    return facts


def party(connection: Connection, kind: str, party_id: str) -> dict[str, str]:
    """Name, number, phone, address of a person or an organisation. Raises Refusal applicant_unknown."""
    if kind == "organisation":
        row = connection.execute(select(ORGANISATIONS).where(ORGANISATIONS.c.id == party_id)).one_or_none()
        if row is not None:
            return {
                "name": row.name,
                "number": row.uscc or "",
                "kind": NumberKind.USCC.value,
                "kind_words": kind_words(NumberKind.USCC),
                "phone": row.phone,
                "address": row.address,
                "contact": "",
                "birth": "",
                "village": "",
            }
    else:
        row = connection.execute(select(PERSONS).where(PERSONS.c.id == party_id)).one_or_none()
        if row is not None:
            return {
                "name": row.name,
                "number": row.id_number or "",
                "kind": row.id_kind,
                "kind_words": kind_words(NumberKind(row.id_kind)) if row.id_kind else "暂无证件",
                "phone": row.phone,
                "address": row.address,
                "contact": row.contact,
                "birth": row.birth or "",
                "village": row.village,
            }
    raise Refusal("applicant_unknown", "找不到申请人", "请先登记申请人", field="applicant")


def _authority_words(connection: Connection, authority_id: str | None) -> str:
    row = connection.execute(select(AUTHORITIES).where(AUTHORITIES.c.id == authority_id)).one_or_none()
    if row is None:
        return "代办"
    words = AUTHORITY_KINDS.get(row.kind, row.kind)
    return " ".join(part for part in (words, row.relation, row.evidence) if part)


def case_facts(connection: Connection, desk: Desk, by: By, at: int, case: Row[Any] | Mapping[str, Any]) -> Facts:
    """All facts of a case that papers share, on top of the desk's and the parties'."""
    row = case if isinstance(case, Mapping) else case._mapping
    snapshot = canonical.load(row["item_snapshot"])
    facts = desk_facts(connection, desk, by, at) | party_facts(
        connection,
        applicant_kind=row["applicant_kind"],
        applicant_id=row["applicant_id"],
        agent_id=row["agent_id"],
        authority_id=row["authority_id"],
    )
    facts |= {
        "item": row["item_name"],
        "item_code": snapshot.get("implementation_code") or snapshot.get("code") or row["item_key"],
        "department": row["accept_office"],
        "receipt_no": row["receipt_no"],
        "apply_date": desk.local(row["received_at"]).date().isoformat(),
        "query_words": query_words(facts.get("phone", ""), row["receipt_no"]),
        "delivery": delivery_words(row["delivery"], row["mail_to"]),
        "fee_words": snapshot.get("fee_words", ""),
        "code": row["code"],
    }
    if row["district_no"]:
        facts["district_no"] = row["district_no"]
    return facts


def query_words(phone: str, receipt_no: str) -> str:
    """How to ask about the case."""
    return f"凭收件号 {receipt_no} 到本大厅窗口查询" + (f", 或致电 {phone}" if phone else "")


def delivery_words(delivery: str, mail_to: str) -> str:
    """How the result will reach the applicant."""
    words = DELIVERY_WORDS.get(delivery, delivery) or "窗口领取"
    return f"{words}: {mail_to}" if delivery == "mail" and mail_to else words


def material_fact(material: Mapping[str, Any], **more: Any) -> Facts:
    """One line of a paper's material list from a material row (or the values of one)."""
    mark = Mark(material["mark"])
    fact: Facts = {"name": material["name"], "mark_words": mark.words}
    if material["originals"]:
        fact["original"] = material["originals"]
    if material["copies"]:
        fact["copies"] = material["copies"]
    if material["pages"]:
        fact["pages"] = material["pages"]
    if material["to_give_back"] or mark is Mark.ORIGINAL_CHECKED:
        fact["give_back"] = True
    if material["defect"]:
        fact["defect"] = material["defect"]
    standard = canonical.load(material["standard"]) if material["standard"] else {}
    fact |= {key: standard[key] for key in ("standard", "issuer", "where", "how_long", "note") if standard.get(key)}
    return fact | {key: value for key, value in more.items() if value not in (None, "")}


def material_facts(materials: Iterable[Mapping[str, Any]], **more: Any) -> list[Facts]:
    return [material_fact(material, **more) for material in materials]


def due_fact(day: str, words: str = "", *, provisional: bool = False) -> Facts:
    """A due date as papers hold it; `provisional` where the calendar of its year is not published yet."""
    return {"date": day, "words": words, "provisional": provisional}
