"""clock: confirm the machine's time after it was put right."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from clerk_tui.cli.place import StoreOption, settings_for


def clock(
    context: typer.Context,
    clerk: Annotated[str, typer.Option(help="确认时间的主管或系统管理员的工号")] = "",
    reason: Annotated[str, typer.Option(help="怎样核对了时间, 留在记录里")] = "",
    confirm: Annotated[bool, typer.Option("--confirm", help="时间无误: 从现在起照常登记")] = False,
    store: StoreOption = None,
) -> None:
    from clerk_tui.cli.doctor import HALL_ZONE
    from clerk_tui.cli.sync import open_place
    from clerk_tui.store import clock as clocks
    from clerk_tui.store.act import system_clock

    def words(at: int) -> str:
        return datetime.fromtimestamp(at / 1000, UTC).astimezone(HALL_ZONE).isoformat(" ", timespec="seconds")

    now = system_clock()
    typer.echo(f"本机时间 {words(now)}")
    if not confirm:
        typer.echo("先校准本机时间; 无误后由主管运行 clerk-tui clock --confirm --clerk 工号 --reason 怎样核对的")
        return
    opened = open_place(settings_for(context, store))
    try:
        was = clocks.confirm(opened, clerk, reason=reason)
    finally:
        opened.close()
    typer.echo(f"已确认; 登记里最后的时间原是 {words(was)}。从现在起照常登记")
