"""One journal event as one record of a batch, and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clerk_tui.channel.faults import BatchFault
from clerk_tui.store import canonical
from clerk_tui.store.act import sha_over
from clerk_tui.store.event_kinds import KINDS

LARGE_BODY = 240 * 1024
"""A body beyond this does not fit into a line and travels by its hash."""

WHOLE, PART, HASH, STAYS = "whole", "part", "hash", "stays"

Line = dict[str, Any]


KEPT_BYTES = 4 * 1024
"""A longer record's body is not kept beside its line but read from it when it is asked for: a batch at the caps would
fill the memory twice."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record that came in. `raw` is the whole line, unknown fields included, as UTF-8: half of what Python's text takes
    once it was handed to the database. `small` is the body of one that is not long."""

    kind: str
    v: int
    rid: str
    seq: int
    ent: str
    ent_id: str
    ent_ver: int
    base_ver: int
    at: int
    clk: str
    clerk: str
    how: str
    sha: str
    raw: bytes
    paid_fen: int
    small: dict[str, Any] | None

    @property
    def body(self) -> dict[str, Any]:
        """Empty unless it travelled."""
        if self.small is not None:
            return self.small
        return dict(canonical.load(self.raw)["body"])

    @property
    def line(self) -> str:
        return self.raw.decode()


def line_of(event: Mapping[str, Any], seq: int) -> Line:
    """The record of an event. What stays here, and a body that was erased, leaves only its link in the chain."""
    how = event["travels"] if event["body"] is not None else STAYS
    if how == STAYS:
        return {"t": STAYS, "rid": event["rid"], "seq": seq, "sha": event["sha"]}
    line: Line = {
        "t": event["kind"],
        "v": event["v"],
        "rid": event["rid"],
        "seq": seq,
        "ent": f"{event['ent']}:{event['ent_id']}",
        "ent_ver": event["ent_ver"],
        "base_ver": event["base_ver"],
        "at": event["at"],
        "clk": event["clk"],
        "clerk": event["clerk_id"],
        "how": how,
        "sha": event["sha"],
    }
    if how == WHOLE and len(event["body"].encode()) > LARGE_BODY:
        line["how"] = how = HASH
    body = canonical.load(event["body"])
    if how == WHOLE:
        return line | {"body": body, "salt": event["salt"]}
    line["body_sha"] = canonical.sha(event["salt"] + event["body"])
    if how == PART:
        line["body"] = {key: body[key] for key in KINDS[event["kind"]].keys if key in body}
    return line


def read_line(text: str) -> Record:
    """A record from its line. Raises BatchFault record when its form or its hash does not hold."""
    try:
        line, written = _split(text)
        raw = text.encode()
        if line["t"] == STAYS:
            return Record(STAYS, 0, _text(line["rid"]), _number(line["seq"]), "", "", 0, 0, 0, "", "", STAYS,
                          _sha(line["sha"]), raw, 0, {})  # fmt: skip
        ent, _, ent_id = _text(line["ent"]).partition(":")
        body = line.get("body", {})
        if not isinstance(body, dict):
            raise ValueError("body")
        record = Record(
            kind=_text(line["t"]),
            v=_number(line["v"]),
            rid=_text(line["rid"]),
            seq=_number(line["seq"]),
            ent=ent,
            ent_id=ent_id,
            ent_ver=_number(line["ent_ver"]),
            base_ver=_number(line["base_ver"]),
            at=_number(line["at"]),
            clk=_text(line["clk"]),
            clerk=_text(line["clerk"]),
            how=_text(line["how"]),
            sha=_sha(line["sha"]),
            raw=raw,
            paid_fen=paid_in(body),
            small=body if len(raw) <= KEPT_BYTES or "body" not in line else None,
        )
        if record.how not in (WHOLE, PART, HASH):
            raise ValueError("how")
        if _hash(record, line, written) != record.sha:
            raise BatchFault("record", f"第 {record.seq} 条记录的散列不符", signed=True)
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise BatchFault("record", "有一条记录不合格式", signed=True) from error
    return record


def paid_in(body: Line) -> int:
    """The fee in a body, in fen; 0 without one."""
    paid = body.get("paid_fen")
    return paid if isinstance(paid, int) and not isinstance(paid, bool) else 0


def load_line(text: str) -> Line:
    """A line's object. Raises ValueError unless it is canonical JSON of an object."""
    found = canonical.load(text)
    if not isinstance(found, dict) or canonical.dump(found) != text:
        raise ValueError("not canonical")
    return found


def _split(text: str) -> tuple[Line, str]:
    """A line's object, and its body as the line writes it. Raises ValueError unless the line is canonical JSON.

    The body, most of a line, is written only once: set into the rest it must give the line again.
    """
    found = canonical.load(text)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    body = found.get("body", {})
    written = canonical.dump(body)
    rest = canonical.dump({**found, "body": 0} if "body" in found else found)
    if rest.replace('"body":0', f'"body":{written}', 1) != text and canonical.dump(found) != text:
        raise ValueError("not canonical")
    return found, written


def _hash(record: Record, line: Line, written: str) -> str:
    event = {
        "kind": record.kind,
        "v": record.v,
        "rid": record.rid,
        "ent": record.ent,
        "ent_id": record.ent_id,
        "ent_ver": record.ent_ver,
        "base_ver": record.base_ver,
        "at": record.at,
        "clk": record.clk,
        "clerk_id": record.clerk,
    }
    if record.how == WHOLE:
        return sha_over(event, canonical.sha(_text(line["salt"]) + written))
    return sha_over(event, _sha(line["body_sha"]))


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > 200:
        raise ValueError("text")
    return value


def _sha(value: object) -> str:
    text = _text(value)
    if len(text) != 64 or not set(text) <= set("0123456789abcdef"):
        raise ValueError("sha")
    return text


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("number")
    return value
