"""clerk-tui catalog: check a folder, list and show items, compare two folders."""

import json
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from clerk_tui.catalog.check import check as check_folder
from clerk_tui.catalog.diff import Change, Value, diff
from clerk_tui.catalog.find import by_code, find, limit_words
from clerk_tui.catalog.load import load
from clerk_tui.catalog.model import Catalogue, Item, MaterialSpec, Package
from clerk_tui.cli.columns import columns
from clerk_tui.resources import data_folder
from clerk_tui.rules.refusal import Refusal

app = typer.Typer(
    help="事项目录: 检查, 列表, 查看, 比较", no_args_is_help=True, add_completion=False, rich_markup_mode=None
)

Folder = Annotated[Path | None, typer.Option("--folder", help="目录文件夹; 不写则用随程序的目录")]


class Mark(StrEnum):
    AT_ONCE = "马上办"
    ONLINE = "网上办"
    NEARBY = "就近办"
    ONE_VISIT = "一次办"


RESULT_WORDS = {"paper": "纸质", "card": "卡证", "electronic": "电子", "payment": "发放到账", "none": "无"}
POWER_WORDS = {"hall": "大厅", "department": "部门"}


@app.command("check")
def check(folder: Annotated[Path | None, typer.Argument(help="目录文件夹; 不写则查随程序的目录")] = None) -> None:
    """检查目录: 每个问题一行, 写明文件, 事项, 毛病; 有错误时退出码为 1。"""
    catalogue, faults = check_folder(folder or data_folder() / "catalog")
    for fault in faults:
        typer.echo(f"{'错误' if fault.grave else '提示'}  {fault.line}")
    grave = sum(fault.grave for fault in faults)
    if catalogue is None:
        typer.echo(f"共 {grave} 处错误, 目录不能使用")
        raise typer.Exit(1)
    typer.echo(f"目录可用: {len(catalogue.items)} 个事项, {len(catalogue.packages)} 个一件事, 提示 {len(faults)} 处")


@app.command("list")
def list_items(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    mark: Annotated[Mark | None, typer.Option("--mark", help="只列标有此项的事项")] = None,
    text: Annotated[str, typer.Option("--find", help="按短码, 名称, 拼音或首字母查找")] = "",
    day: Annotated[str, typer.Option("--day", help="只列这一天有效的(如 2026-11-23)")] = "",
    folder: Folder = None,
) -> None:
    """列出事项, 末尾是四种标志的件数。"""
    catalogue = _load(folder)
    if text:
        hits = find(catalogue, text, day or _last_day(catalogue), limit=len(catalogue.items))
        chosen = [catalogue.items[hit.key] for hit in hits if not hit.package]
    else:
        chosen = [item for item in catalogue.items.values() if not day or item.is_valid(day)]
    items = [item for item in chosen if mark is None or mark in item.marks]
    counts = Counter(one for item in items for one in item.marks)
    if as_json:
        marks = {one.value: counts[one] for one in Mark}
        _echo_json({"version": catalogue.version, "items": [_summary(item) for item in items], "marks": marks})
        return
    head = ("短码", "事项", "部门", "类型", "时限", "标志")
    rows = [
        (item.code, item.name, item.department, item.handling, limit_words(item), " ".join(item.marks))
        for item in items
    ]
    _echo_table(head, rows)
    typer.echo(f"共 {len(items)} 项: " + ", ".join(f"{one.value} {counts[one]}" for one in Mark))
    _echo_banner(catalogue)


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="KEY|CODE", help="事项或一件事的短码或名称键")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    folder: Folder = None,
) -> None:
    """查看一个事项或一件事的全部内容。"""
    catalogue = _load(folder)
    found = _named(catalogue, name)
    if found is None:
        near = ", ".join(f"{hit.code} {hit.name}" for hit in find(catalogue, name, _last_day(catalogue), limit=3))
        typer.echo(f"没有事项 {name}" + (f"; 是否要找: {near}" if near else ""), err=True)
        raise typer.Exit(1)
    if as_json:
        from clerk_tui.catalog.codec import to_json

        _echo_json(to_json(found))
    elif isinstance(found, Item):
        _echo_item(catalogue, found)
    else:
        _echo_package(catalogue, found)


@app.command("diff")
def compare(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="旧目录文件夹")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="新目录文件夹")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """比较两个目录文件夹: 增加, 删除, 逐项改动。"""
    changes = diff(_load(old), _load(new))
    if as_json:
        from clerk_tui.catalog.codec import to_json

        _echo_json([to_json(change) for change in changes])
        return
    for change in changes:
        typer.echo(_change_line(change))
        for value in change.values:
            typer.echo(f"    {_value_line(value)}")
    kinds = Counter(change.kind for change in changes)
    typer.echo(f"增加 {kinds['added']}, 删除 {kinds['removed']}, 改动 {kinds['changed']}" if changes else "没有不同")


def _load(folder: Path | None) -> Catalogue:
    try:
        return load(folder or data_folder() / "catalog")
    except Refusal as refusal:
        typer.echo(f"{refusal.words}\n{refusal.advice}", err=True)
        raise typer.Exit(1) from refusal


def _last_day(catalogue: Catalogue) -> str:
    """A day on which even the newest items are valid."""
    return max(item.valid_from for item in catalogue.items.values())


