"""Articles, remedies and reasons of a refusal are data: of a regime, or of a single item."""

from pathlib import Path

import pytest

from clerk_tui.catalog.check import check
from clerk_tui.catalog.codec import item_from_snapshot
from clerk_tui.catalog.load import load
from clerk_tui.catalog.model import Catalogue
from clerk_tui.rules.regimes import REGIMES

ROOT = Path(__file__).resolve().parents[2] / "clerk_tui"


def test_every_regime_cites_and_tells_of_remedies(catalogue: Catalogue) -> None:
    for key in REGIMES:
        texts = catalogue.legal.regimes[key]
        assert texts.articles and texts.remedies
    told = " ".join(catalogue.legal.regimes["licence"].remedies)
    assert "六十日" in told and "六个月" in told and "应当先申请行政复议" in told


def test_the_permits_cite_their_own_law_and_nobody_else_does(catalogue: Catalogue) -> None:
    texts = catalogue.legal.regimes
    assert texts["licence"].basis_for("one_time_notice") == ("《行政许可法》第三十二条第一款第四项",)
    for key in REGIMES:
        assert ("行政许可法" in " ".join(texts[key].basis_for("accept"))) == (key == "licence")
        assert "第三十二条(容缺受理)" in texts[key].basis_for("accept_deficient")[0]
        reasons = catalogue.legal.reasons_for("refuse", key)
        assert reasons and any("行政许可法" in one.basis for one in reasons) == (key == "licence")


def test_an_item_may_cite_another_law_and_tell_of_other_remedies(edited) -> None:  # type: ignore[no-untyped-def]
    own = "basis: {accept: [《示例条例》第九条]}\nremedies: [可以向市残联申请复核]\npower: {"
    catalogue, faults = check(edited("items/cjrz-xinban.yaml", "power: {", own))
    assert catalogue is not None and not any(fault.grave for fault in faults)
    item = catalogue.items["cjrz-xinban"]
    for one in (item, item_from_snapshot(item.snapshot())):
        texts = catalogue.legal_of(one)
        assert texts.basis_for("accept") == ("《示例条例》第九条",)
        assert texts.basis_for("asked") == catalogue.legal.regimes[item.regime].basis_for("asked")
        assert texts.remedies == ("可以向市残联申请复核",)


def test_a_district_changes_an_article_in_the_file(edited, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    folder = edited("legal.yaml", "《行政许可法》第四十四条", "《行政许可法》第四十四条(新)")
    for _ in range(2):  # read, then remembered
        catalogue = load(folder, cache=tmp_path)
        assert catalogue.legal.regimes["licence"].basis_for("serve") == ("《行政许可法》第四十四条(新)",)


def test_a_folder_without_the_file_has_the_shipped_texts(edited) -> None:  # type: ignore[no-untyped-def]
    folder = edited("legal.yaml", "papers:", "papers:")
    (folder / "legal.yaml").unlink()
    catalogue, faults = check(folder)
    assert catalogue is not None and faults == ()
    assert catalogue.legal.papers["promise"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  other:  #", "  others:  #", "regimes 缺 other(其他行政权力)"),
        ("  promise:", "  promised:", "papers 缺 promise"),
        ("  - key: barred", "  - key: not_ours", "reasons 的[not_ours]写了两次"),
        ("    outcome: refuse\n", "    outcome: refused\n", "只能是 refuse、not_applicable"),
        ("    remedies: &remedies", "    remedy: &remedies", "缺少 remedies"),
        ("      accept:", "      acept:", "只能是 accept"),
        ("\npapers:\n", "\npapers: {\n", "YAML 写法有误"),
    ],
)
def test_a_faulty_file_is_named(edited, old: str, new: str, words: str) -> None:  # type: ignore[no-untyped-def]
    catalogue, faults = check(edited("legal.yaml", old, new))
    assert catalogue is None
    assert any(fault.file == "legal.yaml" and words in fault.words for fault in faults), [one.line for one in faults]


def test_no_article_stands_in_the_code() -> None:
    """What papers cite comes from the catalogue; comments may name the law that a rule follows."""
    for path in sorted(ROOT.rglob("*.py")):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not ("《" in line and "》第" in line and "条" in line), f"{path}: {line.strip()}"
