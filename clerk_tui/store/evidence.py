"""The bytes of what was handed out, each file under its own hash, private to the user. The journal holds the hash."""

import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from clerk_tui.rules.refusal import Refusal

HANDED_OUT = ("printed", "shown", "saved")
"""States of a print job whose copy left the program: on paper, in the system's viewer (which prints, too), as a file."""

_NAME = re.compile(r"[0-9a-f]{64}\.(pdf|html|slip)")


def keep(folder: Path, data: bytes, media: str) -> str:
    """Keep bytes (media pdf | html | slip); returns their SHA-256. The same bytes are kept once.

    Raises Refusal evidence_unwritable: nothing may be handed out that cannot be shown again.
    """
    sha = hashlib.sha256(data).hexdigest()
    path = _path(folder, sha, media)
    if path.is_file():
        return sha
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    try:
        _private_folder(path.parent)
        try:
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise Refusal(
            "evidence_unwritable",
            f"文书底稿存不进文件夹 {folder}, 没有打印",
            "请查看磁盘空间和权限; 文书已登记, 可稍后再打印",
        ) from error
    return sha


def fetch(folder: Path, sha: str, media: str) -> bytes:
    """The bytes exactly as they were handed out. Raises Refusal evidence_missing, evidence_damaged."""
    try:
        data = _path(folder, sha, media).read_bytes()
    except OSError as error:
        raise Refusal("evidence_missing", "这一份的底稿不在本机", "请到打印它的窗口查看, 或从备份取回") from error
    if hashlib.sha256(data).hexdigest() != sha:
        raise Refusal("evidence_damaged", "这一份的底稿与登记的摘要不符", "请告诉信息人员, 从备份取回")
    return data


@dataclass(frozen=True)
class Copied:
    """What one way between two folders did: files copied anew, sound ones in the target now, and names of files that do
    not hold what their name says and were left behind."""

    new: int
    sound: int
    damaged: tuple[str, ...]


def copy_missing(source: Path, target: Path) -> Copied:
    """Copy what the target has not yet, or has damaged, each file checked by its hash before it counts.

    For backups, which so grow by what is new only, and for the way back. Raises Refusal evidence_not_copied.
    """
    new, sound, damaged = 0, 0, []
    for path in sorted(source.glob("??/*")) if source.is_dir() else ():
        if not _NAME.fullmatch(path.name) or not path.is_file():
            continue
        place = target / path.name[:2] / path.name
        try:
            if place.is_file() and _holds(place):
                sound += 1
            elif _copy(path, place):
                new += 1
                sound += 1
            else:
                damaged.append(path.name)
        except OSError as error:
            raise Refusal(
                "evidence_not_copied",
                f"文书底稿拷到 {target} 时出错, 已拷 {new} 份",
                "请检查磁盘空间和文件夹权限, 再做一次; 已拷好的不会重拷",
            ) from error
    return Copied(new, sound, tuple(damaged))


def absent(known: Iterable[tuple[str, str]], folder: Path) -> int:
    """How many of these copies (SHA-256, media) the folder does not have."""
    return sum(not _path(folder, sha, media).is_file() for sha, media in known)


def _copy(path: Path, place: Path) -> bool:
    """Whether the bytes are what the name says; only then they take their place."""
    _private_folder(place.parent)
    part = place.with_name(f"{place.name}.{secrets.token_hex(4)}.part")
    try:
        with (
            path.open("rb") as source,
            os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as to,
        ):
            shutil.copyfileobj(source, to)
            to.flush()
            os.fsync(to.fileno())
        if not _holds(part):
            return False
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)
    return True


def _holds(path: Path) -> bool:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == path.name[:64]


def _private_folder(folder: Path) -> None:
    """`mkdir(parents=True)` gives its mode to the last folder only."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def _path(folder: Path, sha: str, media: str) -> Path:
    name = f"{sha}.{media}"
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a name of evidence: {name!r}")
    return folder / sha[:2] / name
