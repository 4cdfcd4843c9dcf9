"""Tickets, the queue panel, the card of the next person, figures of the day."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class TicketView:
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


@dataclass(frozen=True)
class DayFigures:
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


@dataclass(frozen=True)
class QueuePanel:
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


@dataclass(frozen=True)
class NextCard:
    """F5, before anything is called: looking reserves nothing."""

    ticket: TicketView | None
    reason: str
    owed: int
    collectable: int
    running: int
    note: str = ""
    open_visit: bool = False
    empty_words: str = ""
    looked_at: int = 0  # hand back to `call`: the order is judged as it was when the clerk looked


@dataclass(frozen=True)
class CallCard:
    """After a call: when F6 and "not here" come alive."""

    ticket: TicketView
    call_count: int
    max_calls: int
    can_call_again_at: int
    can_miss_at: int
    called_at: int


@dataclass(frozen=True)
class IssuedTicket:
    ticket: TicketView
    ahead: int
    notice_id: str  # the slip
    expected_wait_seconds: int | None = None


@dataclass(frozen=True)
class SlotView:
    """One slot of a day: taken of quota."""

    start_at: int
    end_at: int
    words: str  # 09:30-10:00
    taken: int
    quota: int


@dataclass(frozen=True)
class WantedSlot:
    """A slot that somebody wants: ISO date, start of the slot (ms UTC), category of the tickets."""

    day: str
    start_at: int
    category: str


@dataclass(frozen=True)
class AppointmentView:
    id: str
    day: str
    slot_start_at: int
    slot_end_at: int
    slot_words: str
    category: str
    name_masked: str
    item_name: str
    state: str
    state_words: str
    code: str


@dataclass(frozen=True)
class OpenEnd:
    """Something still open at the close of the day, or left open by a crash."""

    kind: str  # ticket | hold | visit | period
    id: str
    words: str
    since: int
    choices: tuple[tuple[str, str], ...] = field(default=())  # value, words


@dataclass(frozen=True)
class DayClosed:
    """What the close of a day came to; `late`: cases nobody told about within five days."""

    day: str
    endings: int
    no_shows: int
    figures: DayFigures
    late: int = 0
