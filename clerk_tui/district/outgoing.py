"""The district's answers: written in order into a station's queue, sealed later by `sealing`."""

import secrets
from typing import Any

from sqlalchemy import Connection, insert, select, update

from clerk_tui.district.tables import OUTGOING, OUTGOING_HEAD
from clerk_tui.store import canonical
from clerk_tui.store.act import boot_clock, new_id, record_sha

CLERK = "district"


def answer(
    connection: Connection,
    station: str,
    kind: str,
    ent_id: str,
    body: dict[str, Any],
    *,
    now: int,
    inst: str = "",
    lazy: bool = False,
) -> str:
    """Queue one answer; returns its record id. Its n comes from the station's head row, locked last."""
    head = connection.execute(
        select(OUTGOING_HEAD.c.n).where(OUTGOING_HEAD.c.station == station).with_for_update()
    ).scalar_one()
    event = event_of(new_id(), kind, ent_id, canonical.dump(body), secrets.token_hex(16), now, boot_clock())
    connection.execute(
        insert(OUTGOING).values(
            station=station, n=int(head) + 1, inst=inst, rid=event["rid"], kind=kind, ent_id=ent_id,
            body=event["body"], salt=event["salt"], sha=record_sha(event), at=now, clk=event["clk"], lazy=lazy,
        )
    )  # fmt: skip
    connection.execute(update(OUTGOING_HEAD).where(OUTGOING_HEAD.c.station == station).values(n=int(head) + 1))
    return str(event["rid"])


def event_of(rid: str, kind: str, ent_id: str, body: str, salt: str, at: int, clk: str) -> dict[str, Any]:
    """An answer in the form of a journal event, so that it becomes a record as a station's events do."""
    return {
        "rid": rid,
        "kind": kind,
        "v": 1,
        "ent": {"ack": "batch", "list": "list", "reconcile": "batch", "keys": "installation"}.get(
            kind.split(".", 1)[0], "case"
        ),
        "ent_id": ent_id,
        "ent_ver": 0,
        "base_ver": 0,
        "at": at,
        "clk": clk,
        "clerk_id": CLERK,
        "travels": "whole",
        "body": body,
        "salt": salt,
    }
