"""Sign-in, lock-out, approval, PINs, seats, first start."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from clerk_tui.desk import approvals, halls, opening, pins, seats, setting_up, signing_in, staff
from clerk_tui.desk.context import Desk
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import By
from clerk_tui.store.core import CLERKS, EVENTS, PERIODS, POLICIES, SEATS
from clerk_tui.store.schema import create

PIN = "2580"


def kinds(desk: Desk) -> list[str]:
    with desk.look() as connection:
        return list(connection.execute(select(EVENTS.c.kind).order_by(EVENTS.c.n)).scalars())


def clerk_row(desk: Desk, number: str):
    with desk.look() as connection:
        return connection.execute(select(CLERKS).where(CLERKS.c.number == number)).one()


def window_id(desk: Desk, number: int) -> str:
    return next(one.id for one in seats.windows(desk) if one.number == number)


def test_first_start_makes_hall_people_and_no_policy(tmp_path, catalogue, calendar, clock):
    store = create(tmp_path / "new.db")
    assert not opening.is_set_up(store)
    with pytest.raises(Refusal) as refused:
        opening.make_desk(store, catalogue=catalogue, calendar=calendar, clock=clock)
    assert refused.value.code == "hall_missing"
    setting_up.set_up_hall(
        store,
        code="440113007001",
        letter="sq02",
        name="市桥街道 某村\n服务站",
        short_name="市桥",
        windows=[setting_up.NewWindow(1, "")],
        clerk=setting_up.NewClerk("1", "李敏", PIN),
        supervisor=setting_up.NewClerk("9", "何主任", "7410"),
        clock=clock,
    )
    desk = opening.make_desk(store, catalogue=catalogue, calendar=calendar, clock=clock)
    assert (desk.letter, desk.short_name, desk.station) == ("SQ02", "市桥", "440113007001")
    assert desk.hall_name == "市桥街道 某村 服务站"
    assert len(desk.inst) == 8
    by = signing_in.sign_in(desk, number="9", pin="7410")
    assert by.roles == {"clerk", "supervisor"} and by.approved()
    assert [one.name for one in halls.hall(desk).categories] == ["综合", "社保", "领证"]
    assert seats.windows(desk)[0].serves == ("综合", "社保", "领证")
    with desk.look() as connection:
        assert connection.execute(select(POLICIES.c.id)).all() == []
    assert clerk_row(desk, "1").pin_hash.startswith("$argon2id$") and PIN not in clerk_row(desk, "1").pin_hash
    with pytest.raises(Refusal) as refused:
        setting_up.set_up_hall(
            store,
            code="440113007001",
            letter="SQ02",
            name="又一个",
            short_name="市桥",
            windows=[setting_up.NewWindow(1, "")],
            clerk=setting_up.NewClerk("1", "李敏", PIN),
            supervisor=setting_up.NewClerk("9", "何主任", PIN),
            clock=clock,
        )
    assert refused.value.code == "hall_exists"
    store.close()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": "44011300"}, "hall_faulty"),
        ({"letter": "桥1"}, "hall_faulty"),
        ({"name": " \u202e "}, "hall_faulty"),
        ({"windows": []}, "window_faulty"),
        ({"windows": [setting_up.NewWindow(1, "", ("没有的",))]}, "window_faulty"),
        ({"windows": [setting_up.NewWindow(1, ""), setting_up.NewWindow(1, "")]}, "window_number_taken"),
        ({"clerk": setting_up.NewClerk("9", "李敏", PIN)}, "clerk_number_taken"),
        ({"clerk": setting_up.NewClerk("1", "李敏", "1111")}, "pin_weak"),
        ({"clerk": setting_up.NewClerk("1", "李敏", "12")}, "pin_weak"),
        ({"clerk": setting_up.NewClerk("1", "李敏", PIN, ("king",))}, "clerk_faulty"),
        ({"categories": [("综合", "A"), ("社保", "A")]}, "categories_faulty"),
    ],
)
def test_a_faulty_first_start_leaves_nothing_behind(tmp_path, clock, change, code):
    store = create(tmp_path / "new.db")
    asked = {
        "code": "440113007001",
        "letter": "SQ02",
        "name": "市桥",
        "short_name": "市桥",
        "windows": [setting_up.NewWindow(1, "")],
        "clerk": setting_up.NewClerk("1", "李敏", PIN),
        "supervisor": setting_up.NewClerk("9", "何主任", PIN),
    }
    with pytest.raises(Refusal) as refused:
        setting_up.set_up_hall(store, clock=clock, **{**asked, **change})
    assert refused.value.code == code
    assert not opening.is_set_up(store)
    with store.read() as connection:
        assert connection.execute(select(EVENTS.c.n)).all() == []
        assert connection.execute(select(CLERKS.c.id)).all() == []
    store.close()


@pytest.mark.parametrize("pin", ["", "123", "1234", "8765", "0000", "二五八零", "12a4", "1" * 13, "２５８０"])
def test_weak_pins_are_refused(pin):
    with pytest.raises(Refusal) as refused:
        pins.hash_pin(pin)
    assert refused.value.code == "pin_weak" and refused.value.field == "pin"


def test_sign_in_and_off(desk):
    by = signing_in.sign_in(desk, number=" 101 ", pin=PIN, window_id=window_id(desk, 1))
    assert (by.clerk_name, by.window_number, by.roles) == ("李敏", 1, frozenset({"clerk"}))
    signing_in.sign_off(desk, by)
    assert kinds(desk)[-2:] == ["clerk.signed_in", "clerk.signed_off"]


def test_unknown_number_and_wrong_pin_are_told_alike(desk):
    words = set()
    for number, pin in (("101", "0000"), ("999", PIN), ("", "")):
        with pytest.raises(Refusal) as refused:
            signing_in.sign_in(desk, number=number, pin=pin)
        words.add((refused.value.code, refused.value.words))
    assert words == {("sign_in_failed", "工号或密码不对")}


def test_five_wrong_tries_lock_until_a_supervisor_unlocks(desk, supervisor, clerk):
    for _ in range(4):
        with pytest.raises(Refusal, match="sign_in_failed"):
            signing_in.sign_in(desk, number="102", pin="9999")
    with pytest.raises(Refusal, match="clerk_locked"):
        signing_in.sign_in(desk, number="102", pin="9999")
    with pytest.raises(Refusal, match="clerk_locked"):
        signing_in.sign_in(desk, number="102", pin=PIN)
    locked = clerk_row(desk, "102")
    with pytest.raises(Refusal, match="role_missing"):
        approvals.unlock_clerk(desk, clerk, clerk_id=locked.id)
    approvals.unlock_clerk(desk, supervisor, clerk_id=locked.id)
    assert signing_in.sign_in(desk, number="102", pin=PIN).clerk_name == "王强"
    assert kinds(desk)[-3:] == ["clerk.locked", "clerk.unlocked", "clerk.signed_in"]
    with pytest.raises(Refusal, match="not_locked"):
        approvals.unlock_clerk(desk, supervisor, clerk_id=locked.id)


def test_a_right_pin_forgets_earlier_wrong_ones(desk):
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(Refusal, match="sign_in_failed"):
                signing_in.sign_in(desk, number="102", pin="9999")
        signing_in.sign_in(desk, number="102", pin=PIN)
    assert not clerk_row(desk, "102").locked


def test_the_last_keeper_is_not_locked_out_for_ever(desk, supervisor, clock):
    """Where nobody else could unlock, the lock opens by itself after a quarter of an hour."""
    for one in staff.clerks(desk, supervisor):
        if one.number in ("902", "501"):
            staff.change_clerk(desk, supervisor, clerk_id=one.id, active=False)
    for _ in range(5):
        with pytest.raises(Refusal):
            signing_in.sign_in(desk, number="901", pin="9999")
    clock.forward(minutes=14)
    with pytest.raises(Refusal, match="clerk_locked"):
        signing_in.sign_in(desk, number="901", pin=PIN)
    clock.forward(minutes=2)
    assert signing_in.sign_in(desk, number="901", pin=PIN).approved()
    assert not clerk_row(desk, "901").locked


def test_approval_names_the_second_actor(desk, clerk):
    by = approvals.approve(desk, clerk, number="901", pin=PIN, act_words="解除占用")
    assert by.clerk_id == clerk.clerk_id and by.second_name == "何主任"
    assert by.approved() and not clerk.approved() and not by.holds("supervisor")
    for number, code in (("102", "not_supervisor"), ("901", "sign_in_failed")):
        with pytest.raises(Refusal) as refused:
            approvals.approve(desk, clerk, number=number, pin=PIN if number == "102" else "9999")
        assert refused.value.code == code


def test_nobody_approves_the_own_act(desk, supervisor):
    with pytest.raises(Refusal, match="same_person"):
        approvals.approve(desk, supervisor, number="901", pin=PIN)


def test_pins_change_and_are_reset(desk, clerk, supervisor):
    with pytest.raises(Refusal, match="sign_in_failed"):
        signing_in.change_pin(desk, clerk, old="9999", new="3691")
    signing_in.change_pin(desk, clerk, old=PIN, new="3691")
    assert signing_in.sign_in(desk, number="101", pin="3691").clerk_id == clerk.clerk_id
    with pytest.raises(Refusal, match=r"supervisor_needed|role_missing"):
        approvals.reset_pin(desk, clerk, clerk_id=clerk.clerk_id, new="8520")
    approvals.reset_pin(desk, supervisor, clerk_id=clerk.clerk_id, new="8520")
    assert signing_in.sign_in(desk, number="101", pin="8520").clerk_id == clerk.clerk_id
    assert "3691" not in str(kinds(desk))
    with desk.look() as connection:
        bodies = " ".join(connection.execute(select(EVENTS.c.body)).scalars())
    assert "8520" not in bodies and "argon2" not in bodies


def test_the_screen_opens_with_the_own_pin_only(desk, clerk):
    signing_in.unlock_screen(desk, clerk, pin=PIN)
    with pytest.raises(Refusal, match="sign_in_failed"):
        signing_in.unlock_screen(desk, clerk, pin="9999")
    assert clerk_row(desk, "101").failed_tries == 1
    signing_in.unlock_screen(desk, clerk, pin=PIN)
    assert clerk_row(desk, "101").failed_tries == 0


def test_someone_who_left_cannot_sign_in(desk, supervisor):
    staff.change_clerk(desk, supervisor, clerk_id=clerk_row(desk, "102").id, active=False)
    with pytest.raises(Refusal, match="sign_in_failed"):
        signing_in.sign_in(desk, number="102", pin=PIN)


def test_the_last_supervisor_stays(desk, supervisor):
    rows = {one.number: one for one in staff.clerks(desk, supervisor)}
    staff.change_clerk(desk, supervisor, clerk_id=rows["902"].id, roles=["clerk"])
    with pytest.raises(Refusal, match="last_supervisor"):
        staff.change_clerk(desk, supervisor, clerk_id=rows["901"].id, roles=["clerk"])


def test_staff_and_windows_are_acts_of_a_supervisor(desk, clerk, supervisor):
    new = setting_up.NewClerk("104", "黎新", "3691", ("clerk", "pickup"), ("canji-butie",))
    with pytest.raises(Refusal, match="role_missing"):
        staff.add_clerk(desk, clerk, new=new)
    view = staff.add_clerk(desk, supervisor, new=new)
    assert view.role_words == "窗口人员, 出件人员" and view.may_decide == ("canji-butie",)
    with pytest.raises(Refusal, match="clerk_number_taken"):
        staff.add_clerk(desk, supervisor, new=new)
    made = staff.add_window(desk, supervisor, new=setting_up.NewWindow(4, "咨询", ("综合",)))
    staff.change_window(desk, supervisor, window_id=made, serves=["社保"])
    assert seats.windows(desk)[-1].serves == ("社保",)
    with pytest.raises(Refusal, match="window_faulty"):
        staff.change_window(desk, supervisor, window_id=made, serves=[])


def test_hall_settings(desk, clerk, supervisor):
    with pytest.raises(Refusal, match="role_missing"):
        halls.change_settings(desk, clerk, changes={"lock_minutes": 5})
    view = halls.change_settings(desk, supervisor, changes={"lock_minutes": 5, "phone": "020-1\n"})
    assert view.lock_minutes == 5 and view.phone == "020-1"
    for changes, code in (({"lock_minutes": 0}, "setting_faulty"), ({"colour": "x"}, "setting_unknown")):
        with pytest.raises(Refusal) as refused:
            halls.change_settings(desk, supervisor, changes=changes)
        assert refused.value.code == code


def test_a_second_program_for_the_same_window_is_refused(desk, clerk, clock):
    one = window_id(desk, 1)
    seats.take(desk, window_id=one, program="p1", clerk_id=clerk.clerk_id)
    with pytest.raises(Refusal) as refused:
        seats.take(desk, window_id=one, program="p2")
    assert refused.value.code == "window_taken" and refused.value.words == "1 号窗已在本机打开(李敏在用)"
    assert "09:00:31 以后再登录" in refused.value.advice
    assert seats.windows(desk)[0].taken_by == "李敏"
    for _ in range(5):
        clock.forward(seconds=20)
        seats.keep_alive(desk, window_id=one, program="p1", clerk_id=clerk.clerk_id)
        with pytest.raises(Refusal, match="window_taken"):
            seats.take(desk, window_id=one, program="p2")
    clock.forward(seconds=31)
    assert not seats.windows(desk)[0].fresh
    seats.take(desk, window_id=one, program="p2")
    with pytest.raises(Refusal, match="seat_lost"):
        seats.keep_alive(desk, window_id=one, program="p1")
    seats.leave(desk, window_id=one, program="p1")
    assert seats.windows(desk)[0].taken_by == "已打开"
    seats.leave(desk, window_id=one, program="p2")
    seats.take(desk, window_id=one, program="p3")


def test_a_program_sits_at_one_window(desk):
    seats.take(desk, window_id=window_id(desk, 1), program="p1")
    seats.take(desk, window_id=window_id(desk, 2), program="p1")
    with desk.look() as connection:
        assert len(connection.execute(select(SEATS)).all()) == 1
    with pytest.raises(Refusal, match="window_unknown"):
        seats.take(desk, window_id="nowhere", program="p1")


def test_seats_are_no_acts(desk):
    before = kinds(desk)
    seats.take(desk, window_id=window_id(desk, 1), program="p1")
    seats.keep_alive(desk, window_id=window_id(desk, 1), program="p1")
    seats.leave(desk, window_id=window_id(desk, 1), program="p1")
    assert kinds(desk) == before


def test_signing_off_ends_a_pause(desk, clerk):
    from clerk_tui.desk import duty

    duty.pause(desk, clerk, reason="喝水")
    signing_in.sign_off(desk, clerk)
    with desk.look() as connection:
        assert connection.execute(select(PERIODS.c.id).where(PERIODS.c.t1.is_(None))).all() == []


def test_unknown_window_at_sign_in(desk):
    with pytest.raises(Refusal, match="window_unknown"):
        signing_in.sign_in(desk, number="101", pin=PIN, window_id="none")


def test_who_acts_is_the_person_never_the_window(desk, clerk, clerk2):
    other: By = replace(clerk2, window_id=clerk.window_id)
    signing_in.sign_off(desk, other)
    with desk.look() as connection:
        last = connection.execute(select(EVENTS).order_by(EVENTS.c.n.desc()).limit(1)).one()
    assert last.clerk_id == clerk2.clerk_id and last.window_id == clerk.window_id
