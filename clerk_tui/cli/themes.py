"""themes: which colours there are."""

import typer

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.callback()
def themes() -> None:
    """配色主题"""


@app.command("list", help='列出配色主题; 在设置里写 theme = "名字" 选用')
def list_themes() -> None:
    from clerk_tui.resources import themes_folder
    from clerk_tui.settings import load
    from clerk_tui.tui.themes import read_themes

    chosen = load().theme
    found, notices = read_themes(themes_folder())
    for position, one in enumerate(found):
        mark = "*" if one.theme.name == chosen or (not chosen and position == 0) else " "
        typer.echo(f"{mark} {one.theme.name:<10} {one.title}")
    for notice in notices:
        typer.echo(notice, err=True)
