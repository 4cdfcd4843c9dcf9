"""统一社会信用代码 (GB 32100-2015): 18 characters, check character by weights of 3 to the power of the place mod 31."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
VALUE = {char: value for value, char in enumerate(ALPHABET)}
LOOKS_LIKE = {"I": "1", "O": "0", "S": "5", "V": "U 或 Y", "Z": "2"}

REGISTRARS = {
    "1": "机构编制",
    "2": "外交",
    "3": "司法行政",
    "4": "文化",
    "5": "民政",
    "6": "旅游",
    "7": "宗教",
    "8": "工会",
    "9": "市场监管",
    "A": "中央军委",
    "N": "农业农村",
    "Y": "其他",
}


def check_character(first_17: str) -> str:
    """The 18th character. Raises KeyError for a character outside the alphabet."""
    total = sum(VALUE[char] * weight for char, weight in zip(first_17, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def is_sound(code: str) -> bool:
    """Whether length, alphabet, the digits of the division and the check character are right."""
    return (
        len(code) == 18
        and all(char in VALUE for char in code)
        and _has_division(code)
        and check_character(code[:17]) == code[17]
    )


def _has_division(code: str) -> bool:
    return all(char in "0123456789" for char in code[2:8])


def reasons(code: str) -> tuple[str, ...]:
    """Why a code is not right, () when it is."""
    if len(code) != 18:
        return (f"统一社会信用代码应为 18 位, 现为 {len(code)} 位",)
    found = []
    for place, char in enumerate(code, start=1):
        if char not in VALUE:
            like = f", 是否为 {LOOKS_LIKE[char]}" if char in LOOKS_LIKE else ""
            found.append(f"第 {place} 位不能用 [{char}]{like}")
    if found:
        return tuple(found)
    if not _has_division(code):
        found.append("第 3-8 位登记机关行政区划应为数字")
    expected = check_character(code[:17])
    if expected != code[17]:
        found.append(f"第 18 位校验码不符: 按前 17 位应为 {expected}, 现为 {code[17]}")
        swapped = [
            place + 1
            for place in range(17)
            if code[place] != code[place + 1]
            and is_sound(code[:place] + code[place + 1] + code[place] + code[place + 2 :])
        ]
        where = ", ".join(f"第 {place} 与第 {place + 1} 位" for place in swapped[:4])
        found.append(f"很可能输错一位{f', 或相邻两位颠倒({where})' if where else ''}, 请对照证照逐位核对")
    return tuple(found)


def warnings(code: str) -> tuple[str, ...]:
    """What is unusual about a sound code."""
    return () if code[:1] in REGISTRARS else (f"第 1 位登记管理部门代码 [{code[:1]}] 少见, 请核对",)
