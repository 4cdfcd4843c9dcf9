"""The 18-character numbers of persons: ISO 7064 MOD 11-2 as GB 11643 uses it, and what a typing slip looks like."""

from dataclasses import dataclass
from datetime import date
from operator import mul

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
BIRTH = slice(6, 14)
OLDEST_YEAR = 1850
DIGITS = "0123456789"


def check_digit(first_17: str) -> str:
    """The 18th character of 17 digits."""
    if len(first_17) != len(WEIGHTS):
        raise ValueError("17 digits")
    return CHECK_DIGITS[sum(map(mul, map(int, first_17), WEIGHTS)) % 11]


def birth_of(eight: str) -> date | None:
    """The date of eight digits YYYYMMDD, None when there is no such day."""
    try:
        day = date(int(eight[:4]), int(eight[4:6]), int(eight[6:8]))
    except ValueError:
        return None
    return day if day.year >= OLDEST_YEAR else None


def is_shaped(number: str) -> bool:
    """Whether it is 17 digits and a digit or X."""
    return (
        len(number) == 18 and number.isascii() and number[:17].isdigit() and (number[17].isdigit() or number[17] == "X")
    )


def is_sound(number: str, today: date) -> bool:
    """Whether shape, birth date and check digit are all right."""
    if not is_shaped(number) or check_digit(number[:17]) != number[17]:
        return False
    birth = birth_of(number[BIRTH])
    return birth is not None and birth <= today


@dataclass(frozen=True)
class Slips:
    """Places (1..18) at which one other digit, or swapping with the next place, would make the number sound."""

    wrong: tuple[int, ...]
    swapped: tuple[int, ...]

    def __bool__(self) -> bool:
        return bool(self.wrong or self.swapped)


def slips(number: str, today: date) -> Slips:
    """Which single typing slips would explain an unsound 18-character number."""
    if len(number) != 18:
        return Slips((), ())
    swapped = tuple(
        place + 1
        for place in range(17)
        if number[place] != number[place + 1]
        and is_sound(number[:place] + number[place + 1] + number[place] + number[place + 2 :], today)
    )
    odd = [place for place, char in enumerate(number) if char not in DIGITS and not (place == 17 and char == "X")]
    if len(odd) > 1:
        return Slips((), swapped)
    places = odd or range(18)
    wrong = tuple(
        place + 1
        for place in places
        if any(
            is_sound(number[:place] + other + number[place + 1 :], today)
            for other in (DIGITS if place < 17 else DIGITS + "X")
        )
    )
    return Slips(wrong, swapped)


def slip_words(found: Slips) -> str:
    """What the clerk is told about a likely slip, '' when none explains the number."""
    if not found:
        return ""
    words = []
    if found.wrong:
        where = f"(第 {', '.join(map(str, found.wrong))} 位)" if len(found.wrong) <= 4 else ""
        words.append(f"输错一位数字{where}")
    if found.swapped:
        where = ", ".join(f"第 {place} 与第 {place + 1} 位" for place in found.swapped[:4])
        words.append(f"相邻两位颠倒({where})")
    return f"很可能{', 或'.join(words)}, 请对照证件逐位核对"


def person_reasons(number: str, today: date) -> tuple[str, ...]:
    """Why an 18-character person's number is not right: every rule that fails, and the likely slip. () when sound."""
    if len(number) != 18:
        return (f"应为 18 位, 现为 {len(number)} 位",)
    reasons = []
    for place, char in enumerate("" if is_shaped(number) else number, start=1):
        if char in DIGITS or (place == 18 and char == "X"):
            continue
        reasons.append(f"第 {place} 位应为数字{'或 X' if place == 18 else ''}, 现为 {_shown(char)}")
    if not reasons:
        reasons += _date_reasons(number[BIRTH], today)
        expected = check_digit(number[:17])
        if expected != number[17]:
            reasons.append(f"第 18 位校验码不符: 按前 17 位应为 {expected}, 现为 {number[17]}")
    if reasons:
        words = slip_words(slips(number, today))
        if words:
            reasons.append(words)
    return tuple(reasons)


def _date_reasons(eight: str, today: date) -> list[str]:
    year, month = int(eight[:4]), int(eight[4:6])
    if year < OLDEST_YEAR or year > today.year:
        return ["第 7-10 位出生年份" + ("晚于今年" if year > today.year else f"早于 {OLDEST_YEAR} 年, 不可能")]
    if not 1 <= month <= 12:
        return [f"第 11-12 位出生月份应为 01-12, 现为 {eight[4:6]}"]
    birth = birth_of(eight)
    if birth is None:
        return [f"第 13-14 位出生日不存在, 现为 {eight[6:8]}"]
    return ["第 7-14 位出生日期晚于今天"] if birth > today else []


def _shown(char: str) -> str:
    return f"[{char}]" if char.isprintable() else f"U+{ord(char):04X}"
