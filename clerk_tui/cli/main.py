"""The command line: thin, in Chinese, and quick: a command's module is imported when that command runs, not before."""

import importlib
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from clerk_tui import __version__

COMMANDS = {
    "demo": ("clerk_tui.cli.demo:demo", "打开演示: 一个临时的大厅, 人和数据都是虚构的"),
    "sync": ("clerk_tui.cli.sync:sync", "与区系统交换一次批次"),
    "channel": ("clerk_tui.cli.channel:app", "与区里的交换: 情况, 发送, 暂停, 恢复, 对账, 看批次文件"),
    "district": ("clerk_tui.cli.district:app", "参考区系统: 建立, 收件, 答复"),
    "due": ("clerk_tui.cli.due:due", "算一个期限的最后一天, 逐日说明"),
    "policy": ("clerk_tui.cli.policy:app", "区里的规定: 加载容缺清单, 补正, 信用, 排队; 列出"),
    "calendar": ("clerk_tui.cli.calendar:app", "工作日历: 列出, 加一年"),
    "check": ("clerk_tui.cli.check:app", "检查证件号码, 信用代码, 事项编码, 电子证照标识"),
    "queue": ("clerk_tui.cli.queue:app", "排队规则: 模拟一个忙的上午"),
    "figures": ("clerk_tui.cli.figures:figures", "方案目标的比例: 按事项, 按办件"),
    "catalog": ("clerk_tui.cli.catalog:app", "事项目录: 检查, 列表, 查看, 比较"),
    "documents": ("clerk_tui.cli.documents:app", "文书: 检查模板, 登记簿, 打印队列, 取底稿"),
    "backup": ("clerk_tui.cli.keeping:backup", "备份数据, 并检查备份"),
    "restore": ("clerk_tui.cli.keeping:restore", "用备份恢复数据; 原有数据移到一旁, 不会覆盖"),
    "verify": ("clerk_tui.cli.keeping:verify", "重算登记链, 检查数据有没有被改动"),
    "clock": ("clerk_tui.cli.clock:clock", "本机时间与登记不合: 校准以后由主管确认"),
    "doctor": ("clerk_tui.cli.doctor:doctor", "检查本机: 终端, 字宽, 按键, 时钟, 数据, 打印, 渠道; --json, --keys"),
    "keys": ("clerk_tui.cli.keys:keys", "按键卡: 打印出来放在键盘旁"),
    "themes": ("clerk_tui.cli.themes:app", "配色主题"),
}
"""Name: where it is (module:function, or module:app of several), and the line that help shows."""

app = typer.Typer(
    name="clerk-tui",
    help="镇街政务服务大厅综合窗口工作台。不带参数: 打开本机的大厅数据。",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"clerk-tui {__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    store: Annotated[Path | None, typer.Option(help="数据文件夹; 不写则用设置里的")] = None,
    clerk: Annotated[str | None, typer.Option(help="预先填好的工号")] = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="显示版本")] = False,
) -> None:
    context.obj = store
    if context.invoked_subcommand is None:
        from clerk_tui.cli.opening import open_workbench

        raise typer.Exit(open_workbench(store, clerk))


def _mount(name: str, place: str, line: str) -> None:
    passing_on = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}

    @app.command(name, help=line, context_settings=passing_on, add_help_option=False)
    def passed_on(context: typer.Context) -> None:
        module, _, attribute = place.partition(":")
        found = getattr(importlib.import_module(module), attribute)
        if not isinstance(found, typer.Typer):
            only = typer.Typer(add_completion=False, rich_markup_mode=None)
            only.command(name, help=line)(found)
            found = only
        code = found(context.args, prog_name=context.command_path, obj=context.obj, standalone_mode=False)
        if isinstance(code, int) and code:
            raise typer.Exit(code)


for _name, (_place, _line) in COMMANDS.items():
    _mount(_name, _place, _line)


def run(arguments: list[str]) -> int:
    """Run the command line; returns the exit code: 2 for what was typed wrong. Refusals pass."""
    from clerk_tui.cli.usage import WRONG_CALL, Misuse, told

    try:
        code = app(arguments, prog_name="clerk-tui", standalone_mode=False)
    except TyperException as error:
        return told(error)
    except Misuse as misuse:
        sys.stderr.write("".join(f"{line}\n" for line in (misuse.words, misuse.advice) if line))
        return WRONG_CALL
    except typer.Abort:
        sys.stderr.write("没有输入完, 什么都没有做\n")
        return 1
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code if isinstance(code, int) else 0
