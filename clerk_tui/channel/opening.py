"""The receiver's order, the same at the station and at the district, and whose turn a batch is."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from clerk_tui.channel import container, payload
from clerk_tui.channel.container import Container, Header
from clerk_tui.channel.faults import BatchFault
from clerk_tui.channel.payload import Contents
from clerk_tui.channel.records import Record

PARKED = 1_000
"""How far ahead of the expected number a batch may be kept."""
PARKED_MS = 30 * 86_400_000
"""How long it waits for the one that is missing; then it is dropped, and comes again behind that one."""


@dataclass(frozen=True)
class Sender:
    """Who may send on this stream, with which key; from the enrolment."""

    station: str
    inst: str
    direction: str
    sign_kid: str
    sign_public: bytes


@dataclass(frozen=True)
class Opened:
    header: Header
    contents: Contents
    sha: str

    @property
    def records(self) -> tuple[Record, ...]:
        return self.contents.records


def check(content: bytes, find_sender: Callable[[Header], Sender | None]) -> Container:
    """Everything up to and including the signature. Raises BatchFault: no state may change then."""
    found = container.unpack(content)
    sender = find_sender(found.header)
    if sender is None:
        raise BatchFault("unknown_sender", "没有登记过的站点或安装")
    header = found.header
    if (header.station, header.inst, header.direction) != (sender.station, sender.inst, sender.direction):
        raise BatchFault("unknown_sender", "批次不是这条线路的")
    if header.kid != sender.sign_kid:
        raise BatchFault("wrong_key", "批次不是用登记的密钥签的")
    container.verify(found, sender.sign_public)
    return found


def read(found: Container, decrypt: Callable[[bytes], bytes]) -> Opened:
    """Decrypt, unpack, and check what is inside a batch whose signature holds. Raises BatchFault, StreamStopped."""
    return Opened(found.header, payload.open_payload(found.payload, found.header, decrypt), found.sha)


class Turn(StrEnum):
    APPLY = "apply"
    AGAIN = "again"
    PARK = "park"
    FAR = "far"
    FORK = "fork"


def turn(header: Header, sha: str, *, expected: int, last_sha: str, known_sha: str | None) -> Turn:
    """What to do with a checked batch. `known_sha` is that of the batch kept under the same number."""
    if header.bno < expected:
        return Turn.AGAIN if known_sha in (None, sha) else Turn.FORK
    if known_sha not in (None, sha):
        return Turn.FORK
    if header.bno == expected:
        return Turn.APPLY if header.prev_sha == last_sha else Turn.FORK
    return Turn.PARK if header.bno - expected <= PARKED else Turn.FAR
