"""What the terminal shows, cell by cell, and the shortest way from there to what it should show.

Reads two private classes of Textual 8.2.8, which is why `wire` imports this module only inside its guard.
"""

from collections.abc import Iterator
from unicodedata import east_asian_width

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.strip import Strip

NEAR = 4
"""Equal cells between two changed ones that cost no more to send again than to step over."""
STRIPS_KEPT = 300
"""Strips that were read lately: a list that scrolls shows all its lines again, one row higher."""
SEEN_ON_BLANKS = frozenset({"4", "7", "9", "21", "51", "52", "53"})
"""Attributes that show on a blank: underline, reverse, strike, frame, encircle, overline."""
FORE = frozenset(str(code) for code in (*range(30, 38), *range(90, 98)))
BACK = frozenset(str(code) for code in (*range(40, 48), *range(100, 108)))


class Pen:
    """How a cell is drawn: attributes, colour, background. One object per look, so that identity compares them."""

    __slots__ = ("attributes", "back", "blank", "fore")

    def __init__(self, attributes: tuple[str, ...], fore: str, back: str) -> None:
        self.attributes, self.fore, self.back = attributes, fore, back
        self.blank = self

    def after(self, before: "Pen") -> str:
        """The sequence that makes a terminal draw like this when it draws like `before`."""
        codes: list[str] = []
        fore, back = before.fore, before.back
        if self.attributes != before.attributes:
            if before.attributes:
                codes, fore, back = ["0"], "", ""
            codes += self.attributes
        if self.fore != fore:
            codes.append(self.fore or "39")
        if self.back != back:
            codes.append(self.back or "49")
        return f"\x1b[{';'.join(codes)}m" if codes else ""

    def blank_after(self, before: "Pen") -> bool:
        """Whether a blank drawn by `before` looks as one drawn by this."""
        return (
            self.back == before.back
            and not SEEN_ON_BLANKS.intersection(self.attributes)
            and not SEEN_ON_BLANKS.intersection(before.attributes)
        )


def parts_of(code: str) -> tuple[tuple[str, ...], str, str]:
    """Attributes, colour and background of an SGR code such as `1;38;2;10;20;30;44`."""
    attributes: list[str] = []
    fore = back = ""
    tokens = iter(code.split(";") if code else ())
    for token in tokens:
        if token in ("38", "48"):
            kind = next(tokens)
            colour = ";".join((token, kind, *(next(tokens) for _ in range(3 if kind == "2" else 1))))
            fore, back = (colour, back) if token == "38" else (fore, colour)
        elif token in FORE:
            fore = token
        elif token in BACK:
            back = token
        elif token not in ("39", "49"):
            attributes.append(token)
    return tuple(attributes), fore, back


