"""Memory is tidied while nobody types: a full collection stops the program for some hundredths of a second.

Python would begin one whenever enough was made, in the middle of a key press. The young generations, which cost tenths
of a millisecond, stay as they are.
"""

import gc

IDLE_SECONDS = 2.0
"""Without a key for this long, nobody is typing."""
YOUNG, MIDDLE = 2_000, 20
ROUNDS = 5
"""Collections of the middle generation after which a full one is worth while."""
MOST_ROUNDS = 500
"""After so many it comes by itself, key or not: someone has typed for hours without a pause."""


class Tidying:
    """The collector of one program."""

    def __init__(self) -> None:
        """From now on; what was made before stays for good and is never walked."""
        gc.freeze()
        gc.set_threshold(YOUNG, MIDDLE, MOST_ROUNDS)
        gc.enable()

    def settle(self) -> None:
        """The desk has loaded and its first screen stands: that stays for good too."""
        gc.collect()
        gc.freeze()

    def look(self, idle_seconds: float) -> None:
        """Once a second: collect if it is worth while and nobody types."""
        if idle_seconds >= IDLE_SECONDS and gc.get_count()[2] >= ROUNDS:
            gc.collect()
