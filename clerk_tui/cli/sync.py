"""sync: exchange batches with the district; enrol this station; see how it stands."""

import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clerk_tui.cli.place import StoreOption, settings_for

if TYPE_CHECKING:
    from clerk_tui.channel.station import Station
    from clerk_tui.channel.sync import ExchangeReport
    from clerk_tui.settings import Settings
    from clerk_tui.store.engine import Store

sync = typer.Typer(help="与区系统交换批次", invoke_without_command=True, add_completion=False, rich_markup_mode=None)

FAILED = frozenset({"offline", "stopped", "faulty"})


@sync.callback()
def exchange(
    context: typer.Context,
    store: StoreOption = None,
    once: Annotated[bool, typer.Option("--once", help="交换一次就结束(不写 --every 时就是这样)")] = False,
    every: Annotated[int | None, typer.Option(min=5, help="每隔多少秒交换一次, 直到 Ctrl-C; 不写只交换一次")] = None,
    url: Annotated[str, typer.Option(help="交换文件夹; 不写则用设置里的 channel_url")] = "",
) -> None:
    if context.invoked_subcommand is not None:
        context.obj = store or context.obj
        return
    settings = settings_for(context, store)
    station = _station(settings, url)
    while True:
        report = _exchange(station)
        for line in lines_of(report):
            typer.echo(line)
        if once or not every:
            raise typer.Exit(1 if report.state in FAILED else 0)
        time.sleep(every)


@sync.command("enrol", help="本站登记, 第一步: 生成密钥和申请文件, 交区里批复")
def enrol(
    context: typer.Context,
    request: Annotated[Path, typer.Option(help="申请文件写到哪里")] = Path("enrolment-request.json"),
    store: StoreOption = None,
) -> None:
    from clerk_tui.channel.enrolment import write_request

    settings = settings_for(context, store)
    made = write_request(_open(settings), settings.keys_folder, request)
    print_ = made.keys.fingerprint()
    typer.echo(f"站点 {made.station} 安装 {made.inst}: 申请已写入 {request}")
    typer.echo(f"指纹 {print_.hex}")
    typer.echo(f"电话核对时念 {print_.spoken}")
    typer.echo("把申请文件交区里, 并用电话或当面核对指纹; 收到批复后运行 clerk-tui sync install 批复文件")


@sync.command("install", help="本站登记, 第二步: 装入区里的批复")
def install(
    context: typer.Context,
    approval: Annotated[Path, typer.Argument(help="区里的批复文件")],
    yes: Annotated[bool, typer.Option("--yes", help="指纹已经核对, 不再询问")] = False,
    store: StoreOption = None,
) -> None:
    from clerk_tui.channel.enrolment import install, read_approval

    settings = settings_for(context, store)
    found = read_approval(approval)
    print_ = found.keys.fingerprint()
    typer.echo(f"{found.district} 批复站点 {found.station}, 区里的指纹:")
    typer.echo(f"  {print_.hex}")
    typer.echo(f"  {print_.spoken}")
    if not yes:
        typer.confirm("已用电话或当面与区里核对, 指纹一致?", abort=True)
    install(_open(settings), settings.keys_folder, approval)
    typer.echo("已登记。在设置里写好 channel_url 后即可交换: clerk-tui sync")


@sync.command("status", help="看交换的情况")
def show(context: typer.Context, store: StoreOption = None) -> None:
    from clerk_tui.channel.status import status

    found = status(_open(settings_for(context, store)))
    typer.echo(f"与区里: {found.words}")
    typer.echo(f"待发 {found.unsent}, 已发待确认 {found.unconfirmed}, 被退回 {found.rejected}, 区里暂存 {found.held}")
    if found.held_here:
        typer.echo(f"区里发来而本站暂存的 {found.held_here}")
    for at, words in ((found.last_ok_at, "上次成功"), (found.last_try_at, "上次尝试"), (found.next_try_at, "下次再试")):
        if at is not None:
            typer.echo(f"{words} {_when(at)}")
    for words in (found.last_error, found.stopped):
        if words:
            typer.echo(words)
    if found.skew_ms is not None:
        typer.echo(f"区里的时钟比本机快 {found.skew_ms // 1000} 秒, 请校准")
    for batch in found.batches:
        way = "发" if batch.direction == "U" else "收"
        typer.echo(f"  {way} 第 {batch.bno} 批 {batch.count} 条 {batch.state_words} {_when(batch.at)}")


@sync.command("resume", help="查清原因后, 让停下的交换重新开始")
def again(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
    store: StoreOption = None,
) -> None:
    from clerk_tui.channel.sync import resume

    if not yes:
        typer.confirm("交换停下的原因已经与区里查清?", abort=True)
    typer.echo(f"重新开始 {resume(_station(settings_for(context, store), ''))} 条线路")


def lines_of(report: "ExchangeReport") -> list[str]:
    """A report in plain words."""
    lines = [report.words]
    if report.state in ("ok", "faulty", "stopped"):
        lines.append(f"封存 {report.sealed} 批 {report.events} 条, 发出 {report.sent} 批")
        lines.append(
            f"收到 {report.applied} 批 {report.records} 条" + (f", 暂存 {report.parked} 批" if report.parked else "")
        )
    lines += report.faults
    if report.next_try_at is not None:
        lines.append(f"数据都在本机, 没有丢失; {_when(report.next_try_at)} 以后自动再试")
    return lines


def _exchange(station: "Station") -> "ExchangeReport":
    from clerk_tui.channel.sync import exchange_once

    return exchange_once(station, send_now=True)


def _station(settings: "Settings", url: str) -> "Station":
    from clerk_tui import __version__
    from clerk_tui.channel.station import connect

    host_key = settings.channel_host_key
    return connect(
        _open(settings), url or settings.channel_url, settings.keys_folder, host_key=host_key, app=__version__
    )


def _open(settings: "Settings") -> "Store":
    from clerk_tui.store.act import system_clock
    from clerk_tui.store.schema import open_store

    return open_store(settings.place, clock_ms=system_clock())


def _when(at: int) -> str:
    return datetime.fromtimestamp(at / 1000).astimezone().strftime("%m-%d %H:%M:%S")
