"""A slip in lines, before it is known how wide the paper is: what is large, what is a pair, where the QR code stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clerk_tui.documents import words
from clerk_tui.documents.speech import Speech
from clerk_tui.documents.words import Pair
from clerk_tui.rules.paper_facts import KEYS


@dataclass(frozen=True)
class SlipLine:
    """`style` is big | bold | text | pair | rule | qr; `label` is that of a pair."""

    style: str
    words: str = ""
    label: str = ""
    centred: bool = False


@dataclass
class Slip:
    """The one slip that a template is putting together. Every method adds lines and prints nothing."""

    found: Mapping[str, Any]
    speech: Speech
    lines: list[SlipLine] = field(default_factory=list)

    def big(self, text: object) -> str:
        return self._add(SlipLine("big", str(text), centred=True))

    def head(self, text: object) -> str:
        """A bold line in the middle."""
        return self._add(SlipLine("bold", _one_line(self.speech.label(str(text))), centred=True))

    def centre(self, text: object) -> str:
        return self._add(SlipLine("text", _one_line(self.speech.text(str(text))), centred=True))

    def as_is(self, text: object) -> str:
        """A name or number in the middle, never converted."""
        return self._add(SlipLine("text", str(text), centred=True))

    def text(self, text: object) -> str:
        return self._add(SlipLine("text", _one_line(self.speech.text(str(text)))))

    def pairs(self, keys: Sequence[str | Pair]) -> str:
        """Label and words of those facts that say something."""
        for entry in keys:
            key, label = (entry, KEYS[entry].words) if isinstance(entry, str) else entry
            said = words.said(key, self.found[key])
            if said:
                self._add(SlipLine("pair", self.speech.fact(key, said), _one_line(self.speech.label(label))))
        return ""

    def rows(self, rows: Sequence[Mapping[str, Any]], keys: str) -> str:
        """Numbered rows, one line each."""
        for index, row in enumerate(rows, 1):
            between = "\n" if self.speech.language == "en" else "；"
            said = between.join(
                self.speech.fact(key, part) for key in keys.split() for part in words.cell_parts(row, key)
            )
            self._add(SlipLine("text", f"{index}. {said}"))
        return ""

    def rule(self) -> str:
        return self._add(SlipLine("rule"))

    def qr(self, code: object) -> str:
        return self._add(SlipLine("qr", str(code), centred=True)) if code else ""

    def _add(self, line: SlipLine) -> str:
        self.lines.append(line)
        return ""


def _one_line(text: str) -> str:
    return text.replace("\n", " ")
