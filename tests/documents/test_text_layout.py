from hypothesis import given
from hypothesis import strategies as st

from clerk_tui.documents.text_layout import Column, char_width, fit, table, width, wrap

TEXT = st.text(alphabet=st.sampled_from("市桥街道(（）)，。：ab1-09 \u0301\u200b𠮷·ｱＡ"), max_size=60)


def test_widths_of_wide_narrow_and_combining_characters() -> None:
    assert [char_width(char) for char in "市a𠮷\u0301\u200bＡ·"] == [2, 1, 2, 0, 0, 2, 1]
    assert width("收件号 SQ01") == 11


@given(TEXT, st.integers(2, 30))
def test_wrapped_lines_never_pass_the_limit_and_lose_only_spaces(text: str, limit: int) -> None:
    lines = wrap(text, limit)
    assert all(width(line) <= limit for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_numbers_stay_whole_and_punctuation_does_not_start_a_line() -> None:
    assert wrap("收件号 SQ01-20261123-0042", 20) == ["收件号", "SQ01-20261123-0042"]
    assert wrap("请补齐材料，谢谢", 10) == ["请补齐材", "料，谢谢"]
    assert wrap("补正材料（二份）", 10) == ["补正材料", "（二份）"]
    assert wrap("checked and given back；复印件", 22) == ["checked and given", "back；复印件"]
    assert wrap("第一行\n第二行的字比较长", 10) == ["第一行", "第二行的字", "比较长"]
    assert wrap("A" * 25, 10) == ["A" * 10, "A" * 10, "A" * 5]


def test_fit_pads_by_cells() -> None:
    assert fit("市桥", 6) == "市桥  "
    assert fit("市桥", 6, "right") == "  市桥"
    assert fit("市桥", 7, "centre") == " 市桥  "


@given(st.lists(st.tuples(TEXT, TEXT, TEXT), max_size=4), st.integers(24, 80))
def test_table_rows_never_pass_the_limit(rows: list[tuple[str, str, str]], limit: int) -> None:
    lines = table([Column("#", 3, "right"), Column("材料"), Column("份数", 4)], rows, limit)
    assert all(width(line) <= limit for line in lines)


def test_table_columns_are_aligned_by_cells() -> None:
    lines = table([Column("#", 2), Column("名称"), Column("份", 3, "right")], [["1", "居民身份证", "1"]], 20)
    assert lines[1].index("份") > 0
    assert width(lines[1]) == width(lines[3]) == 20
