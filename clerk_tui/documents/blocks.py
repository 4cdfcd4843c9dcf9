"""What a paper says, as blocks: templates put them together, the forms (text, HTML, PDF, slip) draw them.

Template authors call the methods of `Body` as `{{ p.facts([…]) }}`. No block holds markup: every form escapes, or treats
as data, all words that it draws.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clerk_tui.documents import words
from clerk_tui.documents.speech import Speech
from clerk_tui.documents.words import Pair
from clerk_tui.rules.paper_facts import KEYS

BLANK = "________________"
_NAMED = re.compile(r"\{(\w+)\}")
_FIELD = re.compile(r"^[a-z_]+$")


@dataclass(frozen=True)
class Section:
    words: str


@dataclass(frozen=True)
class Para:
    """Sentences of one paragraph; the second is the translation of the first."""

    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Lines:
    items: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows of cells, a cell in parts. A column is (title, width): wide | num | ref | mid | when | day.

    On a page that is too narrow the first `head` columns of a row become the headline of a list entry.
    """

    columns: tuple[Pair, ...]
    rows: tuple[tuple[tuple[str, ...], ...], ...]
    head: int = 1
    narrow: bool = False


@dataclass(frozen=True)
class Items:
    """A numbered list: each entry a headline, below it label and words."""

    rows: tuple[tuple[str, tuple[Pair, ...]], ...]


@dataclass(frozen=True)
class Sign:
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Seal:
    office: str
    dated: str
    seal_words: str


@dataclass(frozen=True)
class Foot:
    pairs: tuple[Pair, ...]


Block = Section | Para | Facts | Lines | Table | Items | Sign | Seal | Foot


