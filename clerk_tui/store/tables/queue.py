"""Tickets, appointments, visits, and the closed periods that every duration is summed from."""

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field

from clerk_tui.store.tables.base import StationBase


class Ticket(StationBase, table=True):
    __tablename__ = "ticket"
    id: str = Field(primary_key=True)
    hall_id: str = Field(foreign_key="hall.id")
    day: str = Field(description="ISO date in the hall's zone")
    category: str = Field(description="综合, 社保, 领证 …")
    letter: str
    seq: int
    number: str = Field(description="letter and running number, e.g. A012")
    code: str = Field(unique=True, description="opaque code with check character, printed as QR")
    rank: int = Field(description="TicketClass value 0..5")
    rank_reason: str = Field(default="", description="why this class; never shown on a board")
    state: str = Field(description="TicketState value")
    appointment_id: str | None = Field(default=None, foreign_key="appointment.id")
    slot_start_at: int | None = Field(default=None, sa_type=BigInteger)
    slot_end_at: int | None = Field(default=None, sa_type=BigInteger)
    person_id: str | None = Field(default=None, foreign_key="person.id", index=True)
    item_key: str = Field(default="", description="the item it is for, where a dated lane or a booking asks for it")
    note: str = ""
    arrived_at: int = Field(sa_type=BigInteger, description="when the resident came, before the ticket")
    issued_at: int = Field(sa_type=BigInteger)
    window_id: str | None = Field(
        default=None,
        foreign_key="window.id",
        description="who called, holds or serves it; for a waiting ticket, the only window that may call it",
    )
    clerk_id: str | None = Field(default=None, foreign_key="clerk.id")
    calls: int = 0
    last_call_at: int | None = Field(default=None, sa_type=BigInteger)
    passed: int = Field(default=0, description="how often a later ticket was called before it")
    missed: int = Field(default=0, description="times missed")
    hold_reason: str = ""
    hold_due_at: int | None = Field(default=None, sa_type=BigInteger)
    call_order: str = Field(default="", description="how it was called: next|out_of_order|from_hold|back")
    call_reason: str = Field(default="", description="why it was next, kept as shown")
    close_reason: str = ""
    inaccurate: bool = False
    version: int = 1
    __table_args__ = (
        UniqueConstraint("hall_id", "day", "letter", "seq"),
        Index("ticket_state", "hall_id", "day", "state"),
        Index("ticket_window", "window_id", "state"),
        Index(
            "ticket_one_per_window",
            "window_id",
            unique=True,
            sqlite_where=text("state in ('called', 'serving')"),
            postgresql_where=text("state in ('called', 'serving')"),
        ),
    )


class Appointment(StationBase, table=True):
    __tablename__ = "appointment"
    id: str = Field(primary_key=True)
    hall_id: str = Field(foreign_key="hall.id")
    day: str = Field(index=True)
    slot_start_at: int = Field(sa_type=BigInteger)
    slot_end_at: int = Field(sa_type=BigInteger)
    category: str
    person_id: str | None = Field(default=None, foreign_key="person.id", index=True)
    name: str
    phone: str = ""
    item_key: str = ""
    case_id: str | None = None
    source: str = Field(default="desk", description="desk|district")
    state: str = Field(default="booked", description="booked|checked_in|cancelled|no_show|served")
    code: str = Field(unique=True)
    ticket_id: str | None = None
    made_at: int = Field(sa_type=BigInteger)
    version: int = 1


class Visit(StationBase, table=True):
    __tablename__ = "visit"
    id: str = Field(primary_key=True)
    hall_id: str = Field(foreign_key="hall.id")
    ticket_id: str | None = Field(default=None, foreign_key="ticket.id", index=True)
    kind: str = Field(default="ticket", description="ticket|walk_in|service_point|phone|post")
    window_id: str = Field(foreign_key="window.id")
    clerk_id: str = Field(foreign_key="clerk.id")
    attendee_id: str | None = Field(default=None, foreign_key="person.id", index=True)
    identified_how: str = Field(
        default="", description="empty until 人证一致: card_reader|card_seen|e_card|papers|known|phone"
    )
    identified_at: int | None = Field(default=None, sa_type=BigInteger)
    state: str = Field(default="open", description="open|held|finished")
    opened_at: int = Field(sa_type=BigInteger)
    finished_at: int | None = Field(default=None, sa_type=BigInteger)
    outcome: str = Field(default="", description="served|asked|wrong_category|left|none")
    hold_reason: str = ""
    hold_due_at: int | None = Field(default=None, sa_type=BigInteger)
    inaccurate: bool = False
    version: int = 1
    __table_args__ = (
        Index("visit_opened", "opened_at"),
        Index("visit_state", "state", "attendee_id"),
        Index(
            "visit_one_open_per_window",
            "window_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )


class VisitService(StationBase, table=True):
    """What was rendered in a visit: a case, a supplement, a handover, or only asked."""

    __tablename__ = "visit_service"
    id: str = Field(primary_key=True)
    visit_id: str = Field(foreign_key="visit.id", index=True)
    kind: str = Field(description="case|supplement|correction|pickup|asked|agency|other")
    item_key: str = ""
    case_id: str | None = Field(default=None, index=True)
    words: str = ""
    count: int = 1
    at: int = Field(sa_type=BigInteger)


class Period(StationBase, table=True):
    """A closed interval of a ticket's or a clerk's time; only an open end is ever updated (design idea 7)."""

    __tablename__ = "period"
    id: str = Field(primary_key=True)
    subject: str = Field(description="ticket|clerk|visit (one without a ticket)")
    subject_id: str
    kind: str = Field(description="waiting|called|serving|held|back_office|pause")
    reason: str = ""
    ticket_id: str | None = Field(default=None, index=True)
    visit_id: str | None = None
    window_id: str | None = None
    clerk_id: str | None = None
    t0: int = Field(sa_type=BigInteger)
    t1: int | None = Field(default=None, sa_type=BigInteger)
    day: str
    inaccurate: bool = False
    voids: str | None = Field(default=None, description="the period that this one replaces")
    __table_args__ = (
        Index("period_day", "day", "kind", "t0"),
        Index(
            "period_replaces",
            "day",
            "voids",
            sqlite_where=text("voids is not null"),
            postgresql_where=text("voids is not null"),
        ),
        Index(
            "period_one_open",
            "subject",
            "subject_id",
            unique=True,
            sqlite_where=text("t1 is null"),
            postgresql_where=text("t1 is null"),
        ),
    )
