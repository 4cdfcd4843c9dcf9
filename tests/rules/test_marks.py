import pytest

from clerk_tui.rules.marks import (
    VERIFIED_HOW,
    Mark,
    allowed_marks,
    is_gap,
    is_identity,
    is_pending_back_office,
    needs_verification,
    satisfied,
)


@pytest.mark.parametrize("evidence", ["id_card", "agent_id", "passport", "spouse_id_card"])
def test_an_identity_card_is_never_kept(evidence: str) -> None:
    assert is_identity(evidence)
    assert Mark.ORIGINAL_KEPT not in allowed_marks(evidence, share="电子证照:居民身份证", promise_allowed=True)


def test_other_papers_may_be_kept() -> None:
    assert Mark.ORIGINAL_KEPT in allowed_marks("hukou")


def test_digits_follow_from_the_paper() -> None:
    assert "".join(allowed_marks("bank")) == "123709"
    assert "".join(allowed_marks("hukou", share="电子证照:居民户口簿")) == "12345709"
    assert "".join(allowed_marks("death_cert", share="数据共享:卫健死亡信息")) == "1235709"
    assert "".join(allowed_marks("bank", promise_allowed=True, conditional=False)) == "123670"
    assert Mark.ON_FILE in allowed_marks("bank", reusable=True)


@pytest.mark.parametrize(
    ("mark", "how", "there", "pending", "gap"),
    [
        ("", "", False, False, False),
        ("1", "", True, False, False),
        ("2", "", True, False, False),
        ("3", "", True, False, False),
        ("4", "", False, False, False),
        ("4", "resident_phone", True, False, False),
        ("5", "department_system", True, False, False),
        ("5", "pending_back_office", False, True, False),
        ("6", "", True, False, False),
        ("7", "", False, False, True),
        ("0", "", False, False, True),
        ("9", "", True, False, False),
    ],
)
def test_what_a_mark_means(mark: str, how: str, there: bool, pending: bool, gap: bool) -> None:
    assert satisfied(mark, how) is there
    assert is_pending_back_office(mark, how) is pending
    assert is_gap(mark) is gap


def test_every_mark_has_words_and_two_say_how_they_were_verified() -> None:
    assert all(mark.words for mark in Mark)
    assert [mark.value for mark in Mark if needs_verification(mark)] == ["4", "5"]
    assert set(VERIFIED_HOW) == {"seen", "resident_phone", "department_system", "on_file", "pending_back_office"}
