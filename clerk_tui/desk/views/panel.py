"""The queue panel: tickets and the figures of the day. Read before the first paint, so nothing else stands here."""

from typing import NamedTuple


class TicketView(NamedTuple):
    id: str
    number: str
    category: str
    rank: int
    rank_words: str  # 长者 | 预约 | 普通 …
    state: str
    issued_at: int
    waiting_seconds: int
    calls: int = 0
    last_call_at: int | None = None
    window_number: int | None = None
    clerk_name: str = ""
    slot_words: str = ""  # 09:45
    hold_reason: str = ""
    hold_due_at: int | None = None
    note: str = ""
    visit_id: str | None = None


class DayFigures(NamedTuple):
    """Sums of closed periods of today, at this window (or the hall)."""

    served: int = 0
    cases: int = 0
    closed_cases: int = 0
    tolerated: int = 0
    missed: int = 0
    inaccurate: int = 0
    mean_wait_seconds: int = 0
    mean_serve_seconds: int = 0
    pause_seconds: int = 0
    back_office_seconds: int = 0
    by_window: tuple[tuple[int, int, int, int], ...] = ()  # window number, served, mean wait s, mean serve s
    by_clerk: tuple[tuple[str, int, int, int], ...] = ()  # name, served, mean wait s, mean serve s
    by_hour: tuple[tuple[str, int, int], ...] = ()  # hour, issued, mean wait s


class QueuePanel(NamedTuple):
    """The left of the workbench. `waiting` is in calling order, at most 30; `why_next` explains the first."""

    waiting: tuple[TicketView, ...]
    waiting_count: int
    longest_wait_seconds: int
    held: tuple[TicketView, ...]
    missed: tuple[TicketView, ...]
    current: TicketView | None
    visit_id: str | None
    duty: str  # open | pause | back_office
    duty_reason: str
    duty_since: int | None
    why_next: tuple[str, ...]
    figures: DayFigures
    stamp: int  # journal position that this was read at
