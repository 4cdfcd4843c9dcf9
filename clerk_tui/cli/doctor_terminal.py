"""What `doctor` looks at in front of the clerk: terminal, encoding, widths of characters, keys, colours, fonts."""

import locale
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping

from clerk_tui.cli.findings import Finding
from clerk_tui.settings import Settings

WIDE = "一１𠮷"
"""Two cells in every terminal: a common character, a full-width digit, a rare character beyond the first 65,536."""
AMBIGUOUS = "·—“①→─★"
"""One cell here; a terminal set to wide ambiguous characters draws two, and every row with one of them shears."""
RULER = (
    ("十个汉字宽", "一二三四五六七八九十"),
    ("二十个横线", "-" * 20),
    ("二十个间隔号", "·" * 20),
    ("生僻字", "𠮷𬍛䶮"),
)
ANSWER_SECONDS = 0.5
NO_SCREENS = ("", "dumb", "unknown")
LETTERS_OF_OTHERS = {"TMUX": "tmux 用 Ctrl+B 做前缀", "STY": "screen 用 Ctrl+A 做前缀"}


def examine_terminal(settings: Settings) -> Iterator[Finding]:
    """All findings about the terminal; without one, only what can be known."""
    environment = os.environ
    yield _terminal(environment)
    yield _encoding()
    yield _widths()
    yield _keys(environment, settings)
    yield _colours(environment)
    yield _fonts(environment)


def _has_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _terminal(environment: Mapping[str, str]) -> Finding:
    if not _has_terminal():
        return Finding("warn", "终端", "现在不是在终端里运行", "工作台要在终端里打开")
    columns, rows = shutil.get_terminal_size()
    size = f"{columns}x{rows}, TERM={environment.get('TERM', '')}"
    if environment.get("TERM", "") in NO_SCREENS and sys.platform != "win32":
        return Finding("bad", "终端", size, "请换一个终端, 例如 xterm; 远程登录时请带上终端(ssh -t), 不要用 dumb")
    if columns < 80 or rows < 24:
        return Finding("bad", "终端", size, "至少要 80 列 24 行, 120x40 最好: 把窗口拉大, 或把字号调小")
    return Finding("good", "终端", size)


def _encoding() -> Finding:
    encoding = (sys.stdout.encoding or locale.getpreferredencoding(False)).lower().replace("-", "")
    if encoding not in ("utf8", "gb18030"):
        return Finding("bad", "编码", encoding, "请设为 UTF-8, 例如 export LANG=zh_CN.UTF-8")
    return Finding("good", "编码", encoding)


# widths


def _widths() -> Finding:
    """Ask the terminal itself how wide it draws; where it does not answer, the ruler is for the eye."""
    measured = measure_widths((*WIDE, *AMBIGUOUS)) if _has_terminal() else None
    if measured is None:
        return Finding(
            "good",
            "字宽",
            "请用眼看下面的尺: 前三行应当一样长",
            "\n      ".join(f"{text}|  {what}" for what, text in RULER),
        )
    narrow = [character for character in WIDE if measured[character] != 2]
    wide = [character for character in AMBIGUOUS if measured[character] != 1]
    if narrow:
        return Finding(
            "bad", "字宽", f"{' '.join(narrow)} 没有画成两格", "请换一个支持中文的终端和字体; 现在表格会错位"
        )
    if wide:
        advice = "请在终端设置里把 宽度不定的字符(ambiguous width) 设为 窄/单格; 或用主题 terminal"
        return Finding("warn", "字宽", f"{' '.join(wide)} 画成了两格, 含这些字的行会错位", advice)
    return Finding("good", "字宽", "汉字两格, 间隔号和横线一格")


def measure_widths(characters: tuple[str, ...]) -> dict[str, int] | None:
    """Cells that the terminal moves for each character, by asking for the cursor; None where it does not answer."""
    if sys.platform == "win32":
        return None
    import termios
    import tty

    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    try:
        tty.setcbreak(number)
        found: dict[str, int] = {}
        for character in characters:
            sys.stdout.write(f"\r{character}\x1b[6n")
            sys.stdout.flush()
            column = _answer(number)
            if column is None:
                return None
            found[character] = column - 1
        return found
    finally:
        sys.stdout.write("\r\x1b[K")
        sys.stdout.flush()
        termios.tcsetattr(number, termios.TCSADRAIN, before)


def _answer(number: int) -> int | None:
    """The column in the terminal's answer `ESC [ row ; column R`."""
    import select

    text = b""
    end = time.monotonic() + ANSWER_SECONDS
    while (left := end - time.monotonic()) > 0:
        if not select.select([number], [], [], left)[0]:
            return None
        text += os.read(number, 64)
        if found := re.search(rb"\x1b\[\d+;(\d+)R", text):
            return int(found[1])
    return None


# keys


