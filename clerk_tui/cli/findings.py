"""What `doctor` says of one thing that it looked at."""

from dataclasses import dataclass

WORDS = {"good": "正常", "warn": "注意", "bad": "有误"}


@dataclass(frozen=True)
class Finding:
    """`grade` is good | warn | bad; `advice` says how to mend it, '' where there is nothing to mend."""

    grade: str
    what: str
    words: str
    advice: str = ""
