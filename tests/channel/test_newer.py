"""A station whose program is newer than the district's: a newer minor is taken and preserved, a newer major waits."""

import zstandard
from sqlalchemy import select

from clerk_tui.channel import container, payload
from clerk_tui.channel.container import pack, unpack
from clerk_tui.channel.keys import encrypt
from clerk_tui.district.serving import resume
from clerk_tui.district.status import overview
from clerk_tui.district.tables import KEPT
from clerk_tui.store import canonical
from tests.channel.conftest import STATION


def as_newer(pair, schema, **more):
    """The batch that lies in the folder, as a newer program of this station would have sealed it."""
    [path] = (pair.host / "up/in").iterdir()
    found = unpack(path.read_bytes())
    packed = pair.district.keys.decrypt(found.payload)
    manifest, *records, control = zstandard.ZstdDecompressor().decompress(packed).decode().splitlines()
    records = [canonical.dump(canonical.load(line) | more) for line in records]
    sums = canonical.load(control) | {"sha": canonical.sha("".join(line + "\n" for line in records))}
    lines = [canonical.dump(canonical.load(manifest) | {"schema": schema}), *records, canonical.dump(sums)]
    text = ("\n".join(lines) + "\n").encode()
    sealed = encrypt(zstandard.ZstdCompressor().compress(text), [pair.station.district.decrypt])
    header = container.Header(**vars(found.header) | {"length": len(sealed), "payload_sha": canonical.sha(sealed)})
    path.write_bytes(pack(header, sealed, pair.station.keys.sign))
    return path


def test_fields_of_a_newer_minor_are_kept_as_they_came(pair):
    pair.there_and_back()
    pair.receive()
    pair.exchange()
    as_newer(pair, [payload.SCHEMA[0], payload.SCHEMA[1] + 1], later={"a": [1]})
    assert pair.serve().taken.batches == 1
    with pair.district.store.read() as connection:
        line = connection.execute(select(KEPT.c.line).where(KEPT.c.kind == "case.received")).scalar_one()
    assert canonical.load(line)["later"] == {"a": [1]}
    assert canonical.load(line)["body"]["receipt_no"] == "SQ01-20251124-0001"


def test_a_newer_major_waits_where_it_is_until_the_program_is_newer_too(pair, monkeypatch):
    pair.there_and_back()
    pair.receive()
    pair.exchange()
    before = len(pair.kept(KEPT))
    path = as_newer(pair, [payload.SCHEMA[0] + 1, 0])
    for _ in range(2):
        pair.serve()
        assert path.exists() and len(pair.kept(KEPT)) == before
    assert "升级" in overview(pair.district)["stations"][0]["stopped"]
    monkeypatch.setattr(payload, "SCHEMA", (payload.SCHEMA[0] + 1, 0))
    assert resume(pair.district, STATION) == 1
    assert pair.serve().taken.batches == 1
    assert len(pair.kept(KEPT)) == before + 1
