"""Targets of the policy plan over the items of the catalogue (番府办〔2020〕2号): the official figures."""

from collections.abc import Iterable
from dataclasses import dataclass

from clerk_tui.rules.figures import HIT, MISS, Judgement, Measure, Part, Ratio, count
from clerk_tui.rules.limits import Limit

LICENCE = "行政许可"
PERSON = "自然人"
NOT_RECORDED = "目录未记载"
WITH_VISIT_DAYS = 5
"""注销 and 备案 items with a lawful site check: decided within this many working days (the plan)."""


@dataclass(frozen=True)
class ItemFact:
    """What the figures ask of a catalogue item.

    `excluded`: why it stays out of every figure ('' = it counts): 特殊程序, 涉密, 本级政府批准, 不在有效期.
    `filing`: 'only' for an item that is nothing but 注销 or 备案, 'mixed' where it is one of several cases, ''.
    `simple`, `bookable`: None where the catalogue does not say.
    """

    key: str
    name: str
    category: str
    handling: str
    promise: Limit
    legal: Limit | None = None
    applicants: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    visits: int = 1
    site_check: bool = False
    filing: str = ""
    simple: bool | None = None
    bookable: bool | None = None
    excluded: str = ""

    @property
    def at_once(self) -> bool:
        """即办: promised on the spot."""
        return self.handling == "即办件" or self.promise.value == 0


def _whether(met: bool) -> Part:
    return HIT if met else MISS


def _licence_at_once(item: ItemFact) -> Judgement:
    return None if item.category != LICENCE else item.excluded or _whether(item.at_once)


def _person_at_once(item: ItemFact) -> Judgement:
    if PERSON not in item.applicants or "窗口" not in item.channels:
        return None
    return item.excluded or _whether(item.at_once)


def _simple_at_once(item: ItemFact) -> Judgement:
    if item.excluded or item.simple is None:
        return item.excluded or NOT_RECORDED
    return _whether(item.at_once) if item.simple else None


def _filing(item: ItemFact, site_check: bool, met: bool) -> Judgement:
    if not item.filing or item.site_check is not site_check:
        return None
    return item.excluded or ("与其他情形合为一项" if item.filing == "mixed" else _whether(met))


def _filing_same_day(item: ItemFact) -> Judgement:
    return _filing(item, False, item.at_once)


def _filing_with_visit(item: ItemFact) -> Judgement:
    return _filing(item, True, item.promise.unit == "working" and item.promise.value <= WITH_VISIT_DAYS)


def _online(item: ItemFact) -> Judgement:
    return item.excluded or _whether(bool({"网上", "移动端"} & set(item.channels)))


def _bookable(item: ItemFact) -> Judgement:
    if "窗口" not in item.channels:
        return None
    return item.excluded or (NOT_RECORDED if item.bookable is None else _whether(item.bookable))


def _nearby(item: ItemFact) -> Judgement:
    return item.excluded or _whether(bool({"镇街", "村居"} & set(item.levels)))


def _one_visit(item: ItemFact) -> Judgement:
    return item.excluded or _whether(item.visits <= 1)


def _no_visit(item: ItemFact) -> Judgement:
    return item.excluded or _whether(item.visits == 0)


def _self_service(item: ItemFact) -> Judgement:
    return item.excluded or _whether(bool({"移动端", "自助"} & set(item.channels)))


def _compression(item: ItemFact) -> Judgement:
    if item.excluded:
        return item.excluded
    if item.legal is None:
        return "无法定时限"
    if not item.legal.unit == item.promise.unit == "working":
        return "法定与承诺不都是工作日"
    return Part(item.legal.value - item.promise.value, item.legal.value)


ITEM_MEASURES: tuple[Measure[ItemFact], ...] = (
    Measure("licence_at_once", "行政许可即办事项", "items", _licence_at_once, "2019 年 30%, 2020 年 40%", 400),
    Measure("person_at_once", "面向自然人现场办理即办事项", "items", _person_at_once, "三分之一, 后二分之一", 500),
    Measure("simple_at_once", "简易事项标为即办", "items", _simple_at_once, "100%", 1000),
    Measure("filing_same_day", "注销备案事项(不需现场检查)承诺当日", "items", _filing_same_day, "100%", 1000),
    Measure(
        "filing_with_visit", "注销备案事项(依法现场检查)承诺 5 工作日内", "items", _filing_with_visit, "100%", 1000
    ),
    Measure("online", "可网办事项", "items", _online, "100%", 1000),
    Measure("bookable", "实体大厅可预约事项", "items", _bookable, "100%", 1000),
    Measure("nearby", "就近可办事项", "items", _nearby, "100%", 1000),
    Measure("one_visit", "到现场至多一次的事项", "items", _one_visit, "100%", 1000),
    Measure("no_visit", "不用到现场的事项", "items", _no_visit, "50%", 500),
    Measure("self_service", "移动端或自助可办事项", "items", _self_service, "30%", 300),
    Measure("promise_compression", "承诺时限压缩(按工作日数)", "items", _compression),
)

NOT_OF_THIS_COUNTER: tuple[tuple[str, str], ...] = (
    ("照章户税票 3 小时", "税务系统的指标, 本窗口没有数据"),
    ("增值税专票 10 万元以上 10 工作日, 以下 2 工作日", "税务系统的指标, 本窗口没有数据"),
    ("主动评价率, 好评率, 差评整改与回访", "好差评由区系统收集, 本机不请群众评价"),
)
"""Targets of the plan that no record of a township counter can answer, with the reason."""


def of_items(items: Iterable[ItemFact]) -> tuple[Ratio, ...]:
    """The official, item-based figures in the order of the plan."""
    return count(ITEM_MEASURES, items)
