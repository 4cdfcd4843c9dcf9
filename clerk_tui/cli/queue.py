"""queue: what a queue policy does to those who wait."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from clerk_tui.cli.columns import columns
from clerk_tui.rules.queue_order import QueuePolicy
from clerk_tui.rules.queue_simulation import Morning, compared, mornings
from clerk_tui.rules.refusal import Refusal

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def queue() -> None:
    """排队规则"""


@app.command("simulate")
def simulate(
    people: Annotated[int, typer.Option(min=1, max=2000, help="一个上午来多少人")] = 120,
    windows: Annotated[int, typer.Option(min=1, max=50, help="几个窗口")] = 4,
    minutes: Annotated[int, typer.Option(min=10, max=600, help="取号的时间, 分钟")] = 180,
    days: Annotated[int, typer.Option(min=1, max=200, help="模拟多少个上午")] = 20,
    seed: Annotated[int, typer.Option(help="同一个数给出同样的人")] = 1,
    guard: Annotated[int | None, typer.Option(min=1, help="连续照顾几位后轮到其他人")] = None,
    passed: Annotated[int | None, typer.Option("--passed", min=1, help="一个号最多被越过几次(k)")] = None,
    policy: Annotated[Path | None, typer.Option("--policy", help="排队规则文件(JSON)")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """模拟忙的上午: 各等级等多久, 以及规则去掉一样会怎样。"""
    rules = _read(policy)
    changed = {name: value for name, value in (("guard", guard), ("max_passed", passed)) if value is not None}
    rules = QueuePolicy.from_dict({**rules.to_dict(), **changed})
    plan = Morning(people=people, windows=windows, minutes=minutes, days=days)
    found = [(name, mornings(one, plan, seed=seed)) for name, one in compared(rules)]
    if as_json:
        content = {
            "morning": asdict(plan),
            "seed": seed,
            "policy": rules.to_dict(),
            "waits": [{"policy": name, "classes": [asdict(one) for one in waits]} for name, waits in found],
        }
        typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
        return
    typer.echo(
        f"{days} 个上午, 每个 {people} 人在 {minutes} 分钟里来, {windows} 个窗口; "
        f"连续照顾 {rules.guard} 位, 最多被越过 {rules.max_passed} 次"
    )
    typer.echo("等候分钟: 平均 / 九成的人不超过 / 最长, 最多被越过几次")
    rows = []
    for classes in zip(*(waits for _, waits in found), strict=True):
        cells = [f"{one.mean} / {one.nine_of_ten} / {one.longest}, {one.most_passed}" for one in classes]
        rows.append((f"{classes[0].rank} {classes[0].words}", str(classes[0].served), *cells))
    for line in columns(("等级", "人次", *(name for name, _ in found)), rows):
        typer.echo(line)


def _read(path: Path | None) -> QueuePolicy:
    if path is None:
        return QueuePolicy()
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return QueuePolicy.from_dict(content)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise Refusal("queue_policy", f"排队规则文件 {path.name} 不能用: {error}", "请改正这个文件") from error
