"""Codes of service items: 基本编码 of 12, 实施编码 of 31, 业务办理项编码 of 33 characters.

The parts are those of DB52/T 1264 and of GB/T 39046-2020 A.1 and A.2, read from codes that are in use.
"""

from dataclasses import dataclass

from clerk_tui.rules import uscc
from clerk_tui.rules.folding import fold

LEVELS = {"1": "国家级", "2": "省级", "3": "市级", "4": "县级", "5": "镇街级", "6": "村级", "7": "分级"}
KINDS = {12: "基本编码", 31: "实施编码", 33: "业务办理项编码"}


@dataclass(frozen=True)
class ItemCodeCheck:
    """`kind`: 基本编码 | 实施编码 | 业务办理项编码 | ''. `parts`: (what, value) in order."""

    valid: bool
    kind: str
    number: str
    parts: tuple[tuple[str, str], ...] = ()
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def check_item_code(text: str) -> ItemCodeCheck:
    """Check an item's code: length, organisation code with check character, level, digits."""
    number = fold(text)
    kind = KINDS.get(len(number), "")
    if not kind:
        return ItemCodeCheck(False, "", number, reasons=(f"应为 12, 31 或 33 位, 现为 {len(number)} 位",))
    reasons: list[str] = []
    parts: list[tuple[str, str]] = []
    basic = number
    if kind != "基本编码":
        organisation, level, basic, rest = number[:18], number[18], number[19:31], number[31:]
        reasons += [f"实施主体(前 18 位): {reason}" for reason in uscc.reasons(organisation)]
        if level not in LEVELS:
            reasons.append(f"第 19 位行使层级应为 1-7, 现为 [{level}]")
        if rest and not (rest.isascii() and rest.isdigit()):
            reasons.append("第 32-33 位顺序号应为数字")
        parts += [("实施主体", organisation), ("行使层级", LEVELS.get(level, level))]
        if rest:
            parts.append(("顺序号", rest))
    where = "第 20-31 位" if kind != "基本编码" else ""
    if not (basic.isascii() and basic.isdigit()):
        reasons.append(f"{where}基本编码应为 12 位数字")
    parts += [("事项类型", basic[2:4]), ("主项", basic[4:9]), ("子项", basic[9:12])]
    warnings = () if reasons or basic[2:4] in _TYPES else (f"事项类型 {basic[2:4]} 不在常用范围 01-20, 请核对",)
    return ItemCodeCheck(not reasons, kind, number, tuple(parts), tuple(reasons), warnings)


_TYPES = frozenset(f"{number:02d}" for number in range(1, 21))
