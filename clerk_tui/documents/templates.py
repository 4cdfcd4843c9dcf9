"""The templates of papers: found in folders, run in a sandbox, their faults told with file and line.

A district's own folder stands before the shipped one, so that it may hold a single file. `<kind>.j2` extends `base.j2` and
is made of the blocks `p` (documents.blocks.Body); it serves every form. `<kind>.slip.j2` is the narrow form where a kind has
one of its own. `page.html.j2` and `page.typ` draw the blocks on paper. Only HTML is escaped, and there everything is.
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
from markupsafe import Markup, escape

from clerk_tui.documents import words
from clerk_tui.resources import data_folder
from clerk_tui.rules.refusal import Refusal

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


def folders_of(folder: Path | None) -> tuple[Path, ...]:
    """Where templates are looked for: the district's own folder first, if there is one."""
    shipped = shipped_folder()
    return (shipped,) if folder is None or folder == shipped else (folder, shipped)


def place_of(folders: tuple[Path, ...], name: str) -> Path:
    """The file of this name that counts. Raises FaultyTemplate when there is none."""
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    raise FaultyTemplate(TemplateFault(name, 0, "没有这个文件"))


def run_body(folders: tuple[Path, ...], kind: str, values: Mapping[str, Any]) -> None:
    """Run `<kind>.j2`, which puts its blocks into `values["p"]`. Raises FaultyTemplate."""
    name = f"{kind}.j2"
    left = _run(folders, (name,), values, kind, html=False).strip()
    if left:
        first = left.splitlines()[0].strip()
        source = place_of(folders, name).read_text(encoding="utf-8").splitlines()
        line = next((at for at, text in enumerate(source, 1) if first in text), 0)
        raise FaultyTemplate(TemplateFault(name, line, f"正文要写在 p.para 等栏目里 ({first[:20]})"))


def run_slip(folders: tuple[Path, ...], kind: str, values: Mapping[str, Any]) -> bool:
    """Run `<kind>.slip.j2`, which puts its lines into `values["slip"]`; False where the kind has none."""
    name = f"{kind}.slip.j2"
    if not any((folder / name).is_file() for folder in folders):
        return False
    _run(folders, (name,), values, kind, html=False)
    return True


def run_page(folders: tuple[Path, ...], name: str, values: Mapping[str, Any]) -> str:
    """Run a page of HTML, where every value is escaped. Raises FaultyTemplate."""
    return _run(folders, (name,), values, name.removesuffix(".j2"), html=True)


def _run(folders: tuple[Path, ...], names: tuple[str, ...], values: Mapping[str, Any], kind: str, *, html: bool) -> str:
    try:
        environment = _environment(folders, html)
        return environment.select_template(names).render(dict(values))
    except _FAULTS as error:
        raise FaultyTemplate(_fault(error, folders, kind)) from error


@lru_cache(maxsize=8)
def _environment(folders: tuple[Path, ...], html: bool) -> jinja2.Environment:
    environment = ImmutableSandboxedEnvironment(
        loader=jinja2.FileSystemLoader(list(folders), encoding="utf-8"),
        autoescape=html,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"day": words.day, "due": words.due_words, "two_lines": _two_lines, "two_abreast": _abreast}
    return environment


def _two_lines(text: str) -> Markup:
    """A label whose translation stands on a line of its own."""
    first, _, second = text.partition("\n")
    return Markup("{}<br><small>{}</small>").format(first, second) if second else escape(first)


def _abreast(pairs: Any) -> list[list[words.Pair]]:
    return words.two_abreast(pairs, words.HALF_PAGE)


def _fault(error: Exception, folders: tuple[Path, ...], kind: str) -> TemplateFault:
    if isinstance(error, jinja2.TemplatesNotFound):
        return TemplateFault(f"{kind}.j2", 0, "没有这个文件")
    if isinstance(error, jinja2.TemplateNotFound):
        return TemplateFault(str(error.name), 0, "没有这个文件")
    if isinstance(error, UnicodeDecodeError):
        return TemplateFault(f"{kind}.j2", 0, "文件不是 UTF-8 文本")
    if isinstance(error, jinja2.TemplateSyntaxError):
        return TemplateFault(error.name or f"{kind}.j2", error.lineno, f"写法有误 ({error.message})")
    inside = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).parent in folders]
    place = (Path(inside[-1].filename).name, inside[-1].lineno or 0) if inside else (f"{kind}.j2", 0)
    if isinstance(error, jinja2.UndefinedError):
        return TemplateFault(*place, f"这种文书没有这一项内容 ({error.message})")
    if isinstance(error, KeyError):
        return TemplateFault(*place, f"这种文书没有这一项内容 ({error.args[0]})")
    if isinstance(error, SecurityError):
        return TemplateFault(*place, "模板里不能这样取用")
    return TemplateFault(*place, f"套用时出错 ({type(error).__name__}: {error})")
