"""sync: exchange batches with the district; enrol this station; see how it stands."""

import gc
import os
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clerk_tui.cli.place import StoreOption, settings_for

if TYPE_CHECKING:
    from clerk_tui.channel.clock_jumps import ClockWatch
    from clerk_tui.channel.keys import Fingerprint
    from clerk_tui.channel.station import Station
    from clerk_tui.channel.sync import ExchangeReport
    from clerk_tui.settings import Settings
    from clerk_tui.store.engine import Store

sync = typer.Typer(help="与区系统交换批次", invoke_without_command=True, add_completion=False, rich_markup_mode=None)

PASSPHRASE = "CLERK_TUI_KEYS_PASSPHRASE"
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
    from clerk_tui.channel.clock_jumps import ClockWatch

    settings = settings_for(context, store)
    station = station_of(settings, url)
    watch = ClockWatch(station.clock)
    gc.freeze()  # what stays for good need not be walked again, least of all while the write lock is held
    try:
        while True:
            _look_at_clock(watch, station.store)
            report = _exchange(station)
            for line in lines_of(report):
                typer.echo(line)
            if once or not every:
                raise typer.Exit(1 if report.state in FAILED else 0)
            time.sleep(every)
            # a batch of the district may have brought another one
            station = replace(station, catalogue=catalogue_of(settings, station.store))
    finally:
        station.transport.close()


@sync.command("enrol", help="本站登记, 第一步: 生成密钥和申请文件, 交区里批复")
def enrol(
    context: typer.Context,
    request: Annotated[Path, typer.Option(help="申请文件写到哪里")] = Path("enrolment-request.json"),
    protect: Annotated[bool, typer.Option("--passphrase", help="用口令保护密钥文件; 以后交换前要输入口令")] = False,
    new_keys: Annotated[
        bool,
        typer.Option(
            "--new-keys", help="密钥被区里收回或丢失后: 换新密钥, 作为新的安装重新登记; 写明 --clerk --reason"
        ),
    ] = False,
    clerk: Annotated[str, typer.Option(help="换密钥的主管或系统管理员的工号")] = "",
    reason: Annotated[str, typer.Option(help="换密钥的原因, 留在记录里")] = "",
    store: StoreOption = None,
) -> None:
    from clerk_tui.channel import keys, mending, rekeying
    from clerk_tui.channel.enrolment import write_request

    settings = settings_for(context, store)
    passphrase = ""
    if new_keys:
        opened = open_place(settings)
        with opened.read() as connection:
            by = mending.responsible(connection, clerk)
        passphrase = new_passphrase() if protect else ""
        inst = rekeying.renew(opened, settings.keys_folder, by, reason=reason, passphrase=passphrase)
        typer.echo(f"已换新密钥, 新的安装 {inst}; 区里批复以前不交换, 办事照常")
    elif keys.locked(settings.keys_folder):
        passphrase = passphrase_for(settings.keys_folder)
    else:
        passphrase = new_passphrase() if protect else ""
    made = write_request(open_place(settings), settings.keys_folder, request, passphrase=passphrase)
    print_ = made.keys.fingerprint()
    typer.echo(f"站点 {made.station} 安装 {made.inst}: 申请已写入 {request}")
    for line in fingerprint_lines(print_):
        typer.echo(line)
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
    for line in fingerprint_lines(print_):
        typer.echo(line)
    if found.link.url:
        typer.echo(f"交换地址 {found.link.url}")
    if not yes:
        typer.confirm("已用电话或当面与区里核对, 指纹一致?", abort=True)
    passphrase = passphrase_for(settings.keys_folder)
    install(open_place(settings), settings.keys_folder, approval, passphrase=passphrase)
    if stopped := standing_still(settings):
        typer.echo(f"已登记。交换还停着: {stopped}")
        typer.echo("核对过了就恢复: clerk-tui channel resume --clerk 工号 --reason 怎样查清的")
    elif found.link.url or settings.channel_url:
        typer.echo("已登记。现在就可以交换: clerk-tui sync")
    else:
        typer.echo("已登记。批复里没有交换地址: 在设置里写好 channel_url 后即可交换")
    for name, said, own in (
        ("channel_url", found.link.url, settings.channel_url),
        ("channel_host_key", found.link.host_key, settings.channel_host_key),
    ):
        if said and own and own != said:
            typer.echo(f"注意: 设置文件里的 {name} 与批复的不同, 以设置文件为准; 要按批复的交换, 请删去设置里的这一行")


