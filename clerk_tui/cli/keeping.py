"""backup, restore, verify."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from clerk_tui.cli.place import StoreOption, reading, settings_for, sqlite_file
from clerk_tui.rules.refusal import Refusal

EVIDENCE = "evidence"
"""The folder beside a backup where the bytes of what was handed out lie."""

NAMED = 3
"""How many damaged files are named."""


def backup(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(help="备份放到哪个文件夹(例如 U 盘), 或备份文件名")],
    store: StoreOption = None,
) -> None:
    from clerk_tui.store import backup as keeping
    from clerk_tui.store import evidence

    settings = settings_for(context, store)
    report = keeping.backup(sqlite_file(settings), target)
    typer.echo(f"已备份到 {report.path} ({report.size} 字节)")
    folder = report.path.parent / EVIDENCE
    copied = evidence.copy_missing(settings.evidence, folder)
    known = keeping.copies_in(report.path)
    typer.echo(f"文书底稿: 新备份 {copied.new} 份, 连以前的共 {copied.sound} 份, 在 {folder}; 恢复时须在备份旁边")
    _tell(copied.damaged, len(known), evidence.absent(known, folder))
    typer.echo(f"登记链完整: {report.chain.n} 条")
    typer.echo(f"SHA-256 {report.sha256}")
    typer.echo("备份里有居民信息, 没有加密, 请妥善保管; 与区系统交换用的私钥不在备份里")


def restore(
    context: typer.Context,
    source: Annotated[Path, typer.Argument(help="备份文件")],
    clerk: Annotated[str, typer.Option(prompt="办理恢复的主管或技术人员工号", help="主管或技术人员的工号")],
    store: StoreOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
) -> None:
    from clerk_tui.store import backup as keeping
    from clerk_tui.store import evidence

    settings = settings_for(context, store)
    place = sqlite_file(settings)
    if place.exists() and not yes:
        if not sys.stdin.isatty():
            raise Refusal("restore_unconfirmed", f"{place} 已有数据", "确定要恢复请加 --yes; 原有数据会移到一旁")
        typer.confirm(f"{place} 已有数据, 恢复后它会移到一旁。继续?", abort=True)
    report = keeping.restore(source, place, clerk=clerk)
    typer.echo(f"已恢复 {report.path}, 登记链完整: {report.chain.n} 条")
    if not report.sha_checked:
        typer.echo("备份旁边没有 .sha256 文件, 只检查了内容和登记链")
    if report.kept is not None:
        typer.echo(f"原有数据移到 {report.kept}")
    if report.inst:
        typer.echo(f"本机现在是新的安装 {report.inst}: 须由区系统重新登记, 之后才能交换批次")
        typer.echo(f"编号已跳段并登记作废号段, 共 {len(report.voided)} 个系列")
    copied = evidence.copy_missing(source.parent / EVIDENCE, settings.evidence)
    known = keeping.copies_in(place)
    absent = evidence.absent(known, settings.evidence)
    typer.echo(
        f"文书底稿: 取回 {copied.new} 份, 逐份核对了 SHA-256; 登记的 {len(known)} 份中已有 {len(known) - absent} 份"
    )
    _tell(copied.damaged, len(known), absent)


def _tell(damaged: tuple[str, ...], known: int, absent: int) -> None:
    if damaged:
        more = f" 等 {len(damaged)} 份" if len(damaged) > NAMED else ""
        typer.echo(f"注意: 底稿与自己的摘要不符, 没有拷: {', '.join(damaged[:NAMED])}{more}")
    if absent:
        typer.echo(f"注意: 登记打印过的 {known} 份底稿里缺 {absent} 份, 可能在打印它的窗口那台机器上")


def verify(context: typer.Context, store: StoreOption = None) -> None:
    from clerk_tui.store.verify import verify as walk

    with reading(settings_for(context, store).place) as connection:
        chain = walk(connection)
    if not chain.whole:
        raise Refusal("journal_broken", f"登记链不完整: {chain.words}", "请停止使用本机, 通知技术人员")
    typer.echo(f"登记链完整: {chain.n} 条, 其中内容已到期清除 {chain.erased} 条")
    typer.echo(f"链头 {chain.head}")
