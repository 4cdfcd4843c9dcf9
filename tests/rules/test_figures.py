from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clerk_tui.catalog.figures import facts, filing
from clerk_tui.catalog.load import load
from clerk_tui.resources import data_folder
from clerk_tui.rules.case_figures import CASE_MEASURES, CaseFact, TicketFact, of_cases, of_tickets
from clerk_tui.rules.figures import Part, Ratio, behind, count
from clerk_tui.rules.item_figures import ITEM_MEASURES, ItemFact, of_items
from clerk_tui.rules.limits import Limit


def item(
    key: str = "x", *, category: str = "行政许可", handling: str = "承诺件", promise: int = 5, **more: Any
) -> ItemFact:
    return ItemFact(key, key, category, handling, Limit(promise), **more)


def case(**more: Any) -> CaseFact:
    facts: dict[str, Any] = {
        "category": "行政许可",
        "state": "closed",
        "received": "2026-11-02",
        "accepted": "2026-11-02",
        "accepted_how": "complete",
        "decided": "2026-11-02",
        "decided_in": 0,
        "due": "2026-11-09",
        "channel": "窗口",
        "level": "镇街",
    }
    return CaseFact("c", **facts | more)


def by_key(ratios: tuple[Ratio, ...]) -> dict[str, Ratio]:
    return {one.key: one for one in ratios}


def test_item_figures_name_numerator_denominator_and_what_is_left_out() -> None:
    items = [
        item(
            handling="即办件", promise=0, applicants=("自然人",), channels=("窗口", "网上"), levels=("镇街",), visits=0
        ),
        item(channels=("窗口",), applicants=("自然人",), levels=("区",), visits=2),
        item(category="公共服务", channels=("自助",)),
        item(excluded="涉密"),
        item(category="公共服务", excluded="涉密"),
    ]
    found = by_key(of_items(items))
    assert found["licence_at_once"].value_words == "50.0% (1/2)"
    assert found["licence_at_once"].excluded == (("涉密", 1),), "only what the figure asks of is left out of it"
    assert found["licence_at_once"].reached
    assert found["person_at_once"].value_words == "50.0% (1/2)"
    assert found["online"].value_words == "33.3% (1/3)"
    assert found["online"].excluded_words == "涉密 2"
    assert found["online"].reached_words == "未达到"
    assert found["one_visit"].numerator == 2
    assert found["no_visit"].numerator == 1
    assert found["self_service"].permille == 333
    assert found["simple_at_once"].excluded == (("涉密", 2), ("目录未记载", 3))
    assert all(one.basis == "items" for one in found.values())


def test_filings_without_a_site_check_are_same_day_and_with_one_within_five_days() -> None:
    items = [
        item(filing="only", handling="即办件", promise=0),
        item(filing="only", promise=1),
        item(filing="only", promise=5, site_check=True),
        item(filing="only", promise=6, site_check=True),
        item(filing="mixed"),
        item(),
    ]
    found = by_key(of_items(items))
    assert found["filing_same_day"].value_words == "50.0% (1/2)"
    assert found["filing_same_day"].excluded_words == "与其他情形合为一项 1"
    assert found["filing_with_visit"].value_words == "50.0% (1/2)"


def test_promises_are_compared_only_with_limits_of_their_unit() -> None:
    items = [
        item(promise=5, legal=Limit(20)),
        item(promise=0, legal=Limit(20)),
        item(promise=5),
        item(promise=5, legal=Limit(15, "calendar")),
    ]
    found = by_key(of_items(items))["promise_compression"]
    assert found.value_words == "87.5% (35/40)"
    assert found.excluded == (("无法定时限", 1), ("法定与承诺不都是工作日", 1))


def test_the_name_tells_whether_an_item_is_a_filing() -> None:
    assert filing("个体工商户注销登记") == "only"
    assert filing("仅销售预包装食品备案") == "only"
    assert filing("食品生产加工小作坊登记(新办/延续/注销)") == "mixed"
    assert filing("残疾人证换领、补办、等级变更、迁移、注销") == "mixed"
    assert filing("最低生活保障审核确认") == ""


def test_the_shipped_catalogue_is_counted_whole() -> None:
    catalogue = load(data_folder() / "catalog")
    items = facts(catalogue, "2026-11-23")
    licences = [one for one in catalogue.items.values() if one.category == "行政许可"]
    found = by_key(of_items(items))
    assert found["licence_at_once"].denominator == len(licences) > 0
    assert found["one_visit"].denominator == len(catalogue.items)
    assert found["bookable"].value_words == "无可计数"
    assert found["bookable"].excluded_words == f"目录未记载 {len(catalogue.items)}"
    before = by_key(of_items(facts(catalogue, "1999-01-01")))
    assert before["one_visit"].excluded == (("不在有效期", len(catalogue.items)),)


