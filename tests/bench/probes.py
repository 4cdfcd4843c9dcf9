"""The references of the table: a blank Textual program, and one of stock widgets with as much on it as a workbench.

`python probes.py blank` or `python probes.py stock`.
"""

import sys

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Footer, Header, Input, Static


class Blank(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("blank-ready")


class Stock(App[None]):
    BINDINGS = [("f2", "focus_input", "查找"), ("f3", "focus_table", "列表")]  # noqa: RUF012

    def compose(self) -> ComposeResult:
        yield Header()
        yield Input(placeholder="stock-ready")
        yield DataTable(cursor_type="row")
        yield Footer()

    def on_mount(self) -> None:
        table: DataTable[str] = self.query_one(DataTable)
        table.add_columns("号", "姓名", "事项", "状态", "时间")
        for n in range(50):
            table.add_row(f"SQ01-{n:04}", "陈国强", "广州市老年人优待卡申领", "已受理", "11-23 09:41")
        table.focus()

    def action_focus_input(self) -> None:
        self.query_one(Input).focus()

    def action_focus_table(self) -> None:
        self.query_one(DataTable).focus()


if __name__ == "__main__":
    {"blank": Blank, "stock": Stock}[sys.argv[1]]().run()
