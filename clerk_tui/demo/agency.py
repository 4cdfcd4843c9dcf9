"""The village agent's matters in the demonstration: residents who signed a 委托书 for her, so that her register is filled."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from clerk_tui.demo.days import Time
from clerk_tui.demo.residents import Resident
from clerk_tui.demo.taking_in import Comes, take_in
from clerk_tui.desk import authorities, handing_over, pickup, transferring
from clerk_tui.desk.collectors import Collector
from clerk_tui.desk.context import Desk
from clerk_tui.store import decisions
from clerk_tui.store.act import By
from clerk_tui.store.case_states import case_row

MINUTE = 60_000
DAY = 86_400_000
VALID_DAYS = 180

MATTERS = (
    ("韩伯年", "laoren-youdaika", 19, "collected"),
    ("植广财", "cxjb-canbao", 12, "closed"),
    ("江翠屏", "cjr-kunnan", 5, "reviewed"),
)
"""Principal, item, days ago, how far it came: collected by the agent, closed on the spot, with the department."""

Plan = list[tuple[int, Callable[[], object]]]


def plan(desk: Desk, by: By, time: Time, end: int, *, told: Sequence[Resident], ids: Sequence[str]) -> Plan:
    """When (UTC ms) the agent comes to the hall, and what she does there; her id follows those of the residents."""
    agent_id = ids[len(told)]
    id_of = {one.name: ids[n] for n, one in enumerate(told)}

    def matter(name: str, key: str, reached: str) -> Callable[[], object]:
        return lambda: _matter(desk, by, time, agent_id, id_of[name], key, reached)

    return [(end - days * DAY, matter(name, key, reached)) for name, key, days, reached in MATTERS]


def _matter(desk: Desk, by: By, time: Time, agent_id: str, principal_id: str, key: str, reached: str) -> None:
    today = desk.today()
    authority = authorities.record_authority(
        desk,
        by,
        principal_kind="person",
        principal_id=principal_id,
        holder_id=agent_id,
        kind="proxy",
        relation="村居代办员",
        evidence=f"委托书 {today.isoformat()}",
        valid_to=(today + timedelta(days=VALID_DAYS)).isoformat(),
    )
    time.go(time.now + MINUTE)
    comes = Comes(agent_id, authority.id)
    settled = take_in(desk, by, time, principal_id, key, ("decide_now", "accept", "receive"), comes=comes)
    if settled is None or reached == "closed":
        return
    time.go(time.now + 30 * MINUTE)
    transferring.transfer(desk, by, case_ids=(settled.case_id,), signed_by="部门收件员")
    if reached != "collected":
        return
    time.go(time.now + 60 * MINUTE)
    with desk.act(by) as act:
        case = case_row(act.connection, settled.case_id)
        decisions.record_decision(act, case, decision="granted", calendar=desk.calendar, source="paper")
        name, kind = case.result_name, case.result_kind
    time.go(time.now + MINUTE)
    taken = pickup.take_in(desk, by, receipt_no=settled.receipt_no, name=name, kind=kind)
    time.go(time.now + MINUTE)
    pickup.shelve(desk, by, result_id=taken.id, shelf="B-01")
    time.go(time.now + MINUTE)
    collector = Collector("agent", person_id=agent_id, authority_id=authority.id)
    handing_over.hand_over(desk, by, result_ids=(taken.id,), collector=collector, signed_how="signature")
