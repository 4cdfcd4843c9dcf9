"""The format on disk: a batch that was made once must open for ever, and nothing but its exact bytes may."""

import hashlib
import json
import random
import re
import struct
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyrage import x25519

from clerk_tui.channel import container, payload
from clerk_tui.channel.container import Header, batch_name, parse_name
from clerk_tui.channel.faults import BatchFault, StreamStopped
from clerk_tui.channel.keys import OwnKeys, encrypt
from clerk_tui.channel.opening import Sender, Turn, check, read, turn
from clerk_tui.channel.payload import Manifest, compose
from clerk_tui.channel.records import line_of, read_line
from clerk_tui.channel.writing import pack_batch
from clerk_tui.store import canonical
from clerk_tui.store.act import record_sha
from clerk_tui.store.schema import GENESIS

GOLDEN = Path(__file__).with_name("golden")
OWN = OwnKeys(
    Ed25519PrivateKey.from_private_bytes(bytes(range(32))),
    x25519.Identity.from_str((GOLDEN / "decrypt.key").read_text().strip()),
)
STATION, INST = "440113001001", "a1b2c3d4"
SENDER = Sender(STATION, INST, "U", OWN.public.sign_kid, OWN.public.sign)


def event(n, kind="case.received", travels="whole", body=None):
    found = {
        "rid": f"rid-{n}", "kind": kind, "v": 1, "ent": kind.split(".")[0], "ent_id": f"id-{n}", "ent_ver": 1,
        "base_ver": 0, "at": 1_763_948_460_000 + n, "clk": "b007:123", "clerk_id": "c1", "travels": travels,
        "body": canonical.dump({"name": "陈大文", "paid_fen": 500, "number": n} if body is None else body), "salt": "5a17",
    }  # fmt: skip
    return found | {"sha": record_sha(found)}


EVENTS = [
    event(1),
    event(2, "ticket.issued", "part"),
    event(3, "access.unmasked", "hash"),
    event(4, "task.opened", "stays"),
]


def manifest(**more):
    values = {
        "station": STATION, "inst": INST, "direction": "U", "bno": 1, "kid": OWN.public.sign_kid, "first_seq": 1,
        "last_seq": 4, "count": 4, "n": 4, "head": "ab" * 32, "created": 1_763_948_460_000, "clk": "b007:123",
        "app": "1.0", "catalogue": "", "cursor": 1,
    }  # fmt: skip
    return Manifest(**(values | more))


def lines(events=EVENTS):
    return [line_of(found, i) for i, found in enumerate(events, start=1)]


def batch(made=None, found=None):
    return pack_batch(made or manifest(), found if found is not None else lines(), "0" * 64, OWN, OWN.public)


def signed(plain, **header):
    """A batch around any plain text, properly signed: what an enrolled but faulty sender could send."""
    sealed = encrypt(zstandard.ZstdCompressor().compress(plain), [OWN.public.decrypt])
    values = {
        "station": STATION, "inst": INST, "direction": "U", "bno": 1, "prev_sha": "0" * 64, "kid": OWN.public.sign_kid,
        "to": (OWN.public.decrypt_kid,), "length": len(sealed), "payload_sha": canonical.sha(sealed),
    }  # fmt: skip
    return container.pack(Header(**(values | header)), sealed, OWN.sign)


def opened(content, sender=SENDER):
    return read(check(content, lambda header: sender), OWN.decrypt)


def code_of(content, sender=SENDER):
    with pytest.raises(BatchFault) as fault:
        opened(content, sender)
    return fault.value.code, fault.value.signed


def test_the_golden_batch_still_opens_and_says_the_same():
    found = opened((GOLDEN / "batch.pyx").read_bytes())
    expected = json.loads((GOLDEN / "batch.json").read_text(encoding="utf-8"))
    assert found.sha == expected["sha"]
    assert found.contents.manifest.head == expected["head"]
    assert [record.line for record in found.records] == expected["lines"]


