"""Numbers of persons and organisations: which kind one is, whether it is right, and if not, which rule fails.

GB 11643-1999 (resident numbers), GB 32100-2015 (organisations); permits and passports by the forms that their issuers
print, without a check digit. The first six digits are never checked against today's divisions: people keep the number
of the county in which they were born.
"""

import re
from dataclasses import dataclass
from datetime import date

from clerk_tui.rules import mod_11_2, uscc
from clerk_tui.rules.folding import fold
from clerk_tui.rules.phones import PhoneCheck, check_phone
from clerk_tui.rules.worded import Worded

__all__ = ["NumberCheck", "NumberKind", "PhoneCheck", "age_on", "check_number", "check_phone", "fold", "kind_words"]


class NumberKind(Worded):
    RESIDENT_ID = "resident_id", "居民身份证"
    RESIDENT_ID_15 = "resident_id_15", "居民身份证(15 位旧号)"
    GAT_RESIDENCE = "gat_residence", "港澳台居民居住证"
    FOREIGNER_PERMANENT_18 = "foreigner_permanent_18", "外国人永久居留身份证"
    FOREIGNER_PERMANENT_15 = "foreigner_permanent_15", "外国人永久居留身份证(15 位旧版)"
    HKM_PERMIT = "hkm_permit", "港澳居民来往内地通行证"
    TAIWAN_PERMIT = "taiwan_permit", "台湾居民来往大陆通行证"
    PASSPORT = "passport", "护照"
    FOREIGN_PASSPORT = "foreign_passport", "外国护照"
    USCC = "uscc", "统一社会信用代码"
    BIRTH_CERTIFICATE = "birth_certificate", "出生医学证明编号"
    NONE = "none", "暂无证件号码"


GAT_PREFIXES = {"810000": "香港", "820000": "澳门", "830000": "台湾"}
_PROVINCE_CODES = (
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 91"
)
_PROVINCES = frozenset(_PROVINCE_CODES.split())
_OLD_AGE = 120

_PATTERNS: dict[NumberKind, re.Pattern[str]] = {
    NumberKind.RESIDENT_ID_15: re.compile(r"[0-9]{15}"),
    NumberKind.FOREIGNER_PERMANENT_15: re.compile(r"[A-Z]{3}[0-9]{12}"),
    NumberKind.HKM_PERMIT: re.compile(r"[HM][0-9]{8}([0-9]{2})?"),
    NumberKind.TAIWAN_PERMIT: re.compile(r"[0-9]{8}|[0-9]{10}[A-Z]"),
    NumberKind.BIRTH_CERTIFICATE: re.compile(r"[A-Z][0-9]{9}"),
    NumberKind.PASSPORT: re.compile(r"E[A-Z0-9][0-9]{7}|G[0-9]{8}|[DSP]E?[0-9]{7,8}"),
    NumberKind.FOREIGN_PASSPORT: re.compile(r"[A-Z0-9]{5,15}"),
}
_SHAPE_WORDS = {
    NumberKind.RESIDENT_ID_15: "应为 15 位数字",
    NumberKind.FOREIGNER_PERMANENT_15: "应为 3 个字母加 12 位数字",
    NumberKind.HKM_PERMIT: "应为 H(香港)或 M(澳门)加 8 位或 10 位数字",
    NumberKind.TAIWAN_PERMIT: "应为 8 位数字(旧版 10 位数字加 1 个字母)",
    NumberKind.BIRTH_CERTIFICATE: "应为 1 个字母加 9 位数字",
    NumberKind.PASSPORT: "护照号码常见为 E, G, D, S 或 P 开头共 9 位",
    NumberKind.FOREIGN_PASSPORT: "应为 5 至 15 位字母或数字",
}
_LOOSE = frozenset({NumberKind.PASSPORT, NumberKind.BIRTH_CERTIFICATE})
_PERSON_18 = frozenset({NumberKind.RESIDENT_ID, NumberKind.GAT_RESIDENCE, NumberKind.FOREIGNER_PERMANENT_18})


@dataclass(frozen=True)
class NumberCheck:
    """`number` is the folded form to keep; `reasons` say which rule fails, `warnings` what to look at again."""

    valid: bool
    kind: NumberKind
    number: str
    birth: date | None = None
    sex: str = ""
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """All reasons in one line, with the kind; '' when valid."""
        return "" if self.valid else f"{self.kind.words}: {'; '.join(self.reasons)}"


def kind_words(kind: str) -> str:
    """What a kind of number is called; '' for an empty kind."""
    return NumberKind(kind).words if kind else ""


def check_number(text: str, *, today: date, kind: NumberKind | None = None) -> NumberCheck:
    """Check a typed or scanned number, of the given kind or of the kind that it looks like.

    A passport, a birth certificate number and a foreign passport are never refused for their pattern (it is
    taken with a warning), only for characters that none can have.
    """
    number = fold(text)
    if kind is NumberKind.NONE:
        given = ("选择了暂无证件号码, 号码栏应为空",) if number else ()
        return NumberCheck(not number, kind, number, reasons=given)
    if not number:
        return NumberCheck(False, kind or NumberKind.NONE, "", reasons=("没有填写证件号码",))
    found = kind or _kind_of(number, today)
    if found in _PERSON_18:
        return _person(number, today, found)
    if found is NumberKind.USCC:
        reasons = uscc.reasons(number)
        return NumberCheck(
            not reasons, found, number, reasons=reasons, warnings=() if reasons else uscc.warnings(number)
        )
    if found is NumberKind.RESIDENT_ID_15:
        return _old_resident(number, today)
    return _patterned(number, found)


