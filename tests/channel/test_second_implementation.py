"""Another implementation, written from FORMAT.md alone and with nothing of this package: it reads what a station sends,
and what it writes a station takes. What it needs to know and the page does not say would be missing for every other one."""

import hashlib
import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage
import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from clerk_tui.channel.status import status
from clerk_tui.store.core import CASES, TASKS

MAGIC = bytes.fromhex("505958310D0A1A0A")
START = hashlib.sha256(b"clerk-tui journal").digest()


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def canonical(value: Any) -> bytes:
    """RFC 8785 for objects whose keys are ASCII and whose numbers are integers."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def kid_of(sign: bytes) -> str:
    return sha(sign)[:16]


def record_sha(record: dict[str, Any]) -> str:
    body_sha = record.get("body_sha")
    if record["how"] == "whole":
        body_sha = sha(record["salt"].encode() + canonical(record["body"]))
    names = ("t", "v", "rid", "ent", "ent_ver", "base_ver", "at", "clk", "clerk")
    return sha(canonical({name: record[name] for name in names} | {"body": body_sha, "salt": ""}))


@dataclass
class Stream:
    """Where one stream stands."""

    station: str
    inst: str
    direction: str
    bno: int = 1
    seq: int = 1
    prev_sha: str = "0" * 64
    head: bytes = START
    n: int = 0


def read(stream: Stream, path: Path, sign: bytes, identity: pyrage.x25519.Identity) -> list[dict[str, Any]]:
    """The records of the stream's next batch; every rule of the page is asserted."""
    assert path.name == f"PYX1_{stream.station}_{stream.inst}_{stream.direction}_{stream.bno:010d}.pyx"
    data = path.read_bytes()
    assert data[:8] == MAGIC and len(data) <= 8 * 1024 * 1024
    assert struct.unpack(">Q", data[-40:-32])[0] == len(data) - 40
    assert hashlib.sha256(data[:-32]).digest() == data[-32:]
    (length,) = struct.unpack(">I", data[8:12])
    raw, signature, payload = data[12 : 12 + length], data[12 + length : 76 + length], data[76 + length : -40]
    header = json.loads(raw)
    assert length <= 4096 and canonical(header) == raw
    assert (header["v"], header["profile"], header["prev_sha"]) == ("PYX/1", "INTL", stream.prev_sha)
    assert (header["length"], header["payload_sha"]) == (len(payload), sha(payload))
    assert header["kid"] == kid_of(sign) and header["to"] == [sha(str(identity.to_public()).encode())[:16]]
    Ed25519PublicKey.from_public_bytes(sign).verify(signature, b"PYX1\0" + hashlib.sha256(raw).digest())
    plain = zstandard.ZstdDecompressor().decompressobj().decompress(pyrage.decrypt(payload, [identity]))
    first, *lines, last = plain.removesuffix(b"\n").split(b"\n")
    manifest, control, records = json.loads(first), json.loads(last), [json.loads(line) for line in lines]
    for line, value in zip((first, *lines, last), (manifest, *records, control), strict=True):
        assert canonical(value) == line
    for name in ("station", "inst", "dir", "bno", "kid"):
        assert manifest[name] == header[name]
    assert (manifest["schema"], manifest["count"], manifest["first_seq"]) == ([1, 0], len(records), stream.seq)
    assert [record["seq"] for record in records] == list(range(stream.seq, manifest["last_seq"] + 1))
    counts: dict[str, int] = {}
    for record in records:
        counts[record["t"]] = counts.get(record["t"], 0) + 1
        if record["t"] != "stays":
            assert record_sha(record) == record["sha"]
        stream.head = hashlib.sha256(stream.head + bytes.fromhex(record["sha"])).digest()
    assert control["counts"] == counts and control["sha"] == sha(b"".join(line + b"\n" for line in lines))
    assert manifest["head"] == stream.head.hex()
    stream.bno, stream.seq, stream.prev_sha = stream.bno + 1, manifest["last_seq"] + 1, sha(data)
    return records