def test_the_plain_text_of_a_batch_is_byte_for_byte_the_golden_one():
    assert compose(manifest(), lines()).decode() == (GOLDEN / "batch.ndjson").read_text(encoding="utf-8")


def test_the_page_says_where_a_journal_begins():
    """A receiver that begins elsewhere refuses the first batch: the golden file begins in the middle and cannot tell."""
    page = Path(container.__file__).with_name("FORMAT.md").read_text(encoding="utf-8")
    [text] = re.findall(r'`head\(0\) = SHA-256\("([^"]+)"\)`', page)
    assert hashlib.sha256(text.encode()).hexdigest() == GENESIS


def test_a_batch_holds_what_was_put_in_and_no_name_in_clear():
    content = batch()
    found = opened(content)
    assert [record.kind for record in found.records] == ["case.received", "ticket.issued", "access.unmasked", "stays"]
    assert found.records[0].body == {"name": "陈大文", "paid_fen": 500, "number": 1}
    assert found.records[1].body == {"number": 2}
    assert found.records[2].body == {}
    assert "陈大文".encode() not in content
    assert found.sha == hashlib.sha256(content).hexdigest()


def test_every_cut_of_a_batch_is_torn():
    note = random.Random(4).randbytes(2_000).hex()
    content = batch(found=lines([event(1, body={"note": note}), *EVENTS[1:]]))
    assert 3_000 < len(content) < 5_000
    for size in range(len(content)):
        assert code_of(content[:size]) == ("torn", False)
    assert code_of(content + b"x") == ("torn", False)


def test_every_flipped_bit_is_refused_before_anything_is_decrypted():
    content = batch()
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 1 << (place % 8)
        code, was_signed = code_of(bytes(damaged))
        assert code == "torn" and not was_signed


def test_a_forger_who_repairs_the_trailer_still_fails_at_the_payload_or_the_signature():
    content = batch()
    chance = random.Random(5)
    body = len(content) - 40
    codes = set()
    for _ in range(400):
        damaged = bytearray(content)
        damaged[chance.randrange(8, body)] ^= 1 << chance.randrange(8)
        damaged[-32:] = hashlib.sha256(damaged[:-32]).digest()
        code, was_signed = code_of(bytes(damaged))
        assert not was_signed
        codes.add(code)
    assert {"payload", "signature"} <= codes


def test_text_mode_transfer_breaks_the_magic():
    assert code_of(batch().replace(b"\r\n", b"\n"))[0] == "torn"


def test_another_key_and_another_sender_are_refused():
    other = OwnKeys(Ed25519PrivateKey.generate(), x25519.Identity.generate())
    forged = pack_batch(manifest(kid=other.public.sign_kid), lines(), "0" * 64, other, OWN.public)
    assert code_of(forged) == ("wrong_key", False)
    liar = pack_batch(manifest(), lines(), "0" * 64, other, OWN.public)
    assert code_of(liar) == ("signature", False)
    assert code_of(batch(), None) == ("unknown_sender", False)
    assert code_of(batch(), replace(SENDER, inst="ffffffff")) == ("unknown_sender", False)
    assert code_of(batch(), replace(SENDER, direction="D")) == ("unknown_sender", False)
    for_another = pack_batch(manifest(), lines(), "0" * 64, OWN, other.public)
    assert code_of(for_another) == ("decrypt", True)


def test_the_profile_is_never_negotiated_down():
    content = batch()
    raw = container.unpack(content).header_bytes
    for weak in (raw.replace(b'"INTL"', b'"NONE"'), raw.replace(b'"PYX/1"', b'"PYX/0"')):
        head = container.MAGIC + struct.pack(">I", len(weak)) + weak
        body = head + OWN.sign(container.signed_bytes(weak)) + container.unpack(content).payload
        sized = body + struct.pack(">Q", len(body))
        assert code_of(sized + hashlib.sha256(sized).digest()) == ("profile", False)