def _named(catalogue: Catalogue, name: str) -> Item | Package | None:
    for package in catalogue.packages.values():
        if name.strip().lower() in (package.key, package.code):
            return package
    return by_code(catalogue, name)


def _summary(item: Item) -> dict[str, Any]:
    return {
        "key": item.key,
        "code": item.code,
        "name": item.name,
        "department": item.department,
        "category": item.category,
        "handling": item.handling,
        "promise": {"value": item.promise.value, "unit": item.promise.unit},
        "accept_power": item.accept_power,
        "visits": item.visits,
        "marks": list(item.marks),
        "confidence": item.confidence,
        "valid_from": item.valid_from,
        "valid_to": item.valid_to,
        "version": item.version,
    }


def _echo_item(catalogue: Catalogue, item: Item) -> None:
    typer.echo(f"{item.code}  {item.name}  ({item.key})")
    facts = {
        "部门": f"{item.department}, {item.office}",
        "类型": f"{item.category}, {item.handling}; 受理 {POWER_WORDS[item.accept_power]}"
        f", 决定 {POWER_WORDS[item.decide_power]}",
        "时限": f"{limit_words(item)}; 法定 {item.legal.words if item.legal else '未查到'}"
        + (f"; 公示 {item.publicity_days} 日" if item.publicity_days else ""),
        "到场": f"{item.visits} 次" + (f"({item.visits_reason})" if item.visits_reason else ""),
        "收费": item.fee_words,
        "结果": f"{item.result.name}({RESULT_WORDS[item.result.result_kind]}; {'、'.join(item.result.delivery)})",
        "标志": " ".join(item.marks),
        "有效": f"{item.valid_from} 起" + (f", 至 {item.valid_to}" if item.valid_to else ""),
        "出处": "; ".join(catalogue.sources[ref].title for ref in item.source_refs) or "无公布指南",
        "可信": f"{item.confidence}; 推断: {'、'.join(item.inferred)}",
        "说明": "; ".join(filter(None, (item.limit_note, item.note))),
    }
    for name, words in facts.items():
        if words:
            typer.echo(f"  {name}  {words}")
    typer.echo("情形")
    for question in item.questions:
        typer.echo(f"  {question.text}{'(可多选)' if question.multi else ''}")
        for option in question.options:
            effects = [f"加 {_names(item, option.add)}" if option.add else ""]
            effects += [f"免 {_names(item, option.drop)}" if option.drop else "", option.stop]
            effects += [f"转 {catalogue.items[option.goto].name}" if option.goto else ""]
            words = "; ".join(filter(None, effects))
            typer.echo(f"    {option.label}" + (f": {words}" if words else ""))
    typer.echo("材料(* 必备)")
    rows = [_material_row(catalogue, item, material) for material in item.materials]
    _echo_table(("", "材料", "持有人", "原件", "复印", "共享", "容缺"), rows)
    _echo_banner(catalogue)


def _names(item: Item, keys: tuple[str, ...]) -> str:
    return "、".join(item.material(key).name for key in keys)


def _material_row(catalogue: Catalogue, item: Item, material: MaterialSpec) -> tuple[str, ...]:
    tolerance = "核心, 不可" if material.core else "不可"
    if material.tolerant:
        tolerance = f"示例 {material.tolerant_days} 日"
    return (
        "*" if material.key in item.base_materials else "",
        material.name,
        catalogue.holders[material.holder],
        str(material.original),
        str(material.copy),
        material.share,
        tolerance,
    )


def _echo_package(catalogue: Catalogue, package: Package) -> None:
    typer.echo(f"{package.code}  {package.name}  ({package.key})")
    typer.echo(f"  时机  {package.trigger}")
    typer.echo(f"  时限  {f'承诺 {package.promise.words}' if package.promise else '未公布'}; 到场 {package.visits} 次")
    for number, stage in enumerate(package.order, start=1):
        typer.echo(
            f"  阶段 {number}  " + "; ".join(f"{catalogue.items[k].code} {catalogue.items[k].name}" for k in stage)
        )
    for group in package.choose_one:
        typer.echo("  择一  " + "; ".join(catalogue.items[key].name for key in group))
    for key in package.stops:
        typer.echo(f"  停办  {catalogue.items[key].name}")
    if package.external:
        typer.echo(f"  窗口外  {'; '.join(package.external)}")
    typer.echo(f"  说明  {package.order_reason}")
    _echo_banner(catalogue)


CHANGE_WORDS = {"added": "增加", "removed": "删除", "changed": "改动"}
PART_WORDS = {"item": "事项", "package": "一件事", "evidence": "证据种类"}


def _change_line(change: Change) -> str:
    return f"{CHANGE_WORDS[change.kind]} {PART_WORDS[change.part]} {change.name} ({change.key})"


def _value_line(value: Value) -> str:
    old, new = (json.dumps(part, ensure_ascii=False) if part is not None else "无" for part in (value.old, value.new))
    return f"{value.place}: {old} => {new}"


def _echo_json(data: Any) -> None:
    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))


def _echo_table(head: tuple[str, ...], rows: Sequence[Sequence[str]]) -> None:
    for line in columns(head, rows):
        typer.echo(line)


def _echo_banner(catalogue: Catalogue) -> None:
    if catalogue.banner:
        typer.echo(catalogue.banner)
