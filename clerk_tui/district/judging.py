"""What the district says to each record: taken, known, contradicted, rejected, or held up."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, select, update

from clerk_tui.channel.acks import CONFLICT, DUP, HOLD, OK, REJECT, SUPERSEDED
from clerk_tui.channel.records import HASH, STAYS, WHOLE, Record, read_line
from clerk_tui.district import views
from clerk_tui.district.checks import FOREIGN, fault_in
from clerk_tui.district.docket import Docket, Source
from clerk_tui.district.tables import KEPT

Answer = dict[str, str]
_ANSWER_OF = {"rejected": REJECT, "held": HOLD, "superseded": SUPERSEDED}
WORDS = 80
WAITS = "等待前一条更正"
CASCADE = 1_000


def judge(docket: Docket, record: Record) -> tuple[str, list[Answer]]:
    """The code of one record, and the answers beside plain OK, also about earlier records that it released."""
    if record.how == STAYS:
        return OK, []
    known = docket.known.get(record.rid)
    if known is not None:
        if known.sha != record.sha:
            return CONFLICT, [_answer(record.rid, CONFLICT, words="同一编号的内容与已收的不同")]
        return (DUP, []) if known.state == "ok" else (_ANSWER_OF[known.state], [_as_said(known)])
    case_id = docket.case_id(record)
    if docket.rejected and record.kind.endswith(".corrected"):
        docket.keep(record, case_id, "ok")
        docket.write()
        said = _consider(docket.connection, record, docket.source, case_id)
        docket.read()
        return said
    blocker = docket.blocker(record, case_id)
    if blocker is not None:
        docket.keep(record, case_id, "held", code="depends", words=WAITS, depends=blocker)
        return HOLD, [_answer(record.rid, HOLD, reason="depends", words=WAITS)]
    if docket.is_of_another(case_id):
        docket.keep(record, "", "rejected", code=FOREIGN.code, words=FOREIGN.words)
        return REJECT, [_answer(record.rid, REJECT, reason=FOREIGN.code, words=FOREIGN.words)]
    if record.how != HASH:
        fault = fault_in(record.kind, record.body, docket.source.now) if record.how == WHOLE else None
        if fault is not None:
            docket.keep(record, case_id, "rejected", code=fault.code, field=fault.field, words=fault.words[:WORDS])
            return REJECT, [_answer(record.rid, REJECT, reason=fault.code, field=fault.field, words=fault.words)]
        if case_id:
            views.change(
                docket.view(case_id), record, record.body, docket.source.now, late=docket.comes_late(record)
            )  # fmt: skip
    docket.keep(record, case_id, "ok")
    return OK, []


def reject(connection: Connection, rid: str, code: str, field: str, words: str) -> Answer:
    """A person at the district rejects a record that was taken."""
    _set(connection, rid, "rejected", code=code, field=field, words=words)
    return _answer(rid, REJECT, reason=code, field=field, words=words)


def _consider(connection: Connection, record: Record, source: Source, case_id: str) -> tuple[str, list[Answer]]:
    target = _corrects(connection, record, source.station)
    if target is None:
        blocker = _blocker(connection, record, source.station, case_id)
        if blocker is not None:
            _set(connection, record.rid, "held", code="depends", words=WAITS, depends=blocker)
            return HOLD, [_answer(record.rid, HOLD, reason="depends", words=WAITS)]
    body: Mapping[str, Any] = record.body
    kind = record.kind
    if target is not None:
        kind, body = target.kind, _merged(read_line(target.line).body, record.body, target.field)
    if record.how != HASH:
        fault = fault_in(kind, body, source.now) if record.how == WHOLE else None
        if fault is not None:
            _set(connection, record.rid, "rejected", code=fault.code, field=fault.field, words=fault.words)
            return REJECT, [_answer(record.rid, REJECT, reason=fault.code, field=fault.field, words=fault.words)]
        if target is None:
            views.take(connection, record, body, case_id, source)
    _set(connection, record.rid, "ok")
    return OK, ([] if target is None else _release(connection, target, body, source))


def _release(connection: Connection, target: Row[Any], body: Mapping[str, Any], source: Source) -> list[Answer]:
    """The corrected record takes effect as it should have been; what waited for it is considered again, in order."""
    original = read_line(target.line)
    views.take(connection, original, body, target.case_id, source)
    _set(connection, target.rid, "superseded", words="已更正")
    answers = [_answer(target.rid, SUPERSEDED, words="已更正")]
    waiting = connection.execute(
        select(KEPT).where(KEPT.c.depends == target.rid, KEPT.c.state == "held").order_by(KEPT.c.seq).limit(CASCADE)
    ).all()
    for row in waiting:
        record = read_line(row.line)
        code, more = _consider(connection, record, source, row.case_id)
        answers += more if code != OK else [_answer(row.rid, OK), *more]
    return answers


def _corrects(connection: Connection, record: Record, station: str) -> Row[Any] | None:
    """The rejected record that this one corrects: the one it names, or one of its entity whose field it changes."""
    if not record.kind.endswith(".corrected"):
        return None
    rejected = select(KEPT).where(KEPT.c.station == station, KEPT.c.state == "rejected").order_by(KEPT.c.seq)
    named = record.body.get("corrects") or (record.body.get("rid") if record.kind == "record.corrected" else None)
    if named:
        return connection.execute(rejected.where(KEPT.c.rid == str(named))).first()
    changed = set(_changes(record.body))
    for row in connection.execute(rejected.where(KEPT.c.ent_id == record.ent_id)):
        if not row.field or any(_same_field(row.field, name) for name in changed):
            return row
    if record.ent != "person":
        return None
    for row in connection.execute(rejected.where(KEPT.c.kind == "case.received").limit(CASCADE)):
        applicant = read_line(row.line).body.get("applicant")
        if isinstance(applicant, dict) and applicant.get("id") == record.ent_id:
            return row
    return None


def _changes(body: Mapping[str, Any]) -> dict[str, Any]:
    """Changed fields and what they are now, in any of the forms in which the desk writes a correction."""
    for key in ("fields", "after"):
        if isinstance(body.get(key), dict):
            return dict(body[key])
    changes = body.get("changes")
    if isinstance(changes, dict):
        return dict(changes)
    if isinstance(changes, list):
        return {str(c["field"]): c.get("after") for c in changes if isinstance(c, dict) and "field" in c}
    return {}


def _merged(old: Mapping[str, Any], correction: Mapping[str, Any], field: str) -> dict[str, Any]:
    """The body of the rejected record with the correction in it. Names are paths: `applicant.number`."""
    facts = correction.get("facts")
    if isinstance(facts, dict) and "receipt_no" in old:
        return {**old, **facts}  # the case as it stands after the correction
    merged = dict(old)
    for name, value in _changes(correction).items():
        path = (field if field and _same_field(field, name) else name).split(".")
        place = merged
        for part in path[:-1]:
            inner = place.get(part)
            place[part] = dict(inner) if isinstance(inner, dict) else {}
            place = place[part]
        place[path[-1]] = value
    return merged


def _same_field(field: str, name: str) -> bool:
    last, other = field.rsplit(".", 1)[-1], name.rsplit(".", 1)[-1]
    return field == name or last == other or other == f"id_{last}"


def _blocker(connection: Connection, record: Record, station: str, case_id: str) -> str | None:
    """A rejected or held record of the same entity, or of its case: this one rests on it."""
    entities = {record.ent_id, case_id} - {""}
    rid = connection.execute(
        select(KEPT.c.rid)
        .where(
            KEPT.c.station == station, KEPT.c.ent_id.in_(entities), KEPT.c.state.in_(["rejected", "held"]),
            KEPT.c.rid != record.rid, (KEPT.c.seq < record.seq) | (KEPT.c.inst != _inst_of(connection, record.rid)),
        )
        .order_by((KEPT.c.state == "held").asc(), KEPT.c.seq)
        .limit(1)
    ).scalar()  # fmt: skip
    return str(rid) if rid is not None else None


def _inst_of(connection: Connection, rid: str) -> str:
    return str(connection.execute(select(KEPT.c.inst).where(KEPT.c.rid == rid)).scalar() or "")


def _set(
    connection: Connection, rid: str, state: str, *, code: str = "", field: str = "", words: str = "", depends: str = ""
) -> None:
    connection.execute(
        update(KEPT)
        .where(KEPT.c.rid == rid)
        .values(state=state, code=code, field=field, words=words[:WORDS], depends=depends)
    )


def _as_said(kept: Row[Any]) -> Answer:
    return _answer(kept.rid, _ANSWER_OF[kept.state], reason=kept.code, field=kept.field, words=kept.words)


def _answer(rid: str, code: str, *, reason: str = "", field: str = "", words: str = "") -> Answer:
    answer = {"rid": rid, "code": code, "reason": reason, "field": field, "words": words[:WORDS]}
    return {key: value for key, value in answer.items() if value}
