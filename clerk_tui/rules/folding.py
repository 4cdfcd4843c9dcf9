"""How numbers and codes are brought to one form before anything looks at them."""

import unicodedata

_DROPPED = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp", "Pd", "Co", "Cs"})
_MINUS = frozenset("\u2212\u00ad\u02d7")


def fold(text: str) -> str:
    """NFKC (full-width digits and letters become plain), spaces, hyphens and invisible characters out, upper case.

    Folding what is folded changes nothing.
    """
    folded = _once(text)
    while (again := _once(folded)) != folded:
        folded = again
    return folded


def _once(text: str) -> str:
    if text.isascii() and text.isalnum():  # as nearly every number is: nothing to fold, nothing to drop
        return text.upper()
    plain = unicodedata.normalize("NFKC", text)
    return "".join(char for char in plain if unicodedata.category(char) not in _DROPPED and char not in _MINUS).upper()
