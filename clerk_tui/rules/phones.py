"""Telephone numbers: mainland mobiles and landlines, Hong Kong and Macau, by their numbering plans."""

import re
from dataclasses import dataclass

from clerk_tui.rules.folding import fold

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0(10|2[0-9])[2-8][0-9]{7}|0[3-9][0-9]{2}[2-8][0-9]{6,7}")
_LOCAL = re.compile(r"[2-8][0-9]{6,7}")
_SERVICE = re.compile(r"[48]00[0-9]{7}|95[0-9]{3,4}")
"""An organisation's own service number; hotlines of five digits (12345) reach nobody's applicant."""


@dataclass(frozen=True)
class PhoneCheck:
    """`phone` is the form to keep: digits, or `+852 ` / `+853 ` and eight digits; '' when the person has none."""

    valid: bool
    phone: str
    reasons: tuple[str, ...] = ()


def check_phone(text: str) -> PhoneCheck:
    """Check a telephone number. 无 (none) is valid and gives ''; then an address or a contact is needed."""
    phone = re.sub(r"[().]", "", fold(text))
    if phone in ("无", "没有"):
        return PhoneCheck(True, "")
    for code in ("852", "853"):
        for lead in (f"+{code}", f"00{code}"):
            if phone.startswith(lead):
                rest = phone[len(lead) :]
                if re.fullmatch(r"[2-9][0-9]{7}", rest):
                    return PhoneCheck(True, f"+{code} {rest}")
                return PhoneCheck(False, phone, (f"+{code} 之后应为 8 位数字",))
    for lead in ("+86", "0086"):
        if phone.startswith(lead):
            phone = phone.removeprefix(lead)
            # Written for abroad, an area code loses its 0.
            phone = f"0{phone}" if phone[:1] in "23456789" and len(phone) > 8 else phone
    if _MOBILE.fullmatch(phone) or _LANDLINE.fullmatch(phone) or _LOCAL.fullmatch(phone) or _SERVICE.fullmatch(phone):
        return PhoneCheck(True, phone)
    if not phone:
        return PhoneCheck(False, "", ("没有填写电话; 没有电话的填 无",))
    if not re.fullmatch(r"\+?[0-9]+", phone):
        return PhoneCheck(False, phone, ("电话只能有数字",))
    if phone.startswith("1"):
        reason = f"手机号码应为 11 位, 现为 {len(phone)} 位" if len(phone) != 11 else "手机号码第 2 位应为 3-9"
        return PhoneCheck(False, phone, (reason,))
    if phone.startswith("0"):
        return PhoneCheck(False, phone, ("座机应为区号 3 或 4 位加 7 或 8 位号码, 号码不以 0, 1, 9 开头",))
    return PhoneCheck(False, phone, ("应为 11 位手机号码, 带区号的座机, 或 +852 / +853 加 8 位",))
