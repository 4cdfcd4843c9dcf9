"""What the district knows: stations, cases, records that it did not take, files in quarantine."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, func, select

from clerk_tui.district.answering import find_case
from clerk_tui.district.place import District
from clerk_tui.district.quarantine import ADVICE, OTHER_ADVICE
from clerk_tui.district.tables import BATCHES, CASES, ENROLLED, KEPT, LINES, OUTGOING, QUARANTINED
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical

Facts = dict[str, Any]
MOST = 200


def overview(district: District, station: str = "") -> Facts:
    """Counts, the streams of every station, the latest cases, and the records that wait for their station's correction;
    of one station alone where it is named. Raises Refusal station_unknown."""

    def mine(column: Any) -> tuple[Any, ...]:
        return (column == station,) if station else ()

    counts = select(KEPT.c.state, func.count()).where(*mine(KEPT.c.station)).group_by(KEPT.c.state)
    quarantined = select(QUARANTINED).where(*mine(QUARANTINED.c.station))
    with district.store.read() as connection:
        stations = connection.execute(select(ENROLLED).where(*mine(ENROLLED.c.station))).all()
        if station and not stations:
            raise Refusal("station_unknown", f"没有登记过站点 {station}", "看全部站点: clerk-tui district status")
        cases = select(CASES).where(*mine(CASES.c.station)).order_by(CASES.c.changed_at.desc(), CASES.c.case_id.desc())
        return {
            "district": district.name,
            "stations": [_station(connection, row) for row in stations],
            "cases": [_case(row) for row in connection.execute(cases.limit(MOST))],
            "records": {row[0]: row[1] for row in connection.execute(counts)},
            "rejected": [
                {
                    "rid": row.rid, "station": row.station, "receipt_no": row.receipt_no or "", "kind": row.kind,
                    "field": row.field, "words": row.words, "at": row.received_at,
                }
                for row in connection.execute(_REJECTED.where(*mine(KEPT.c.station)))
            ],
            "quarantined": [
                {
                    "name": row.name, "station": row.station, "code": row.code, "words": row.words, "at": row.at,
                    "advice": ADVICE.get(row.code, OTHER_ADVICE),
                }
                for row in connection.execute(
                    quarantined.order_by(QUARANTINED.c.at.desc(), QUARANTINED.c.id.desc()).limit(MOST)
                )
            ],
        }  # fmt: skip


def of_case(district: District, number: str) -> Facts:
    """One case with all its records and the answers to it. Raises Refusal case_unknown."""
    with district.store.read() as connection:
        case = find_case(connection, number)
        records = connection.execute(
            select(KEPT).where(KEPT.c.case_id == case.case_id).order_by(KEPT.c.received_at, KEPT.c.seq)
        ).all()
        answers = connection.execute(
            select(OUTGOING).where(OUTGOING.c.ent_id == case.case_id).order_by(OUTGOING.c.n)
        ).all()
        return _case(case) | {
            "records": [
                {
                    "rid": row.rid, "kind": row.kind, "seq": row.seq, "state": row.state, "code": row.code,
                    "field": row.field, "words": row.words, "at": row.at,
                }
                for row in records
            ],
            "answers": [
                {
                    "rid": row.rid, "kind": row.kind, "body": canonical.load(row.body), "answer": row.answer,
                    "answer_words": row.answer_words,
                }
                for row in answers
            ],
        }  # fmt: skip


def known_among(district: District, rids: Sequence[str]) -> set[str]:
    """Which of these records the district has, whatever it said to them."""
    with district.store.read() as connection:
        return {
            rid
            for start in range(0, len(rids), 500)
            for rid in connection.execute(
                select(KEPT.c.rid).where(KEPT.c.rid.in_(rids[start : start + 500]))
            ).scalars()
        }  # fmt: skip


_REJECTED = (
    select(KEPT, CASES.c.receipt_no)
    .outerjoin(CASES, CASES.c.case_id == KEPT.c.case_id)
    .where(KEPT.c.state == "rejected")
    .order_by(KEPT.c.received_at.desc(), KEPT.c.seq.desc())
    .limit(MOST)
)


def _case(row: Any) -> Facts:
    return {
        "case_id": row.case_id,
        "station": row.station,
        "receipt_no": row.receipt_no,
        "district_no": row.district_no,
        "item": row.item_name,
        "applicant": row.applicant,
        "state": row.state,
        "stage": row.stage,
        "decision": row.decision,
        "owed": list(canonical.load(row.owed).values()),
        "results": list(canonical.load(row.results).values()),
        "handed_over_at": row.handed_over_at,
    }


def _station(connection: Connection, row: Any) -> Facts:
    lines = {
        line.id.rsplit(":", 1)[1]: line
        for line in connection.execute(select(LINES).where(LINES.c.id.in_([f"{row.id}:U", f"{row.id}:D"])))
    }
    unconfirmed = connection.execute(
        select(func.count()).where(
            BATCHES.c.station == row.station, BATCHES.c.inst == row.inst, BATCHES.c.direction == "D",
            BATCHES.c.state.in_(["sealed", "sent"]),
        )
    ).scalar_one()  # fmt: skip
    up = (BATCHES.c.station == row.station, BATCHES.c.inst == row.inst, BATCHES.c.direction == "U")
    last_at = connection.execute(select(func.max(BATCHES.c.at)).where(*up)).scalar()
    parked = connection.execute(select(func.count()).where(*up, BATCHES.c.state == "parked")).scalar_one()
    return {
        "station": row.station,
        "inst": row.inst,
        "name": row.name,
        "closed": row.closed_at is not None,
        "revoked": row.revoked_words,
        "received": lines["U"].next_bno - 1,
        "sent": lines["D"].next_bno - 1,
        "unconfirmed": unconfirmed,
        "last_at": last_at,
        "parked": parked,
        "missing": lines["U"].next_bno if parked else 0,
        "stopped": "; ".join(line.reason for line in lines.values() if line.state != "open"),
    }
