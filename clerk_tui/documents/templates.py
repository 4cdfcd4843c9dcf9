"""The templates of papers: found in a folder, run in a sandbox, their faults told with file and line.

One body `<kind>.j2` serves both forms: it extends `base`, which is base.html.j2 or base.txt.j2, and is made of the
blocks `p`, which are the macros of parts.html.j2 or parts.txt.j2. A kind that needs a layout of its own has
`<kind>.html.j2` and `<kind>.txt.j2` instead. Only HTML is escaped, and there everything is.
"""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from clerk_tui.documents import words
from clerk_tui.resources import data_folder
from clerk_tui.rules.refusal import Refusal

FORMS = ("html", "txt")
_FAULTS = (jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)
"""What a template of a district can raise: its own mistakes, and those of an expression in it."""


@dataclass(frozen=True)
class TemplateFault:
    """A template that does not work: file name, line (0: not known), what is wrong in Chinese."""

    file: str
    line: int
    words: str


class FaultyTemplate(Refusal):
    """A paper could not be rendered because of its template; the issued paper and its number are not touched."""

    def __init__(self, fault: TemplateFault) -> None:
        place = f"{fault.file} 第 {fault.line} 行" if fault.line else fault.file
        super().__init__(
            "template_fault", f"文书模板 {place}: {fault.words}", "文书已登记, 编号不变; 请信息人员改好模板后再打印"
        )
        self.fault = fault


def shipped_folder() -> Path:
    """The templates that travel with the program."""
    return data_folder() / "documents"


def fill(folder: Path, form: str, kind: str, values: Mapping[str, Any]) -> str:
    """Run the template of `kind` in `form` (html | txt). Raises FaultyTemplate."""
    environment = _environment(folder, form)
    try:
        base = environment.get_template(f"base.{form}.j2")
        parts = environment.get_template(f"parts.{form}.j2").make_module(dict(values))
        template = environment.select_template([f"{kind}.{form}.j2", f"{kind}.j2"])
        return template.render({**values, "base": base, "p": parts})
    except _FAULTS as error:
        raise FaultyTemplate(_fault(error, folder, kind)) from error


@lru_cache(maxsize=8)
def _environment(folder: Path, form: str) -> jinja2.Environment:
    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader(folder, encoding="utf-8"),
        autoescape=form == "html",
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"day": words.day, "due": words.due_words}
    return environment


def _fault(error: Exception, folder: Path, kind: str) -> TemplateFault:
    if isinstance(error, jinja2.TemplatesNotFound):
        return TemplateFault(f"{kind}.j2", 0, "没有这个文件")
    if isinstance(error, jinja2.TemplateNotFound):
        return TemplateFault(str(error.name), 0, "没有这个文件")
    if isinstance(error, UnicodeDecodeError):
        return TemplateFault(f"{kind}.j2", 0, "文件不是 UTF-8 文本")
    if isinstance(error, jinja2.TemplateSyntaxError):
        return TemplateFault(error.name or f"{kind}.j2", error.lineno, f"写法有误 ({error.message})")
    inside = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).parent == folder]
    place = (Path(inside[-1].filename).name, inside[-1].lineno or 0) if inside else (f"{kind}.j2", 0)
    if isinstance(error, jinja2.UndefinedError):
        return TemplateFault(*place, f"这种文书没有这一项内容 ({error.message})")
    if isinstance(error, SecurityError):
        return TemplateFault(*place, "模板里不能这样取用")
    return TemplateFault(*place, f"{type(error).__name__}: {error}")
