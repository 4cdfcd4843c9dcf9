"""Look into a batch file without applying it: what the header says, and the manifest where a key is."""

from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

from clerk_tui.channel.container import unpack, verify
from clerk_tui.channel.enrolment import APPROVAL, REQUEST, Approval, read_approval, read_request
from clerk_tui.channel.faults import BatchFault, StreamStopped
from clerk_tui.channel.folders import read_batch
from clerk_tui.channel.keys import OwnKeys, PublicKeys
from clerk_tui.channel.payload import open_payload
from clerk_tui.channel.records import STAYS, Record
from clerk_tui.rules.refusal import Refusal


def inspect(
    path: Path, *, reader: OwnKeys | None = None, signers: tuple[PublicKeys, ...] = (), records: bool = False
) -> dict[str, Any]:
    """Plain facts of a batch, or of an enrolment file; `fault` says where reading ended. `signature`: valid, invalid, or unknown when none of `signers`
    made it. The manifest and the kinds of the records are there only for the one to whom the batch was encrypted, and
    only if the signature is valid: nothing else is ever decrypted. `records` names each record, too.

    Raises OSError.
    """
    facts: dict[str, Any] = {"file": path.name}
    try:
        content = read_batch(path)
        if content.lstrip().startswith(b"{"):
            return facts | _enrolment(path)
        found = unpack(content)
        facts["header"] = vars(found.header) | {"sha": found.sha}
        facts["signature"] = "unknown"
        for signer in signers:
            if signer.sign_kid == found.header.kid:
                facts["signature"] = "invalid"
                verify(found, signer.sign)
                facts["signature"] = "valid"
        readable = reader is not None and reader.public.decrypt_kid in found.header.to
        if reader is None or not readable or facts["signature"] != "valid":
            facts["manifest"] = None
            return facts
        contents = open_payload(found.payload, found.header, reader.decrypt)
        facts["manifest"] = vars(contents.manifest)
        facts["kinds"] = dict(Counter(record.kind for record in contents.records))
        if records:
            facts["records"] = [_of(record) for record in contents.records if record.how != STAYS]
    except (BatchFault, StreamStopped) as fault:
        facts["fault"] = fault.words
    return facts


def _of(record: Record) -> dict[str, Any]:
    """What names a record, and nothing of what it says about a person."""
    about = {"receipt_no": str(record.body["receipt_no"])} if record.body.get("receipt_no") else {}
    return {"seq": record.seq, "kind": record.kind, "rid": record.rid, "ent_id": record.ent_id, "at": record.at} | about


def _enrolment(path: Path) -> dict[str, Any]:
    """What a request or an approval says, with the fingerprint that two people compare."""
    for read, kind in ((read_request, REQUEST), (read_approval, APPROVAL)):
        with suppress(Refusal):
            found = read(path)
            mark = found.keys.fingerprint()
            link = vars(found.link) if isinstance(found, Approval) else {}
            told = {"kind": kind, "station": found.station, "inst": found.inst, "made_at": found.made_at}
            name = found.district if isinstance(found, Approval) else found.name
            return told | {"name": name, "fingerprint": mark.hex, "fingerprint_words": mark.words} | link
    return {"fault": "不是批次文件; 若是登记文件, 它不完整或被改动过"}
