"""The card of the next person, calls, tickets that were issued, slots, the close of the day."""

from dataclasses import dataclass, field

from clerk_tui.desk.views.panel import DayFigures, TicketView


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
    state: str = ""  # of a ticket or visit; pause | back_office of a period


@dataclass(frozen=True)
class DayClosed:
    """What the close of a day came to; `late`: cases nobody told about within five days."""

    day: str
    endings: int
    no_shows: int
    figures: DayFigures
    late: int = 0
