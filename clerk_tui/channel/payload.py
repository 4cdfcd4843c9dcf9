"""The inner form of a batch: manifest, records, control, packed and encrypted.

Every line is canonical JSON. Manifest, records and control must agree with one another and with the header.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import zstandard

from clerk_tui.channel.container import Header
from clerk_tui.channel.faults import BatchFault, StreamStopped
from clerk_tui.channel.keys import CannotDecrypt, encrypt
from clerk_tui.channel.records import Line, Record, load_line, paid_in, read_line
from clerk_tui.store import canonical

SCHEMA = (1, 0)
"""Major: both sides must know it. Minor: added fields, which a receiver ignores and preserves."""

PLAIN_BYTES = 64 * 1024 * 1024
LINE_BYTES = 256 * 1024
RECORDS = 5_000
RATIO = 100
RATIO_FLOOR = 1024 * 1024
"""A small batch may unpack to this much whatever its ratio."""


@dataclass(frozen=True)
class Manifest:
    station: str
    inst: str
    direction: str
    bno: int
    kid: str
    first_seq: int
    last_seq: int
    count: int
    n: int
    """Journal position of the last event."""
    head: str
    """Journal head after the last event."""
    created: int
    """UTC ms: evidence, never order."""
    clk: str
    app: str
    catalogue: str
    cursor: int
    """Next batch number expected from the other side: everything before it has been applied."""
    resend_from: int = 0
    """Batches of the other direction that are missing here begin with this number; 0: none."""
    results: tuple[dict[str, Any], ...] = ()
    """Records of the other direction that are not ok here, told once."""
    schema: tuple[int, int] = SCHEMA
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Contents:
    manifest: Manifest
    records: tuple[Record, ...]


def compose(manifest: Manifest, lines: Sequence[Line]) -> bytes:
    """The plain text of a batch: NDJSON."""
    texts = [canonical.dump(line) for line in lines]
    parts = [
        canonical.dump(_manifest_json(manifest)),
        *texts,
        canonical.dump(_control(map(_summed, lines), canonical.sha("".join(text + "\n" for text in texts)))),
    ]
    return ("\n".join(parts) + "\n").encode()


def close(plain: bytes, recipients: Sequence[str]) -> bytes:
    """Compress and encrypt to age recipients."""
    packed = zstandard.ZstdCompressor(level=3).compress(plain)
    return encrypt(packed, recipients)


def open_payload(payload: bytes, header: Header, decrypt: Callable[[bytes], bytes]) -> Contents:
    """Decrypt, unpack within the caps, and hold manifest, records and control against each other.

    Raises BatchFault; StreamStopped schema_new for a major version that this program does not know.
    """
    try:
        packed = decrypt(payload)
    except CannotDecrypt as error:
        raise BatchFault("decrypt", "批次不是发给本方的, 或内容损坏", signed=True) from error
    count = _measure(packed)
    texts = _lines(packed)
    try:
        found = load_line(next(texts))
        schema = (_int(found["schema"][0]), _int(found["schema"][1]))
        if schema[0] > SCHEMA[0]:
            raise StreamStopped("schema_new", "对方的批次格式更新, 本程序要先升级")
        manifest = _manifest(found, schema)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise _bad_manifest() from error
    same = (manifest.station, manifest.inst, manifest.direction, manifest.bno, manifest.kid)
    if same != (header.station, header.inst, header.direction, header.bno, header.kid):
        raise BatchFault("manifest", "批次清单与首部不符", signed=True)
    records, digest = [], hashlib.sha256()
    for text in islice(texts, count - 2):
        records.append(read_line(text))
        digest.update(records[-1].raw + b"\n")
    try:
        control = load_line(next(texts))
    except (ValueError, RecursionError) as error:
        raise _bad_manifest() from error
    _agree(manifest, control, records, digest.hexdigest())
    return Contents(manifest, tuple(records))


def _bad_manifest() -> BatchFault:
    return BatchFault("manifest", "批次清单不合格式", signed=True)


def _agree(manifest: Manifest, control: Line, records: Sequence[Record], sha: str) -> None:
    expected = _control(((record.kind, record.seq, record.paid_fen) for record in records), sha)
    if {key: control.get(key) for key in expected} != expected:  # a later minor version may say more
        raise BatchFault("control", "批次合计与记录不符", signed=True)
    last = manifest.first_seq + manifest.count - 1
    if (
        manifest.count != len(records)
        or manifest.last_seq != last
        or [record.seq for record in records] != list(range(manifest.first_seq, last + 1))
    ):
        raise BatchFault("control", "批次里的记录序号不连续", signed=True)
    if len({record.rid for record in records}) != len(records):
        raise BatchFault("control", "批次里有重复的记录", signed=True)


def _measure(packed: bytes) -> int:
    """The number of lines. Nothing is kept of the text until it is known to lie within every cap."""
    cap = min(PLAIN_BYTES, max(RATIO_FLOOR, len(packed) * RATIO))
    size = lines = longest = 0
    tail = 0  # bytes of the line that goes on in the next part
    for part in _parts(packed):
        size += len(part)
        if size > cap:
            raise BatchFault("bomb", "批次解压后超出上限", signed=True)
        first, *others = part.split(b"\n")
        lines += len(others)
        tail += len(first)
        longest = max(longest, tail)
        if others:
            longest = max(longest, *map(len, others))
            tail = len(others[-1])
    if lines > RECORDS + 2:
        raise BatchFault("too_many", "批次里的记录太多", signed=True)
    if lines < 2 or tail:
        raise BatchFault("torn", "批次内容不完整", signed=True)
    if longest > LINE_BYTES:
        raise BatchFault("too_large", "批次里有一条记录超过 256 KB", signed=True)
    return lines


def _lines(packed: bytes) -> Iterator[str]:
    """One line after the other, of a text whose form `_measure` has seen: it is unpacked twice, and never whole."""
    rest = b""
    for part in _parts(packed):
        first, *others = part.split(b"\n")
        rest += first
        for following in others:
            try:
                yield rest.decode("utf-8")
            except UnicodeDecodeError as error:
                raise BatchFault("record", "批次内容不是 UTF-8", signed=True) from error
            rest = following


def _parts(packed: bytes) -> Iterator[bytes]:
    try:
        with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(packed) as reader:
            while part := reader.read(1 << 16):
                yield part
    except zstandard.ZstdError as error:
        raise BatchFault("decompress", "批次解压失败", signed=True) from error


def _summed(line: Line) -> tuple[str, int, int]:
    return line["t"], line["seq"], paid_in(line.get("body", {}))


def _control(records: Iterable[tuple[str, int, int]], sha: str) -> Line:
    """Of kind, number and fee of each record, and the hash over their lines."""
    counts: Counter[str] = Counter()
    numbers, fees = [], 0
    for kind, seq, paid in records:
        counts[kind] += 1
        numbers.append(seq)
        fees += paid
    return {
        "counts": dict(counts),
        "min_seq": numbers[0] if numbers else 0,
        "max_seq": numbers[-1] if numbers else 0,
        "fees_fen": fees,
        "sha": sha,
    }


def _manifest_json(manifest: Manifest) -> Line:
    return manifest.extra | {
        "schema": list(manifest.schema),
        "station": manifest.station,
        "inst": manifest.inst,
        "dir": manifest.direction,
        "bno": manifest.bno,
        "kid": manifest.kid,
        "first_seq": manifest.first_seq,
        "last_seq": manifest.last_seq,
        "count": manifest.count,
        "n": manifest.n,
        "head": manifest.head,
        "created": manifest.created,
        "clk": manifest.clk,
        "app": manifest.app,
        "catalogue": manifest.catalogue,
        "cursor": manifest.cursor,
        "resend_from": manifest.resend_from,
        "results": list(manifest.results),
    }


def _manifest(found: Line, schema: tuple[int, int]) -> Manifest:
    known = set(_manifest_json(_EMPTY))
    results = found["results"]
    if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
        raise ValueError("results")
    return Manifest(
        station=_str(found["station"]),
        inst=_str(found["inst"]),
        direction=_str(found["dir"]),
        bno=_int(found["bno"]),
        kid=_str(found["kid"]),
        first_seq=_int(found["first_seq"]),
        last_seq=_int(found["last_seq"]),
        count=_int(found["count"]),
        n=_int(found["n"]),
        head=_str(found["head"]),
        created=_int(found["created"]),
        clk=_str(found["clk"]),
        app=_str(found["app"]),
        catalogue=_str(found["catalogue"]),
        cursor=_int(found["cursor"]),
        resend_from=_int(found["resend_from"]),
        results=tuple(results),
        schema=schema,
        extra={key: value for key, value in found.items() if key not in known},
    )


def _str(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("text")
    return value


def _int(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("number")
    return value


_EMPTY = Manifest("", "", "U", 0, "", 0, 0, 0, 0, "", 0, "", "", "", 0)
