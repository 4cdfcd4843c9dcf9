"""One morning in 市桥街道: cases of the last weeks in many states, papers on the shelf, a full queue. Nobody in it lives."""

import itertools
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

from sqlalchemy import insert, select

from clerk_tui.catalog import calendars
from clerk_tui.catalog.load import load
from clerk_tui.channel.station import Station, connect
from clerk_tui.channel.sync import exchange_once
from clerk_tui.demo import agency, residents
from clerk_tui.demo.days import Time, began_so_that_due, last_open
from clerk_tui.demo.filling_in import draft_of
from clerk_tui.demo.taking_in import take_in
from clerk_tui.desk import (
    calling,
    intake,
    people,
    pickup,
    policies,
    queueing,
    signing_in,
    ticketing,
    transferring,
    visits,
)
from clerk_tui.desk.context import Desk
from clerk_tui.desk.opening import make_desk
from clerk_tui.desk.pins import hash_pin
from clerk_tui.desk.setting_up import NewClerk, NewWindow, keep_clerk, set_up_hall
from clerk_tui.district import answering
from clerk_tui.district import place as district_place
from clerk_tui.district.enrolling import enrol_here
from clerk_tui.district.place import District
from clerk_tui.district.serving import serve_once
from clerk_tui.resources import data_folder
from clerk_tui.rules.identity import age_on
from clerk_tui.settings import store_file
from clerk_tui.store import decisions
from clerk_tui.store.act import By, system_clock
from clerk_tui.store.case_states import case_row
from clerk_tui.store.core import CASES, META, WINDOWS
from clerk_tui.store.schema import create

PIN = "246810"
"""PIN of everybody in the demonstration; the store opens signed in all the same."""
PEOPLE = f"演示: demo, 主管 9001, 密码都是 {PIN}"
"""Told wherever a PIN is asked for: whoever tries the lock or an approval has no other way to know it."""

MINUTE = 60_000
HOUR = 3_600_000
DAY = 86_400_000
WINDOW = 3
CATEGORIES = (("综合", "A"), ("社保", "B"), ("领证", "C"))

AT_ONCE = ("juzhu-dengji", "changshou-jin", "jiuye-dengji", "yidi-jiuyi", "cxjb-canbao")
WITH_PAPER = ("laoren-youdaika", "sbk-buhuan", "shengyu-dengji", "youdaizheng", "cjr-kunnan", "linghuo-butie")
OWING = ("laoren-youdaika", "sbk-shenling", "shengyu-dengji", "youdaizheng", "shiye-dengji", "jmyb-canbao")
"""Items that the hall itself accepts; the first falls due yesterday, the second today, and so on."""
OLD_ENOUGH = {"changshou-jin": 70, "laoren-youdaika": 60}
"""Years of age from which an item is for somebody."""
EXAMINED = "xiaozuofang"
"""A permit whose department tests samples: the demonstration's suspended case."""


