"""How numbers and codes are brought to one form before anything looks at them."""

import unicodedata

_DROPPED = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Pd", "Co", "Cs"})
_MINUS = frozenset("\u2212\u00ad\u02d7")


def fold(text: str) -> str:
    """NFKC (full-width digits and letters become plain), spaces, hyphens and invisible characters out, upper case."""
    plain = unicodedata.normalize("NFKC", text)
    kept = "".join(char for char in plain if unicodedata.category(char) not in _DROPPED and char not in _MINUS)
    return unicodedata.normalize("NFKC", kept.upper())
