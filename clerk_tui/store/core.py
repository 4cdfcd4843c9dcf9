"""The Core table of every station table: hot reads and writes go through these, not through the ORM."""

from sqlalchemy import Table

from clerk_tui.store import tables as t


def _core(table: type[t.StationBase]) -> Table:
    found: Table = table.__table__  # type: ignore[attr-defined]
    return found


HALLS = _core(t.Hall)
INSTALLATIONS = _core(t.Installation)
WINDOWS = _core(t.Window)
SEATS = _core(t.Seat)
CLERKS = _core(t.Clerk)
PERSONS = _core(t.Person)
ORGANISATIONS = _core(t.Organisation)
AUTHORITIES = _core(t.Authority)
TICKETS = _core(t.Ticket)
APPOINTMENTS = _core(t.Appointment)
VISITS = _core(t.Visit)
VISIT_SERVICES = _core(t.VisitService)
PERIODS = _core(t.Period)
CASES = _core(t.Case)
CLOCK_PAUSES = _core(t.ClockPause)
MATERIALS = _core(t.Material)
OWED = _core(t.Owed)
REMINDERS = _core(t.Reminder)
DEFICIENCIES = _core(t.Deficiency)
NOTICES = _core(t.Notice)
TRANSFERS = _core(t.Transfer)
RESULTS = _core(t.Result)
HANDOVERS = _core(t.Handover)
EVENTS = _core(t.JournalEvent)
HEAD = _core(t.JournalHead)
NUMBER_ROWS = _core(t.NumberRow)
COUNTERS = _core(t.Counter)
ACCESS_LOG = _core(t.AccessLog)
TASKS = _core(t.Task)
POLICIES = _core(t.Policy)
META = _core(t.Meta)
BATCHES = _core(t.Batch)
SENT_RECORDS = _core(t.SentRecord)
RECEIVED_RECORDS = _core(t.ReceivedRecord)
STREAMS = _core(t.Stream)
SYNC_LEASE = _core(t.SyncLease)
KEYS = _core(t.Key)
PUBLISHED_LISTS = _core(t.PublishedList)
PUBLISHED_SLICES = _core(t.PublishedSlice)
PRINT_JOBS = _core(t.PrintJob)
