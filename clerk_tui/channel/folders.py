"""The folder transport: a folder on this machine, on a network share, or on a USB stick.

Every file is written beside its place, made durable, renamed, and read again before it counts as published.
"""

import hashlib
import os
from pathlib import Path

from clerk_tui.channel.container import BATCH_BYTES, parse_name
from clerk_tui.channel.failpoints import reach
from clerk_tui.channel.progress import Report

UP_IN, UP_TMP = "up/in", "up/tmp"
DOWN_OUT, DOWN_ACK, DOWN_TMP = "down/out", "down/ack", "down/tmp"
PART, OK = ".part", ".ok"
"""A file that is still being written, and the empty file that says that its part is whole (marker mode)."""

LAYOUT = (UP_IN, UP_TMP, DOWN_OUT, DOWN_ACK, DOWN_TMP)


def make_layout(root: Path) -> None:
    """The folders of one station on the front-end host."""
    for name in LAYOUT:
        (root / name).mkdir(parents=True, exist_ok=True, mode=0o750)


def publish(place: Path, part_folder: Path, content: bytes, *, repair: bool = False) -> None:
    """Put `content` at `place`, durable and read back. Raises OSError.

    A file of that name and size is there already: success. One of another size is never overwritten by a sender
    (FileExistsError); the folder's owner may `repair` it with the same bytes.
    """
    if place.exists() and not _to_repair(place, content, repair):
        return
    part = part_folder / (place.name + PART)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o640)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        reach("part_written")
        os.fsync(file.fileno())
    reach("part_synced")
    part.replace(place)
    _sync_folder(place.parent)
    reach("renamed")
    _verify(place, content)


def batches_in(folder: Path) -> list[str]:
    """Names of the batches in a folder, by number; anything else is left alone."""
    found = [(parsed[3], entry.name) for entry in folder.iterdir() if (parsed := parse_name(entry.name)) is not None]
    return [name for _, name in sorted(found)]


def read_batch(path: Path) -> bytes:
    """A batch's bytes, never more than one byte beyond the cap. Raises OSError."""
    with path.open("rb") as file:
        return file.read(BATCH_BYTES + 1)


class FolderTransport:
    """A station's side of its folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def send(self, name: str, content: bytes, report: Report | None = None) -> None:
        """Publish an uplink batch. Raises OSError."""
        publish(self.root / UP_IN / name, self.root / UP_TMP, content)
        if report is not None:
            report(len(content), len(content))

    def waiting(self) -> list[str]:
        """Names of the downlink batches that lie there, by number. Raises OSError."""
        found = {name for folder in (DOWN_OUT, DOWN_ACK) for name in batches_in(self.root / folder)}
        return sorted(found)

    def fetch(self, name: str, report: Report | None = None) -> bytes:
        """A downlink batch. Raises OSError."""
        place = self.root / DOWN_OUT / name
        content = read_batch(place if place.exists() else self.root / DOWN_ACK / name)
        if report is not None:
            report(len(content), len(content))
        return content

    def cancel(self) -> None:
        """A file is copied whole or not at all; the exchange ends after it."""

    def close(self) -> None:
        """Nothing is held between files."""


def _to_repair(place: Path, content: bytes, repair: bool) -> bool:
    if not repair:
        if place.stat().st_size == len(content):
            return False
        raise FileExistsError(place.name)
    return hashlib.sha256(read_batch(place)).digest() != hashlib.sha256(content).digest()


def _verify(place: Path, content: bytes) -> None:
    try:
        found = read_batch(place)
    except FileNotFoundError:
        return  # the other side was quick to take it
    if found != content:
        raise OSError(f"{place.name} reads back differently")


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return  # Windows has no handle on a folder to make durable
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