class Cells:
    """The cells of one terminal of a size."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self._pens: dict[str, Pen] = {}
        self._looks: dict[tuple[tuple[str, ...], str, str], Pen] = {}
        self._plain = self._pen("")
        self._known: dict[tuple[Segment, ...], tuple[list[str], list[Pen]]] = {}
        self._characters: list[list[str]] = [[""] * width for _ in range(height)]
        self._drawn: list[list[Pen | None]] = [[None] * width for _ in range(height)]

    def _look(self, attributes: tuple[str, ...], fore: str, back: str) -> Pen:
        found = self._looks.get((attributes, fore, back))
        if found is None:
            found = self._looks[attributes, fore, back] = Pen(attributes, fore, back)
            if fore or attributes:
                shows = tuple(one for one in attributes if one in SEEN_ON_BLANKS)
                found.blank = found if shows else self._look((), "", back)
        return found

    def _pen(self, code: str) -> Pen:
        found = self._pens.get(code)
        if found is None:
            found = self._pens[code] = self._look(*parts_of(code))
        return found

    def update(self, update: CompositorUpdate, console: Console) -> str:
        """What has to be written so that the terminal shows `update`; from then on it is taken as shown.

        Raises ValueError for a strip that it cannot read, after which nothing here may be believed.
        """
        system = console._color_system or ColorSystem.TRUECOLOR
        self._written: list[str] = []
        self._now, self._place = self._plain, (-1, -1)
        for y, x, strip in strips_of(update):
            self._strip(y, x, strip, system)
        if self._now is not self._plain:
            self._written.append("\x1b[0m")
        return "".join(self._written)

    def _read(self, strip: Strip, system: ColorSystem) -> tuple[list[str], list[Pen]]:
        """The strip's cells, which the caller only reads."""
        segments = tuple(strip._segments)
        found = self._known.get(segments)
        if found is None:
            if len(self._known) >= STRIPS_KEPT:
                self._known.clear()
            found = self._known[segments] = self._read_anew(segments, system)
        return found

    def _read_anew(self, segments: tuple[Segment, ...], system: ColorSystem) -> tuple[list[str], list[Pen]]:
        """Cells of some segments; the second half of a wide character is an empty text."""
        characters: list[str] = []
        pens: list[Pen] = []
        for text, style, control in segments:
            if control:
                continue
            pen = self._plain if style is None else self._pen(_code(style, system))
            blank = pen.blank
            if text.isascii():
                characters.extend(text)
                pens.extend([blank] * len(text) if text.isspace() else [blank if c == " " else pen for c in text])
                continue
            for character in text:
                width = get_character_cell_size(character)
                if width:
                    characters.append(character)
                    pens.append(blank if character == " " else pen)
                    if width == 2:
                        characters.append("")
                        pens.append(pen)
                elif characters:
                    at = -1 if characters[-1] or len(characters) == 1 else -2
                    characters[at] += character
        return characters, pens

    def _strip(self, y: int, x: int, strip: Strip, system: ColorSystem) -> None:
        characters, pens = self._read(strip, system)
        width, height = self.size
        total = len(characters)
        if total != strip.cell_length:
            raise ValueError(f"a strip of {strip.cell_length} cells was read as {total}")
        if y >= height or x >= width:
            return  # painted for a larger size than the terminal has by now
        if x + total > width:
            total = width - x
            cut_through = not characters[total]
            characters, pens = characters[:total], pens[:total]
            if cut_through:
                characters[total - 1] = " "
        row, drawn = self._characters[y], self._drawn[y]
        if row[x : x + total] == characters and drawn[x : x + total] == pens:
            return
        at = 0
        while at < total:
            if row[x + at] == characters[at] and drawn[x + at] is pens[at]:
                at += 1
                continue
            if not characters[at] and at:
                at -= 1  # only the second half of a wide character differs: both go again
            self._go(x + at, y, x, characters, pens)
            self._put(characters[at], pens[at])
            surely = not _ambiguous(characters[at])
            at += 1
            if at < total and not characters[at]:
                at += 1
            self._place = (x + at if surely else -1, y)
        row[x : x + total] = characters
        drawn[x : x + total] = pens

    def _go(self, x: int, y: int, left: int, characters: list[str], pens: list[Pen]) -> None:
        """Bring the terminal's cursor to a cell; a short gap of equal cells is written again where that is no longer."""
        here, line = self._place
        if line != y:
            self._written.append(f"\x1b[{y + 1};{x + 1}H")
        elif here < x:
            gap = slice(here - left, x - left)
            between = characters[gap] if here >= left and x - here <= NEAR else [""]
            if all(one.isascii() and one for one in between) and all(pen is self._now for pen in pens[gap]):
                self._written.extend(between)
            else:
                self._written.append(f"\x1b[{x + 1}G")

    def _put(self, character: str, pen: Pen) -> None:
        if pen is not self._now and not (character == " " and pen.blank_after(self._now)):
            self._written.append(pen.after(self._now))
            self._now = pen
        self._written.append(character)


def strips_of(update: CompositorUpdate) -> Iterator[tuple[int, int, Strip]]:
    """Row, column and strip of everything that an update draws, in the order in which Textual would write it.

    Raises TypeError for an update of another kind.
    """
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                yield y, x, strip
                x += strip.cell_length
    elif isinstance(update, ChopsUpdate):
        for y, first, last in update.spans:
            for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if chop is None or x > last or end <= first:
                    continue
                whole = last > x >= first and end <= last
                yield y, x, chop if whole else chop.crop(0, min(end, last) - x)
    else:
        raise TypeError(f"{type(update).__name__} is not known here")


def _ambiguous(character: str) -> bool:
    """Whether some terminals draw it two cells wide, such as the dot in a name: where the cursor is then, nobody knows."""
    return not character.isascii() and east_asian_width(character[0]) == "A"


def _code(style: Style, system: ColorSystem) -> str:
    """A style's SGR code; Textual keeps it with the style."""
    return Strip.render_ansi(style, system) if style._ansi is None else style._ansi
