"""The shipped catalogue, and copies of it that a test may damage."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from clerk_tui.catalog.load import load
from clerk_tui.catalog.model import Catalogue
from clerk_tui.resources import data_folder


@pytest.fixture(scope="session")
def shipped() -> Path:
    return data_folder() / "catalog"


@pytest.fixture(scope="session")
def catalogue(shipped: Path, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return load(shipped, cache=tmp_path_factory.mktemp("cache"))


Edit = Callable[..., Path]


@pytest.fixture
def edited(shipped: Path, tmp_path: Path) -> Edit:
    """A copy of the shipped folder in which `old` of one file is replaced by `new`."""

    def edit(file: str, old: str, new: str) -> Path:
        folder = tmp_path / "catalog"
        if not folder.exists():
            shutil.copytree(shipped, folder)
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return edit
