"""What must hold within one item and between items: references, and the integrity rules of published item lists."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from clerk_tui.catalog.model import Catalogue, Item, MaterialSpec, Question
from clerk_tui.rules.item_codes import check_item_code
from clerk_tui.rules.regimes import REGIMES

Found = tuple[str, bool]  # (words, grave)
Rule = Callable[[Catalogue, Item], Iterator[Found]]

LICENCE_STAGES = ("受理", "审核", "审批", "办结", "送达")
ONLINE = frozenset({"网上", "移动端", "自助"})


def item_faults(catalogue: Catalogue, item: Item) -> list[Found]:
    """Every fault of an item, with whether it keeps the catalogue from being used."""
    return [found for rule in RULES for found in rule(catalogue, item)]


def _references(catalogue: Catalogue, item: Item) -> Iterator[Found]:
    yield from _once("材料", (material.key for material in item.materials))
    yield from _once("字段", (spec.id for spec in item.fields))
    yield from _once("问题", (question.id for question in item.questions))
    if item.regime not in REGIMES:
        yield f"regime 没有[{item.regime}]这种法律类型", True
    for ref in item.source_refs:
        if ref not in catalogue.sources:
            yield f"source_refs 的[{ref}]不在 sources.yaml 里", True
    for material in item.materials:
        if material.holder not in catalogue.holders:
            yield f"材料 {material.key} 的持有人[{material.holder}]不在 holders 里", True
        if material.evidence and material.evidence not in catalogue.evidence:
            yield f"材料 {material.key} 的证据种类[{material.evidence}]不在 evidence.yaml 里", True
        if material.name == material.key:
            yield f"材料 {material.key} 没有名称", True
    for key in item.base_materials:
        if key not in item.material_by_key:
            yield f"base_materials 的[{key}]不是本事项的材料", True
    for spec in item.fields:
        if spec.from_material and spec.from_material not in item.material_by_key:
            yield f"字段 {spec.id} 的 from_material[{spec.from_material}]不是本事项的材料", True
        if spec.type == "choice" and not spec.options:
            yield f"字段 {spec.id} 是单选, 却没有选项", True
        if spec.options and spec.type not in ("choice", "multi"):
            yield f"字段 {spec.id} 是 {spec.type}, 却有选项", True


def _questions(catalogue: Catalogue, item: Item) -> Iterator[Found]:
    earlier: dict[str, Question] = {}
    fields = {spec.id for spec in item.fields}
    used = set(item.base_materials)
    for question in item.questions:
        here = f"问题 {question.id}"
        yield from _once(f"{here} 的选项", (option.id for option in question.options))
        for asked, options in question.ask_when:
            known = {option.id for option in earlier[asked].options} if asked in earlier else set()
            if asked not in earlier:
                yield f"{here} 的 ask_when 提到的[{asked}]不是前面的问题", True
            for option_id in options:
                if asked in earlier and option_id not in known:
                    yield f"{here} 的 ask_when: 问题 {asked} 没有选项[{option_id}]", True
        if all(option.stop for option in question.options):
            yield f"{here} 的每个选项都不予受理", True
        for option in question.options:
            at = f"{here} 选项 {option.id}"
            used.update(option.add)
            for key in (*option.add, *option.drop):
                if key not in item.material_by_key:
                    yield f"{at} 提到的材料[{key}]不存在", True
            for field_id in option.fields:
                if field_id not in fields:
                    yield f"{at} 提到的字段[{field_id}]不存在", True
            if option.goto and option.goto not in catalogue.items:
                yield f"{at} 的 goto[{option.goto}]不是本目录的事项", True
            if option.goto == item.key:
                yield f"{at} 的 goto 指向自己", True
            if option.goto and not option.stop:
                yield f"{at} 有 goto 却没有 stop 说明", True
            if option.alone and not question.multi:
                yield f"{at} 写了 alone, 但不是多选题", True
            if option.set.promise is not None or option.set.handling:
                promise = option.set.promise or item.promise
                yield from _at_once(option.set.handling or item.handling, promise.value, f"{at} 的 set: ")
        earlier[question.id] = question
    for material in item.materials:
        if material.key not in used:
            yield f"材料 {material.key} 从未被要求", False


def _who(catalogue: Catalogue, item: Item) -> Iterator[Found]:
    own = {
        key
        for question in item.questions
        for option in question.options
        for key in option.add
        if key in catalogue.common_materials and key in item.material_by_key
    }
    if item.ask_who and item.agent_policy == "heir":
        yield "由继承人申请的事项不能再问[由谁办理](ask_who)", True
    if item.ask_who and "agent_id" in own:
        yield "事项自己已问代办人, ask_who 应为 false", True


def _limits(_: Catalogue, item: Item) -> Iterator[Found]:
    yield from _at_once(item.handling, item.promise.value, "")
    if item.legal and item.legal.unit == item.promise.unit and item.promise.value > item.legal.value:
        yield f"承诺 {item.promise.words} 长于法定 {item.legal.words}", True
    if "马上办" in item.marks and item.handling != "即办件":
        yield "标了马上办, 但不是即办件", True
    if "一次办" in item.marks and item.visits > 1:
        yield f"标了一次办, 但要到场 {item.visits} 次", True
    if "网上办" in item.marks and not ONLINE & set(item.channels):
        yield "标了网上办, 但办理渠道里没有网上", True


def _at_once(handling: str, days: int, at: str) -> Iterator[Found]:
    if (handling == "即办件") != (days == 0):
        yield f"{at}{handling}的承诺时限为 {days}: 即办件必须是 0, 承诺件必须大于 0", True


def _powers(_: Catalogue, item: Item) -> Iterator[Found]:
    if item.decide_power == "hall" and item.accept_power != "hall":
        yield "大厅能决定的事项, 受理权也应在大厅(power.accept)", True
    if item.decide_power == "hall" and item.handling != "即办件":
        yield "只有即办件可由大厅当场决定(power.decide)", True
    if (item.decide_power == "hall") != bool(item.deciders):
        yield "power.deciders 与 power.decide 不一致: 大厅决定的须写明由谁决定", True


def _integrity(_: Catalogue, item: Item) -> Iterator[Found]:
    name = item.result.name.split("(")[0]
    if name.endswith("证") and not name.endswith("凭证") and item.result.kind != "证照":
        yield f"结果[{item.result.name}]是证, 类型却是{item.result.kind}(应为出证办结)", True
    if item.result.result_kind == "electronic" and "网上" not in item.result.delivery and not item.result.electronic:
        yield "结果为电子, 却既无电子件也不在网上送达", True
    if item.visits and not item.visits_reason:
        yield f"要到场 {item.visits} 次, 没有写原因(visits_reason)", True
    if not item.visits and not ONLINE & set(item.channels) and "邮寄" not in (*item.channels, *item.result.delivery):
        yield "不用到场又不能网上办的, 必须可以邮寄", True
    costs = [
        item.fee_fen,
        *(option.set.fee_fen for q in item.questions for option in q.options if option.set.fee_words),
    ]
    if any(costs) and not (item.fee_name and item.fee_basis):
        yield "收费事项须写收费项目名称和依据(fee.name, fee.basis)", True
    for code in filter(None, (item.basic_code, item.implementation_code)):
        for reason in check_item_code(code).reasons:
            yield f"编码 {code}: {reason}", True
    if item.consult_phone and item.consult_phone == item.complaint_phone:
        yield "咨询电话与投诉电话不能相同", True
    if item.category == "行政许可":
        if not item.faq:
            yield "行政许可至少要有 1 条常见问题(faq)", True
        if item.stages != LICENCE_STAGES:
            yield f"行政许可的环节(stages)应为 {' '.join(LICENCE_STAGES)}", True


def _tolerance(catalogue: Catalogue, item: Item) -> Iterator[Found]:
    for material in item.materials:
        if material.tolerant and (reason := _core_reason(catalogue, material)):
            yield f"材料 {material.key} 是{reason}, 不得容缺(example_days)", True
        kind = catalogue.evidence.get(material.evidence)
        if kind and kind.identity and not material.core:
            yield f"材料 {material.key} 是身份证件, 必须是核心材料(core)", True


def _core_reason(catalogue: Catalogue, material: MaterialSpec) -> str:
    kind = catalogue.evidence.get(material.evidence)
    if kind and kind.identity:
        return "身份证件"
    if material.key == "form":
        return "申请表"
    return "核心材料" if material.core else ""


def _dates(_: Catalogue, item: Item) -> Iterator[Found]:
    yield from date_faults(item.valid_from, item.valid_to)


def date_faults(valid_from: str, valid_to: str) -> Iterator[Found]:
    """Days that do not exist, and a validity that ends before it begins."""
    for name, day in (("valid_from", valid_from), ("valid_to", valid_to)):
        try:
            date.fromisoformat(day or "2026-01-01")
        except ValueError:
            yield f"{name} 没有这一天: {day}", True
            return
    if valid_to and valid_to < valid_from:
        yield f"有效期止 {valid_to} 早于起 {valid_from}", True


def _screen(_: Catalogue, item: Item) -> Iterator[Found]:
    texts = [item.name, item.result.name, *(material.name for material in item.materials)]
    texts += [text for q in item.questions for text in (q.text, *(option.label for option in q.options))]
    texts += [spec.label for spec in item.fields]
    for text in texts:
        if bad := sorted({char for char in text if unicodedata.category(char)[0] == "C"}):
            yield f"[{text.encode('unicode_escape').decode()}]里有看不见的控制字符 {bad!a}", True
        if bad := sorted({char for char in text if unicodedata.east_asian_width(char) == "A" and char != "·"}):
            yield f"[{text}]里的 {' '.join(bad)} 在终端里宽度不定, 请换写法", False


def _once(what: str, ids: Iterable[str]) -> Iterator[Found]:
    for key, count in Counter(ids).items():
        if count > 1:
            yield f"{what}[{key}]出现 {count} 次", True


RULES: tuple[Rule, ...] = (
    _references, _questions, _who, _limits, _powers, _integrity, _tolerance, _dates, _screen,
)  # fmt: skip
