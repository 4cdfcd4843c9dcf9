"""The program's log: a rotating file in the user's log folder, without personal data, never on the terminal."""

import logging
import os
import re
from pathlib import Path

import platformdirs

APP = "clerk-tui"
BYTES = 1_000_000
COPIES = 5

_LONG = r"(?<![0-9A-Za-z])(?=(?:[ -]?[0-9]){15})[0-9](?:[ -]?[0-9]){14,}[ -]?[Xx]?"
"""Fifteen digits or more, with or without spaces: identity, bank and social-security numbers."""
_PHONE = r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"
_LANDLINE = r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)"
_PERMIT = r"(?<![0-9A-Za-z])[A-Za-z]{1,2}\d{7,10}(?![0-9A-Za-z])"
"""Passports and permits: one or two letters and seven to ten digits."""


def folder() -> Path:
    """Where the log lies."""
    return Path(os.environ.get("CLERK_TUI_LOG") or platformdirs.user_log_dir(APP, appauthor=False))


def masked(text: str) -> str:
    """The text without anything that looks like a number of a person: what stays is its length."""
    for pattern in (_LONG, _PHONE, _LANDLINE, _PERMIT):
        text = re.sub(pattern, lambda match: f"<{len(match.group())}>", text)
    return text


class _Masking(logging.Formatter):
    """Masks the finished line, so that arguments and tracebacks are covered too."""

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


class _First(logging.Handler):
    """Opens the file for the first record."""

    def emit(self, record: logging.LogRecord) -> None:
        start(logging.getLogger().level)
        logging.getLogger().handle(record)


def start_when_needed(level: int = logging.INFO) -> None:
    """As `start`, once there is something to tell: the first paint does not wait for it."""
    root = logging.getLogger()
    root.handlers[:] = [_First()]
    root.setLevel(level)
    logging.raiseExceptions = False


def start(level: int = logging.INFO) -> Path | None:
    """Send the program's log to its file and nowhere else; returns the file, or None where none can be written.

    Called once by bootstrap and the command line. A log that cannot be written never stops the desk.
    """
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    logging.raiseExceptions = False  # a full disk must not print a traceback over the screen
    from logging.handlers import RotatingFileHandler  # sockets and pickles come with it

    try:
        folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder() / "clerk-tui.log"
        handler: logging.Handler = RotatingFileHandler(path, maxBytes=BYTES, backupCount=COPIES, encoding="utf-8")
        path.chmod(0o600)
    except OSError:
        root.addHandler(logging.NullHandler())
        return None
    handler.setFormatter(_Masking("%(asctime)s.%(msecs)03d %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S"))
    root.addHandler(handler)
    root.setLevel(level)
    return path
