"""policy: what the district decides as data, loaded from a file: 容缺清单, 补正规定, 信用限制名单, 排队规定."""

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from clerk_tui.cli.columns import columns
from clerk_tui.cli.place import StoreOption, reading, settings_for
from clerk_tui.rules.refusal import Refusal

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)

OTHER_WORDS = {"calendar": "工作日历"}


class Kind(StrEnum):
    DEFICIENCY = "deficiency"
    CORRECTION = "correction"
    CREDIT = "credit"
    QUEUE = "queue"


@app.callback()
def policy() -> None:
    """区里的规定: 容缺清单(deficiency), 补正规定(correction), 信用限制名单(credit), 排队规定(queue)"""


@app.command("load")
def load(
    context: typer.Context,
    kind: Annotated[Kind, typer.Argument(help="哪一种规定")],
    file: Annotated[Path, typer.Argument(help="YAML 或 JSON 文件: number, dated, valid_from, valid_to, policy")],
    clerk: Annotated[str, typer.Option(prompt="办理的主管工号", help="主管的工号")],
    store: StoreOption = None,
) -> None:
    """加载一份规定; 有文号和日期, 从生效日起取代先前的同类规定, 已登记的容缺仍按当时的清单。"""
    from clerk_tui.bootstrap import load_desk
    from clerk_tui.catalog.faults import Fault, refuse
    from clerk_tui.catalog.policy_documents import KINDS
    from clerk_tui.catalog.reading import read_yaml
    from clerk_tui.desk import policies
    from clerk_tui.desk.signing_in import by_number

    desk = load_desk(settings_for(context, store))
    try:
        by = by_number(desk, number=clerk)
        if kind is Kind.DEFICIENCY:
            policies.load_deficiency_list(desk, by, file=file)
        else:
            faults: list[Fault] = []
            document: Any = read_yaml(file, file.name, faults)
            if faults:
                raise refuse(faults, KINDS[kind.value])
            if not isinstance(document, dict):
                raise Refusal("policy_faulty", f"{file.name} 的内容读不懂", "应有 number, dated, policy 三项")
            policies.load_policy(desk, by, kind=kind.value, document=document)
    finally:
        desk.store.close()
    typer.echo(f"已加载{KINDS[kind.value]} {file.name}")


@app.command("list")
def list_policies(
    context: typer.Context,
    store: StoreOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """列出加载过的规定: 种类, 文号, 日期, 有效期。"""
    from sqlalchemy import select

    from clerk_tui.catalog.policy_documents import KINDS
    from clerk_tui.store.core import POLICIES

    with reading(settings_for(context, store).place) as connection:
        rows = connection.execute(select(POLICIES).order_by(POLICIES.c.kind, POLICIES.c.loaded_at)).all()
    names = ("kind", "number", "dated", "valid_from", "valid_to", "example")
    if as_json:
        typer.echo(
            json.dumps([{name: getattr(row, name) for name in names} for row in rows], ensure_ascii=False, indent=2)
        )
        return
    table = [
        (
            (KINDS | OTHER_WORDS).get(row.kind, row.kind),
            row.number + (" [示例]" if row.example else ""),
            row.dated,
            f"{row.valid_from} 起" + (f", 至 {row.valid_to}" if row.valid_to else ""),
        )
        for row in rows
    ]
    if not table:
        typer.echo("还没有加载过规定: 不能容缺, 补正没有期限, 信用记为未核")
        return
    for line in columns(("种类", "文号", "日期", "有效"), table):
        typer.echo(line)


@app.command("hash")
def hash_numbers() -> None:
    """把证件号码换成信用限制名单里的散列: 从标准输入读, 每行一个号码, 号码不留在命令历史里。"""
    import sys

    from clerk_tui.desk.policies import number_hash

    for line in sys.stdin:
        if line.strip():
            typer.echo(number_hash(line.strip()))