def write(
    stream: Stream, bodies: list[tuple[str, str, dict[str, Any]]], sign: Ed25519PrivateKey, to: str, cursor: int
) -> tuple[str, bytes]:
    """The stream's next batch: name and bytes."""
    lines = []
    for place, (kind, entity, body) in enumerate(bodies):
        record = {
            "t": kind, "v": 1, "rid": f"0000000-{stream.direction}-{stream.seq + place}", "seq": stream.seq + place,
            "ent": entity, "ent_ver": 0, "base_ver": 0, "at": 1_763_948_460_000, "clk": "boot:1", "clerk": "someone",
            "how": "whole", "body": body, "salt": "ab" * 16,
        }  # fmt: skip
        lines.append(record | {"sha": record_sha(record)})
        stream.head = hashlib.sha256(stream.head + bytes.fromhex(lines[-1]["sha"])).digest()
    stream.n += len(lines)
    numbers = [line["seq"] for line in lines]
    kid = kid_of(sign.public_key().public_bytes_raw())
    who = {"station": stream.station, "inst": stream.inst, "dir": stream.direction, "bno": stream.bno, "kid": kid}
    manifest = who | {
        "schema": [1, 0], "first_seq": stream.seq, "last_seq": stream.seq + len(lines) - 1, "count": len(lines),
        "n": stream.n, "head": stream.head.hex(), "created": 1_763_948_460_000, "clk": "boot:1", "app": "another",
        "catalogue": "", "cursor": cursor, "resend_from": 0, "results": [],
    }  # fmt: skip
    texts = [canonical(line) for line in lines]
    counts = {kind: sum(line["t"] == kind for line in lines) for kind, _, _ in bodies}
    control = {
        "counts": counts, "min_seq": min(numbers, default=0), "max_seq": max(numbers, default=0), "fees_fen": 0,
        "sha": sha(b"".join(text + b"\n" for text in texts)),
    }  # fmt: skip
    plain = b"".join(text + b"\n" for text in (canonical(manifest), *texts, canonical(control)))
    packed = zstandard.ZstdCompressor(level=3).compress(plain)
    payload = pyrage.encrypt(packed, [pyrage.x25519.Recipient.from_str(to)])
    raw = canonical(
        who | {
            "v": "PYX/1", "prev_sha": stream.prev_sha, "profile": "INTL", "to": [sha(to.encode())[:16]],
            "length": len(payload), "payload_sha": sha(payload),
        }
    )  # fmt: skip
    signature = sign.sign(b"PYX1\0" + hashlib.sha256(raw).digest())
    data = MAGIC + struct.pack(">I", len(raw)) + raw + signature + payload
    data += struct.pack(">Q", len(data))
    data += hashlib.sha256(data).digest()
    name = f"PYX1_{stream.station}_{stream.inst}_{stream.direction}_{stream.bno:010d}.pyx"
    stream.bno, stream.seq, stream.prev_sha = stream.bno + 1, stream.seq + len(lines), sha(data)
    return name, data


@pytest.fixture
def ends(pair):
    """Both streams of the station, the station's public keys, the district's private ones."""
    who = (pair.station.identity.station, pair.station.identity.inst)
    return Stream(*who, "U"), Stream(*who, "D"), pair.station.keys.public, pair.district.keys


def test_it_reads_every_batch_that_a_station_sends(pair, ends):
    up, _, station, district = ends
    seen = []
    for number in range(3):
        case_id = pair.receive()
        pair.event("clerk.signed_in", "c1", {"number": "1001"}, base=0)  # travels by its hash
        pair.event("ticket.called", f"t{number}", {"number": "A001", "order": 1, "reason": "", "window": "w3"}, base=0)
        pair.event("case.stage_reported", case_id, {"stage": "x"})  # stays
        pair.exchange()
        path = pair.host / "up" / "in" / f"PYX1_{up.station}_{up.inst}_U_{up.bno:010d}.pyx"
        seen += read(up, path, station.sign, district.decrypting)
    assert {record.get("how") for record in seen} == {"whole", "part", "hash", None}
    received = [record for record in seen if record["t"] == "case.received"]
    assert [record["body"]["receipt_no"] for record in received] == [f"SQ01-20251124-000{n}" for n in (1, 2, 3)]


def test_a_station_takes_what_it_writes(pair, ends):
    up, down, station, district = ends
    case_id = pair.receive(power="department", state="received")
    pair.exchange()
    [path] = (pair.host / "up" / "in").iterdir()
    records = read(up, path, station.sign, district.decrypting)
    body = {
        "bno": 1, "sha": up.prev_sha, "status": "APPLIED", "next_bno": 2, "ok": len(records), "told": 0, "records": [],
        "received_at": pair.clock.now,
    }  # fmt: skip
    name, data = write(down, [("ack.batch", "batch:1", body)], district.signing, station.decrypt, cursor=2)
    (pair.host / "down" / "ack" / name).write_bytes(data)
    answers = [
        ("case.acceptance_received", f"case:{case_id}", {"outcome": "accepted", "at": pair.clock.now}),
        ("case.numbered", f"case:{case_id}", {"district_no": "GZ-1"}),
    ]
    name, data = write(down, answers, district.signing, station.decrypt, cursor=2)
    (pair.host / "down" / "out" / name).write_bytes(data)
    report = pair.exchange()
    assert (report.state, report.applied, report.records) == ("ok", 2, 3)
    [case] = pair.rows(CASES)
    assert (case.state, case.district_no) == ("accepted", "GZ-1") and pair.rows(TASKS) == []
    assert [one.state for one in status(pair.store).batches if one.direction == "U"] == ["applied"]
