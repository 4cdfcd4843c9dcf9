"""ISO 7064 MOD 37,36, and the electronic licence identifiers that end in its check character.

The root 1.2.156.3005.2 and the five parts are those of identifiers that were issued; three of them are tests.
"""

from dataclasses import dataclass

from clerk_tui.rules.folding import fold

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ROOT = "1.2.156.3005.2"


def check_character(text: str) -> str:
    """The ISO 7064 MOD 37,36 check character of digits and capital letters. Raises ValueError for other characters."""
    product = 36
    for char in text:
        product = (product + ALPHABET.index(char)) % 36 or 36
        product = product * 2 % 37
    return ALPHABET[(37 - product) % 36]


@dataclass(frozen=True)
class LicenceCheck:
    valid: bool
    number: str
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def check_licence_id(text: str) -> LicenceCheck:
    """Check an 电子证照标识: root, type, issuer, serial, version, check character, parted by dots.

    Only the check character makes it invalid; unusual parts are warnings (issuers are not always 18 characters).
    """
    number = fold(text)
    if not number.startswith(f"{ROOT}."):
        return LicenceCheck(False, number, (f"电子证照标识应以 {ROOT}. 开头",))
    parts = number[len(ROOT) + 1 :].split(".")
    if len(parts) != 5:
        return LicenceCheck(
            False, number, (f"根之后应有 5 段(类型, 颁发机构, 流水号, 版本, 校验), 现有 {len(parts)} 段",)
        )
    strange = sorted({char for char in "".join(parts) if char not in ALPHABET})
    if strange or not all(parts):
        found = ", ".join(strange) if strange else "空段"
        return LicenceCheck(False, number, (f"只能由数字和字母组成, 发现: {found}",))
    kind, _issuer, _serial, version, check = parts
    warnings = []
    if len(kind) != 21:
        warnings.append(f"证照类型代码通常 21 位, 现为 {len(kind)} 位")
    if len(version) != 3:
        warnings.append(f"版本号通常 3 位, 现为 {len(version)} 位")
    expected = check_character("".join(parts[:4]))
    if check != expected:
        reasons = (f"校验位应为 {expected}, 现为 {check}", _slip_words(parts))
        return LicenceCheck(False, number, reasons, tuple(warnings))
    return LicenceCheck(True, number, (), tuple(warnings))


_SEGMENTS = ("类型", "颁发机构", "流水号", "版本", "校验")


def _slip_words(parts: list[str]) -> str:
    """One wrong character always explains a wrong check character; swapped neighbours are named where they would."""
    swapped = [
        f"{_SEGMENTS[place]}第 {at + 1} 与第 {at + 2} 位"
        for place, part in enumerate(parts[:4])
        for at in range(len(part) - 1)
        if part[at] != part[at + 1]
        and check_character(
            "".join((*parts[:place], part[:at] + part[at + 1] + part[at] + part[at + 2 :], *parts[place + 1 : 4]))
        )
        == parts[4]
    ]
    where = f", 或相邻两位颠倒({', '.join(swapped[:4])})" if swapped else ""
    return f"很可能输错一位{where}, 请对照证照逐位核对"
