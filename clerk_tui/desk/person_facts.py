"""A person's facts, checked and folded, before they are kept."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row

from clerk_tui.desk.filling import read_date
from clerk_tui.rules.identity import NumberKind, check_number, check_phone
from clerk_tui.rules.masking import mask_name, mask_phone
from clerk_tui.rules.plain_text import clean_line, clean_name
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import people_search

NO_PHONE = ("", "无", "没有", "0")
KEPT = ("name", "id_kind", "id_number", "birth_proof", "birth", "sex", "phone", "contact", "address", "village")
ORGANISATIONS_NUMBER = "这是单位的统一社会信用代码, 不是个人的证件号码"
ORGANISATION_ADVICE = "请输入本人的证件号码; 替单位办的, 选好事项再登记单位"
_OLDEST = date(1880, 1, 1)


@dataclass(frozen=True)
class PersonFacts:
    """A person's facts, checked and folded, as they are kept."""

    name: str
    id_kind: str
    id_number: str | None
    birth_proof: str
    birth: str | None
    sex: str
    phone: str
    contact: str
    address: str
    village: str
    warnings: tuple[str, ...] = ()

    def columns(self) -> dict[str, Any]:
        initials, pinyin = people_search.spell(self.name)
        return {
            **{name: getattr(self, name) for name in KEPT},
            "initials": initials,
            "pinyin": pinyin,
            "id_tail": (self.id_number or "")[-4:],
            "phone_tail": "".join(filter(str.isdigit, self.phone))[-4:],
        }

    def body(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in KEPT}


def differences(known: Row[Any], facts: PersonFacts) -> tuple[str, ...]:
    found = []
    if known.name != facts.name:
        found.append(f"登记的姓名是 {mask_name(known.name)}, 与刚输入的不同")
    if facts.phone and known.phone != facts.phone:
        found.append(f"登记的电话是 {mask_phone(known.phone) or '无'}, 与刚输入的不同")
    if facts.address and known.address != facts.address:
        found.append("登记的住址与刚输入的不同" if known.address else "登记里没有住址")
    return tuple(found)


def checked_facts(today: date, asked: dict[str, Any]) -> PersonFacts:
    name = clean_name(asked["name"])
    typed = clean_line(asked["id_number"] or "")
    sex, birth = asked["sex"] or "", _birth(asked["birth"] or "", today)
    proof, contact, address = (clean_line(asked[one] or "") for one in ("birth_proof", "contact", "address"))
    if sex not in ("", "男", "女"):
        raise Refusal("sex_faulty", "性别填 男 或 女", field="sex")
    number, kind, warnings = None, "", []
    if typed:
        wanted = NumberKind(asked["id_kind"]) if asked["id_kind"] else None
        check = check_number(typed, today=today, kind=wanted)
        if not check.valid:
            raise Refusal("number_faulty", "; ".join(check.reasons), "请核对证件后重新输入", field="number")
        if check.kind is NumberKind.USCC:
            raise Refusal("number_faulty", ORGANISATIONS_NUMBER, ORGANISATION_ADVICE, field="number")
        number, kind, warnings = check.number, check.kind.value, list(check.warnings)
        if check.birth is not None:
            if birth and birth != check.birth.isoformat():
                warnings.append("出生日期与证件号码不同, 已按号码登记")
            birth = check.birth.isoformat()
        if check.sex:
            if sex and sex != check.sex:
                warnings.append("性别与证件号码不同, 已按号码登记")
            sex = check.sex
    elif not birth:
        raise Refusal("birth_faulty", "没有证件号码时要填出生日期", "例: 2026-10-05", field="birth")
    elif not proof:
        raise Refusal("proof_missing", "没有证件号码时要填出生医学证明编号或监护人姓名", field="birth_proof")
    phone = checked_phone(asked["phone"] or "")
    if not phone and not (contact or address or proof):
        raise Refusal("reach_missing", "没有电话时要填住址或联系人", "填 无 之后补一项即可", field="phone")
    return PersonFacts(
        name, kind, number, proof, birth or None, sex, phone, contact, address,
        clean_line(asked["village"] or ""), tuple(warnings),
    )  # fmt: skip


def checked_phone(text: str) -> str:
    if text.strip() in NO_PHONE:
        return ""
    check = check_phone(text)
    if not check.valid:
        raise Refusal("phone_faulty", "; ".join(check.reasons), "没有电话就填 无", field="phone")
    return check.phone


def _birth(text: str, today: date) -> str:
    if not text.strip():
        return ""
    found = read_date(text)
    if found is None or found < _OLDEST:
        raise Refusal("birth_faulty", "出生日期不对", "例: 1958-03-07", field="birth")
    if found > today:
        raise Refusal("birth_future", "出生日期晚于今天", "请核对证件后重新输入", field="birth")
    return found.isoformat()
