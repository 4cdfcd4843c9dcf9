"""The visit: one attendee, any number of cases, opened by a ticket or without one, ended with what was rendered."""

from sqlalchemy import select, update

from clerk_tui.desk import duty
from clerk_tui.desk.context import Desk
from clerk_tui.desk.finishing import OUTCOME_WORDS, finish, reopen
from clerk_tui.desk.people import person_row, root_of, same_person
from clerk_tui.desk.periods import open_period
from clerk_tui.desk.permits import require
from clerk_tui.desk.tickets import need_free_window, need_window
from clerk_tui.desk.views.visit import VisitView
from clerk_tui.desk.visit_rows import IDENTIFIED_WORDS, KIND_WORDS, note_within, open_within, services, view_within
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import By
from clerk_tui.store.core import TICKETS, VISITS

__all__ = [
    "IDENTIFIED_WORDS",
    "KIND_WORDS",
    "OUTCOME_WORDS",
    "finish",
    "identify",
    "only_asked",
    "open_without_ticket",
    "reopen",
    "view",
    "visits_of",
]


def open_without_ticket(desk: Desk, by: By, *, kind: str = "walk_in") -> VisitView:
    """Begin a visit without a ticket, on the same clock. Raises Refusal visit_kind, visit_open, still_called."""
    require(by, "open_without_ticket")
    if kind not in KIND_WORDS or kind == "ticket":
        raise Refusal("visit_kind", "请选怎样来的: 无号到访, 村居服务点, 电话, 邮寄", field="kind")
    window_id = need_window(by)
    with desk.act(by) as act:
        need_free_window(act.connection, window_id)
        duty.end_within(act, by)
        visit_id = open_within(act, desk, kind=kind, window_id=window_id, ticket_id=None)
        open_period(
            act, desk, "visit", visit_id, "serving", visit_id=visit_id, window_id=window_id, clerk_id=by.clerk_id
        )
        return view_within(act.connection, desk, visit_id)


def view(desk: Desk, by: By, *, visit_id: str) -> VisitView:
    """A visit with what waits. Raises Refusal visit_unknown."""
    with desk.look() as connection:
        return view_within(connection, desk, visit_id)


def identify(desk: Desk, by: By, *, visit_id: str, person_id: str, how: str) -> VisitView:
    """Record who attends and how card and face were compared (人证一致).

    Raises Refusal how_unknown, visit_closed, attendee_fixed (something was rendered for another attendee already).
    """
    require(by, "identify")
    if how not in IDENTIFIED_WORDS:
        raise Refusal("how_unknown", "请选怎样核对身份的", field="how")
    with desk.act(by) as act:
        row = act.connection.execute(select(VISITS).where(VISITS.c.id == visit_id)).one_or_none()
        if row is None or row.state != "open":
            raise Refusal("visit_closed", "这次到访已经结束或挂起", "请先叫号或恢复挂起的号")
        known = person_row(act.connection, root_of(act.connection, person_id)).id
        if row.attendee_id not in (None, known) and services(act.connection, visit_id):
            raise Refusal("attendee_fixed", "这次到访已经给另一位办了事", "请先结束到访(F9), 再为这一位开始一次")
        act.connection.execute(
            update(VISITS)
            .where(VISITS.c.id == visit_id, VISITS.c.version == row.version)
            .values(attendee_id=known, identified_how=how, identified_at=act.now, version=row.version + 1)
        )
        if row.ticket_id is not None:
            act.connection.execute(update(TICKETS).where(TICKETS.c.id == row.ticket_id).values(person_id=known))
        act.record("visit.identified", visit_id, {"person_id": known, "how": how}, base_version=row.version)
        return view_within(act.connection, desk, visit_id)


def only_asked(desk: Desk, by: By, *, visit_id: str, item_key: str = "", words: str = "") -> VisitView:
    """Record that something was only asked about: an item, or other words. Raises Refusal item_unknown, words_missing."""
    require(by, "only_asked")
    item = desk.catalogue.items.get(item_key) if item_key else None
    if item_key and item is None:
        raise Refusal("item_unknown", "目录里没有这个事项", "请重新选择事项", field="item")
    words = clean_line(words) or (f"咨询 {item.name}" if item is not None else "")
    if not words:
        raise Refusal("words_missing", "请写明问了什么, 或选一个事项", field="words")
    with desk.act(by) as act:
        row = act.connection.execute(select(VISITS).where(VISITS.c.id == visit_id)).one_or_none()
        if row is None or row.state == "finished":
            raise Refusal("visit_closed", "这次到访已经结束", "可以叫下一位(F5)")
        note_within(act, visit_id, words, item_key=item_key)
        act.record(
            "visit.asked",
            visit_id,
            {"item_key": item_key, "words": words},
            base_version=row.version,
            version=row.version,
        )
        return view_within(act.connection, desk, visit_id)


def visits_of(desk: Desk, by: By, *, person_id: str, limit: int = 20) -> tuple[VisitView, ...]:
    """The newest visits of a resident."""
    with desk.look() as connection:
        ids = connection.execute(
            select(VISITS.c.id)
            .where(VISITS.c.attendee_id.in_(same_person(connection, person_id)))
            .order_by(VISITS.c.opened_at.desc())
            .limit(limit)
        ).scalars()
        return tuple(view_within(connection, desk, visit_id) for visit_id in ids)
