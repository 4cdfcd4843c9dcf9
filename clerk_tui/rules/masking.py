"""The one way in which personal data is hidden; every screen, list and log goes through here.

个人信息保护法 51: what is shown is de-identified unless the matter needs it whole.
"""

import re


def mask_number(number: str) -> str:
    """`440113********0015`: six in front, four behind; shorter numbers keep at most a quarter at either end."""
    if not number:
        return ""
    size = len(number)
    if size >= 15:
        return f"{number[:6]}{'*' * (size - 10)}{number[-4:]}"
    if size >= 8:
        return f"{number[:2]}{'*' * (size - 4)}{number[-2:]}"
    return f"{number[:1]}{'*' * (size - 1)}"


def mask_phone(phone: str) -> str:
    """`138****3210`; a number with a country code keeps the code and the last two digits."""
    if not phone:
        return ""
    if phone.startswith("+"):
        code, _, rest = phone.partition(" ") if " " in phone else (phone[:4], "", phone[4:])
        return f"{code} {'*' * max(len(rest) - 2, 1)}{rest[-2:]}" if len(rest) > 2 else f"{code} ****"
    if re.fullmatch(r"\d{11}", phone):
        return f"{phone[:3]}****{phone[-4:]}"
    if len(phone) >= 6:
        return f"{'*' * (len(phone) - 3)}{phone[-3:]}"
    return "*" * len(phone)


def mask_name(name: str) -> str:
    """`张*`, `李*敏`, `欧**娜`; of a name with a middle dot only the first letter of each part stays."""
    if not name:
        return ""
    if "·" in name:
        return "·".join(f"{part[:1]}*" for part in name.split("·"))
    if " " in name:
        return " ".join(f"{part[:1]}*" for part in name.split(" ") if part)
    if len(name) == 1:
        return "*"
    if len(name) == 2:
        return f"{name[0]}*"
    return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


def mask_party(kind: str | None, name: str) -> str:
    """The name of whoever applies (person | organisation); what an organisation is called is no personal data."""
    return name if kind == "organisation" else mask_name(name)
