"""Who may act for whom: recorded with scope, dates and evidence, ended with a reason, never guessed."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from clerk_tui.desk.context import Desk
from clerk_tui.desk.filling import read_date
from clerk_tui.desk.organisations import organisation_row
from clerk_tui.desk.paper_facts import AUTHORITY_KINDS
from clerk_tui.desk.people import person_row, root_of, same_person
from clerk_tui.desk.permits import require
from clerk_tui.desk.views.visit import AuthorityView
from clerk_tui.rules.identity import age_on
from clerk_tui.rules.masking import mask_name
from clerk_tui.rules.plain_text import clean_line
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import By, new_id
from clerk_tui.store.core import AUTHORITIES, ORGANISATIONS, PERSONS

FULL_AGE = 18
_FOR_ORGANISATIONS = ("operator", "legal_representative")


def record_authority(
    desk: Desk,
    by: By,
    *,
    principal_kind: str,
    principal_id: str,
    holder_id: str,
    kind: str,
    evidence: str,
    relation: str = "",
    scope: str = "*",
    valid_from: str = "",
    valid_to: str = "",
) -> AuthorityView:
    """Record that `holder_id` may act for the principal (person | organisation).

    `kind`: proxy 委托 | guardian 监护 | heir 继承 | operator 经办 | legal_representative 法定代表; `scope`: an item key
    or `*`; dates as ISO text, from today when empty. Guardianship of a minor ends the day before the 18th birthday
    (民法典 17, 27) unless a date is given. Raises Refusal authority_faulty, item_unknown, person_unknown.
    """
    require(by, "record_authority")
    evidence, relation = clean_line(evidence), clean_line(relation)
    if kind not in AUTHORITY_KINDS or principal_kind not in ("person", "organisation"):
        raise Refusal("authority_faulty", "请选择代理的种类", field="kind")
    if (kind in _FOR_ORGANISATIONS) != (principal_kind == "organisation") and kind != "proxy":
        raise Refusal("authority_faulty", "经办和法定代表只用于单位, 监护和继承只用于个人", field="kind")
    if not evidence:
        raise Refusal("authority_faulty", "请写明凭什么代理", "例: 委托书 2026-11-20, 户口簿", field="evidence")
    if scope != "*" and scope not in desk.catalogue.items:
        raise Refusal("item_unknown", "没有这个事项", "范围选一个事项, 或选全部事项", field="scope")
    today = desk.today()
    begins = _day(valid_from, "valid_from") or today
    ends = _day(valid_to, "valid_to")
    if ends is not None and (ends < begins or ends < today):
        raise Refusal("authority_faulty", "代理已经到期, 或止期早于起期", "请核对委托书上的日期", field="valid_to")
    with desk.act(by) as act:
        connection = act.connection
        holder_id = person_row(connection, root_of(connection, holder_id)).id
        if principal_kind == "person":
            principal = person_row(connection, root_of(connection, principal_id))
            if principal.id == holder_id:
                raise Refusal("authority_faulty", "本人不用代理自己", field="principal")
            if kind == "guardian" and ends is None and principal.birth:
                ends = _full_age(date.fromisoformat(principal.birth), today)
        else:
            principal = organisation_row(connection, principal_id)
        values = {
            "id": new_id(),
            "principal_kind": principal_kind,
            "principal_id": principal.id,
            "holder_id": holder_id,
            "kind": kind,
            "relation": relation,
            "scope": scope,
            "valid_from": begins.isoformat(),
            "valid_to": ends.isoformat() if ends else None,
            "evidence": evidence,
        }
        connection.execute(
            insert(AUTHORITIES),
            {
                **values,
                "recorded_at": act.now,
                "recorded_by": by.clerk_id,
                "version": 1,
            },
        )
        act.record("authority.recorded", values["id"], {name: value for name, value in values.items() if name != "id"})
        return _views(desk, connection, [_row(connection, values["id"])])[0]


def end_authority(desk: Desk, by: By, *, authority_id: str, reason: str) -> AuthorityView:
    """End an authority now (revoked, done, the principal died). Raises Refusal authority_ended, reason_missing."""
    require(by, "end_authority")
    reason = clean_line(reason)
    if not reason:
        raise Refusal("reason_missing", "终止代理要写明原因", field="reason")
    with desk.act(by) as act:
        row = _row(act.connection, authority_id)
        done = act.connection.execute(
            update(AUTHORITIES)
            .where(AUTHORITIES.c.id == authority_id, AUTHORITIES.c.ended_at.is_(None))
            .values(ended_at=act.now, ended_reason=reason, version=row.version + 1)
        )
        if done.rowcount != 1:
            raise Refusal("authority_ended", "这项代理已经终止", "不需要再终止")
        act.record("authority.ended", authority_id, {"reason": reason}, base_version=row.version)
        return _views(desk, act.connection, [_row(act.connection, authority_id)])[0]


def authorities_of(desk: Desk, by: By, *, holder_id: str, item_key: str | None = None) -> tuple[AuthorityView, ...]:
    """For whom this person may act today, in this item or any."""
    with desk.look() as connection:
        return authorities_within(connection, desk, holder_id, item_key)


def authorities_within(
    connection: Connection, desk: Desk, holder_id: str, item_key: str | None = None
) -> tuple[AuthorityView, ...]:
    """For whom this person may act today, in an open read or act."""
    rows = valid_rows(connection, same_person(connection, holder_id), desk.today().isoformat())
    return _views(desk, connection, [row for row in rows if item_key is None or row.scope in ("*", item_key)])


def valid_rows(connection: Connection, holder_ids: Sequence[str], day: str) -> Sequence[Row[Any]]:
    """Authorities that these ids of one person hold on a day (ISO)."""
    return connection.execute(
        select(AUTHORITIES)
        .where(
            AUTHORITIES.c.holder_id.in_(holder_ids),
            AUTHORITIES.c.ended_at.is_(None),
            AUTHORITIES.c.valid_from <= day,
            or_(AUTHORITIES.c.valid_to.is_(None), AUTHORITIES.c.valid_to >= day),
        )
        .order_by(AUTHORITIES.c.recorded_at)
    ).all()


def _views(desk: Desk, connection: Connection, rows: Sequence[Row[Any]]) -> tuple[AuthorityView, ...]:
    names: dict[str, str] = {}
    for table in (PERSONS, ORGANISATIONS):
        ids = [row.principal_id for row in rows]
        for found in connection.execute(select(table.c.id, table.c.name).where(table.c.id.in_(ids))):
            names[found.id] = found.name if table is ORGANISATIONS else mask_name(found.name)
    return tuple(
        AuthorityView(
            id=row.id,
            kind=row.kind,
            kind_words=AUTHORITY_KINDS[row.kind],
            principal_kind=row.principal_kind,
            principal_id=row.principal_id,
            principal_name=names.get(row.principal_id, ""),
            relation=row.relation,
            scope=row.scope,
            scope_words="全部事项" if row.scope == "*" else _item_name(desk, row.scope),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            evidence=row.evidence,
        )
        for row in rows
    )


def _item_name(desk: Desk, key: str) -> str:
    item = desk.catalogue.items.get(key)
    return item.name if item is not None else key


def _row(connection: Connection, authority_id: str) -> Row[Any]:
    row = connection.execute(select(AUTHORITIES).where(AUTHORITIES.c.id == authority_id)).one_or_none()
    if row is None:
        raise Refusal("authority_unknown", "找不到这项代理", "请重新登记", field="authority")
    return row


def _day(text: str, field: str) -> date | None:
    if not text.strip():
        return None
    found = read_date(text)
    if found is None:
        raise Refusal("authority_faulty", "日期不对", "例: 2026-12-31", field=field)
    return found


def _full_age(birth: date, today: date) -> date | None:
    """The day before the 18th birthday; None for an adult, whose guardianship has no such end."""
    if age_on(birth, today) >= FULL_AGE:
        return None
    month_day = (3, 1) if (birth.month, birth.day) == (2, 29) else (birth.month, birth.day)
    return date(birth.year + FULL_AGE, *month_day) - timedelta(days=1)
