"""Named steps at which a test may end this process as if the power had gone.

Without the variable at the program's start `reach` is an empty function: there is nothing left to go wrong.
"""

import os
import signal

VARIABLE = "CLERK_TUI_FAILPOINT"
"""`step`, or `step:3` for its third time."""

STATION = (
    "leased", "down_parked", "down_checked", "down_applying", "down_applied", "staged", "swapping", "swapped",
    "packed", "sealing", "sealed", "published", "marked_sent",
)  # fmt: skip
"""Steps of a station, in the order of an exchange; those of its transport follow them."""

FOLDER = ("part_written", "part_synced", "renamed")
SFTP = ("sftp_connected", "sftp_part_opened", "sftp_chunk", "sftp_part_synced", "sftp_renamed", "sftp_marked", "sftp_fetched")  # fmt: skip
"""These end the transfer program; the station's program sees a lost connection."""

DISTRICT = (
    "district_quarantining", "district_quarantined", "district_parked", "district_checked", "district_applying", "district_applied", "district_taken", "district_answered",
    "district_sealing", "district_sealed", "district_published", "district_tidied", "district_queued",
)  # fmt: skip

_wanted, _, _times = os.environ.get(VARIABLE, "").partition(":")
_reached = 0


def _reach(step: str) -> None:
    global _reached
    if step != _wanted:
        return
    _reached += 1
    if _reached == int(_times or 1):
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def _nothing(step: str) -> None:
    """No failpoint is set."""


reach = _reach if _wanted else _nothing
