"""The outer form of a batch: magic, header, signature, payload, trailer.

Nothing in the header or the name is personal data. The signature covers the header, and the header covers the payload.
"""

import hashlib
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from clerk_tui.channel.faults import BatchFault
from clerk_tui.store import canonical

MAGIC = b"PYX1\r\n\x1a\n"
"""A transfer that changes line ends breaks the magic first."""

FORMAT = "PYX/1"
PROFILE = "INTL"
BATCH_BYTES = 8 * 1024 * 1024
HEADER_BYTES = 4096
SIGNATURE_BYTES = 64
TRAILER_BYTES = 8 + 32
UP, DOWN = "U", "D"
GENESIS_SHA = "0" * 64

_NAME = re.compile(r"PYX1_(\d{12})_([0-9a-f]{8})_([UD])_(\d{10})\.pyx", re.ASCII)
_SHA = re.compile(r"[0-9a-f]{64}", re.ASCII)
_KID = re.compile(r"[0-9a-f]{16}", re.ASCII)


@dataclass(frozen=True)
class Header:
    station: str
    inst: str
    direction: str
    bno: int
    prev_sha: str
    kid: str
    """Key that signed."""
    to: tuple[str, ...]
    """Keys that can decrypt."""
    length: int
    payload_sha: str


@dataclass(frozen=True)
class Container:
    """A batch whose outer form holds; nothing of it is believed before `verify`."""

    header: Header
    header_bytes: bytes
    signature: bytes
    payload: bytes
    sha: str
    """SHA-256 of the whole file: the batch's identity in acknowledgements and in the next batch's prev_sha."""


def batch_name(station: str, inst: str, direction: str, bno: int) -> str:
    """File name of a batch."""
    return f"PYX1_{station}_{inst}_{direction}_{bno:010d}.pyx"


def parse_name(name: str) -> tuple[str, str, str, int] | None:
    """Station, installation, direction and number in a file name; None for a name that is not a batch's."""
    found = _NAME.fullmatch(name)
    return (found[1], found[2], found[3], int(found[4])) if found else None


def pack(header: Header, payload: bytes, sign: Callable[[bytes], bytes]) -> bytes:
    """The exact bytes of a batch."""
    raw = canonical.dump(_as_json(header)).encode()
    body = b"".join((MAGIC, struct.pack(">I", len(raw)), raw, sign(signed_bytes(raw)), payload))
    sized = body + struct.pack(">Q", len(body))
    return sized + hashlib.sha256(sized).digest()


def signed_bytes(header_bytes: bytes) -> bytes:
    """What is signed."""
    return b"PYX1\0" + hashlib.sha256(header_bytes).digest()


def unpack(content: bytes) -> Container:
    """Size cap, trailer, header schema: the first three steps of the order in FORMAT.md. Raises BatchFault."""
    if len(content) > BATCH_BYTES:
        raise BatchFault("too_large", "批次超过 8 MB")
    least = len(MAGIC) + 4 + SIGNATURE_BYTES + TRAILER_BYTES
    if not content.startswith(MAGIC[: len(content)]):
        raise BatchFault("torn", "不是批次文件, 或文件开头已损坏")
    if len(content) < least:
        raise BatchFault("torn", "批次文件不完整")
    size, digest = content[-TRAILER_BYTES:-32], content[-32:]
    if struct.unpack(">Q", size)[0] != len(content) - TRAILER_BYTES:
        raise BatchFault("torn", "批次文件长度不符")
    if hashlib.sha256(content[:-32]).digest() != digest:
        raise BatchFault("torn", "批次文件校验和不符")
    start = len(MAGIC) + 4
    (length,) = struct.unpack(">I", content[len(MAGIC) : start])
    if length > HEADER_BYTES or start + length + SIGNATURE_BYTES + TRAILER_BYTES > len(content):
        raise BatchFault("header", "批次首部长度不对")
    raw = content[start : start + length]
    payload = content[start + length + SIGNATURE_BYTES : -TRAILER_BYTES]
    return Container(
        header=_header(raw),
        header_bytes=raw,
        signature=content[start + length : start + length + SIGNATURE_BYTES],
        payload=payload,
        sha=hashlib.sha256(content).hexdigest(),
    )


def verify(container: Container, public: bytes) -> None:
    """Payload hash, then signature. Raises BatchFault."""
    header = container.header
    if len(container.payload) != header.length or canonical.sha(container.payload) != header.payload_sha:
        raise BatchFault("payload", "批次内容与首部不符")
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(container.signature, signed_bytes(container.header_bytes))
    except (InvalidSignature, ValueError) as error:
        raise BatchFault("signature", "批次签名不对") from error


def _as_json(header: Header) -> dict[str, Any]:
    return {
        "v": FORMAT,
        "station": header.station,
        "inst": header.inst,
        "dir": header.direction,
        "bno": header.bno,
        "prev_sha": header.prev_sha,
        "profile": PROFILE,
        "kid": header.kid,
        "to": list(header.to),
        "length": header.length,
        "payload_sha": header.payload_sha,
    }


def _header(raw: bytes) -> Header:
    try:
        found = canonical.load(raw)
        if canonical.dump(found).encode() != raw:
            raise ValueError("not canonical")
        if found["v"] != FORMAT or found["profile"] != PROFILE:
            raise BatchFault("profile", "批次格式或密码套件不是约定的那一种")
        header = Header(
            station=_text(found["station"], re.compile(r"\d{12}", re.ASCII)),
            inst=_text(found["inst"], re.compile(r"[0-9a-f]{8}", re.ASCII)),
            direction=_text(found["dir"], re.compile("[UD]")),
            bno=_number(found["bno"], 1, 9_999_999_999),
            prev_sha=_text(found["prev_sha"], _SHA),
            kid=_text(found["kid"], _KID),
            to=tuple(_text(kid, _KID) for kid in found["to"]),
            length=_number(found["length"], 1, BATCH_BYTES),
            payload_sha=_text(found["payload_sha"], _SHA),
        )
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BatchFault("header", "批次首部不合格式") from error
    return header


def _text(value: object, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError("text")
    return value


def _number(value: object, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError("number")
    return value
