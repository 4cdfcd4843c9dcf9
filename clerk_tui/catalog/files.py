"""Which files make up a catalogue folder, and one hash over all of them."""

import hashlib
from pathlib import Path

COMMON = ("catalogue", "evidence", "sources")


def catalogue_files(folder: Path) -> list[Path]:
    """All files that make up a catalogue, in a fixed order."""
    common = [folder / f"{name}.yaml" for name in COMMON]
    return [
        *(path for path in (*common, folder / "legal.yaml") if path.is_file()),
        *sorted((folder / "items").glob("*.yaml")),
        *sorted((folder / "packages").glob("*.yaml")),
        *sorted((folder / "english").glob("*.yaml")),
    ]


def fingerprint(folder: Path) -> str:
    """A hash of names and contents of all files. Raises OSError where one cannot be read."""
    digest = hashlib.sha256()
    for path in catalogue_files(folder):
        content = path.read_bytes()
        digest.update(f"{path.parent.name}/{path.name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()