def make(folder: Path, *, past: int = 0) -> None:
    """Make the store of the demonstration and its settings in `folder`."""
    end = system_clock()
    time = Time(end - 40 * DAY)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    store = create(store_file(folder))
    set_up_hall(
        store,
        code="440113007001",
        letter="SQ01",
        name="市桥街道政务服务中心",
        short_name="市桥",
        windows=[
            NewWindow(1, "综合窗口", ("综合", "社保")),
            NewWindow(2, "综合窗口", ("社保", "综合")),
            NewWindow(3, "综合窗口", ("综合", "社保", "领证")),
            NewWindow(4, "出件窗口", ("领证",)),
        ],
        clerk=NewClerk("demo", "李敏", PIN, ("clerk", "pickup"), ("*",)),
        supervisor=NewClerk("9001", "区主任", PIN),
        categories=CATEGORIES,
        settings={"phone": "020-00000000", "supervision_phone": "12345", "address": "市桥街道示例路 1 号"},
        clock=time,
    )
    with store.write() as connection:
        connection.execute(insert(META).values(name="demonstration", value=PEOPLE))
    desk = make_desk(
        store,
        catalogue=load(data_folder() / "catalog"),
        calendar=calendars.load(data_folder() / "calendar"),
        clock=time,
    )
    windows = _windows(desk)
    supervisor = signing_in.by_number(desk, number="9001")
    time.go(time.now + MINUTE)
    pin_hash = hash_pin(PIN)
    with desk.act(supervisor) as act:
        for number, name, roles in (
            ("1002", "何志强", ("clerk",)),
            ("1003", "梁婉仪", ("pickup", "clerk")),
            ("3001", "冯小玲", ("guide",)),
            ("5001", "郑惠芬", ("agent",)),
        ):
            keep_clerk(act, desk.hall_id, NewClerk(number, name, PIN, roles, ("*",)), pin_hash)
    policies.load_deficiency_list(
        desk, supervisor, file=data_folder() / "demo" / "deficiency-list.yaml", allow_example=True
    )
    clerks = [
        signing_in.by_number(desk, number="1002", window_id=windows[1]),
        signing_in.by_number(desk, number="1003", window_id=windows[4]),
        signing_in.by_number(desk, number="demo", window_id=windows[WINDOW]),
    ]
    past_end = None
    if past:
        from clerk_tui.demo.past import add

        past_end = add(desk, clerks[0], past, before=end - 41 * DAY)
    ids = _register(desk, clerks[0], time)
    _weeks(desk, clerks[0], time, ids, end)
    url = _district(desk, folder, time, past_end)
    _morning(desk, clerks, supervisor, time, ids, end)
    store.checkpoint()
    store.close()
    told = f"window = {WINDOW}\nchannel_url = {json.dumps(url)}\n"
    (folder / "settings.toml").write_text(told, encoding="utf-8")


def _district(desk: Desk, folder: Path, time: Time, past_end: tuple[int, str] | None) -> str:
    """The district beside the hall, which has taken in the past weeks, suspended one case and rejected one record.

    Returns the station's `channel_url`. The past before `past_end` (number and chain of its last event) it never hears.
    """
    time.go(time.now + MINUTE)
    made = district_place.init(folder / "district", "番禺区(演示)", clock=time)
    url = enrol_here(desk.store, folder / "keys", made, clock=time)
    if past_end is not None:
        from clerk_tui.demo.past import begin_exchange_after

        begin_exchange_after(desk.store, made, *past_end)
    station = connect(desk.store, url, folder / "keys", clock=time)
    _exchange(station, made)
    with desk.look() as connection:
        found = {
            key: connection.execute(
                select(CASES.c.receipt_no).where(CASES.c.item_key == key).order_by(CASES.c.received_at.desc())
            ).scalars()
            for key in (EXAMINED, OWING[0])
        }
        examined, faulty = (next(rows) for rows in found.values())
    with made.store.read() as connection:
        case = answering.find_case(connection, examined)
    answering.accept(made, case)
    answering.stage(made, case, "现场核查")
    answering.suspend(made, case, "检验检测", days=10, reason="抽样送检, 检验所需时间不计入办理期限")
    answering.reject_record(made, faulty, "phone", "联系电话与公安人口库登记不符, 请核对后重报")
    _exchange(station, made)
    made.store.close()
    return url


def _exchange(station: Station, made: District) -> None:
    """Send, be taken in, hear the answers; three times, because an acknowledgement answers what came before it."""
    for _ in range(3):
        exchange_once(station, send_now=True)
        serve_once(made)


def _windows(desk: Desk) -> dict[int, str]:
    with desk.look() as connection:
        return {row.number: row.id for row in connection.execute(select(WINDOWS.c.number, WINDOWS.c.id))}


def _register(desk: Desk, by: By, time: Time) -> list[str]:
    """The residents; their ids in the order of the file."""
    ids = []
    told, agent = residents.load()
    for one in (*told, agent):
        time.go(time.now + 1000)
        made = people.register_person(
            desk, by, name=one.name, number=one.number, phone=one.phone, address=one.address, village=one.village
        )
        ids.append(made.person.id)
    return ids


