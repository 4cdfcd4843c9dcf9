"""Rendered papers on disk: a private folder, whole files only, gone at sign-off. File names hold no person."""

import errno
import os
import re
import secrets
from pathlib import Path

from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.refusal import Refusal

_CAUSES = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已满",
    errno.EROFS: "磁盘是只读的",
    errno.EACCES: "没有写入权限",
    errno.EPERM: "没有写入权限",
    errno.ENOTDIR: "它不是文件夹",
    errno.EEXIST: "它不是文件夹",
}
SUFFIXES = ("html", "txt", "pdf", "slip")
_OURS = re.compile(r"[a-z_]+-[0-9A-Z]{1,24}\.(html|txt|pdf|slip)(\.[0-9a-f]{8}\.part)?")


def write(folder: Path, kind: PaperKind | str, code: str, suffix: str, content: str | bytes) -> Path:
    """Put a rendered paper into `folder` (made 0700 when missing) as `<kind>-<code>.<suffix>`, 0600, all or nothing.

    The name is made of the kind and the paper's opaque code, so that a listing tells nothing. Raises Refusal
    paper_file when the disk is full, read-only or not ours, ValueError for a code that is none.
    """
    name = f"{PaperKind(kind).value}-{code}.{suffix}"
    if not _OURS.fullmatch(name) or suffix not in SUFFIXES:
        raise ValueError(f"not a name of a rendered paper: {name!r}")
    path = folder / name
    part = folder / f"{name}.{secrets.token_hex(4)}.part"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(content if isinstance(content, bytes) else content.encode("utf-8"))
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise Refusal(
            "paper_file",
            f"文书存不进文件夹 {folder}: {_CAUSES.get(error.errno or 0, '磁盘出错')}",
            "请查看磁盘空间和权限; 文书已登记, 可稍后再存",
        ) from error
    return path


def clear(folder: Path) -> int:
    """Delete the rendered papers of a folder (and leftovers of a crash), nothing else; how many went.

    Raises Refusal paper_file when one cannot be deleted; the others are gone all the same.
    """
    if not folder.is_dir():
        return 0
    gone, stuck = 0, None
    for path in folder.iterdir():
        if not _OURS.fullmatch(path.name) or not path.is_file():
            continue
        try:
            path.unlink(missing_ok=True)
            gone += 1
        except OSError as error:
            stuck = error
    if stuck is not None:
        raise Refusal(
            "paper_file", f"文件夹 {folder} 里有文书删不掉", "请查看是否正被查看程序打开, 关掉后再退出"
        ) from stuck
    return gone