@sync.command("distrust", help="区里的密钥丢失或被盗时: 停用它, 装入新批复以前不再交换")
def distrust(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", help="不再询问")] = False,
    store: StoreOption = None,
) -> None:
    from clerk_tui.channel.enrolment import revoke_district

    if not yes:
        typer.confirm("已用电话或当面向区里核实, 区里的密钥不能再信任?", abort=True)
    number = revoke_district(open_place(settings_for(context, store)))
    typer.echo("已停用; 装入新批复: clerk-tui sync install 批复文件" if number else "本站没有装过区里的密钥")


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
        lines.append(f"数据都在本机, 没有丢失; {when(report.next_try_at)} 以后自动再试")
    return lines


def _look_at_clock(watch: "ClockWatch", store: "Store") -> None:
    from clerk_tui.rules.refusal import Refusal

    try:
        jump = watch.look(store)
    except Refusal:
        return  # the store is locked; the next look sees it
    if jump is not None:
        typer.echo(f"注意: {jump.words}")


def _exchange(station: "Station") -> "ExchangeReport":
    from clerk_tui.channel.sync import exchange_once

    return exchange_once(station, send_now=True)


def station_of(settings: "Settings", url: str) -> "Station":
    from clerk_tui import __version__
    from clerk_tui.channel.station import connect

    opened = open_place(settings)
    return connect(
        opened, url or settings.channel_url, settings.keys_folder, host_key=settings.channel_host_key,
        passphrase=passphrase_for(settings.keys_folder), app=__version__, catalogue=catalogue_of(settings, opened),
    )  # fmt: skip


def catalogue_of(settings: "Settings", store: "Store") -> str:
    """Version of the catalogue that a desk of this store works with: the published one, else the one that was shipped."""
    from clerk_tui.catalog.files import fingerprint
    from clerk_tui.channel.taking_lists import folder_of
    from clerk_tui.resources import data_folder

    with store.read() as connection:
        try:
            published = folder_of(connection, "catalogue", settings.store)
        except OSError:
            published = None  # the desk falls back on the shipped one, too
    return fingerprint(published or data_folder() / "catalog")


def standing_still(settings: "Settings") -> str:
    """Why the exchange was stopped before, until a person resumes it; '' while it runs."""
    from clerk_tui.channel.status import status

    return status(open_place(settings)).stopped


def passphrase_for(folder: Path) -> str:
    """The passphrase of wrapped keys: from the environment (for a timer), else asked for; '' for keys without one."""
    from clerk_tui.channel import keys

    if not keys.locked(folder):
        return ""
    return os.environ.get(PASSPHRASE) or str(typer.prompt("密钥口令", hide_input=True))


def new_passphrase() -> str:
    return os.environ.get(PASSPHRASE) or str(
        typer.prompt("新的密钥口令", hide_input=True, confirmation_prompt="再输入一次")
    )


def fingerprint_lines(print_: "Fingerprint") -> list[str]:
    """A fingerprint to be compared: on paper, on the telephone, or with a telephone's camera."""
    import io

    import segno

    drawn = io.StringIO()
    segno.make(print_.hex.replace(" ", ""), error="m").terminal(drawn, border=1, compact=True)
    return [f"  指纹 {print_.hex}", f"  电话核对时念 {print_.words}", *drawn.getvalue().rstrip("\n").split("\n")]


def open_place(settings: "Settings") -> "Store":
    from clerk_tui.store.act import system_clock
    from clerk_tui.store.schema import open_store

    return open_store(settings.place, clock_ms=system_clock())


def when(at: int) -> str:
    return datetime.fromtimestamp(at / 1000).astimezone().strftime("%m-%d %H:%M:%S")
