"""Where the read-only data that travels with the program lies: in the wheel, or beside pyproject.toml in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def data_folder() -> Path:
    """The folder with catalogue, calendars, schemas and document templates. Raises FileNotFoundError if it is missing."""
    return _found("data")


def themes_folder() -> Path:
    """The folder with one TOML file per theme. Raises FileNotFoundError if it is missing."""
    return _found("themes")


def _found(name: str) -> Path:
    for folder in (_PACKAGE / name, _PACKAGE.parent / name):
        if folder.is_dir() and (folder.parent == _PACKAGE or (_PACKAGE.parent / "pyproject.toml").is_file()):
            return folder
    raise FileNotFoundError(f"the program's folder {name!r} is missing beside {_PACKAGE}")
