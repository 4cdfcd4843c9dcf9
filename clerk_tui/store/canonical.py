"""Canonical JSON (RFC 8785, integers only) for everything that is hashed or kept as text."""

import hashlib
import json
from typing import Any

import rfc8785


def dump(value: Any) -> str:
    """Canonical JSON text. Raises ValueError for floats, lone surrogates and other values that the channel refuses."""
    _refuse_floats(value)
    try:
        return rfc8785.dumps(value).decode("utf-8")
    except (rfc8785.CanonicalizationError, UnicodeError) as error:
        raise ValueError(str(error)) from error


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise ValueError("floats are not allowed; money is fen, times are milliseconds")
    if isinstance(value, dict):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)


def load(text: str | bytes) -> Any:
    """The value of a JSON text. Raises ValueError for duplicate keys and floats."""
    return json.loads(text, object_pairs_hook=_no_duplicates, parse_float=_no_float, parse_constant=_no_float)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _no_float(text: str) -> Any:
    raise ValueError(f"not an integer: {text}")


def sha(text: str | bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(text.encode("utf-8") if isinstance(text, str) else text).hexdigest()