@pytest.mark.parametrize("header", [{"station": "440113001002"}, {"inst": "ffffffff"}, {"bno": 2}, {"direction": "D"}])
def test_a_header_that_names_another_stream_than_the_manifest_is_refused(header):
    content = signed(compose(manifest(), lines()), **header)
    sender = replace(SENDER, **{key: value for key, value in header.items() if key != "bno"})
    assert code_of(content, sender) == ("manifest", True)


def test_too_large_and_bombs_and_long_lines_and_too_many_records():
    assert code_of(b"x" * (container.BATCH_BYTES + 1)) == ("too_large", False)
    assert code_of(signed(b"0" * (payload.RATIO_FLOOR * 40))) == ("bomb", True)
    assert code_of(signed(b'{"a":1}\n' + b'"' + random.Random(1).randbytes(300_000).hex().encode() + b'"\n{}\n')) == (
        "too_large",
        True,
    )
    many = b"\n".join(b'{"x":"%d"}' % n for n in range(payload.RECORDS + 5)) + b"\n"
    assert code_of(signed(many)) == ("too_many", True)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace('"name"', '"name" '),  # not canonical
        lambda text: text.replace('"paid_fen":500', '"paid_fen":5.5'),  # a float
        lambda text: text.replace('"paid_fen":500', '"paid_fen":500,"paid_fen":500'),  # a duplicate key
        lambda text: text.replace("陈大文", "\\ud800"),  # a lone surrogate
        lambda text: text.replace('"base_ver":0', '"base_ver":0,"deep":' + "[" * 5000 + "]" * 5000),
        lambda text: text.replace('"base_ver":0', '"base_ver":7'),  # the hash does not hold
        lambda text: text.replace("陈大文", "陈小文"),
        lambda text: text.replace('"seq":2', '"seq":5'),
        lambda text: text.replace('"fees_fen":500', '"fees_fen":501'),
        lambda text: text.replace('"count":4', '"count":3'),
        lambda text: text.replace("rid-2", "rid-1"),
        lambda text: text[: text.rindex('{"counts"')],
    ],
)
def test_contents_that_do_not_hold_are_refused_as_signed_faults(spoil):
    text = compose(manifest(), lines()).decode()
    assert spoil(text) != text
    code, was_signed = code_of(signed(spoil(text).encode()))
    assert was_signed and code in ("record", "control", "manifest")


def test_an_unknown_field_is_ignored_and_preserved_and_a_newer_major_stops_the_stream():
    extended = [line | {"new": 1} if line["t"] != "stays" else line for line in lines()]
    found = opened(batch(manifest(schema=(1, 7), extra={"later": "x"}), extended))
    assert found.contents.manifest.extra == {"later": "x"} and found.contents.manifest.schema == (1, 7)
    assert '"new":1' in found.records[0].line
    with pytest.raises(StreamStopped):
        opened(batch(manifest(schema=(2, 0))))


def test_an_older_version_is_taken(monkeypatch):
    """N-1 of a program that is N: the last minor of the major before it, and an older minor of its own."""
    older, monkey = batch(manifest(schema=(1, 9))), batch(manifest(schema=(2, 1)))
    monkeypatch.setattr(payload, "SCHEMA", (2, 3))
    for content in (older, monkey, (GOLDEN / "batch.pyx").read_bytes()):
        assert [record.kind for record in opened(content).records][:2] == ["case.received", "ticket.issued"]


