"""district: the reference other end of the channel, for demonstrations, trials and tests."""

import json
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from clerk_tui.cli.sync import fingerprint_lines
from clerk_tui.rules.refusal import Refusal

if TYPE_CHECKING:
    from clerk_tui.district.place import District

app = typer.Typer(help="参考区系统", no_args_is_help=True, add_completion=False, rich_markup_mode=None)

Folder = Annotated[Path, typer.Argument(help="区系统的文件夹")]


@app.command("init", help="建立一个区系统: 密钥, 数据库, 文件夹")
def init(
    folder: Folder,
    name: Annotated[str, typer.Option(help="区系统的名称")] = "参考区系统",
    database: Annotated[str, typer.Option(help="postgresql+psycopg:// 开头的数据库; 不写则用文件夹里的 SQLite")] = "",
) -> None:
    from clerk_tui.district import place

    district = place.init(folder, name, database=database)
    print_ = district.keys.public.fingerprint()
    typer.echo(f"已建立 {name}: {folder}")
    for line in fingerprint_lines(print_):
        typer.echo(line)


@app.command("approve", help="批复一个站点的登记申请")
def approve(
    folder: Folder,
    request: Annotated[Path, typer.Argument(help="站点的申请文件")],
    output: Annotated[Path, typer.Option("-o", "--output", help="批复写到哪里")] = Path("enrolment-approval.json"),
    replace: Annotated[bool, typer.Option("--replace", help="同一站点的旧安装不再使用")] = False,
    url: Annotated[
        str, typer.Option(help="站点用的交换地址, 写进批复, 例如 sftp://账号@主机/; 不写: 本机的文件夹")
    ] = "",
    host_key: Annotated[
        Path | None, typer.Option(help="SFTP 主机公钥文件, 例如 /etc/ssh/ssh_host_ed25519_key.pub, 写进批复")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="指纹已经核对, 不再询问")] = False,
) -> None:
    from clerk_tui.channel.enrolment import read_request
    from clerk_tui.district import enrolling

    district = _open(folder)
    asked = read_request(request)
    print_ = asked.keys.fingerprint()
    typer.echo(f"站点 {asked.station} {asked.name}, 安装 {asked.inst}, 指纹:")
    for line in fingerprint_lines(print_):
        typer.echo(line)
    if not yes:
        typer.confirm("已用电话或当面与站点核对, 指纹一致?", abort=True)
    link = enrolling.link_for(district, asked.station, url, host_key)
    enrolling.approve(district, request, output, replace=replace, link=link)
    typer.echo(f"批复已写入 {output}, 交换地址 {link.url}")
    typer.echo(f"站点的文件夹: {district.station_folder(asked.station).absolute()}")
    if asked.login:
        typer.echo(f"用 SFTP 时, 把这一行写进站点账号的 authorized_keys:\n{asked.login}")


@app.command("revoke", help="收回一个站点的密钥: 它的批次从此不收")
def revoke(
    folder: Folder,
    station: Annotated[str, typer.Argument(help="12 位站点编码")],
    reason: Annotated[str, typer.Option(help="原因, 例如 电脑丢失")],
) -> None:
    from clerk_tui.district import enrolling

    number, told = enrolling.revoke(_open(folder), station, reason)
    typer.echo(f"已收回 {number} 个安装的密钥, 它的批次从此不收")
    typer.echo("已发最后一批告知站点" if told else "告知站点的最后一批写不进它的文件夹, 请打电话告知")
    typer.echo("站点换新密钥: clerk-tui sync enrol --new-keys, 申请交来后再批复: clerk-tui district approve")


@app.command("serve", help="收件, 答复, 发件; Ctrl-C 结束")
def serve(
    folder: Folder,
    once: Annotated[bool, typer.Option("--once", help="一轮就结束")] = False,
    interval: Annotated[float, typer.Option(min=0.05, help="每隔多少秒一轮")] = 5.0,
    auto: Annotated[bool, typer.Option("--auto", help="按简单规则自动答复, 供演示")] = False,
    rounds: Annotated[int, typer.Option(min=1, help="自动答复: 部门收到材料后几轮作出决定")] = 2,
    attached: Annotated[bool, typer.Option("--attached", help="标准输入断了就结束: 跟着启动它的程序走")] = False,
) -> None:
    from clerk_tui.district.serving import serve_once

    district = _open(folder)
    stopped = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, stop)
    if attached:

        def follow() -> None:
            sys.stdin.buffer.read()  # returns when whoever holds the other end has gone, killed or not
            stopped.set()

        threading.Thread(target=follow, daemon=True).start()
    if not once:
        typer.echo("区系统已开始")
    while not stopped.is_set():
        done = serve_once(district, automatic=auto, rounds=rounds)
        if once or not done.idle:
            typer.echo(done.words)
        if once:
            raise typer.Exit(bool(done.trouble))
        stopped.wait(interval)