def _weeks(desk: Desk, by: By, time: Time, ids: list[str], end: int) -> None:
    """Cases of the last weeks, oldest first: closed, in review, owing (some due today or overdue), correcting, ready."""
    plan: list[tuple[int, Callable[[], object]]] = []
    today = desk.local(end).date()
    told, _ = residents.load()
    turn = list(zip(ids, told, strict=False))

    def who(key: str) -> str:
        """The next in turn who is old enough for the item."""
        least = OLD_ENOUGH.get(key, 0)
        chosen = next(one for one in turn if age_on(date.fromisoformat(one[1].born), today) >= least)
        turn.remove(chosen)
        turn.append(chosen)
        return chosen[0]

    for n, key in enumerate(AT_ONCE * 2):
        plan.append((end - (30 - 2 * n) * DAY, _closed(desk, by, time, who(key), key)))
    for n, key in enumerate(WITH_PAPER):
        plan.append((end - (25 - n) * DAY, _reviewed(desk, by, time, who(key), key, back=n % 2 == 0)))
    for n, key in enumerate(OWING):
        began = began_so_that_due(desk.calendar, today, ahead=n - 1)
        plan.append((desk.midnight(began) + 2 * HOUR + n * MINUTE, _owing(desk, by, time, who(key), key)))
    plan.append((end - 9 * DAY, _reviewed(desk, by, time, who(EXAMINED), EXAMINED, back=False)))
    plan.append((end - 6 * DAY, _correcting(desk, by, time, who("spjy-xuke"), "spjy-xuke")))
    plan.append((end - 4 * DAY, _correcting(desk, by, time, who("gt-sheli"), "gt-sheli")))
    plan += agency.plan(desk, by, time, end, told=told, ids=ids)
    hours = itertools.cycle((9, 10, 11, 14, 15, 16))
    opened = [
        (desk.midnight(last_open(desk.calendar, desk.local(at).date())) + next(hours) * HOUR, work) for at, work in plan
    ]
    for at, work in sorted(opened, key=lambda one: one[0]):
        time.go(min(at, end - 2 * HOUR))
        work()


def _closed(desk: Desk, by: By, time: Time, person_id: str, key: str) -> Callable[[], object]:
    return lambda: take_in(desk, by, time, person_id, key, ("decide_now", "accept", "receive"))


def _owing(desk: Desk, by: By, time: Time, person_id: str, key: str) -> Callable[[], object]:
    def work() -> None:
        draft_missing = _tolerable(desk, by, time, person_id, key)
        take_in(desk, by, time, person_id, key, ("accept_deficient", "one_time_notice"), draft_missing)

    return work


def _tolerable(desk: Desk, by: By, time: Time, person_id: str, key: str) -> tuple[str, ...]:
    """The first material of the item that the list tolerates."""
    visit = visits.open_without_ticket(desk, by, kind="phone")
    draft = draft_of(desk, by, visit_id=visit.id, item_key=key, applicant_id=person_id)
    rows = intake.sheet(desk, by, draft=draft).materials
    time.go(time.now + MINUTE)
    visits.finish(desk, by, visit_id=visit.id, outcome="asked")
    return tuple(row.key for row in rows if row.tolerable)[:1]


def _correcting(desk: Desk, by: By, time: Time, person_id: str, key: str) -> Callable[[], object]:
    def work() -> None:
        visit = visits.open_without_ticket(desk, by, kind="phone")
        draft = draft_of(desk, by, visit_id=visit.id, item_key=key, applicant_id=person_id)
        rows = intake.sheet(desk, by, draft=draft).materials
        time.go(time.now + MINUTE)
        visits.finish(desk, by, visit_id=visit.id, outcome="asked")
        lacking = tuple(row.key for row in rows if "0" in row.allowed_marks)[-1:]
        take_in(desk, by, time, person_id, key, ("one_time_notice", "receive"), lacking)

    return work