@pytest.mark.parametrize(
    "extra", [{"aaa": {"body": 0}}, {"aaa": {"body": {"x": "y"}}}, {"zzz": {"body": 0}}, {"ba": 0}]
)
def test_an_unknown_field_with_a_body_of_its_own_is_no_hindrance(extra):
    """Fields that come before and behind the record's own body, and look like it."""
    text = canonical.dump(line_of(event(1, body={"x": "y"}), 1) | extra)
    assert read_line(text).body == {"x": "y"} and read_line(text).line == text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"body":{"a":1,"x":"y"}', '"body":{"x":"y","a":1}'),
        ('"body":{"a":1,"x":"y"}', '"body":{"a": 1,"x":"y"}'),
        ('"body":{"a":1,"x":"y"}', '"body":{"a":1,"x":"\\u0079"}'),
        ('"body":{"a":1,"x":"y"}', '"body":0'),
        ('"base_ver":0', '"base_ver": 0'),
        ('"body":{"a":1,"x":"y"}', '"body":{"a":1,"x":"y"},"body":0'),
        ('"body":{"a":1,"x":"y"}', '"body":{"a":9007199254740993,"x":"y"}'),
    ],
)
def test_a_line_that_is_written_in_another_way_is_refused(old, new):
    text = canonical.dump(line_of(event(1, body={"a": 1, "x": "y"}), 1))
    assert old in text
    with pytest.raises(BatchFault):
        read_line(text.replace(old, new))


def test_a_body_too_long_for_a_line_travels_by_its_hash():
    found = line_of(event(1, body={"words": "长" * 90_000}), 1)
    assert found["how"] == "hash" and "body" not in found
    assert read_line(canonical.dump(found)).how == "hash"


def test_an_erased_body_leaves_its_link():
    assert line_of(event(1) | {"body": None, "salt": None}, 1) == {
        "t": "stays",
        "rid": "rid-1",
        "seq": 1,
        "sha": event(1)["sha"],
    }


@pytest.mark.parametrize(
    "name", ["../x.pyx", "PYX1_1_a_U_1.pyx", "PYX1_440113001001_A1B2C3D4_U_0000000001.pyx", "x\n", ""]
)
def test_names_that_are_not_a_batch(name):
    assert parse_name(name) is None


def test_names():
    name = batch_name(STATION, INST, "U", 42)
    assert (name, len(name) <= 80) == ("PYX1_440113001001_a1b2c3d4_U_0000000042.pyx", True)
    assert parse_name(name) == (STATION, INST, "U", 42)


def test_whose_turn_a_batch_is():
    def of(bno, prev="p", sha="s", known=None):
        header = Header(STATION, INST, "U", bno, prev, "k", (), 1, "x")
        return turn(header, sha, expected=5, last_sha="p", known_sha=known)

    assert of(5) is Turn.APPLY
    assert of(5, prev="other") is Turn.FORK
    assert of(4, known="s") is Turn.AGAIN
    assert of(4, known="other") is Turn.FORK
    assert of(6) is Turn.PARK
    assert of(6, known="other") is Turn.FORK
    assert of(5 + 1000) is Turn.PARK
    assert of(5 + 1001) is Turn.FAR


@pytest.mark.parametrize("sizes", [(3,), (70_000, 3), (3, 70_000, 3)])
def test_a_text_without_its_last_line_end_is_torn(sizes):
    """Also where its lines go on over the parts in which it is unpacked."""
    plain = b"\n".join(b"x" * size for size in (*sizes, 5))
    assert code_of(signed(plain)) == ("torn", True)


@pytest.mark.parametrize("before", [0, 1, 60_000, 65_535, 65_536])
def test_a_line_is_too_large_wherever_it_begins(before):
    plain = (
        b"y" * before + b"\n" + random.Random(before).randbytes(payload.LINE_BYTES + 1).replace(b"\n", b"z") + b"\n{}\n"
    )
    assert code_of(signed(plain)) == ("too_large", True)


def test_lines_that_go_on_over_the_parts_of_unpacking_are_read_whole():
    events = [event(n, body={"note": random.Random(n).randbytes(9_000).hex()}) for n in range(1, 41)]
    made = batch(manifest(last_seq=40, count=40, n=40), lines(events))
    found = read(check(made, lambda header: SENDER), OWN.decrypt)
    assert [record.body["note"] for record in found.records] == [
        random.Random(n).randbytes(9_000).hex() for n in range(1, 41)
    ]
