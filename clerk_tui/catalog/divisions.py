"""Towns and streets of the county (行政区划), from data/divisions."""

from dataclasses import dataclass
from pathlib import Path

from clerk_tui.catalog.faults import Fault, refuse
from clerk_tui.catalog.reading import read_yaml
from clerk_tui.catalog.shape import shape_faults


@dataclass(frozen=True)
class Town:
    code: str  # nine digits
    name: str
    kind: str  # street | town


@dataclass(frozen=True)
class County:
    code: str  # six digits
    name: str
    edition: str
    towns: tuple[Town, ...]

    def town(self, code: str) -> Town | None:
        """The town of a nine-digit code, or of a longer code that begins with it."""
        return next((town for town in self.towns if code.startswith(town.code)), None)


def load_county(path: Path) -> County:
    """The county of a file. Raises Refusal('catalogue_fault') naming what is wrong with it."""
    faults: list[Fault] = []
    data = read_yaml(path, path.name, faults)
    if not faults:
        faults = shape_faults("divisions", data, path.name)
    if not faults:
        county = data["county"]["code"]
        faults = [
            Fault(path.name, town["name"], f"代码 {town['code']} 不属于 {county}")
            for town in data["towns"]
            if not town["code"].startswith(county)
        ]
    if faults:
        raise refuse(faults)
    towns = tuple(Town(town["code"], town["name"], town["kind"]) for town in data["towns"])
    return County(data["county"]["code"], data["county"]["name"], data["edition"], towns)