@app.command("answer", help="对一件或一条记录作出答复, 并立即发出")
def answer(
    folder: Folder,
    case: Annotated[str, typer.Option(help="收件号或办件编号")] = "",
    number: Annotated[bool, typer.Option("--number", help="给办件编号")] = False,
    stage: Annotated[str, typer.Option(help="报办理环节, 例如 审查中")] = "",
    accept: Annotated[bool, typer.Option("--accept", help="部门受理")] = False,
    refuse: Annotated[bool, typer.Option("--refuse", help="不予受理, 加 --reason")] = False,
    not_applicable: Annotated[
        bool, typer.Option("--not-applicable", help="不受理(依法不需要办理), 加 --reason")
    ] = False,
    promised_due: Annotated[
        str, typer.Option(help="受理或延长时写明承诺期限的最后一天, 例如 2026-12-15; 不写, 站点自己算")
    ] = "",
    statutory_due: Annotated[str, typer.Option(help="受理或延长时写明法定期限的最后一天")] = "",
    suspend: Annotated[str, typer.Option(help="特别程序开始, 例如 专家评审")] = "",
    days: Annotated[int, typer.Option(min=0, help="特别程序需要的天数")] = 0,
    resume: Annotated[bool, typer.Option("--resume", help="特别程序结束")] = False,
    prolong: Annotated[
        int, typer.Option(min=0, help="经负责人批准延长期限几个工作日, 加 --reason; 行政许可一次, 最多 10 个")
    ] = 0,
    approver: Annotated[str, typer.Option(help="批准延长的负责人")] = "",
    decide: Annotated[str, typer.Option(help="granted 或 refused")] = "",
    reason: Annotated[str, typer.Option(help="理由")] = "",
    result_ready: Annotated[bool, typer.Option("--result-ready", help="结果送往大厅")] = False,
    kind: Annotated[str, typer.Option(help="结果种类: paper, card, electronic, payment")] = "",
    name: Annotated[str, typer.Option(help="结果名称")] = "",
    result_number: Annotated[str, typer.Option(help="证照编号")] = "",
    reject: Annotated[str, typer.Option(help="退回一条记录: 记录号, 或收件号(退回收件记录)")] = "",
    field: Annotated[str, typer.Option(help="退回的栏目, 例如 applicant.number")] = "",
    file: Annotated[
        Path | None, typer.Option(help='从 JSON 文件成批答复: [{"case": "收件号", "decide": "granted"}, ...]')
    ] = None,
) -> None:
    from clerk_tui.district import wishes

    district = _open(folder)
    if file is not None:
        entries = wishes.read(file)
    else:
        typed = {
            "case": case, "number": number, "stage": stage, "accept": accept, "refuse": refuse, "suspend": suspend,
            "days": days, "resume": resume, "prolong": prolong, "approver": approver, "decide": decide, "reason": reason, "result_ready": result_ready,
            "kind": kind, "name": name, "result_number": result_number, "reject": reject, "field": field,
            "not_applicable": not_applicable, "promised_due": promised_due, "statutory_due": statutory_due,
        }  # fmt: skip
        entries = [typed]
    for said in wishes.answer_all(district, entries):
        typer.echo(said)
    _publish(district)


@app.command("publish", help="向站点发布事项目录, 工作日历, 各种清单, 预约; 只发送有变化的部分")
def publish(
    folder: Folder,
    catalogue: Annotated[Path | None, typer.Option(help="事项目录的文件夹, 先检查, 有错不发")] = None,
    calendar: Annotated[Path | None, typer.Option(help="工作日历的文件夹, 每年一个 YAML 文件")] = None,
    deficiency: Annotated[Path | None, typer.Option(help="容缺清单文件, 有文号和日期")] = None,
    credit: Annotated[Path | None, typer.Option(help="信用限制名单文件, 证件号只写散列")] = None,
    correction: Annotated[Path | None, typer.Option(help="补正规定文件")] = None,
    queue: Annotated[Path | None, typer.Option(help="排队规定文件")] = None,
    station: Annotated[str, typer.Option(help="预约给哪个站点: 12 位编码")] = "",
    appointments: Annotated[Path | None, typer.Option(help="JSON 文件: 预约的列表")] = None,
) -> None:
    from clerk_tui.catalog import load
    from clerk_tui.channel.publications import KINDS
    from clerk_tui.district import answering, publishing
    from clerk_tui.resources import data_folder

    district = _open(folder)
    ready = [] if catalogue is None else [publishing.checked_catalogue(catalogue)]
    ready += [] if calendar is None else [publishing.checked_calendar(calendar)]
    against = load.load(catalogue or data_folder() / "catalog")
    policies = {"deficiency": deficiency, "credit": credit, "correction": correction, "queue": queue}
    ready += [publishing.checked_policy(kind, file, against) for kind, file in policies.items() if file is not None]
    granted = [] if appointments is None else _appointments(station, appointments)
    if not ready and appointments is None:
        raise Refusal(
            "publish_missing", "没有写明发布什么", "例如 --catalogue 文件夹, 或 --appointments 文件 --station 编码"
        )
    if granted:  # first, because its station may be unknown: all or nothing of one command
        answering.grant_appointments(district, station, granted)
        typer.echo(f"已发布预约 {len(granted)} 个")
    for one in ready:
        version, stations = publishing.publish_checked(district, one)
        to = f"发给 {stations} 个站点" if stations else "没有还要发的站点"
        typer.echo(f"{KINDS[one.kind]} 版本 {version[:12]}, {to}")
    _publish(district)


