"""A slip as ESC/POS bytes: GB18030 text (which holds every character of Unicode), large lines, QR code, cut."""

from collections.abc import Iterable
from typing import Protocol

from clerk_tui.rules.refusal import Refusal

CHINESE_ON = b"\x1c&"
"""FS &: two- and four-byte Chinese characters."""
QR_DOTS = 6


class RollLine(Protocol):
    """`style` is text | bold | big | qr; the words of a `qr` line are its code."""

    @property
    def style(self) -> str: ...

    @property
    def words(self) -> str: ...


def encode(lines: Iterable[RollLine]) -> bytes:
    """The bytes that print these lines and cut the paper. Raises Refusal slip_missing without the extra `printers`."""
    try:
        from escpos.printer import Dummy
    except ImportError as error:
        raise Refusal(
            "slip_missing", "本机没有装小票打印", "请信息人员安装 clerk-tui[printers], 或删去设置 slip_printer"
        ) from error
    roll = Dummy()
    roll.hw("INIT")
    roll._raw(CHINESE_ON)
    style = "text"
    for line in lines:
        if line.style != style:
            style = line.style
            large = style == "big"
            roll.set(
                align="center" if style == "qr" else "left",
                bold=style in ("big", "bold"),
                double_width=large,
                double_height=large,
                normal_textsize=not large,
            )
        if line.style == "qr":
            roll.qr(line.words, native=True, size=QR_DOTS)
            roll._raw(line.words.encode("gb18030") + b"\n")
        else:
            roll._raw(line.words.encode("gb18030") + b"\n")
    roll.cut()
    return bytes(roll.output)
