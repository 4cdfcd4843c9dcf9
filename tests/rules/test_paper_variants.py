"""In which form a paper is handed out by default."""

from datetime import date

import pytest

from clerk_tui.rules.identity import NumberKind
from clerk_tui.rules.paper_variants import PaperVariant, default_variant

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("kind", "birth", "variant"),
    [
        (NumberKind.RESIDENT_ID, "1980-01-01", PaperVariant.PLAIN),
        (NumberKind.RESIDENT_ID, "1966-11-23", PaperVariant.LARGE),
        (NumberKind.RESIDENT_ID, "1966-11-24", PaperVariant.PLAIN),
        (NumberKind.RESIDENT_ID, "", PaperVariant.PLAIN),
        (NumberKind.HKM_PERMIT, "1980-01-01", PaperVariant.TRADITIONAL),
        (NumberKind.TAIWAN_PERMIT, "1950-01-01", PaperVariant.TRADITIONAL_LARGE),
        (NumberKind.GAT_RESIDENCE, "", PaperVariant.TRADITIONAL),
        (NumberKind.FOREIGN_PASSPORT, "1990-05-05", PaperVariant.ENGLISH),
        (NumberKind.FOREIGNER_PERMANENT_18, "1950-05-05", PaperVariant.ENGLISH_LARGE),
        (NumberKind.PASSPORT, "1990-05-05", PaperVariant.PLAIN),
    ],
)
def test_by_document_and_age(kind: NumberKind, birth: str, variant: PaperVariant) -> None:
    assert default_variant(number_kind=kind.value, birth=birth, on=TODAY) is variant
