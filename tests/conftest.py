"""For every test: nothing of this user's is read or written, and random examples are the same in every run."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")

_HOME = Path(tempfile.mkdtemp(prefix="clerk-tui-tests-"))
os.environ.update(
    {
        "CLERK_TUI_CONFIG": str(_HOME / "settings.toml"),
        "CLERK_TUI_STORE": str(_HOME / "store"),
        "CLERK_TUI_LOG": str(_HOME / "log"),
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME", str(_HOME / "cache")),
    }
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user of this test alone: settings, store and log lie under the folder returned."""
    for name, place in {"CONFIG": "settings.toml", "STORE": "store", "LOG": "log"}.items():
        monkeypatch.setenv(f"CLERK_TUI_{name}", str(tmp_path / place))
    return tmp_path


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="the long sets too (minutes to hours)")
    parser.addoption(
        "--long-share",
        type=float,
        default=float(os.environ.get("CLERK_TUI_LONG_SHARE", "1")),
        help="how much of the long sets: 0.1 is a tenth of every count in them",
    )
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="where the desk's tests keep their store; postgresql starts a server of its own",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With PostgreSQL only what does not need an SQLite file runs; what is long throughout only when it is asked for."""
    unwanted = [] if config.getoption("--database") == "sqlite" else ["sqlite"]
    if not long_wanted(config):
        unwanted.append("long_only")
    dropped = [item for item in items if any(item.get_closest_marker(name) for name in unwanted)]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in dropped]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """A PostgreSQL server of this run."""
    from postgres import serving

    with serving() as server:
        yield server


def long_wanted(config: pytest.Config) -> bool:
    """Whether the long sets were asked for: `pytest --long`, or CLERK_TUI_LONG=1."""
    return bool(config.getoption("--long")) or os.environ.get("CLERK_TUI_LONG") == "1"


@pytest.fixture
def long_set(request: pytest.FixtureRequest) -> bool:
    return long_wanted(request.config)


@pytest.fixture
def size(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """`size(quick, long)`: how many of something this run makes; `--long-share` scales the long count."""
    share = float(request.config.getoption("--long-share"))
    wanted = long_wanted(request.config)
    return lambda quick, long: max(1, round(long * share)) if wanted else quick


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A long test marked `parts(n)` comes in n equal parts, so that several processes (`-n`) share it."""
    marked = metafunc.definition.get_closest_marker("parts")
    if marked is not None:
        count = int(marked.args[0]) if long_wanted(metafunc.config) else 1
        metafunc.parametrize("part", range(count), ids=[f"part{n + 1}of{count}" for n in range(count)])