@dataclass
class Body:
    """The one paper that a template is putting together, in one language. Every method adds blocks and prints nothing."""

    found: Mapping[str, Any]
    speech: Speech
    blocks: list[Block] = field(default_factory=list)
    wide_page: bool = False
    _spoken: set[str] = field(default_factory=set)

    def section(self, title: str) -> str:
        self.blocks.append(Section(self.speech.label(title)))
        return ""

    def para(self, sentence: str) -> str:
        """A paragraph; `{applicant}` in it is that fact. A fact that the form does not know is a fault of the template."""
        named = {name: words.said(name, self.found[name]) for name in _NAMED.findall(sentence)}
        self._spoken.update(named)
        self.blocks.append(Para(self.speech.sentence(sentence, named)))
        return ""

    def facts(self, keys: Sequence[str | Pair]) -> str:
        """Label and words of those facts that say something; a key may come with a label: ("date", "告知日期")."""
        pairs = self._pairs(keys)
        if pairs:
            self.blocks.append(Facts(pairs))
        return ""

    def fill_in(self, keys: Sequence[str | Pair]) -> str:
        """As `facts`, with a line to write on for each fact that is not known."""
        pairs = tuple(
            (self.speech.label(label), self.speech.fact(key, words.said(key, self.found[key])) or BLANK)
            for key, label in _labelled(keys)
        )
        self.blocks.append(Facts(pairs))
        return ""

    def lines(self, title: str, items: Sequence[str]) -> str:
        """A numbered list of sentences below a title; nothing without items."""
        if items:
            self.section(title)
            self.blocks.append(Lines(tuple(self.speech.text(item) for item in items)))
        return ""

    def table(self, title: str, rows: Sequence[Mapping[str, Any]], columns: Sequence[tuple[str, str, str]]) -> str:
        """Rows as a table; a column is (title, fact keys of the row, width)."""
        self._table(title, rows, columns)
        return ""

    def items(self, title: str, rows: Sequence[Mapping[str, Any]], headline: str, details: Sequence[Pair]) -> str:
        """Rows as a list: the headline's keys, below them each detail that says something."""
        if rows:
            self.section(title)
            said = tuple(
                (
                    "  ".join(self._cell(row, key) for key in headline.split()),
                    tuple((self.speech.label(label), self._cell(row, keys)) for label, keys in details),
                )
                for row in rows
            )
            self.blocks.append(Items(tuple((head, tuple(pair for pair in pairs if pair[1])) for head, pairs in said)))
        return ""

    def taken(self, title: str, materials: Sequence[Mapping[str, Any]]) -> str:
        columns = [
            ("材料名称", "name form note defect", "wide"),
            ("核验情况", "mark_words give_back", "ref"),
            ("原件", "original", "num"),
            ("复印件", "copies", "num"),
            ("页数", "pages", "num"),
        ]
        return self.table(title, materials, columns)

    def missing(self, title: str, materials: Sequence[Mapping[str, Any]]) -> str:
        """What is missing or faulty, each in plain words: what is wrong, what it must be like, from whom, where, how long."""
        details = [
            ("存在问题", "defect"),
            ("应达到的要求", "standard"),
            ("形式与份数", "asked"),
            ("出具单位", "issuer"),
            ("办理途径", "where"),
            ("一般耗时", "how_long"),
            ("最迟日期", "due"),
            ("说明", "note"),
        ]
        return self.items(title, materials, "name", details)

    def dated(self, title: str, materials: Sequence[Mapping[str, Any]]) -> str:
        columns = [("材料名称与要求", "name defect standard note", "wide"), ("最迟日期", "due", "when")]
        return self.table(title, materials, columns)

    def results_list(self, title: str, rows: Sequence[Mapping[str, Any]]) -> str:
        columns = [
            ("结果名称", "name kind_words", "wide"),
            ("编号", "number", "ref"),
            ("份数", "copies", "num"),
            ("收件号与事项", "receipt_no item", "ref"),
            ("备注", "note", "mid"),
        ]
        self._table(title, rows, columns, narrow=True)
        return ""

    def cases_list(self, title: str, rows: Sequence[Mapping[str, Any]]) -> str:
        columns = [
            ("收件号", "receipt_no district_no", "ref"),
            ("事项", "item", "wide"),
            ("申请人", "applicant", "mid"),
            ("材料", "materials", "num"),
            ("原件", "originals", "num"),
            ("页数", "pages", "num"),
            ("退还与备注", "to_give_back note", "mid"),
        ]
        self._table(title, rows, columns, head=2, narrow=True)
        return ""

    def entries_list(self, title: str, rows: Sequence[Mapping[str, Any]]) -> str:
        columns = [
            ("日期与收件号", "date receipt_no", "ref"),
            ("委托人", "principal principal_number principal_phone", "ref"),
            ("事项", "item", "wide"),
            ("授权", "authority", "wide"),
            ("收取材料", "materials", "wide"),
            ("移交", "handed_to", "wide"),
            ("期限与状态", "due status", "day"),
            ("结果交还", "result", "wide"),
            ("回访", "call_back", "wide"),
            ("备注", "note", "wide"),
        ]
        self._table(title, rows, columns, head=3, narrow=True)
        return ""

    def sign(self, labels: Sequence[str]) -> str:
        """Places for signatures; `{clerk}` in a label is that fact."""
        self.blocks.append(Sign(tuple(self._filled_label(label) for label in labels)))
        return ""

    def seal(self, office: str, dated: object) -> str:
        self.blocks.append(Seal(str(office), self.speech.date(words.day(dated)), self.speech.label("（盖章）")))
        return ""

    def foot(self, keys: Sequence[str | Pair]) -> str:
        """Of these facts, those of the form that the body has not said."""
        left = [(key, label) for key, label in _labelled(keys) if key in self.found and key not in self._spoken]
        self.blocks.append(Foot(self._pairs(left)))
        return ""

    def landscape(self) -> str:
        self.wide_page = True
        return ""

    def _pairs(self, keys: Sequence[str | Pair]) -> tuple[Pair, ...]:
        labelled = _labelled(keys)
        self._spoken.update(key for key, _ in labelled)
        said = ((key, label, words.said(key, self.found[key])) for key, label in labelled)
        return tuple((self.speech.label(label), self.speech.fact(key, text)) for key, label, text in said if text)

    def _cell(self, row: Mapping[str, Any], keys: str) -> str:
        return "；".join(self._parts(row, keys))

    def _parts(self, row: Mapping[str, Any], keys: str) -> tuple[str, ...]:
        return tuple(self.speech.fact(key, part) for key in keys.split() for part in words.cell_parts(row, key))

    def _table(
        self,
        title: str,
        rows: Sequence[Mapping[str, Any]],
        columns: Sequence[tuple[str, str, str]],
        *,
        head: int = 1,
        narrow: bool = False,
    ) -> None:
        if not rows:
            return
        self.section(title)
        titles = tuple((self.speech.label(name), width) for name, _, width in columns)
        cells = tuple(tuple(self._parts(row, keys) for _, keys, _ in columns) for row in rows)
        self.blocks.append(Table(titles, cells, head, narrow))

    def _filled_label(self, label: str) -> str:
        named = {name: words.said(name, self.found[name]) for name in _NAMED.findall(label)}
        return _NAMED.sub(lambda match: named[match.group(1)], self.speech.label(label))


def _labelled(keys: Sequence[str | Pair]) -> list[Pair]:
    return [(key, KEYS[key].words) if isinstance(key, str) else (key[0], key[1]) for key in keys]


def filled(sentence: str, named: Mapping[str, str]) -> str:
    """A sentence with its facts; braces in a fact stay as they are."""
    return _NAMED.sub(lambda match: named.get(match.group(1), match.group(0)), sentence)
