"""Canonical JSON (RFC 8785, integers only) for everything that is hashed or kept as text."""

import hashlib
import json
from typing import Any

import rfc8785


def dump(value: Any) -> str:
    """Canonical JSON text. Raises ValueError for floats, lone surrogates and other values that the channel refuses."""
    if _plain(value):
        text = _ENCODER.encode(value)
        text.encode("utf-8")  # a lone surrogate ends here
        return text
    try:
        return rfc8785.dumps(value).decode("utf-8")
    except (rfc8785.CanonicalizationError, UnicodeError) as error:
        raise ValueError(str(error)) from error


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
"""Writes plain values as RFC 8785 does, an order of magnitude faster: the same escapes, and keys in the same order."""

_LARGEST = 2**53 - 1
_SURROGATES = "\ud800"
"""RFC 8785 sorts keys by UTF-16 units, Python by code points: the same as long as every character is below these."""


def _plain(value: Any) -> bool:
    """Whether `_ENCODER` writes the value as RFC 8785 wants it. Raises ValueError for a float."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-_LARGEST <= value <= _LARGEST)
    if isinstance(value, float):
        raise ValueError("floats are not allowed; money is fen, times are milliseconds")
    if kind is dict:
        plain = True
        for key, item in value.items():
            plain &= type(key) is str and (key.isascii() or max(key) < _SURROGATES)
            plain &= type(item) is str or _plain(item)  # most values are texts: no call for them
        return plain
    if kind is list or kind is tuple:
        plain = True
        for item in value:
            plain &= type(item) is str or _plain(item)
        return plain
    return False


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
