"""channel: how the exchange stands, and what a person does about it; look into a batch; hold days against the district."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clerk_tui.cli.place import StoreOption, settings_for
from clerk_tui.cli.sync import FAILED, lines_of, new_passphrase, open_place, passphrase_for, station_of, when
from clerk_tui.rules.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from clerk_tui.channel.status import ChannelStatus, RejectedLine
    from clerk_tui.store.act import By
    from clerk_tui.store.engine import Store

app = typer.Typer(
    help="与区里的交换: 看情况, 发送, 暂停, 恢复, 对账, 看批次文件",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)

Clerk = Annotated[str, typer.Option(help="办理人的工号, 须是主管或系统管理员")]
Reason = Annotated[str, typer.Option(help="原因, 留在记录里")]


@app.command("status", help="看未发, 待确认, 退回, 暂存, 自何时起, 下次何时再试")
def show(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    store: StoreOption = None,
) -> None:
    from clerk_tui.channel.status import rejections, status

    opened = open_place(settings_for(context, store))
    found, rejected = status(opened), rejections(opened)
    if as_json:
        facts = vars(found) | {
            "words": found.words,
            "batches": [vars(one) for one in found.batches],
            "streams": [vars(one) for one in found.streams],
            "rejections": [vars(one) for one in rejected],
        }
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=1))
    else:
        for line in (*_status_lines(found), *_rejected_lines(rejected, found.rejected)):
            typer.echo(line)


@app.command("send", help="现在就交换一次; 用 --to 把没确认的批次复制到 U 盘")
def send(
    context: typer.Context,
    to: Annotated[Path | None, typer.Option(help="U 盘或别的文件夹: 只复制, 复制后读回核对, 不删除原件")] = None,
    url: Annotated[str, typer.Option(help="交换地址; 不写则用设置或批复里的")] = "",
    store: StoreOption = None,
) -> None:
    from clerk_tui.channel.carrying import carry
    from clerk_tui.channel.sync import exchange_once

    settings = settings_for(context, store)
    station = station_of(settings, str(to) if to is not None else url)
    try:
        if to is not None:
            carried = carry(station, to)
            typer.echo(f"已复制并核对 {carried.sent} 批, 收到 {carried.applied} 批 {carried.records} 条")
            return
        report = exchange_once(station, send_now=True)
    finally:
        station.transport.close()
    for line in lines_of(report):
        typer.echo(line)
    raise typer.Exit(1 if report.state in FAILED else 0)


@app.command("pause", help="暂停交换; 办事照常, 记录都留着")
def pause(context: typer.Context, clerk: Clerk, reason: Reason, store: StoreOption = None) -> None:
    from clerk_tui.channel import mending

    opened = open_place(settings_for(context, store))
    mending.pause(opened, _person(opened, clerk), reason=reason)
    typer.echo("已暂停; 恢复: clerk-tui channel resume")


@app.command("resume", help="恢复暂停的交换; 查清原因以后, 让停下的线路重新开始")
def resume(context: typer.Context, clerk: Clerk, reason: Reason, store: StoreOption = None) -> None:
    from clerk_tui.channel import mending

    opened = open_place(settings_for(context, store))
    by = _person(opened, clerk)
    mending.unpause(opened, by)
    again = mending.resume(opened, by, reason=reason)
    typer.echo(f"已恢复; 重新开始 {again} 条停下的线路" if again else "已恢复; 没有停下的线路")


@app.command("ask", help="请区里补发缺的批次")
def ask(context: typer.Context, store: StoreOption = None) -> None:
    from clerk_tui.channel import mending

    asked = mending.ask_again(open_place(settings_for(context, store)))
    typer.echo("下次交换时请区里补发" if asked else "现在没有缺的批次")


@app.command("reconcile", help="与区里对账: 逐日比对条数和摘要, 列出不同的; 区里缺的自动补发")
def reconcile(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    store: StoreOption = None,
) -> None:
    from clerk_tui.channel import reconciling
    from clerk_tui.channel.sync import exchange_once

    station = station_of(settings_for(context, store), "")
    began = station.clock()
    try:
        stated = reconciling.state_days(station, now_wanted=True)
        report = exchange_once(station, send_now=True)
    finally:
        station.transport.close()
    with station.store.read() as connection:
        found = reconciling.outcome(connection)
    if as_json:
        facts = {
            "stated_days": stated, "at": found.at, "days": found.days,
            "differences": [vars(one) for one in found.differences],
        }  # fmt: skip
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=1))
    else:
        late = bool(stated) and (found.at is None or found.at < began)
        typer.echo(f"已向区里报到昨天为止 {stated} 天的条数和摘要; {report.words}")
        if late:
            typer.echo("这一次的答复还没有到: 区里收件以后再运行本命令")
        if found.at is not None:
            typer.echo(f"{'上一次, ' if late else ''}区里 {when(found.at)} 的答复: 比对 {found.days} 天")
        elif not late:
            typer.echo("区里还没有答复过")
        for one in found.differences:
            typer.echo(
                f"  {one.day} 本站 {one.here} 条, 区里 {one.there} 条: 区里缺 {len(one.missing_there)} (已补发), "
                f"本站缺 {len(one.missing_here)}, 内容不同 {len(one.changed)}"
            )
            if one.cases:
                typer.echo(f"    区里有而本站没有的办件, 请找出纸质材料补录: {', '.join(one.cases)}")
            for rid in (*one.missing_there, *one.missing_here, *one.changed):
                typer.echo(f"    {rid}")
        if found.at is not None and not found.differences:
            typer.echo("  两边一致")
    raise typer.Exit(1 if found.differences else 0)


@app.command("inspect", help="看一个批次文件的首部和清单, 或一份登记文件的指纹; 不入库")
def inspect(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="批次文件 PYX1_….pyx")],
    store: StoreOption = None,
) -> None:
    from clerk_tui.channel import keys
    from clerk_tui.channel.enrolment import district_keys, identity_of
    from clerk_tui.channel.inspecting import inspect as look

    settings = settings_for(context, store)
    own, signers = None, []
    if keys.present(settings.keys_folder):
        own = keys.load(settings.keys_folder, passphrase_for(settings.keys_folder))
        signers.append(own.public)
        try:
            opened = open_place(settings)
            with opened.read() as connection:
                district = district_keys(connection, identity_of(connection).inst)
            signers += [district] if district is not None else []
        except Refusal:
            district = None  # keys without a store: the header can still be looked at
    try:
        facts = look(file, reader=own, signers=tuple(signers))
    except OSError as error:
        raise Refusal("file_missing", f"打不开 {file.name}", "请检查文件名") from error
    typer.echo(json.dumps(facts, ensure_ascii=False, indent=1))
    raise typer.Exit(1 if "fault" in facts else 0)


@app.command("passphrase", help="给本站的密钥文件加口令, 改口令, 或取消口令")
def passphrase(
    context: typer.Context,
    remove: Annotated[bool, typer.Option("--remove", help="取消口令: 密钥文件只靠文件权限保护")] = False,
    store: StoreOption = None,
) -> None:
    from clerk_tui.channel import keys

    settings = settings_for(context, store)
    old = str(typer.prompt("现在的密钥口令", hide_input=True)) if keys.locked(settings.keys_folder) else ""
    new = "" if remove else new_passphrase()
    if not remove and not new:
        raise Refusal("passphrase_empty", "口令不能为空", "要取消口令请加 --remove")
    keys.set_passphrase(settings.keys_folder, old, new)
    typer.echo("已取消口令" if remove else "密钥文件已用口令保护; 忘记口令只能重新登记本站")


def _person(store: "Store", number: str) -> "By":
    from clerk_tui.channel.mending import responsible

    with store.read() as connection:
        return responsible(connection, number)


def _status_lines(found: "ChannelStatus") -> list[str]:
    lines = [
        f"与区里: {found.words}",
        f"待发 {found.unsent}, 已发待确认 {found.unconfirmed}, 被退回 {found.rejected}, 区里暂存 {found.held}",
    ]
    if found.held_here:
        lines.append(f"区里发来而本站暂存的 {found.held_here}")
    moments = (
        (found.oldest_at, "最早一条没确认的"),
        (found.last_ok_at, "上次成功"),
        (found.last_try_at, "上次尝试"),
        (found.next_try_at, "下次再试"),
    )
    lines += [f"{words} {when(at)}" for at, words in moments if at is not None]
    if found.paused_by:
        lines.append(f"{found.paused_by} 暂停了交换: {found.paused_words}")
    lines += [words for words in (found.last_error, found.stopped) if words]
    if found.stopped:
        lines.append(f"要做的: {found.advice}; 恢复: clerk-tui channel resume --clerk 工号 --reason 怎样查清的")
    for stream in found.streams:
        missing = f", 缺第 {stream.missing_from} 批" if stream.missing_from else ""
        stopped = "" if stream.state == "open" else ", 已停"
        if stream.direction == "U":
            lines.append(
                f"上行: 已封存 {stream.next_bno - 1} 批, 区里已确认到第 {stream.acked_bno} 批{missing}{stopped}"
            )
        else:
            lines.append(f"下行: 已收到第 {stream.next_bno - 1} 批{missing}{stopped}")
    if found.skew_ms is not None:
        lines.append(f"区里的时钟比本机快 {found.skew_ms // 1000} 秒, 请校准")
    for batch in found.batches:
        way = "发" if batch.direction == "U" else "收"
        lines.append(f"  {way} 第 {batch.bno} 批 {batch.count} 条 {batch.state_words} {when(batch.at)}")
    return lines


def _rejected_lines(rejected: "Sequence[RejectedLine]", count: int) -> list[str]:
    from clerk_tui.desk.tasks import field_words

    if not rejected:
        return []
    lines = [f"被退回的 {count} 条, 在工作台的[渠道]里逐条更正或说明:"]
    for one in rejected:
        about = f"{one.receipt_no} {one.item}".strip() or f"记录 {one.rid}"
        lines.append(f"  {when(one.at)} {about}, {field_words(one.field)}: {one.words}".replace(", :", ":"))
    return lines
