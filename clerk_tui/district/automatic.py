"""Simple scripted answers for demonstrations: number every case, accept for the department, decide, send the result."""

from sqlalchemy import select, update

from clerk_tui.district import answering
from clerk_tui.district.place import District
from clerk_tui.district.tables import CASES

ROUNDS = 2
"""Rounds between the papers' arrival at the department and its decision."""

_OPEN = ("received", "correcting", "accepted", "reviewing")
AT_ONCE = 200


def answer_all(district: District, *, rounds: int = ROUNDS) -> int:
    """One round of answers to all that is open; returns how many answers were given."""
    with district.store.read() as connection:
        unnumbered = connection.execute(
            select(CASES).where(CASES.c.district_no == "", CASES.c.receipt_no != "").limit(AT_ONCE)
        ).all()
        open_cases = connection.execute(
            select(CASES).where(CASES.c.state.in_(_OPEN), CASES.c.receipt_no != "").limit(AT_ONCE)
        ).all()
        decided = connection.execute(
            select(CASES)
            .where(CASES.c.decision == "granted", CASES.c.result_announced.is_(False), CASES.c.transferred)
            .limit(AT_ONCE)
        ).all()
    answers = len(unnumbered)
    for case in unnumbered:
        answering.number(district, case)
    for case in open_cases:
        if case.state == "received" and case.accept_power == "department":
            answering.accept(district, case)
            answers += 1
        elif case.transferred and case.state in ("accepted", "reviewing") and not case.decision:
            if case.rounds == 0:
                answering.stage(district, case, "部门审查中")
                answers += 1
            elif case.rounds >= rounds:
                answering.decide(district, case, "granted", "符合法定条件, 准予办理")
                answers += 1
            with district.store.write() as connection:
                connection.execute(
                    update(CASES).where(CASES.c.case_id == case.case_id).values(rounds=CASES.c.rounds + 1)
                )
    for case in decided:
        if case.result_kind != "none":
            answering.result_ready(district, case, result_number=f"{case.district_no[-10:]}")
            answers += 1
    return answers
