"""The English of a catalogue's own texts: Chinese words beside their English, found by the words themselves.

A text whose Chinese was changed has no English until somebody translates it again: the Chinese stands, and no English says
something else. A folder may have no English at all.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from clerk_tui.catalog.faults import Fault
from clerk_tui.catalog.model import Catalogue, Item, MaterialSpec, Question
from clerk_tui.catalog.shape import shape_faults

COMMON_FILE = "english/common.yaml"
SHOWN = 3


def english_of(files: Mapping[str, Any]) -> tuple[dict[str, str], list[Fault]]:
    """All words of the files that are well shaped, and what is wrong: none of it keeps the catalogue from being used."""
    found: dict[str, str] = {}
    where: dict[str, str] = {}
    faults: list[Fault] = []
    for file, data in files.items():
        wrong = shape_faults("english", data, file)
        faults += [Fault(file, "", fault.words, grave=False) for fault in wrong]
        for words, translated in data.items() if not wrong else ():
            if found.get(words, translated) != translated:
                faults.append(Fault(file, "", f"[{words}]的英文与 {where[words]} 里的不同", grave=False))
            found.setdefault(words, translated)
            where.setdefault(words, file)
    return found, faults


def english_faults(catalogue: Catalogue, files: Mapping[str, Any]) -> Iterator[Fault]:
    """Texts without English, one line for each file that would hold them; English whose Chinese is gone.

    Nothing where the catalogue has no English.
    """
    if not catalogue.english:
        return
    shared = list(common_texts(catalogue))
    yield from _lacking(catalogue, COMMON_FILE, "", shared)
    used = set(shared)
    for item in catalogue.items.values():
        own = [text for text in item_texts(item) if text not in used]
        yield from _lacking(catalogue, f"english/{item.key}.yaml", item.name, own)
        used.update(own)
    for file, data in files.items():
        if gone := [words for words in data if words in catalogue.english and words not in used]:
            yield Fault(file, "", f"目录里已没有 {_some(gone)}, 中文改过的要一起改", grave=False)


def common_texts(catalogue: Catalogue) -> Iterator[str]:
    """What belongs to no single item: the common question, kinds of evidence, packages."""
    texts = [catalogue.banner, *_of_question(catalogue.who_question), *catalogue.holders.values()]
    texts += [spec.label for spec in catalogue.common_fields]
    for material in catalogue.common_materials.values():
        texts += _of_material(material)
    for package in catalogue.packages.values():
        texts += [package.name, package.order_reason]
    texts += [kind.name for kind in catalogue.evidence.values()]
    yield from _each_once(texts)


def item_texts(item: Item) -> Iterator[str]:
    """Everything of an item that stands on a paper for a resident."""
    texts = [item.name, item.department, item.office, item.fee_words, item.note, item.result.name]
    texts += [*item.result.delivery, *item.steps, *(spec.label for spec in item.fields)]
    for question in item.questions:
        texts += _of_question(question)
    for material in item.materials:
        texts += _of_material(material)
    yield from _each_once(texts)


def _of_question(question: Question) -> Iterator[str]:
    yield question.text
    for option in question.options:
        yield from (option.label, option.stop, option.set.fee_words)


def _of_material(material: MaterialSpec) -> Iterator[str]:
    yield from (material.name, material.standard, *material.checkpoints)
    yield from (material.issuer, material.where, material.how_long, material.note, material.share.partition(":")[2])


def _each_once(texts: Iterable[str]) -> Iterator[str]:
    yield from dict.fromkeys(text for text in texts if text)


def _lacking(catalogue: Catalogue, file: str, item: str, texts: Iterable[str]) -> Iterator[Fault]:
    if lacking := [text for text in texts if text not in catalogue.english]:
        yield Fault(file, item, f"缺英文 {_some(lacking)}, 英文文书上这些只有中文", grave=False)


def _some(texts: list[str]) -> str:
    more = f" 等 {len(texts)} 处" if len(texts) > SHOWN else ""
    return "、".join(f"[{text}]" for text in texts[:SHOWN]) + more
