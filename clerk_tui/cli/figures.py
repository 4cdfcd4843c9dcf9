"""figures: targets of the policy plan, official by item, our own by case and by ticket."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from clerk_tui.cli.columns import columns
from clerk_tui.cli.place import StoreOption, settings_for
from clerk_tui.rules.figures import BASIS_WORDS, Ratio
from clerk_tui.rules.queue_policy import CHINA
from clerk_tui.rules.refusal import Refusal


def figures(
    context: typer.Context,
    store: StoreOption = None,
    cases: Annotated[bool, typer.Option("--cases", help="加上本机数据里的办件和排队号")] = False,
    first: Annotated[str, typer.Option("--from", help="办件从哪一天起; 不写则为当月一日")] = "",
    last: Annotated[str, typer.Option("--to", help="到哪一天止(含); 目录也按这一天计; 不写则为今天")] = "",
    folder: Annotated[Path | None, typer.Option("--folder", help="目录文件夹; 不写则用随程序的目录")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """方案目标的各项比例: 分子, 分母, 未计入的和理由; 按事项与按办件分开, 不混为一数。"""
    from clerk_tui.catalog.figures import facts
    from clerk_tui.catalog.load import load
    from clerk_tui.resources import data_folder
    from clerk_tui.rules.item_figures import NOT_OF_THIS_COUNTER, of_items

    to = _date(last, "--to") if last else datetime.now(CHINA).date()
    since = _date(first, "--from") if first else to.replace(day=1)
    if since > to:
        raise Refusal("figures_range", "--from 晚于 --to", "请把日期前后对调")
    catalogue = load(folder or data_folder() / "catalog")
    groups = {"items": of_items(facts(catalogue, to.isoformat()))}
    if cases or store is not None or first:
        groups |= _own(context, store, since, to)
    if as_json:
        content: dict[str, Any] = {"day": to.isoformat(), "catalogue": catalogue.version}
        if len(groups) > 1:
            content |= {"from": since.isoformat(), "to": to.isoformat()}
        content |= {name: [_fact(one) for one in ratios] for name, ratios in groups.items()}
        content["not_here"] = [{"words": words, "reason": why} for words, why in NOT_OF_THIS_COUNTER]
        typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    for name, ratios in groups.items():
        when = f"目录, {to.isoformat()}" if name == "items" else f"{since.isoformat()} 至 {to.isoformat()}"
        typer.echo(f"--- {BASIS_WORDS[name]} ({when}) ---")
        _echo(ratios)
    typer.echo("--- 本窗口没有数据 ---")
    for words, why in NOT_OF_THIS_COUNTER:
        typer.echo(f"{words}: {why}")
    if catalogue.banner:
        typer.echo(catalogue.banner)


def _own(context: typer.Context, store: Path | None, first: date, last: date) -> dict[str, tuple[Ratio, ...]]:
    from clerk_tui.bootstrap import load_desk
    from clerk_tui.desk.plan_figures import case_facts, ticket_facts
    from clerk_tui.rules.case_figures import of_cases, of_tickets

    desk = load_desk(settings_for(context, store))
    try:
        with desk.look() as connection:
            return {
                "cases": of_cases(case_facts(connection, desk, first, last)),
                "tickets": of_tickets(ticket_facts(connection, desk, first, last)),
            }
    finally:
        desk.store.close()


def _date(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refusal("figures_date", f"{option} 不是日期: {text}", "日期写成 2026-11-23") from error


def _fact(ratio: Ratio) -> dict[str, Any]:
    return {**asdict(ratio), "excluded": dict(ratio.excluded), "permille": ratio.permille, "reached": ratio.reached}


def _echo(ratios: Sequence[Ratio]) -> None:
    rows = [(one.words, one.value_words, one.target, one.reached_words, one.excluded_words) for one in ratios]
    for line in columns(("指标", "比例(分子/分母)", "目标", "", "未计入"), rows):
        typer.echo(line)
