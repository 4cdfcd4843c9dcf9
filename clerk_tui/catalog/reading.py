"""YAML files of a catalogue folder as plain data, with faults for what is no clean YAML."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from clerk_tui.catalog.faults import Fault
from clerk_tui.catalog.files import COMMON
from clerk_tui.catalog.legal import FILE as LEGAL_FILE
from clerk_tui.catalog.legal import legal_file

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PLAIN = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:float", "tag:yaml.org,2002:merge")


class _Loader(_Base):  # type: ignore[misc]
    """Safe YAML without surprises: no dates, no floats, `no` is a word, a key may stand only once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"[{key.value}]写了两次", key.start_mark)
            seen.add(key.value)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


def _resolvers() -> dict[str, list[tuple[str, Any]]]:
    kept: dict[str, list[tuple[str, Any]]] = {}
    for first, rules in _Base.yaml_implicit_resolvers.items():
        rules = [(tag, pattern) for tag, pattern in rules if tag not in _PLAIN]
        if first in "yYnNoO":
            rules = [(tag, pattern) for tag, pattern in rules if tag != "tag:yaml.org,2002:bool"]
        kept[first] = rules
    return kept


_Loader.yaml_implicit_resolvers = _resolvers()


@dataclass
class RawFolder:
    """The files of a folder. A file with a fault stands in `faults` and not in the data."""

    folder: Path
    common: dict[str, Any] = field(default_factory=dict)  # catalogue.yaml, evidence.yaml, sources.yaml by stem
    items: dict[str, Any] = field(default_factory=dict)  # file name -> data
    packages: dict[str, Any] = field(default_factory=dict)
    legal: dict[str, Any] = field(default_factory=dict)  # legal.yaml, the folder's or the shipped one
    english: dict[str, Any] = field(default_factory=dict)  # its faults are advice: they stand in english_faults
    faults: list[Fault] = field(default_factory=list)
    english_faults: list[Fault] = field(default_factory=list)


def read_folder(folder: Path) -> RawFolder:
    """Read every file. A missing folder or common file is a fault, as is a folder without items."""
    raw = RawFolder(folder)
    if not folder.is_dir():
        raw.faults.append(Fault(folder.name, "", "找不到这个目录文件夹"))
        return raw
    for name in COMMON:
        path = folder / f"{name}.yaml"
        if path.is_file():
            raw.common[name] = read_yaml(path, path.name, raw.faults)
        else:
            raw.faults.append(Fault(path.name, "", "缺少这个文件"))
    raw.legal = read_yaml(legal_file(folder), LEGAL_FILE, raw.faults) or {}
    for kind, into, faults in (
        ("items", raw.items, raw.faults),
        ("packages", raw.packages, raw.faults),
        ("english", raw.english, raw.english_faults),
    ):
        for path in sorted((folder / kind).glob("*.yaml")):
            name = f"{kind}/{path.name}"
            data = read_yaml(path, name, faults)
            if data is not None:
                into[name] = data
    if not raw.items and not raw.faults:
        raw.faults.append(Fault("items/", "", "没有任何事项文件"))
    return raw


def read_yaml(path: Path, name: str, faults: list[Fault]) -> Any:
    """The data of one file, or None with a fault added."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8-sig"), _Loader)
    except UnicodeDecodeError:
        faults.append(Fault(name, "", "不是 UTF-8 编码"))
    except OSError as error:
        faults.append(Fault(name, "", f"读不出来({error.strerror})"))
    except RecursionError:
        faults.append(Fault(name, "", "嵌套过深"))
    except yaml.YAMLError as error:
        faults.append(Fault(name, "", _yaml_words(error)))
    else:
        if isinstance(data, dict):
            return data
        faults.append(Fault(name, "", "文件为空" if data is None else "应为[名称: 内容]的形式"))
    return None


def _yaml_words(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"第 {mark.line + 1} 行第 {mark.column + 1} 列" if mark is not None else ""
    problem = getattr(error, "problem", None) or getattr(error, "reason", "") or ""
    words = problem if problem.startswith("[") else f"YAML 写法有误({problem or type(error).__name__})"
    return f"{where}: {words}" if where else words
