import shutil
from pathlib import Path

import pytest

from clerk_tui.documents.templates import shipped_folder


@pytest.fixture
def district_folder(tmp_path: Path) -> Path:
    """A copy of the shipped templates that a test may spoil."""
    return Path(shutil.copytree(shipped_folder(), tmp_path / "templates"))
