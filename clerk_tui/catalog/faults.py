"""A fault of a catalogue folder: which file, which item, what is wrong, in the clerk's language."""

from collections.abc import Sequence
from dataclasses import dataclass

from clerk_tui.rules.refusal import Refusal


@dataclass(frozen=True, order=True)
class Fault:
    file: str  # path within the folder
    item: str  # key or name; '' where the file has none
    words: str
    grave: bool = True  # False: advice, the catalogue may be used

    @property
    def line(self) -> str:
        """One line: file, item, fault."""
        item = f" [{self.item}]" if self.item else ""
        return f"{self.file}{item}: {self.words}"


def refuse(faults: Sequence[Fault], what: str = "") -> Refusal:
    """The refusal that names the first faults of the catalogue, or of another file: `what` it is."""
    shown = "; ".join(fault.line for fault in faults[:3])
    more = f"; 另有 {len(faults) - 3} 处" if len(faults) > 3 else ""
    if what:
        return Refusal("catalogue_fault", f"{what}有误: {shown}{more}", "请改正这个文件后再加载; 原来的没有改动")
    return Refusal(
        "catalogue_fault",
        f"事项目录有误: {shown}{more}",
        "请用 clerk-tui catalog check 查看全部问题, 改好后再启动; 原目录未改动",
    )
