"""The places of work at the right of the workbench. `PLACES` is their one order; a module is imported when its place is
first entered, so that the first paint does not pay for it."""

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from clerk_tui.tui.places.place import Place


class PlaceSpec(NamedTuple):
    key: str
    words: str
    module: str
    class_name: str

    def make(self) -> "Place":
        made: Place = getattr(import_module(f"{__name__}.{self.module}"), self.class_name)()
        made.key = self.key
        return made


PLACES = (
    PlaceSpec("intake", "受理", "intake", "IntakePlace"),
    PlaceSpec("owed", "待补", "owed", "OwedPlace"),
    PlaceSpec("pickup", "出件", "pickup", "PickupPlace"),
    PlaceSpec("search", "查询", "search", "SearchPlace"),
    PlaceSpec("figures", "统计", "figures", "FiguresPlace"),
    PlaceSpec("channel", "渠道", "channel", "ChannelPlace"),
)
