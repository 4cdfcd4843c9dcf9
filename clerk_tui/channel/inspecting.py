"""Look into a batch file without applying it: what the header says, and the manifest where a key is."""

from collections import Counter
from pathlib import Path
from typing import Any

from clerk_tui.channel.container import unpack, verify
from clerk_tui.channel.faults import BatchFault, StreamStopped
from clerk_tui.channel.folders import read_batch
from clerk_tui.channel.keys import OwnKeys, PublicKeys
from clerk_tui.channel.payload import open_payload


def inspect(path: Path, *, reader: OwnKeys | None = None, signers: tuple[PublicKeys, ...] = ()) -> dict[str, Any]:
    """Plain facts; `fault` says where reading ended. `signature`: valid, invalid, or unknown when none of `signers`
    made it. The manifest and the kinds of the records are there only for the one to whom the batch was encrypted.

    Raises OSError.
    """
    facts: dict[str, Any] = {"file": path.name}
    try:
        found = unpack(read_batch(path))
        facts["header"] = vars(found.header) | {"sha": found.sha}
        facts["signature"] = "unknown"
        for signer in signers:
            if signer.sign_kid == found.header.kid:
                facts["signature"] = "invalid"
                verify(found, signer.sign)
                facts["signature"] = "valid"
        if reader is None or reader.public.decrypt_kid not in found.header.to:
            facts["manifest"] = None
            return facts
        contents = open_payload(found.payload, found.header, reader.decrypt)
        facts["manifest"] = vars(contents.manifest)
        facts["kinds"] = dict(Counter(record.kind for record in contents.records))
    except (BatchFault, StreamStopped) as fault:
        facts["fault"] = fault.words
    return facts
