import os
import shutil
from pathlib import Path

import pytest

from clerk_tui.documents import fonts
from clerk_tui.documents.templates import shipped_folder
from clerk_tui.rules.refusal import Refusal


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests marked `system` here need a Chinese font; CI may not do without it."""
    here = [item for item in items if Path(__file__).parent in item.path.parents and item.get_closest_marker("system")]
    if not here or os.environ.get("CLERK_TUI_TEST_SYSTEM") == "required":
        return
    try:
        fonts.find()
    except Refusal as refusal:
        for item in here:
            item.add_marker(pytest.mark.skip(reason=refusal.words))


@pytest.fixture
def district_folder(tmp_path: Path) -> Path:
    """A copy of the shipped templates that a test may spoil."""
    return Path(shutil.copytree(shipped_folder(), tmp_path / "templates"))
