"""demo: a throw-away hall to try, or to prepare for somebody."""

from pathlib import Path
from typing import Annotated

import typer


def demo(
    prepare: Annotated[Path | None, typer.Option(help="只在这个文件夹里备好演示数据, 不打开")] = None,
    cases: Annotated[int | None, typer.Option(min=1, max=2_000_000, help="另加多少件历史办件")] = None,
) -> None:
    if prepare is None:
        from clerk_tui.cli.opening import open_demo

        raise typer.Exit(open_demo(cases))
    from clerk_tui.demo import prepare as fill
    from clerk_tui.demo.morning import PEOPLE

    fill(prepare, cases=cases)
    typer.echo(f"演示数据已备好: {prepare}")
    typer.echo(PEOPLE)
    typer.echo(f"打开: clerk-tui --store {prepare} --clerk demo")
