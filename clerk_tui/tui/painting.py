"""A key press paints the lines that it changed, not every line of every widget that lies under them.

Textual 8.2.8 (`Compositor._get_renders`) asks each widget whose clip touches the dirty region for all of its lines,
although only the dirty ones are used: with a workbench of nested containers that is some hundred lines for a cursor that
moves by one row. This asks for the dirty lines only, and not at all for a widget that lies elsewhere or beneath another.
"""

from collections.abc import Callable, Iterable
from typing import Any

from textual.geometry import Region

Renders = Iterable[tuple[Region, Region, list[Any]]]


def only_dirty_lines(stock: Callable[..., Renders]) -> Callable[..., Renders]:
    """`Compositor._get_renders` that renders no more than `crop` needs; without a crop, Textual's own."""

    def get_renders(compositor: Any, crop: Region | None = None) -> Renders:
        if not crop:
            yield from stock(compositor, crop)
            return
        left = set(crop.line_range)
        for widget, (region, clip) in compositor.visible_widgets.items():  # the uppermost first
            # whole columns, because what is painted is cut where widgets begin and end, never where the crop does
            seen = region.intersection(clip.intersection(Region(clip.x, crop.y, clip.width, crop.height)))
            if not (seen and crop.overlaps(seen)):
                continue
            needed = left.intersection(seen.line_range)
            if not needed:
                continue
            top, bottom = min(needed), max(needed) + 1
            if seen.x <= crop.x and seen.right >= crop.right:
                left -= needed  # nothing below it shows in these lines
            within = Region(seen.x - region.x, top - region.y, seen.width, bottom - top)
            yield region, clip.intersection(Region(clip.x, top, clip.width, bottom - top)), widget.render_lines(within)
            if not left:
                return

    return get_renders
