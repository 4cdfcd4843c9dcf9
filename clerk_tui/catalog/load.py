"""Load a catalogue folder: from the cache when nothing changed, else read, check and remember it."""

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path

from platformdirs import user_cache_path

from clerk_tui.catalog import model
from clerk_tui.catalog.codec import catalogue_from_json, to_json
from clerk_tui.catalog.files import fingerprint
from clerk_tui.catalog.legal import legal_file
from clerk_tui.catalog.model import Catalogue
from clerk_tui.rules.legal_texts import LegalBook, LegalTexts, RefusalReason
from clerk_tui.rules.refusal import Refusal

FORMAT = 1
"""Raised when the meaning of the cached form changes; a changed field changes the cache's name by itself."""

KEPT = 4
"""Remembered catalogues: the shipped one, the district's, and their forerunners."""


def load(folder: Path, *, cache: Path | None = None) -> Catalogue:
    """The catalogue of a folder. Raises Refusal('catalogue_fault') naming file, item and fault.

    `cache` is the folder of the remembered form (the user's cache folder by default); without a writable one every
    start reads the YAML again.
    """
    try:
        version = fingerprint(folder)
        legal = legal_file(folder).read_bytes()
    except OSError as error:
        raise Refusal(
            "catalogue_fault",
            f"事项目录 {folder.name} 读不出来({error.strerror})",
            "请检查文件夹的读取权限, 或请信息科重新安装目录",
        ) from error
    remembered = (cache or user_cache_path("clerk-tui")) / f"catalogue-{_name(version, legal)}.json"
    return _recall(remembered) or _read(folder, remembered)


def _name(version: str, legal: bytes) -> str:
    classes: tuple[type, ...] = (model.Catalogue, model.Item, model.MaterialSpec, model.FieldSpec, model.Question)
    classes += (model.Option, model.Overrides, model.Package, model.EvidenceKind, model.ResultSpec, model.Source)
    classes += (LegalBook, LegalTexts, RefusalReason)
    form = [
        FORMAT,
        version,
        hashlib.sha256(legal).hexdigest(),
        *([kind.__name__, *(f.name for f in fields(kind))] for kind in classes),
    ]
    return hashlib.sha256(json.dumps(form).encode()).hexdigest()[:32]


def _recall(path: Path) -> Catalogue | None:
    try:
        return catalogue_from_json(json.loads(path.read_bytes()))
    except (
        OSError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ):  # absent or damaged: the folder itself is read instead
        return None


def _read(folder: Path, remembered: Path) -> Catalogue:
    from clerk_tui.catalog.check import check
    from clerk_tui.catalog.faults import refuse
    from clerk_tui.catalog.pinyin import spell_all

    catalogue, faults = check(folder)
    if catalogue is None:
        raise refuse([fault for fault in faults if fault.grave])
    catalogue = replace(catalogue, spelling=spell_all(catalogue))
    _remember(remembered, json.dumps(to_json(catalogue), ensure_ascii=False).encode())
    return catalogue


def _remember(path: Path, content: bytes) -> None:
    part = path.with_suffix(f".{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content)
        part.replace(path)
        known = sorted(path.parent.glob("catalogue-*.json"), key=lambda one: one.stat().st_mtime)
        for old in known[:-KEPT]:
            old.unlink()
    except OSError:  # a read-only or full disk only costs the next start some time
        with suppress(OSError):
            part.unlink()
