"""Chinese words of a paper in English: whole, by a pattern with numbers or names in it, or put together from known parts.

`words` are the sentences and labels of the templates' folder (english.yaml), `terms` the catalogue's own texts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from clerk_tui.documents.templates import FaultyTemplate, TemplateFault

ENGLISH_FILE = "english.yaml"
_PLACE = re.compile(r"\{(\d)\}")
_NAMED = re.compile(r"\{(\w+)\}")
_HAN = re.compile(r"[\u3400-\u9fff]")

_JOINTS = {"；": "; ", "; ": "; ", ": ": ": ", ", ": ", ", "，": ", ", "、": ", ", " ": " "}
"""How the desk puts texts of the catalogue together, the widest first, and how English does."""

_PIECEMEAL = ("；", "; ")
"""Between these each part stands for itself: one that has no English stays Chinese among the others."""


@dataclass
class English:
    """Looks words up; with nothing given it knows no English at all."""

    words: Mapping[str, str] = field(default_factory=dict)
    terms: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._patterns = _patterns_of(self.words)

    def label(self, words: str) -> str:
        """A label, title or sentence of a template; empty where it has no English."""
        return self.words.get(words, "")

    def of(self, words: str) -> str:
        """Words of the desk or of the catalogue; empty where nothing is known of them."""
        return self._whole(words) or self._joined(words)

    def _whole(self, words: str) -> str:
        return self.terms.get(words) or self.words.get(words) or self._by_pattern(words)

    def _by_pattern(self, words: str) -> str:
        for pattern, translated, only_places in self._patterns:
            found = pattern.fullmatch(words)
            if found is None:
                continue
            said = {name[1:]: self.of(part) or part for name, part in found.groupdict().items()}
            if not (only_places and any(map(_HAN.search, said.values()))):
                return _PLACE.sub(lambda place, said=said: said[place[1]], translated)  # type: ignore[misc]
        return ""

    def _joined(self, words: str) -> str:
        for joint in _JOINTS:
            if joint in words:
                said = self._parts(words.split(joint), joint)
                if said:
                    return _JOINTS[joint].join(said).replace("?: ", "? ")
        return ""

    def _parts(self, parts: list[str], joint: str) -> list[str]:
        """The English of parts, the longest known run first: a text may hold the joint itself. Empty: not known."""
        said: list[str] = []
        known = at = 0
        while at < len(parts):
            runs = ((end, joint.join(parts[at:end])) for end in range(len(parts), at, -1))
            found = next(((end, text) for end, run in runs if (text := self._whole(run))), None)
            if found is None:
                deeper = self._joined(parts[at])
                found = (at + 1, deeper or parts[at])
                known += bool(deeper)
                if not deeper and joint not in _PIECEMEAL and _HAN.search(parts[at]):
                    return []
            else:
                known += 1
            at, text = found
            said.append(text)
        return said if known else []


def _patterns_of(words: Mapping[str, str]) -> list[tuple[re.Pattern[str], str, bool]]:
    """The entries whose words hold `{1}`: as expressions that find what stands there, and whether they say nothing else."""
    return [
        (
            re.compile(
                _PLACE.sub(
                    r"(?P<n\1>(?:[^,，;；]|,(?! ))+?)", re.escape(chinese).replace(r"\{", "{").replace(r"\}", "}")
                )
            ),
            translated,
            not _HAN.search(chinese),
        )
        for chinese, translated in words.items()
        if _PLACE.search(chinese)
    ]


def english_words(folders: tuple[Path, ...]) -> dict[str, str]:
    """Chinese words and sentences of papers with their English, the first folder's over the later ones'.

    A changed file is read again. Raises FaultyTemplate with its line.
    """
    found: dict[str, str] = {}
    for folder in reversed(folders):
        path = folder / ENGLISH_FILE
        if path.is_file():
            found |= _read(path, path.stat().st_mtime_ns)
    return found


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> dict[str, str]:
    import yaml

    def fault(line: int, words: str) -> FaultyTemplate:
        return FaultyTemplate(TemplateFault(path.name, line, words))

    try:
        root = yaml.compose(path.read_text(encoding="utf-8-sig"), yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise fault(0, "文件不是 UTF-8 文本") from error
    except yaml.MarkedYAMLError as error:
        raise fault(error.problem_mark.line + 1 if error.problem_mark else 0, f"写法有误 ({error.problem})") from error
    if not isinstance(root, yaml.MappingNode):
        raise fault(1, "应为[中文: 英文]的形式")
    found: dict[str, str] = {}
    for chinese, english in root.value:
        line = chinese.start_mark.line + 1
        if not isinstance(chinese, yaml.ScalarNode) or not isinstance(english, yaml.ScalarNode) or not english.value:
            raise fault(line, "应为[中文: 英文]的形式, 有冒号或花括号的要加引号")
        if chinese.value in found:
            raise fault(line, f"[{chinese.value}]写了两次")
        if set(_NAMED.findall(chinese.value)) != set(_NAMED.findall(english.value)):
            raise fault(line, "花括号里的内容中英文不一样")
        found[chinese.value] = english.value
    return found
