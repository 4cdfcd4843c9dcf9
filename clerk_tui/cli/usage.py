"""A command line that was typed wrong: said in Chinese with the right form, exit status 2; 1 is for what was refused."""

import re
import sys
from typing import Any

from clerk_tui.rules.refusal import Refusal

WRONG_CALL = 2


class Misuse(Refusal):
    """An argument that cannot be meant: not a date, not a kind. The exit status says so."""


_WORDS: tuple[tuple[str, str], ...] = (
    (r"Missing \w+ '?(?P<a>[^'.]+)'?.*", "缺少 {a}"),
    (r"No such option: (?P<a>-\d\S*).*", "不能是负数: {a}"),
    (r"No such option: (?P<a>\S+) \(Possible options: (?P<b>.+)\)", "没有选项 {a}, 是不是 {b}"),
    (r"No such option: (?P<a>\S+).*", "没有选项 {a}"),
    (r"No such command '(?P<a>.*)'.*", "没有命令 {a}"),
    (r"Option '?(?P<a>[^' ]+)'? requires (an|\d) argument.*", "{a} 后面要写值"),
    (r"Got unexpected extra argument(?:s|\(s\))? \((?P<a>.*)\)", "多出来的: {a}"),
    (r"Invalid value for '(?P<a>[^']+)': .*valid (integer|number).*", "{a} 应为数字"),
    (r"Invalid value for '(?P<a>[^']+)': .*greater than or equal to (?P<b>\S+).*", "{a} 不能小于 {b}"),
    (r"Invalid value for '(?P<a>[^']+)': .*less than or equal to (?P<b>\S+).*", "{a} 不能大于 {b}"),
    (r"Invalid value for '(?P<a>[^']+)': .*'(?P<b>.*)' is not one of (?P<c>.*?)\.?", "{a} 不能写 {b}, 应为 {c} 之一"),
    (r"Invalid value for '(?P<a>[^']+)': (?P<b>.*)", "{a} 写得不对: {b}"),
)
"""What the library says in English, and how it is said here; a sentence that none fits is shown as it is."""


def words_of(message: str) -> str:
    """The library's sentence in Chinese."""
    line = " ".join(message.split())
    for pattern, words in _WORDS:
        found = re.fullmatch(pattern, line)
        if found:
            return words.format(**found.groupdict()).replace("'", "")
    return line


def told(error: Any) -> int:
    """Say on the error stream what was typed wrong and how it is typed; returns the exit status."""
    if type(error).__name__ == "NoArgsIsHelpError":
        lines = [error.format_message()]
    else:
        lines = [words_of(error.format_message())]
        context = getattr(error, "ctx", None)
        if context is not None:
            usage = context.get_usage().replace("Usage:", "用法:")
            lines += [usage.replace("[OPTIONS]", "[选项]"), f"详见 {context.command_path} --help"]
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    return int(getattr(error, "exit_code", 1))
