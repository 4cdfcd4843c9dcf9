"""documents: whether the templates work, the register of papers, the print queue, copies as they were handed out."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clerk_tui.cli.columns import columns
from clerk_tui.cli.place import StoreOption, reading, settings_for
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.refusal import Refusal

if TYPE_CHECKING:
    from clerk_tui.desk.paper_register import RegisterLine

app = typer.Typer(help="文书: 检查模板, 登记簿, 打印队列, 取底稿", add_completion=False, rich_markup_mode=None)
HALL_ZONE = timezone(timedelta(hours=8))


@app.command(help="检查文书模板: 每种文书用示例内容排一遍, 有错的写明文件和行")
def check(
    context: typer.Context,
    folder: Annotated[Path | None, typer.Argument(help="区里的模板文件夹; 不写则用设置里的")] = None,
    store: StoreOption = None,
) -> None:
    from clerk_tui.documents import fonts
    from clerk_tui.documents.check import check as check_templates

    settings = settings_for(context, store)
    place = folder or settings.documents_folder
    if place is not None and not place.is_dir():
        raise Refusal("folder_missing", f"没有文件夹 {place}", "请写明模板所在的文件夹")
    faults = check_templates(place.absolute() if place else None, fonts_folder=settings.fonts_folder)
    for fault in faults:
        where = f"{fault.file}:{fault.line}" if fault.line else fault.file
        typer.echo(f"{where}: {fault.words}")
    try:
        fonts.find(settings.fonts_folder)
    except Refusal as refusal:
        typer.echo(f"注意: 没有检查 PDF. {refusal.words}; {refusal.advice}")
    typer.echo(f"{len(PaperKind)} 种文书, {len(faults)} 处有误" if faults else f"{len(PaperKind)} 种文书, 模板都能用")
    raise typer.Exit(1 if faults else 0)


@app.command(help="文书登记簿: 每个编号, 在用或作废, 作废的写明原因, 何时, 谁")
def register(
    context: typer.Context,
    year: Annotated[int | None, typer.Option(help="哪一年; 不写则全部")] = None,
    kind: Annotated[str | None, typer.Option(help="哪种文书, 例如 one_time_notice")] = None,
    store: StoreOption = None,
) -> None:
    from clerk_tui.desk import paper_register

    if kind is not None and kind not in set(PaperKind):
        raise Refusal("paper_kind", f"没有这种文书: {kind}", "可用: " + ", ".join(one.value for one in PaperKind))
    settings = settings_for(context, store)
    with reading(settings.place) as connection:
        found = list(paper_register.lines(connection, year=year, kind=PaperKind(kind) if kind else None))
        gaps = paper_register.skipped(connection)
    rows = [
        (
            line.number,
            line.title,
            _when(line.issued_at),
            line.clerk,
            line.receipt_no or "-",
            str(line.printed),
            _fate(line),
        )
        for line in found
    ]
    for text in columns(("编号", "文书", "出具", "经办人", "收件号", "印", "状态"), rows):
        typer.echo(text)
    for gap in gaps:
        typer.echo(f"{gap.series}: 另有 {gap.count} 个编号没有文书, 作废 ({gap.reason})")
    typer.echo(f"共 {len(found)} 份, 作废 {sum(1 for line in found if line.voided_at is not None)} 份")


def _fate(line: "RegisterLine") -> str:
    """In force, or void: why, when, by whom and with whose consent."""
    if line.voided_at is None:
        return "在用"
    consent = f", {line.approved_by} 同意" if line.approved_by else ""
    return f"作废: {line.void_reason} ({_when(line.voided_at)} {line.voided_by}{consent})"


@app.command(help="还没有打印出来的文书")
def queue(context: typer.Context, store: StoreOption = None) -> None:
    from clerk_tui.desk.print_queue import undone_within

    settings = settings_for(context, store)
    with reading(settings.place) as connection:
        jobs = undone_within(connection)
    rows = [
        (job.number, job.title, _when(job.made_at), job.state_words, str(job.attempts), job.error or "-")
        for job in jobs
    ]
    for text in columns(("编号", "文书", "排队", "状态", "次数", "原因"), rows):
        typer.echo(text)
    typer.echo(f"共 {len(jobs)} 份" if jobs else "没有等着打印的")


@app.command(name="copies", help="取出某一编号打印过的底稿, 与当时交出的一字不差")
def copies(
    context: typer.Context,
    number: Annotated[str, typer.Argument(help="文书编号或查询码")],
    folder: Annotated[Path, typer.Argument(help="放到哪个文件夹")],
    store: StoreOption = None,
) -> None:
    from clerk_tui.desk.papers import by_number
    from clerk_tui.desk.print_queue import copies_within
    from clerk_tui.store import evidence

    settings = settings_for(context, store)
    with reading(settings.place) as connection:
        notice_id = by_number(connection, number)
        if notice_id is None:
            raise Refusal("paper_unknown", f"没有编号为 {number} 的文书", "请核对编号")
        found = copies_within(connection, notice_id)
    folder.mkdir(parents=True, exist_ok=True)
    for job in found:
        path = folder / f"{job.code}-{job.copy_no}.{job.media}"
        path.write_bytes(evidence.fetch(settings.evidence, job.sha, job.media))
        path.chmod(0o600)
        typer.echo(f"{path}  第 {job.copy_no} 份  {_when(job.done_at or job.made_at)}  sha256 {job.sha}")
    if not found:
        typer.echo("这份文书还没有打印过")


def _when(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC).astimezone(HALL_ZONE):%Y-%m-%d %H:%M}"
