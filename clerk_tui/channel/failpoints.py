"""Named steps at which a test may end this process as if the power had gone; without the variable they do nothing."""

import os
import signal

VARIABLE = "CLERK_TUI_FAILPOINT"


def reach(step: str) -> None:
    """Die here when the environment names this step: `step`, or `step:3` for its third time."""
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return
    name, _, times = wanted.partition(":")
    if name != step:
        return
    _reached[step] = _reached.get(step, 0) + 1
    if _reached[step] == int(times or 1):
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


_reached: dict[str, int] = {}
