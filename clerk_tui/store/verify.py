"""Recompute the journal's chain: the proof that nothing was changed, removed or put in between."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from clerk_tui.store import canonical
from clerk_tui.store.act import record_sha
from clerk_tui.store.core import EVENTS, HEAD
from clerk_tui.store.schema import GENESIS

PAGE = 1000


@dataclass(frozen=True)
class Chain:
    """What a walk over the journal found. `bad` is the first position that does not hold, `words` say why (Chinese)."""

    n: int
    head: str
    erased: int = 0
    bad: int | None = None
    words: str = ""

    @property
    def whole(self) -> bool:
        return self.bad is None


def verify(connection: Connection) -> Chain:
    """Walk the journal from its first event; an erased body is covered by its kept hash."""
    head = connection.execute(select(HEAD.c.n, HEAD.c.head).where(HEAD.c.id == 1)).one()
    n, chain, erased = 0, GENESIS, 0
    while True:
        page = connection.execute(select(EVENTS).where(EVENTS.c.n > n).order_by(EVENTS.c.n).limit(PAGE)).mappings()
        before = n
        for event in page:
            if event["n"] != n + 1:
                return Chain(n, chain, erased, n + 1, f"缺第 {n + 1} 条记录")
            if event["body"] is None:
                erased += 1
            elif record_sha(dict(event)) != event["sha"]:
                return Chain(n, chain, erased, n + 1, f"第 {n + 1} 条记录被改动过")
            n += 1
            chain = canonical.sha(bytes.fromhex(chain) + bytes.fromhex(event["sha"]))
        if n == before:
            break
    if (n, chain) != (int(head.n), str(head.head)):
        return Chain(n, chain, erased, max(n, int(head.n)), f"记录 {n} 条与登记的链头(第 {head.n} 条)不符")
    return Chain(n, chain, erased)
