"""The plan's questions asked of our own cases and tickets (番府办〔2020〕2号): other numbers than the official ones.

Cases whose times were entered afterwards or are not to be trusted are left out of every figure that uses a time, and
counted apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from clerk_tui.rules.figures import HIT, MISS, Judgement, Measure, Part, Ratio, count
from clerk_tui.rules.item_figures import LICENCE, NOT_RECORDED, WITH_VISIT_DAYS

FAULTY_TIMES = "时间补录或不准"
UNKNOWN_CHANNEL = "渠道未记录"
LONG_WAIT_MINUTES = 30


@dataclass(frozen=True)
class CaseFact:
    """What the figures ask of a case; days are ISO dates, '' where the thing did not happen.

    `channel`: 窗口 | 网上 | 移动端 | 自助 | 代办 | 邮寄 | 电话, '' unknown. `level`: 镇街 | 村居 | '' unknown.
    `visits`: days on which the applicant or the agent stood in a hall (trips of our own village agent are none), None
    where no visit is recorded;
    `received_here`, `closed_here`: whether that happened in the period that the figures are of.
    `decided_in`: working days from acceptance to decision, None without both; `accepted_how`: '' | complete |
    deficiency | promise; `within_hours`: of a promise in working hours, whether it was decided before the moment, None of
    other promises; `filing`, `simple`, `site_check`: as in `ItemFact`, of the item as it was at intake.
    """

    id: str
    category: str
    state: str
    received: str
    accepted: str = ""
    accepted_how: str = ""
    decided: str = ""
    decided_in: int | None = None
    due: str = ""
    within_hours: bool | None = None
    person: bool = True
    channel: str = ""
    level: str = ""
    visits: int | None = 1
    notices: int = 0
    owed: int = 0
    owed_cured: int = 0
    owed_cured_in_time: int = 0
    owed_not_due: int = 0
    results: int = 0
    results_with_licence: int = 0
    filing: str = ""
    simple: bool | None = None
    site_check: bool = False
    faulty_times: bool = False
    received_here: bool = True
    closed_here: bool = True

    @property
    def closed(self) -> bool:
        """Closed in the period."""
        return self.state == "closed" and self.closed_here

    @property
    def taken_in(self) -> bool:
        """Taken in in the period, and not void."""
        return self.received_here and self.state != "void"


@dataclass(frozen=True)
class TicketFact:
    """A ticket of the queue. `waited_minutes` None while it has not been called; `ended`: served | missed | left | ''."""

    id: str
    waited_minutes: int | None = None
    booked: bool = False
    ended: str = ""
    faulty_times: bool = False


def _whether(met: bool) -> Part:
    return HIT if met else MISS


def _timed(case: CaseFact, met: bool) -> Judgement:
    return FAULTY_TIMES if case.faulty_times else _whether(met)


def _same_day(case: CaseFact) -> Judgement:
    if not (case.accepted and case.decided):
        return "没有受理或决定日期"
    return _timed(case, case.accepted == case.decided)


def _licence_at_once(case: CaseFact) -> Judgement:
    return _same_day(case) if case.closed and case.category == LICENCE else None


def _person_at_once(case: CaseFact) -> Judgement:
    return _same_day(case) if case.closed and case.person and case.channel == "窗口" else None


def _simple_at_once(case: CaseFact) -> Judgement:
    if not case.closed or case.simple is False:
        return None
    return NOT_RECORDED if case.simple is None else _same_day(case)


def _filing_same_day(case: CaseFact) -> Judgement:
    return _same_day(case) if case.closed and case.filing == "only" and not case.site_check else None


def _filing_with_visit(case: CaseFact) -> Judgement:
    if not (case.closed and case.filing == "only" and case.site_check):
        return None
    if case.decided_in is None:
        return "没有受理或决定日期"
    return _timed(case, case.decided_in <= WITH_VISIT_DAYS)


def _by_due(case: CaseFact, early: bool) -> Judgement:
    if not case.closed:
        return None
    if not (case.due and case.decided):
        return "没有承诺期限或决定日期"
    if case.within_hours is not None:
        return _timed(case, case.within_hours)
    return _timed(case, case.decided < case.due if early else case.decided <= case.due)


def _on_time(case: CaseFact) -> Judgement:
    return _by_due(case, early=False)


def _early(case: CaseFact) -> Judgement:
    return _by_due(case, early=True)


def _channel(case: CaseFact, wanted: frozenset[str]) -> Judgement:
    if not case.closed:
        return None
    return _whether(case.channel in wanted) if case.channel else UNKNOWN_CHANNEL


def _online(case: CaseFact) -> Judgement:
    return _channel(case, frozenset({"网上", "移动端"}))


def _self_service(case: CaseFact) -> Judgement:
    return _channel(case, frozenset({"移动端", "自助"}))


def _nearby(case: CaseFact) -> Judgement:
    if not case.closed:
        return None
    return _whether(case.level in ("镇街", "村居")) if case.level else "受理地未记录"


def _visits(case: CaseFact, most: int) -> Judgement:
    if not case.closed:
        return None
    return "到场未记录" if case.visits is None else _timed(case, case.visits <= most)


def _one_visit(case: CaseFact) -> Judgement:
    return _visits(case, 1)


def _no_visit(case: CaseFact) -> Judgement:
    return _visits(case, 0)


def _returned(case: CaseFact) -> Judgement:
    return _whether(case.state == "returned") if case.taken_in else None


def _returned_complete(case: CaseFact) -> Judgement:
    return _whether(case.state == "returned") if case.taken_in and case.accepted_how == "complete" else None


def _told_once(case: CaseFact) -> Judgement:
    return _whether(case.notices == 1) if case.notices and case.taken_in else None


def _cured(case: CaseFact) -> Judgement:
    return Part(case.owed_cured, case.owed) if case.owed and case.taken_in else None


def _cured_in_time(case: CaseFact) -> Judgement:
    if not (case.owed and case.taken_in):
        return None
    if case.faulty_times:
        return FAULTY_TIMES
    known = case.owed - case.owed_not_due
    return Part(case.owed_cured_in_time, known) if known else "尚未到期"


def _with_licence(case: CaseFact) -> Judgement:
    return Part(case.results_with_licence, case.results) if case.results and case.closed else None


CASE_MEASURES: tuple[Measure[CaseFact], ...] = (
    Measure("licence_at_once", "行政许可当日办结", "cases", _licence_at_once, "事项口径 40%"),
    Measure("person_at_once", "自然人现场办理当日办结", "cases", _person_at_once, "事项口径二分之一"),
    Measure("simple_at_once", "简易事项当日办结", "cases", _simple_at_once, "事项口径 100%"),
    Measure("filing_same_day", "注销备案(不需现场检查)当日办结", "cases", _filing_same_day, "100%", 1000),
    Measure("filing_with_visit", "注销备案(依法现场检查) 5 工作日内办结", "cases", _filing_with_visit, "100%", 1000),
    Measure("online", "网上办理", "cases", _online, "事项口径 100%"),
    Measure("nearby", "镇街村居受理", "cases", _nearby, "事项口径 100%"),
    Measure("one_visit", "最多跑一次", "cases", _one_visit, "事项口径 100%"),
    Measure("no_visit", "一次不用跑", "cases", _no_visit, "事项口径 50%"),
    Measure("self_service", "移动端或自助办理", "cases", _self_service, "事项口径 30%"),
    Measure("returned_complete", "材料齐全受理后退件", "cases", _returned_complete, "0", 0, at_most=True),
    Measure("returned", "退件(占收件)", "cases", _returned),
    Measure("licences_synchronous", "证照同步签发", "cases", _with_licence, "100%", 1000),
    Measure("on_time", "按时办结", "cases", _on_time),
    Measure("early", "提前办结", "cases", _early),
    Measure("told_once", "一次性告知", "cases", _told_once),
    Measure("owed_cured", "容缺补齐(占所欠)", "cases", _cured),
    Measure("owed_in_time", "容缺按期补齐(占已补或已到期)", "cases", _cured_in_time),
)


def _booked(ticket: TicketFact) -> Judgement:
    return _whether(ticket.booked)


def _waited_long(ticket: TicketFact) -> Judgement:
    if ticket.waited_minutes is None:
        return "没有叫到"
    return FAULTY_TIMES if ticket.faulty_times else _whether(ticket.waited_minutes > LONG_WAIT_MINUTES)


def _ended(ticket: TicketFact, how: str) -> Judgement:
    return _whether(ticket.ended == how) if ticket.ended else "还没有结束"


def _missed(ticket: TicketFact) -> Judgement:
    return _ended(ticket, "missed")


def _left(ticket: TicketFact) -> Judgement:
    return _ended(ticket, "left")


def _kept(ticket: TicketFact) -> Judgement:
    return _ended(ticket, "served") if ticket.booked else None


TICKET_MEASURES: tuple[Measure[TicketFact], ...] = (
    Measure("booked", "预约办理(占取号)", "tickets", _booked, "可预约 100%(事项口径)"),
    Measure("booking_kept", "预约号办成", "tickets", _kept),
    Measure("waited_long", f"等候超过 {LONG_WAIT_MINUTES} 分钟", "tickets", _waited_long),
    Measure("missed", "过号未归", "tickets", _missed),
    Measure("left", "等候中离开", "tickets", _left),
)


def of_cases(cases: Iterable[CaseFact]) -> tuple[Ratio, ...]:
    """The case-based figures, in one pass over any iterable."""
    return count(CASE_MEASURES, cases)


def of_tickets(tickets: Iterable[TicketFact]) -> tuple[Ratio, ...]:
    """The ticket-based figures, in one pass over any iterable."""
    return count(TICKET_MEASURES, tickets)