def _kind_of(number: str, today: date) -> NumberKind:
    if len(number) == 18:
        if mod_11_2.is_shaped(number) and mod_11_2.is_sound(number, today):
            return _person_kind(number)
        if uscc.is_sound(number) and not mod_11_2.slips(number, today):
            return NumberKind.USCC
        letters = sum(char not in mod_11_2.DIGITS for char in number[:17])
        return _person_kind(number) if letters == 0 or mod_11_2.slips(number, today) else NumberKind.USCC
    for kind in (
        NumberKind.RESIDENT_ID_15,
        NumberKind.FOREIGNER_PERMANENT_15,
        NumberKind.HKM_PERMIT,
        NumberKind.TAIWAN_PERMIT,
        NumberKind.BIRTH_CERTIFICATE,
        NumberKind.PASSPORT,
    ):
        if _PATTERNS[kind].fullmatch(number):
            return kind
    if re.fullmatch(r"[0-9]{10,22}X?", number):  # a number cut short or run on, sooner than a passport of digits alone
        return NumberKind.RESIDENT_ID
    if re.fullmatch(r"[0-9A-Z]{16,22}", number):
        return NumberKind.USCC
    return NumberKind.FOREIGN_PASSPORT


def _person_kind(number: str) -> NumberKind:
    if number[:6] in GAT_PREFIXES:
        return NumberKind.GAT_RESIDENCE
    return NumberKind.FOREIGNER_PERMANENT_18 if number.startswith("9") else NumberKind.RESIDENT_ID


def _person(number: str, today: date, kind: NumberKind) -> NumberCheck:
    reasons = list(mod_11_2.person_reasons(number, today))
    if re.fullmatch(r"1[3-9][0-9]{9}", number):
        reasons.append("看起来是手机号码, 请填在电话栏")
    if kind is NumberKind.GAT_RESIDENCE and number[:6] not in GAT_PREFIXES:
        reasons.append("第 1-6 位应为 810000(香港), 820000(澳门)或 830000(台湾)")
    if kind is NumberKind.FOREIGNER_PERMANENT_18 and not number.startswith("9"):
        reasons.append("第 1 位应为 9")
    if kind is NumberKind.RESIDENT_ID and not reasons and _person_kind(number) is not NumberKind.RESIDENT_ID:
        kind = _person_kind(number)
    if reasons:
        return NumberCheck(False, kind, number, reasons=tuple(reasons))
    birth = mod_11_2.birth_of(number[mod_11_2.BIRTH])
    warnings = []
    if birth is not None and age_on(birth, today) > _OLD_AGE:
        warnings.append(f"年龄超过 {_OLD_AGE} 岁, 请核对证件")
    if kind is NumberKind.RESIDENT_ID and number[:2] not in _PROVINCES:
        warnings.append("第 1-2 位不是常见的省级代码, 请核对证件")
    return NumberCheck(True, kind, number, birth, _sex(number[16]), warnings=tuple(warnings))


def _old_resident(number: str, today: date) -> NumberCheck:
    kind = NumberKind.RESIDENT_ID_15
    if not _PATTERNS[kind].fullmatch(number):
        return NumberCheck(False, kind, number, reasons=(f"{_SHAPE_WORDS[kind]}, 现为 {len(number)} 位",))
    birth = mod_11_2.birth_of(f"19{number[6:12]}")
    if birth is None or birth > today:
        return NumberCheck(False, kind, number, reasons=("第 7-12 位出生日期不存在",))
    warnings = ("15 位旧号码只用于查旧档案, 办理请用 18 位号码",)
    return NumberCheck(True, kind, number, birth, _sex(number[14]), warnings=warnings)


def _patterned(number: str, kind: NumberKind) -> NumberCheck:
    if _PATTERNS[kind].fullmatch(number):
        warnings = ("外国护照没有校验位, 请对照证件核对",) if kind is NumberKind.FOREIGN_PASSPORT else ()
        if kind is NumberKind.BIRTH_CERTIFICATE and number[0] in "HM":  # a permit one digit short has the same form
            warnings = (f"若是{NumberKind.HKM_PERMIT.words}, {_SHAPE_WORDS[NumberKind.HKM_PERMIT]}, 请对照证件核对",)
        return NumberCheck(True, kind, number, warnings=warnings)
    if kind in _LOOSE and _PATTERNS[NumberKind.FOREIGN_PASSPORT].fullmatch(number):
        return NumberCheck(True, kind, number, warnings=(f"{_SHAPE_WORDS[kind]}, 请对照证件核对",))
    odd = [f"第 {place} 位 [{char}]" for place, char in enumerate(number, 1) if not re.fullmatch("[A-Z0-9]", char)]
    detail = f"不能有: {', '.join(odd[:3])}" if odd else f"现为 {len(number)} 位"
    return NumberCheck(False, kind, number, reasons=(f"{_SHAPE_WORDS[kind]}; {detail}",))


def _sex(digit: str) -> str:
    return "男" if int(digit) % 2 else "女"


def age_on(birth: date, day: date) -> int:
    """Full years of age on a day; a birthday counts from its own day on. Born on 29 February: from 1 March."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