def _keys(environment: Mapping[str, str], settings: Settings) -> Finding:
    from clerk_tui.tui.key_contract import usable_keymap

    _, faults = usable_keymap(settings.keys)
    if faults:
        return Finding("warn", "按键", "; ".join(faults), "请改正设置里的 [keys]")
    notes = [words for name, words in LETTERS_OF_OTHERS.items() if environment.get(name)]
    if environment.get("GNOME_TERMINAL_SCREEN"):
        notes.append("GNOME 终端自己用 F1, F10, F11: 在 首选项 > 快捷键 里去掉, 或用 ? 和 Ctrl 组合键")
    if environment.get("TEXTUAL_DISABLE_KITTY_KEY", "1").lower() in ("0", "false", "no"):
        notes.append("Kitty 键盘协议开着, 有的终端会吃掉输入法上屏的字: 去掉环境变量 TEXTUAL_DISABLE_KITTY_KEY")
    if notes:
        return Finding("warn", "按键", "; ".join(notes), "每个 F 键都有 Ctrl 组合键: clerk-tui keys 列出全部")
    return Finding("good", "按键", "没有冲突; clerk-tui keys 列出全部, clerk-tui doctor --keys 逐个试按")


def try_keys() -> Iterator[Finding]:
    """Ask for each key of the contract and say what arrived; Ctrl+C ends. Only in a terminal."""
    if not _has_terminal() or sys.platform == "win32":
        yield Finding("warn", "试按键", "要在 Linux 或 macOS 的终端里试")
        return
    from textual import events
    from textual._xterm_parser import XTermParser

    from clerk_tui.tui.key_contract import CONTRACT, key_words

    for binding in CONTRACT:
        wanted = binding.key.split(",")[0]
        text = _pressed(f"请按 {key_words(wanted)} ({binding.description}), Ctrl+C 结束... ")
        if not text:
            yield Finding("bad", "试按键", f"{key_words(wanted)} 三十秒没有到", "可能被系统或终端拿走了")
            return
        if text == "\x03":
            yield Finding("warn", "试按键", f"试到 {key_words(wanted)} 为止")
            return
        parser = XTermParser()  # one a key: the end of a key's bytes is the end of its parser
        got = [event.key for event in (*parser.feed(text), *parser.feed("")) if isinstance(event, events.Key)]
        if text == "\x1b" and wanted == "escape":
            got = ["escape"]
        if got[:1] == [wanted]:
            yield Finding("good", "试按键", key_words(wanted))
        else:
            arrived = ", ".join(got) or repr(text)
            yield Finding("bad", "试按键", f"{key_words(wanted)} 到的是 {arrived}", _other(binding.key))


def _pressed(prompt: str) -> str:
    """Ask, and read raw what one key press sends; empty when none comes in half a minute."""
    import select
    import termios
    import tty

    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    try:
        tty.setraw(number)  # before it asks, so that no key is echoed
        sys.stdout.write(prompt)
        sys.stdout.flush()
        if not select.select([number], [], [], 30)[0]:
            return ""
        return os.read(number, 64).decode("utf-8", "replace")
    finally:
        termios.tcsetattr(number, termios.TCSADRAIN, before)
        sys.stdout.write("\n")


def _other(keys: str) -> str:
    from clerk_tui.tui.key_contract import key_words

    others = keys.split(",")[1:]
    return f"请用 {key_words(others[0])}, 或在设置的 [keys] 里换一个键" if others else "请在设置的 [keys] 里换一个键"


# colours and fonts


def _colours(environment: Mapping[str, str]) -> Finding:
    if environment.get("NO_COLOR"):
        return Finding("warn", "颜色", "环境变量 NO_COLOR 关掉了颜色", "不影响办理: 颜色从不单独表示意思")
    if environment.get("COLORTERM", "") in ("truecolor", "24bit") or environment.get("WT_SESSION"):
        return Finding("good", "颜色", "真彩色")
    if "256" in environment.get("TERM", ""):
        return Finding("good", "颜色", "256 色, 主题的颜色会稍有出入")
    if not _has_terminal():
        return Finding("good", "颜色", "不在终端里, 没有看")
    return Finding("warn", "颜色", "终端没有说它有 256 色", '请在设置里写 theme = "terminal" (只用终端自己的 16 色)')


def _fonts(environment: Mapping[str, str]) -> Finding:
    if environment.get("SSH_CONNECTION"):
        return Finding("good", "字体", "经 SSH 使用, 字体在您面前那台机器上: 看尺上的生僻字是不是方块")
    program = shutil.which("fc-list")
    if program is None:
        return Finding("good", "字体", "没有看; 生僻字 𠮷 𬍛 若是方块, 请装 Noto Sans CJK 或 宋体-扩展B(SimSun-ExtB)")
    chinese, rare = (_count_fonts(program, what) for what in (":lang=zh", ":charset=20bb7"))
    if not chinese:
        return Finding("warn", "字体", "没有中文字体", "请装 Noto Sans CJK, 例如 apt install fonts-noto-cjk")
    if not rare:
        return Finding(
            "warn", "字体", "生僻字(如 𠮷)没有字体, 会显示成方块", "请装含扩展 B 的字体, 例如 花园明朝 或 SimSun-ExtB"
        )
    return Finding("good", "字体", f"中文字体 {chinese} 个, 含生僻字的 {rare} 个")


def _count_fonts(program: str, what: str) -> int:
    try:
        found = subprocess.run([program, what, "family"], capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    return len(found.stdout.splitlines())