def _appointments(station: str, file: Path) -> list[dict[str, Any]]:
    from clerk_tui.district import appointments

    if not station:
        raise Refusal("station_missing", "要写明预约给哪个站点", "加 --station 12 位编码", field="station")
    return appointments.read(file)


@app.command("carry", help="用 U 盘收发: 复制站点带来的批次, 再把要带回的复制到 U 盘; 读回核对, 不移动原件")
def carry(
    folder: Folder,
    stick: Annotated[Path, typer.Argument(help="U 盘的文件夹")],
    station: Annotated[str, typer.Option(help="U 盘上没有它的批次也给它带回: 12 位站点编码")] = "",
) -> None:
    from clerk_tui.district import carrying
    from clerk_tui.district.serving import serve_once

    district = _open(folder)
    taken = carrying.carry(district, stick, also=station).taken
    typer.echo(serve_once(district).words)
    given = carrying.carry(district, stick, also=station).given
    typer.echo(f"从 U 盘取入 {taken} 批, 放上 U 盘 {given} 批")


@app.command("status", help="看站点, 办件, 退回和隔离的情况")
def status(
    folder: Folder,
    case: Annotated[str, typer.Option(help="收件号或办件编号")] = "",
    station: Annotated[str, typer.Option(help="只看一个站点, 列出它最近的 200 件: 12 位编码")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    from clerk_tui.cli.district_lines import case_lines, overview_lines
    from clerk_tui.district.status import of_case, overview

    district = _open(folder)
    facts = of_case(district, case) if case else overview(district, station)
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False, indent=1))
    else:
        for line in case_lines(facts) if case else overview_lines(facts, every=bool(station)):
            typer.echo(line)


@app.command("inspect", help="看一个批次文件的首部和清单, 或一份登记文件的指纹; 不入库")
def inspect(
    folder: Folder,
    file: Annotated[Path, typer.Argument(help="批次文件, 例如隔离的")],
    records: Annotated[bool, typer.Option("--records", help="逐条列出记录, 并写明区里有没有")] = False,
) -> None:
    from clerk_tui.channel.inspecting import inspect as look
    from clerk_tui.district.enrolling import signers
    from clerk_tui.district.status import known_among

    district = _open(folder)
    try:
        facts = look(file, reader=district.keys, signers=signers(district), records=records)
        listed = facts.get("records", [])
        known = known_among(district, [one["rid"] for one in listed])
        for one in listed:
            one["known"] = one["rid"] in known
    except OSError as error:
        raise Refusal("file_missing", f"打不开 {file.name}", "请检查文件名") from error
    typer.echo(json.dumps(facts, ensure_ascii=False, indent=1))
    raise typer.Exit(1 if "fault" in facts else 0)


@app.command("resume", help="查清原因后, 让一个站点停下的线路重新开始")
def resume(folder: Folder, station: Annotated[str, typer.Argument(help="12 位站点编码")]) -> None:
    from clerk_tui.district.serving import resume as start_again

    typer.echo(f"重新开始 {start_again(_open(folder), station)} 条线路")


def _open(folder: Path) -> "District":
    from clerk_tui.district.place import open_district

    return open_district(folder)


def _publish(district: "District") -> None:
    from clerk_tui.district.serving import publish_now

    try:
        typer.echo(f"发出 {publish_now(district)} 批")
    except OSError as error:
        raise Refusal("folder_unwritable", "答复已登记, 但写不进站点的文件夹", "检查文件夹; 下一轮自动再发") from error
