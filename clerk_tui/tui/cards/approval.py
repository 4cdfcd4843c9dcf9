"""A supervisor approves at the clerk's window with own number and PIN."""

from textual.app import ComposeResult
from textual.widgets import Static

from clerk_tui.store.act import By
from clerk_tui.tui.acting import flow
from clerk_tui.tui.cards.card import Card
from clerk_tui.tui.widgets.fields import TextField
from clerk_tui.tui.widgets.form import Form, Labelled
from clerk_tui.tui.widgets.plain import plain, plain_lines


class ApprovalCard(Card[By]):
    """Answers with who acts together with whom; the approval is itself an act in the journal."""

    HEADING = "需要主管当场批准"

    def __init__(self, act_words: str) -> None:
        super().__init__()
        self.act_words = act_words

    def body(self) -> ComposeResult:
        yield Static(plain_lines((f"要做的事: {self.act_words}", "")))
        yield Form(
            (
                Labelled("主管工号", TextField(kind="code", max_length=12, id="number"), "批准人自己的工号"),
                Labelled("密码", TextField(kind="pin", max_length=32, id="pin"), "批准人自己的密码"),
            ),
            label_width=10,
        )
        if who := self.clerk_app.first_page.demonstration:
            yield Static(plain(who, "$quiet"))
        yield Static("Enter 下一格   F9 批准   Esc 不批准", classes="card-keys", markup=False)

    def on_form_completed(self, event: Form.Completed) -> None:
        event.stop()
        self.confirm()

    @flow
    async def confirm(self) -> None:
        from clerk_tui.desk import approvals

        form = self.query_one(Form)
        values = form.values()
        second = await self.act(approvals.approve, number=values["number"], pin=values["pin"], act_words=self.act_words)
        if second is not None:
            self.dismiss(second)
            return
        self.query_one("#pin", TextField).value = ""
        form.lead_to("pin")
