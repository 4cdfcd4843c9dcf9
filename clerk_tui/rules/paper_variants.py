"""In which form a paper is handed out: language and size of print. The Chinese text is the one that counts in all of them."""

from datetime import date

from clerk_tui.rules.identity import age_on
from clerk_tui.rules.worded import Worded

ELDER_AGE = 60
"""From this age on somebody is an elder (老年人权益保障法 2): papers are printed large unless the clerk says otherwise."""

TRADITIONAL_KINDS = frozenset({"hkm_permit", "taiwan_permit", "gat_residence"})
ENGLISH_KINDS = frozenset({"foreign_passport", "foreigner_permanent_18", "foreigner_permanent_15"})


class PaperVariant(Worded):
    """The value is what is kept with a notice; `words` is what the preview calls it."""

    PLAIN = "plain", "普通"
    LARGE = "large", "大字"
    TRADITIONAL = "hant", "繁体"
    TRADITIONAL_LARGE = "hant_large", "繁体大字"
    ENGLISH = "en", "中英对照"
    ENGLISH_LARGE = "en_large", "中英对照大字"

    @property
    def language(self) -> str:
        """zh | hant | en (Chinese with English beside it)."""
        return {"plain": "zh", "large": "zh"}.get(self.value, self.value.removesuffix("_large"))

    @property
    def large(self) -> bool:
        return self.value.endswith("large")

    @property
    def next(self) -> "PaperVariant":
        """The one after it, for a key that goes round."""
        every = list(PaperVariant)
        return every[(every.index(self) + 1) % len(every)]


def default_variant(*, number_kind: str, birth: str, on: date) -> PaperVariant:
    """The form for a person: by the kind of identity document, and large from the age of 60 (`birth` ISO or empty)."""
    large = bool(birth) and age_on(date.fromisoformat(birth), on) >= ELDER_AGE
    if number_kind in TRADITIONAL_KINDS:
        return PaperVariant.TRADITIONAL_LARGE if large else PaperVariant.TRADITIONAL
    if number_kind in ENGLISH_KINDS:
        return PaperVariant.ENGLISH_LARGE if large else PaperVariant.ENGLISH
    return PaperVariant.LARGE if large else PaperVariant.PLAIN
