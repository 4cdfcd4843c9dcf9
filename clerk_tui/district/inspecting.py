"""Look into a batch file without applying it (channel rule 68): what the header and the manifest say."""

from pathlib import Path
from typing import Any

from clerk_tui.channel.container import unpack
from clerk_tui.channel.faults import BatchFault, StreamStopped
from clerk_tui.channel.folders import read_batch
from clerk_tui.channel.payload import open_payload
from clerk_tui.district.place import District


def inspect(district: District, path: Path) -> dict[str, Any]:
    """Header and manifest as plain facts; `fault` says where reading ended. The signature is not checked here."""
    facts: dict[str, Any] = {}
    try:
        found = unpack(read_batch(path))
        facts["header"] = vars(found.header) | {"sha": found.sha}
        contents = open_payload(found.payload, found.header, district.keys.decrypt)
        facts["manifest"] = vars(contents.manifest)
        facts["kinds"] = [record.kind for record in contents.records]
    except (BatchFault, StreamStopped) as fault:
        facts["fault"] = fault.words
    return facts
