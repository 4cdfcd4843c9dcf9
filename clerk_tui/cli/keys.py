"""keys: the keys on one page, to print and lay beside the keyboard."""

import typer

from clerk_tui.cli.place import StoreOption, settings_for


def keys(context: typer.Context, store: StoreOption = None) -> None:
    """Every key as this site has mapped it, then every act in words; plain text, 78 columns."""
    from clerk_tui.tui.commands import COMMANDS
    from clerk_tui.tui.key_contract import EVERYWHERE, MEANINGS, keys_of, usable_keymap
    from clerk_tui.tui.widgets.plain import fit

    keymap, faults = usable_keymap(settings_for(context, store).keys)
    typer.echo("clerk-tui 按键卡")
    typer.echo("=" * 78)
    for binding in EVERYWHERE:
        first, *others = keys_of(binding, keymap)
        typer.echo(f"{fit(first, 8)}{fit(' '.join(others), 10)}{MEANINGS[binding.id or '']}")
    typer.echo("-" * 78)
    typer.echo("列表: 数字+Enter 打开一行  材料: 1核退 2留 3复印 4电子 5共享 6承诺 7瑕疵 0缺 9免")
    typer.echo("扫码枪和读卡器: 光标在哪里都行, 扫描从不替您标记、回答或确认")
    typer.echo("-" * 78)
    typer.echo("在查找框(F2)里可输入的操作, 或它的拼音首字母:")
    for place in range(0, len(COMMANDS), 3):
        row = COMMANDS[place : place + 3]
        typer.echo("  ".join(fit(f"{one.words} {one.also[0]}", 24) for one in row).rstrip())
    for fault in faults:
        typer.echo(f"! {fault}")
