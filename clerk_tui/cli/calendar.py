"""calendar: which years' working days are known, and adding a year when its notice comes."""

import json
from pathlib import Path
from typing import Annotated

import typer

from clerk_tui.cli.columns import columns
from clerk_tui.cli.place import StoreOption, settings_for

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def calendar() -> None:
    """工作日历: 哪些年份已公布, 通知来了加一年"""


@app.command("list")
def list_years(
    context: typer.Context,
    store: StoreOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """列出已公布的年份和通知文号; 写了 --store 的, 连同该数据里另加的年份。"""
    from clerk_tui.catalog.calendars import load
    from clerk_tui.cli.place import reading
    from clerk_tui.store.calendar_years import with_kept

    found = load()
    if store is not None or isinstance(context.obj, Path):
        with reading(settings_for(context, store).place) as connection:
            found = with_kept(connection, found)
    years = [
        {
            "year": year,
            "notice": notice,
            "off": sum(day.year == year for day in found.off),
            "working_weekends": sum(day.year == year for day in found.work),
        }
        for year, notice in sorted(found.notices.items())
    ]
    if as_json:
        content = {"published_until": found.published_until.isoformat(), "years": years}
        typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    rows = [(str(one["year"]), str(one["off"]), str(one["working_weekends"]), str(one["notice"])) for one in years]
    for line in columns(("年份", "放假日", "调休上班", "通知"), rows):
        typer.echo(line)
    typer.echo(f"公布到 {found.published_until.isoformat()}; 之后的期限按平常的周计算, 并标明暂定")


@app.command("add")
def add_year(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="年份文件, 例如 2027.yaml(格式见随程序的 data/calendar)")],
    clerk: Annotated[str, typer.Option(prompt="办理的主管工号", help="主管的工号")],
    store: StoreOption = None,
) -> None:
    """把一年的工作日历加进本机数据, 并重算受影响的期限; 同一年的后来者取代先前的。"""
    from clerk_tui.bootstrap import load_desk
    from clerk_tui.desk import calendars
    from clerk_tui.desk.signing_in import by_number

    desk = load_desk(settings_for(context, store))
    try:
        done = calendars.load_year(desk, by_number(desk, number=clerk), file=file)
    finally:
        desk.store.close()
    typer.echo(f"已加 {done.year} 年工作日历({done.number}), 公布到 {done.published_until}")
    typer.echo(f"重算期限的办件: {done.redated} 件; 已打开的窗口几秒内自动采用")
