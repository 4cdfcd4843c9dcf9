"""check: numbers and codes, with the rule or digit that fails; the exit status says whether the number is valid."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import typer

from clerk_tui.cli.usage import Misuse
from clerk_tui.rules import uscc as organisation
from clerk_tui.rules.folding import fold
from clerk_tui.rules.identity import NumberKind, check_number
from clerk_tui.rules.item_codes import check_item_code
from clerk_tui.rules.licence_ids import check_licence_id
from clerk_tui.rules.masking import mask_number
from clerk_tui.rules.queue_policy import CHINA

app = typer.Typer(help="检查号码", no_args_is_help=True, add_completion=False, rich_markup_mode=None)

PERSONS = tuple(one.value for one in NumberKind if one not in (NumberKind.USCC, NumberKind.NONE))
ITEM_KINDS = {"基本编码": "basic", "实施编码": "implementation", "业务办理项编码": "handling"}

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="号码; 全角, 空格和连字符都可以")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]


@app.command("id")
def check_id(
    number: Number,
    kind: Annotated[str, typer.Option("--kind", help=f"哪一种证件, 不写则按样子认: {', '.join(PERSONS)}")] = "",
    as_json: AsJson = False,
) -> None:
    """证件号码: 居民身份证, 港澳台居住证, 永久居留证, 通行证, 护照等。"""
    if kind and kind not in PERSONS:
        raise Misuse("check_kind", f"没有这种证件: {kind}", f"可以写: {', '.join(PERSONS)}")
    found = check_number(number, today=datetime.now(CHINA).date(), kind=NumberKind(kind) if kind else None)
    reasons = found.reasons
    if found.kind is NumberKind.USCC:
        reasons = ("这不是个人证件号码, 看起来是统一社会信用代码", *reasons)
    facts = {"出生日期": found.birth.isoformat() if found.birth else "", "性别": found.sex}
    _tell(found.kind.value, found.kind.words, mask_number(found.number), reasons, found.warnings, facts, as_json)


@app.command("uscc")
def check_uscc(number: Number, as_json: AsJson = False) -> None:
    """统一社会信用代码(18 位)。"""
    code = fold(number)
    reasons = organisation.reasons(code)
    warnings = () if reasons else organisation.warnings(code)
    facts = {} if reasons else {"登记管理部门": organisation.REGISTRARS.get(code[0], "")}
    _tell("uscc", NumberKind.USCC.words, code, reasons, warnings, facts, as_json)


@app.command("item")
def check_item(number: Number, as_json: AsJson = False) -> None:
    """事项的基本编码(12 位), 实施编码(31 位), 业务办理项编码(33 位)。"""
    found = check_item_code(number)
    kind = ITEM_KINDS.get(found.kind, "")
    _tell(kind, found.kind or "事项编码", found.number, found.reasons, found.warnings, dict(found.parts), as_json)


@app.command("licence")
def check_licence(number: Number, as_json: AsJson = False) -> None:
    """电子证照标识。"""
    found = check_licence_id(number)
    _tell("licence", "电子证照标识", found.number, found.reasons, found.warnings, {}, as_json)


def _tell(
    kind: str,
    words: str,
    number: str,
    reasons: Sequence[str],
    warnings: Sequence[str],
    facts: dict[str, str],
    as_json: bool,
) -> None:
    if as_json:
        content: dict[str, Any] = {
            "valid": not reasons,
            "kind": kind,
            "kind_words": words,
            "number": number,
            "reasons": list(reasons),
            "warnings": list(warnings),
            "facts": {name: value for name, value in facts.items() if value},
        }
        typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
    else:
        typer.echo(f"{'正确' if not reasons else '不正确'}  {words}  {number}")
        for reason in reasons:
            typer.echo(f"  {reason}")
        for name, value in facts.items():
            if value:
                typer.echo(f"  {name}  {value}")
        for warning in warnings:
            typer.echo(f"  注意: {warning}")
    if reasons:
        raise typer.Exit(1)
