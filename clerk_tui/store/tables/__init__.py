"""All tables of a station's store."""

from clerk_tui.store.tables.base import StationBase
from clerk_tui.store.tables.cases import (
    Case,
    ClockPause,
    Deficiency,
    Material,
    Notice,
    Owed,
    Reminder,
    Transfer,
)
from clerk_tui.store.tables.exchange import (
    Batch,
    Key,
    PrintJob,
    ReceivedRecord,
    SentRecord,
    Stream,
    SyncLease,
)
from clerk_tui.store.tables.hall import Clerk, Hall, Installation, Seat, Window
from clerk_tui.store.tables.journal import (
    AccessLog,
    Counter,
    JournalEvent,
    JournalHead,
    Meta,
    NumberRow,
    Policy,
    Task,
)
from clerk_tui.store.tables.people import Authority, Organisation, Person
from clerk_tui.store.tables.pickup import Handover, Result
from clerk_tui.store.tables.published import PublishedList, PublishedSlice
from clerk_tui.store.tables.queue import Appointment, Period, Ticket, Visit, VisitService

__all__ = [
    "AccessLog",
    "Appointment",
    "Authority",
    "Batch",
    "Case",
    "Clerk",
    "ClockPause",
    "Counter",
    "Deficiency",
    "Hall",
    "Handover",
    "Installation",
    "JournalEvent",
    "JournalHead",
    "Key",
    "Material",
    "Meta",
    "Notice",
    "NumberRow",
    "Organisation",
    "Owed",
    "Period",
    "Person",
    "Policy",
    "PrintJob",
    "PublishedList",
    "PublishedSlice",
    "ReceivedRecord",
    "Reminder",
    "Result",
    "Seat",
    "SentRecord",
    "StationBase",
    "Stream",
    "SyncLease",
    "Task",
    "Ticket",
    "Transfer",
    "Visit",
    "VisitService",
    "Window",
]
