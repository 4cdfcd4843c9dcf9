"""Opens hostile and very large batches in a process of its own and says what each is and the peak of memory so far:
`python hostile.py FOLDER`. They are made in another process, so that only the opening is measured."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import zstandard

from clerk_tui.channel import container, payload
from clerk_tui.channel.container import Header
from clerk_tui.channel.faults import BatchFault, StreamStopped
from clerk_tui.channel.keys import OwnKeys, encrypt, load, make, present
from clerk_tui.channel.opening import Sender, check, read
from clerk_tui.channel.payload import Manifest
from clerk_tui.channel.records import line_of
from clerk_tui.channel.writing import chained, pack_batch
from clerk_tui.district.place import open_district
from clerk_tui.district.serving import serve_once
from clerk_tui.store import canonical
from clerk_tui.store.act import record_sha
from clerk_tui.store.schema import GENESIS
from tests.channel.conftest import make_pair

STATION, INST = "440113001001", "a1b2c3d4"


def event(n, body):
    found = {
        "rid": f"rid-{n}", "kind": "case.received", "v": 1, "ent": "case", "ent_id": f"id-{n}", "ent_ver": 1,
        "base_ver": 0, "at": 1_763_948_460_000 + n, "clk": "b007:123", "clerk_id": "c1", "travels": "whole",
        "body": canonical.dump(body), "salt": "5a17",
    }  # fmt: skip
    return found | {"sha": record_sha(found)}


def manifest(own, count):
    return Manifest(
        station=STATION, inst=INST, direction="U", bno=1, kid=own.public.sign_kid, first_seq=1, last_seq=count,
        count=count, n=count, head="ab" * 32, created=1, clk="b007:123", app="1.0", catalogue="", cursor=1,
    )  # fmt: skip


def around(own, plain):
    """A signed batch around any plain text."""
    sealed = encrypt(zstandard.ZstdCompressor(level=3).compress(plain), [own.public.decrypt])
    header = Header(
        station=STATION, inst=INST, direction="U", bno=1, prev_sha="0" * 64, kid=own.public.sign_kid,
        to=(own.public.decrypt_kid,), length=len(sealed), payload_sha=canonical.sha(sealed),
    )  # fmt: skip
    return container.pack(header, sealed, own.sign)


def varied(size, n):
    """Text of about this size that compresses some eight times, as records do."""
    words = "".join(f"{(n * 7919 + i * 104729) % 99991:05d}市桥街道番禺区大北路" for i in range(size // 35 + 1))
    return words[: size // 3]


def at_the_caps(own):
    """5,000 records, just under 64 MB of text."""
    lines = [line_of(event(n, {"note": varied(12_300, n)}), n) for n in range(1, payload.RECORDS + 1)]
    return pack_batch(manifest(own, len(lines)), lines, "0" * 64, own, own.public)


CASES = {
    "a zip bomb": lambda own: around(own, b"0" * 400_000_000),
    "a bomb within the cap of bytes": lambda own: around(own, b"\n" * 60_000_000),
    "a million lines": lambda own: around(own, b"".join(b'{"n":%d}\n' % n for n in range(1_000_000))),
    "deep JSON": lambda own: around(own, b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"\n{}\n{}\n"),
    "a deep record": lambda own: around(own, b"{}\n" + b"[" * 250_000 + b"\n{}\n"),
    "many keys": lambda own: around(
        own, b"{" + b",".join(b'"k%d":%d' % (n, n) for n in range(20_000)) + b"}\n{}\n{}\n"
    ),
    "huge numbers": lambda own: around(own, b'{"schema":[' + b"9" * 200_000 + b",0]}\n{}\n{}\n"),
    "long lines": lambda own: around(own, (b'"' + b"x" * 3_000_000 + b'"\n') * 20),
    "random bytes": lambda own: around(own, bytes(range(256)) * 30_000),
    "at the caps": at_the_caps,
}


def keys(folder) -> OwnKeys:
    return load(folder) if present(folder) else make(folder)


def peak_mb() -> int:
    """Of this program alone: `ru_maxrss` also counts the parent that it was forked from, before its own start."""
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))) // 1024


def open_one(own, file):
    sender = Sender(STATION, INST, "U", own.public.sign_kid, own.public.sign)
    try:
        found = read(check(file.read_bytes(), lambda header: sender), own.decrypt)
    except (BatchFault, StreamStopped) as fault:
        return fault.code
    return f"{len(found.records)} records"


def seal_at_the_caps(folder):
    """A station's first batch, as large as one may be, in its district's folder."""
    pair = make_pair(folder)
    events = [event(n, {"receipt_no": f"R{n}", "item_key": "x", "applicant": "甲", "note": varied(12_000, n)})
              for n in range(1, payload.RECORDS + 1)]  # fmt: skip
    head = GENESIS
    for one in events:
        head = chained(head, one["sha"])
    own = pair.station.keys
    lines = [line_of(one, n) for n, one in enumerate(events, start=1)]
    first = pack_batch(replace(manifest(own, len(lines)), head=head), lines, "0" * 64, own, pair.station.district)
    (pair.host / "up/in" / container.batch_name(STATION, INST, "U", 1)).write_bytes(first)


def apply_at_the_caps(folder):
    """What the district's receiver says of it, and its peak of memory; it was sealed in another process."""
    subprocess.run([sys.executable, __file__, folder, "seal"], check=True)
    district = open_district(Path(folder) / "district")
    taken = serve_once(district).taken
    peak = peak_mb()
    sys.stdout.write(json.dumps({"records": taken.records, "peak": peak}))


def main(folder, job=""):
    if job == "seal":
        return seal_at_the_caps(Path(folder))
    if job == "apply":
        return apply_at_the_caps(folder)
    own, said = keys(Path(folder) / "keys"), {}
    if job == "make":
        for n, make_one in enumerate(CASES.values()):
            Path(folder, f"{n}.pyx").write_bytes(make_one(own))
        return None
    subprocess.run([sys.executable, __file__, folder, "make"], check=True)
    for n, name in enumerate(CASES):
        file = Path(folder, f"{n}.pyx")
        answer = open_one(own, file)
        peak = peak_mb()
        said[name] = {"said": answer, "peak": peak, "size": file.stat().st_size}
    sys.stdout.write(json.dumps(said))
    return None


if __name__ == "__main__":
    main(*sys.argv[1:])
