"""What a clerk sees. How to write a place, a card, a key; the one way to the desk.

**A place** (受理, 待补, ...) is a subclass of `places.place.Place` in the module that `places.PLACES` names. It keeps its
state when it is left. The workbench hands it the keys: `entered`, `left`, `refresh_data` (something was written here or at
another window: read again, never move the focus), `confirm` (F9), `values` (F4), `help_words` (F1), `back` (Esc),
`scanned(text) -> bool`, `open_hit(group, id)` (from the find box or from another place). `HINTS` stands at the right of
the key line. From a place, `self.bench` is the workbench: `self.bench.go_to("pickup", "result", id)` goes to another
place, `self.bench.panel` is the queue as last read, `self.bench.count("owed", "5!")` writes beside the place's name.

**Acts.** Screens never import `desk`, `store`, `catalog`, `channel` or `documents` at module level (the first paint must
not pay for them); they import inside the handler, and under TYPE_CHECKING for types. `desk.views.*` and `rules.*` are light
and may be imported anywhere. A handler reaches the desk only so:

    @flow
    async def save(self) -> None:
        from clerk_tui.desk import intake

        settled = await self.act(intake.settle, draft=self.draft, outcome="accept")
        if settled is None:
            return                      # it did not happen; the clerk was told why in the fixed line
        self.say(settled.words)         # what it came to, in the fixed line
        await self.bench.read_again()   # the queue at once instead of within a second

`act(fn, ...)` runs `fn(desk, by, ...)` on the one store thread in the order of asking; `call(fn, ...)` runs
`fn(desk, ...)`; `done` and `did` are the same for functions that return nothing (they answer True or False); `look_at` is `act` for
a read that nobody waits for (`refresh_data`, a search while typing): keys are not held; `act_as(by, ...)` acts together with the supervisor whom `by = await self.approve("作废办件 ...")` returned. After 100 ms the fixed line
says 正在保存. A `Refusal` rings and stands in the fixed line (on the open card, if there is one); override `refused(refusal)`
to lead to `refusal.field` and call `super().refused(refusal)`. Any other exception is logged and becomes one plain sentence.

**Flows.** A method that a key starts and that awaits anything is a `@flow`: calling it returns at once, keys are held while
it works, `await self.ask(card)` shows a card, lets the keys through to it and returns its answer (None: Esc), and the hold
ends when the flow ends. Do not await acts in plain message handlers, and never start threads or timers that move the focus.
Start a flow from a message handler by calling it: `def on_numbered_list_opened(self, event): self.open_row(event.key)`.

**Cards.** Ready made in `cards.common`: `MenuCard(title, lines, [(value, words)])`, `ListCard(title, columns, rows)` for F4,
`FormCard(title, [Labelled(...)], check=...)` (answers with the texts), `ActCard(title, [Labelled(...)], do)` (F9 runs an act: `do(values)`
returns `self.act(...)`; a refusal leaves the card open with all that was typed and leads to `refusal.field`), `ConfirmCard(title, lines, yes=...)`. Own ones subclass `cards.card.Card[R]`:
HEADING, `body()`, `confirm()`, and `self.dismiss(answer)`; `self.fault(words)` says why an answer cannot be taken.
`screens.paper_preview.PaperScreen` shows papers: `await self.ask(PaperScreen(papers))`.

**Lists.** `widgets.numbered_list.NumberedList(columns, empty=..., digits="number"|"mark", options="123")`, filled with
`show([Row(key, cells, tone)])`; it keeps the cursor by key. Messages `Opened` (number and Enter), `Marked` (a digit in a
"mark" list or in the option column), `Moved`, `NearEnd` (fetch the next page, then `extend`). `options_chosen` is what the
option column holds: F9 acts on it.

**Forms.** `widgets.form.Form([Labelled(label, field, help, note)])` with `widgets.fields` TextField(kind=...), DateField,
ChoiceField([Choice(value, words)]). Enter goes to the next field; messages `Form.Completed`, `Form.Changed`; `note(id, words,
fault=True)` says what is wrong beside a field, `lead_to(id)` puts the cursor there.

**Text** from data goes through `widgets.plain.plain(text)` (content) or `fit(text, width)` (cells); never as markup.
Styles: `$quiet $good $warn $late $rule $field` beside Textual's own. Colour never says anything that words do not.
No ambiguous-width characters: rules are `widgets.rule.Rule("-", "等候")`.

**Keys** of the contract are in `key_contract.CONTRACT` (F1-F9, Esc, each with a Ctrl letter). A place adds keys only inside
its own widgets, and commands in words in `commands.COMMANDS` (typed in the find box, `挂起`).

**Focus.** Set the focus before awaiting anything. Widgets that take typed keys implement `typed_state`/`put_back`, so that a
scan can be taken back. In tests use the `clerk` fixture of tests/tui/conftest.py.
"""
