"""An enum of stable words for the store, each with the Chinese that a clerk reads."""

from enum import StrEnum


class Worded(StrEnum):
    """Members are written `NAME = "value", "Chinese words"`."""

    words: str

    def __new__(cls, value: str, words: str = "") -> "Worded":
        member = str.__new__(cls, value)
        member._value_ = value
        member.words = words
        return member
