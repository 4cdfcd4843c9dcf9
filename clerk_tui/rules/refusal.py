"""How the program says no: what went wrong, what was kept, what to do now."""


class Refusal(Exception):
    """An act did not happen. `words` says why, `advice` what to do now; both are Chinese and hold no personal data.

    `code` is a stable English word for tests and keys, never shown; `field` names the input to go back to.
    """

    def __init__(self, code: str, words: str, advice: str = "", *, field: str = "") -> None:
        super().__init__(f"{code}: {words}")
        self.code = code
        self.words = words
        self.advice = advice
        self.field = field
