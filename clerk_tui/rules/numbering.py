"""How the numbers that people read are written, and the opaque codes that QR codes hold."""

import hashlib
from datetime import date

from clerk_tui.rules.folding import fold
from clerk_tui.rules.licence_ids import check_character

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10
PREFIXES = {"C": "办件", "T": "号票", "P": "文书", "R": "出件", "A": "预约"}


def receipt_no(letter: str, day: date, seq: int) -> str:
    """收件号: `SQ01-20261123-0042`; the installation's code stands in front, the series starts anew each day."""
    return f"{letter}-{day:%Y%m%d}-{seq:04d}"


def ticket_number(letter: str, seq: int) -> str:
    """排队号: `A012`."""
    return f"{letter}{seq:03d}"


def paper_number(short_name: str, kind_char: str, year: int, letter: str, seq: int) -> str:
    """文书编号: `市桥容补[2026]SQ01-113号` (机关简称 + 性质 + [年份] + 顺序号)."""
    return f"{short_name}{kind_char}[{year}]{letter}-{seq}号"


def opaque_code(prefix: str, entity_id: str) -> str:
    """The code of a case (C), ticket (T), paper (P), result (R) or appointment (A): it says nothing and checks itself.

    Ten characters drawn from the id's hash (50 bits), then an ISO 7064 MOD 37,36 check character over all of it.
    Raises ValueError for another prefix.
    """
    if prefix not in PREFIXES:
        raise ValueError(f"unknown code prefix {prefix!r}")
    number = int.from_bytes(hashlib.sha256(f"{prefix}:{entity_id}".encode()).digest()[:8], "big")
    body = prefix
    for _ in range(CODE_LENGTH):
        number, digit = divmod(number, len(CODE_ALPHABET))
        body += CODE_ALPHABET[digit]
    return body + check_character(body)


def check_code(text: str) -> tuple[str, bool]:
    """(prefix, whether the check character is right) of a scanned or typed code; ('', False) when it is no code."""
    code = fold(text)
    if len(code) != CODE_LENGTH + 2 or code[0] not in PREFIXES:
        return "", False
    if any(char not in CODE_ALPHABET for char in code[1:-1]):
        return "", False
    return code[0], check_character(code[:-1]) == code[-1]
