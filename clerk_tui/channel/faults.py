"""Why a batch is not taken: one code for each step of the receiver's order."""

from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, ProgrammingError

MALFORMED = (
    ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
    DataError, IntegrityError, InterfaceError, ProgrammingError,
)  # fmt: skip
"""What reading or keeping a body raises that is not shaped as its kind is. Its hash and its signature may hold all the
same: the other side's program made it so. A database that is full, locked or gone raises none of these."""


class BatchFault(Exception):
    """A batch that is not applied. `words` are Chinese and hold nothing of its contents.

    Before the signature was checked nothing may answer its sender and nothing may change (`signed` is false).
    """

    def __init__(self, code: str, words: str, *, signed: bool = False) -> None:
        super().__init__(f"{code}: {words}")
        self.code = code
        self.words = words
        self.signed = signed


class StreamStopped(Exception):
    """A stream that only a person can start again: fork, rollback, wrong key, a schema that is too new."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(f"{code}: {words}")
        self.code = code
        self.words = words


class LinkFault(OSError):
    """The link failed in a way that has words of its own; it is tried again later."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Cancelled(Exception):
    """A person cancelled the exchange; what was sealed stays as it is, and the next exchange goes on from there."""