def _reviewed(desk: Desk, by: By, time: Time, person_id: str, key: str, *, back: bool) -> Callable[[], object]:
    """Accepted, transferred; and where `back`, decided with its result on the shelf."""

    def work() -> None:
        settled = take_in(desk, by, time, person_id, key, ("accept", "receive"))
        if settled is None:
            return
        time.go(time.now + 30 * MINUTE)
        transferring.transfer(desk, by, case_ids=(settled.case_id,), signed_by="部门收件员")
        if not back:
            return
        time.go(time.now + 60 * MINUTE)
        with desk.act(by) as act:
            case = case_row(act.connection, settled.case_id)
            decisions.record_decision(act, case, decision="granted", calendar=desk.calendar, source="paper")
        with desk.look() as connection:
            name, kind = (
                case_row(connection, settled.case_id).result_name,
                case_row(connection, settled.case_id).result_kind,
            )
        if kind not in ("paper", "card"):
            return
        time.go(time.now + MINUTE)
        taken = pickup.take_in(desk, by, receipt_no=settled.receipt_no, name=name, kind=kind)
        time.go(time.now + MINUTE)
        pickup.shelve(desk, by, result_id=taken.id, shelf=f"B-{len(time.people) + 3:02}")
        time.people.append(person_id)

    return work


def _morning(desk: Desk, clerks: list[By], supervisor: By, time: Time, ids: list[str], end: int) -> None:
    """Today: some were served, one is held, one was missed, a dozen wait; the first is an elder who owes and may collect."""
    time.go(max(desk.midnight(desk.local(end).date()), end - 75 * MINUTE))
    step = (
        end - time.now
    ) // 40  # just after midnight the whole morning lies in seconds: nothing may lie ahead of the clock
    other = clerks[0]
    mine = clerks[2]
    served = ((other, ids[3], "juzhu-dengji"), (mine, ids[5], "jiuye-dengji"), (other, ids[8], "yidi-jiuyi"))
    for by, person, key in served:
        time.go(time.now + step)
        ticketing.issue_ticket(desk, other, category="综合")
        _serve(desk, by, time, person, key, step)
    held = ticketing.issue_ticket(desk, other, category="综合").ticket
    time.go(time.now + step)
    calling.call(desk, other, ticket_id=held.id)
    calling.arrived(desk, other, ticket_id=held.id)
    time.go(time.now + min(1000, step))
    queueing.hold(desk, other, ticket_id=held.id, reason="复印材料", due_at=end + 10 * MINUTE)
    told, _ = residents.load()
    for n, category in enumerate(("综合", "综合", "社保", "综合", "领证", "综合", "社保", "综合", "综合", "领证")):
        time.go(time.now + step)
        ticketing.issue_ticket(desk, other, category=category, number=told[10 + n].number if n % 3 == 0 else "")
    for elder in (*sorted(range(len(told)), key=lambda n: told[n].born)[:1], 0):
        time.go(time.now + step)
        ticketing.issue_ticket(desk, other, category="综合", number=told[elder].number)
    time.go(min(time.now + step, end))


def _serve(desk: Desk, by: By, time: Time, person_id: str, key: str, step: int) -> None:
    """The next in the queue of a window is served with one item and leaves with the result in hand."""
    card = queueing.look_next(desk, by)
    if card.ticket is None:
        return
    calling.call(desk, by, ticket_id=card.ticket.id, looked_at=card.looked_at)
    time.go(time.now + min(20_000, step))
    visit = calling.arrived(desk, by, ticket_id=card.ticket.id)
    visits.identify(desk, by, visit_id=visit.id, person_id=person_id, how="card_reader")
    time.go(time.now + step // 2)
    draft = draft_of(desk, by, visit_id=visit.id, item_key=key, applicant_id=person_id)
    possible = [one.kind for one in intake.sheet(desk, by, draft=draft).outcomes if one.possible]
    kind = next((one for one in ("decide_now", "accept", "receive") if one in possible), "")
    if kind:
        intake.settle(desk, by, draft=draft, outcome=kind)
    time.go(time.now + step // 2)
    visits.finish(desk, by, visit_id=visit.id, outcome="served" if kind else "asked")
