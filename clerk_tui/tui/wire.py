"""Only the cells that changed go to the terminal: a tenth of the bytes, so that a village's thin line keeps up.

Textual repaints whole spans: a typed character costs a kilobyte, a focus change tens of them. This mixin keeps what the
terminal shows (`cells`) and writes what differs. It overrides `App._display` of Textual 8.2.8; whatever is unexpected
there puts the program back on Textual's own output for the rest of its run, so nothing that is shown depends on it.
"""

import logging
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import App
from textual.widgets import Input

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.screen import Screen

    from clerk_tui.tui.cells import Cells

    _Base = App[None]
else:
    _Base = object

log = logging.getLogger(__name__)


class Wire(_Base):
    """Mixin for an App (before App in the bases)."""

    wire_stock = False
    """Textual's own output: by setting, or because the other failed."""
    _cells: "Cells | None" = None
    _cursor: Any = None

    def begin_wire(self) -> None:
        """Once the app runs: paint no more than is dirty, and paint over what another program left on the terminal."""
        if not self.wire_stock:
            paint_dirty_lines()
        self.app_resume_signal.subscribe(self, self._resumed, immediate=True)

    def _resumed(self, _: object) -> None:
        self.forget_screen()
        self.refresh(layout=True)

    def on_resize(self, event: events.Resize) -> None:
        self.forget_screen()

    def forget_screen(self) -> None:
        """The terminal may show anything: send everything next time."""
        self._cells = None

    def _display(self, screen: "Screen[object]", renderable: "RenderableType | None") -> None:
        if renderable is not None and isinstance(field := self.focused, Input):
            # Textual asks a field when its text changes: too early where the field is laid out or scrolled after that
            self.cursor_position = field.cursor_screen_offset
        if self.wire_stock or renderable is None or not self._goes_out():
            super()._display(screen, renderable)
            return
        try:
            from textual._compositor import CompositorUpdate

            if not isinstance(renderable, CompositorUpdate):
                self.forget_screen()  # Rich drew it, wherever it did
            else:
                written = self._changes(renderable)
                cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
                if not written and cursor == self._cursor:
                    self.post_display_hook()
                    return
                self._cursor = cursor
                renderable = _written(written)
        except Exception:  # whatever Textual changed, the clerk's screen goes on
            log.exception("cell differences failed; Textual's own output from here on")
            self.wire_stock = True
            self.forget_screen()
        super()._display(screen, renderable)

    def _goes_out(self) -> bool:
        """Whether Textual would write this now; only then the terminal will show it."""
        driver = self._driver
        return bool(
            driver is not None
            and self._running
            and not self._closed
            and not self._batch_count
            and not self.is_headless
            and not driver.is_inline
        )

    def _changes(self, update: Any) -> str:
        from clerk_tui.tui.cells import Cells

        size = (self.size.width, self.size.height)
        if self._cells is None or self._cells.size != size:
            self._cells = Cells(*size)
            self._cursor = None
        return self._cells.update(update, self.console)


def _written(text: str) -> "RenderableType":
    """An update that is text already."""
    from textual._compositor import CompositorUpdate

    class Written(CompositorUpdate):
        def render_segments(self, console: object) -> str:
            return text

        def __rich_console__(self, console: object, options: object) -> Any:
            yield text

    return Written()


def paint_dirty_lines() -> None:
    """Put `painting.only_dirty_lines` into Textual's compositor, once; leave a compositor that looks otherwise alone."""
    try:
        from textual._compositor import Compositor

        from clerk_tui.tui.painting import only_dirty_lines

        if Compositor._get_renders.__module__ != only_dirty_lines.__module__:
            setattr(Compositor, "_get_renders", only_dirty_lines(Compositor._get_renders))  # noqa: B010
    except Exception:  # whatever Textual changed, its own way goes on
        log.exception("Textual's compositor is not the one that was known")