def test_case_figures_are_other_numbers_and_keep_bad_times_apart() -> None:
    cases = [
        case(results=1),
        case(decided="2026-11-09", decided_in=5, visits=2),
        case(category="公共服务", decided="2026-11-10", owed=2, owed_cured=1, owed_cured_in_time=1, owed_not_due=1),
        case(category="公共服务", state="returned", notices=2),
        case(category="公共服务", faulty_times=True),
        case(category="公共服务", channel=""),
        case(state="void", notices=1),
    ]
    found = by_key(of_cases(cases))
    assert found["licence_at_once"].value_words == "50.0% (1/2)"
    assert found["on_time"].value_words == "75.0% (3/4)"
    assert found["on_time"].excluded_words == "时间补录或不准 1"
    assert found["early"].value_words == "50.0% (2/4)"
    assert found["one_visit"].value_words == "75.0% (3/4)"
    assert found["online"].value_words == "0.0% (0/4)"
    assert found["online"].excluded_words == "渠道未记录 1"
    assert found["returned"].value_words == "16.7% (1/6)"
    assert found["returned_complete"].reached_words == "未达到"
    assert found["told_once"].value_words == "0.0% (0/1)"
    assert found["owed_cured"].value_words == "50.0% (1/2)"
    assert found["owed_in_time"].value_words == "100.0% (1/1)"
    assert found["licences_synchronous"].value_words == "0.0% (0/1)"
    assert all(one.basis == "cases" for one in found.values())


def test_a_case_counts_in_the_period_in_which_the_thing_happened() -> None:
    found = by_key(of_cases([case(received_here=False), case(closed_here=False, state="closed", notices=1)]))
    assert found["on_time"].denominator == 1
    assert found["returned"].denominator == 1
    assert found["told_once"].denominator == 1


def test_filings_of_cases() -> None:
    cases = [
        case(filing="only"),
        case(filing="only", decided="2026-11-03", decided_in=1),
        case(filing="only", site_check=True, decided_in=6),
        case(filing="only", site_check=True, decided_in=5),
        case(filing="only", site_check=True, decided_in=None),
    ]
    found = by_key(of_cases(cases))
    assert found["filing_same_day"].value_words == "50.0% (1/2)"
    assert found["filing_with_visit"].value_words == "50.0% (1/2)"
    assert found["filing_with_visit"].excluded_words == "没有受理或决定日期 1"


def test_ticket_figures() -> None:
    tickets = [
        TicketFact("a", 10, booked=True, ended="served"),
        TicketFact("b", 31, ended="served"),
        TicketFact("c", None, booked=True, ended="missed"),
        TicketFact("d", 40, faulty_times=True, ended="left"),
        TicketFact("e", 1),
    ]
    found = by_key(of_tickets(tickets))
    assert found["booked"].value_words == "40.0% (2/5)"
    assert found["booking_kept"].value_words == "50.0% (1/2)"
    assert found["waited_long"].value_words == "33.3% (1/3)"
    assert found["waited_long"].excluded == (("时间补录或不准", 1), ("没有叫到", 1))
    assert found["missed"].value_words == "25.0% (1/4)"
    assert found["left"].excluded_words == "还没有结束 1"


def test_nothing_to_count_is_said() -> None:
    every = (*of_items([]), *of_cases([]), *of_tickets([]))
    assert {one.value_words for one in every} == {"无可计数"}
    assert {one.reached for one in every} == {None}


def test_an_official_figure_and_ours_never_share_words() -> None:
    official = {one.key: one.words for one in ITEM_MEASURES}
    for one in CASE_MEASURES:
        assert one.basis == "cases"
        assert official.get(one.key) != one.words


def test_the_rows_behind_a_figure_add_up_to_it() -> None:
    cases = [case(), case(decided="2026-11-10"), case(due=""), case(state="accepted")]
    measure = next(one for one in CASE_MEASURES if one.key == "on_time")
    rows = [found for _, found in behind(measure, cases)]
    assert rows == [Part(1, 1), Part(0, 1), "没有承诺期限或决定日期"]


cases_of_any_kind = st.lists(
    st.builds(
        case,
        state=st.sampled_from(["closed", "returned", "void", "accepted"]),
        category=st.sampled_from(["行政许可", "公共服务"]),
        decided=st.sampled_from(["", "2026-11-02", "2026-11-10"]),
        due=st.sampled_from(["", "2026-11-02", "2026-11-09"]),
        channel=st.sampled_from(["", "窗口", "网上"]),
        visits=st.none() | st.integers(0, 3),
        notices=st.integers(0, 2),
        faulty_times=st.booleans(),
        received_here=st.booleans(),
        closed_here=st.booleans(),
    ),
    max_size=30,
)


@given(cases_of_any_kind, cases_of_any_kind)
def test_two_months_are_the_sum_of_each(first: list[CaseFact], second: list[CaseFact]) -> None:
    for one, two, both in zip(of_cases(first), of_cases(second), of_cases([*first, *second]), strict=True):
        assert both.numerator == one.numerator + two.numerator
        assert both.denominator == one.denominator + two.denominator
        assert 0 <= both.numerator <= both.denominator
        assert dict(both.excluded) == {
            reason: dict(one.excluded).get(reason, 0) + dict(two.excluded).get(reason, 0)
            for reason in {*dict(one.excluded), *dict(two.excluded)}
        }


@given(cases_of_any_kind)
def test_every_row_is_counted_left_out_or_not_asked(cases: list[CaseFact]) -> None:
    for measure, ratio in zip(CASE_MEASURES, count(CASE_MEASURES, cases), strict=True):
        rows = [found for _, found in behind(measure, cases)]
        assert sum(one.of for one in rows if isinstance(one, Part)) == ratio.denominator
        assert sum(isinstance(one, str) for one in rows) == sum(number for _, number in ratio.excluded)


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_a_share_is_rounded_to_the_nearest_permille(part: int, whole: int) -> None:
    share = Ratio("x", "x", "cases", min(part, whole), whole).permille
    assert share is not None
    assert abs(share * whole - min(part, whole) * 1000) * 2 <= whole
