"""What papers say of the law: articles, remedies, reasons of a refusal. All of it is data of the catalogue (legal.yaml)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class LegalTexts:
    """Of a regime, or what a single item says in its place. `basis`: outcome -> the articles that its paper cites."""

    articles: tuple[str, ...] = ()
    basis: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    remedies: tuple[str, ...] = ()

    def basis_for(self, outcome: str) -> tuple[str, ...]:
        """Articles that a paper of this outcome cites, the regime's own where it has none for it."""
        return tuple(self.basis.get(outcome, self.articles))

    def with_own(self, basis: Mapping[str, tuple[str, ...]], remedies: tuple[str, ...]) -> "LegalTexts":
        """These texts with those that an item has of its own."""
        return replace(self, basis={**self.basis, **basis}, remedies=remedies or self.remedies)


@dataclass(frozen=True)
class RefusalReason:
    """Why an application is refused or not taken in. `words` are printed on the paper; `basis` is what they rest on."""

    key: str
    outcome: str  # refuse | not_applicable
    words: str
    basis: str
    licence_only: bool = False

    @property
    def full_words(self) -> str:
        return f"{self.words}({self.basis})"


@dataclass(frozen=True)
class LegalBook:
    """All legal texts of a catalogue. `papers`: the basis of a paper that follows from no outcome."""

    regimes: Mapping[str, LegalTexts]
    papers: Mapping[str, tuple[str, ...]]
    reasons: tuple[RefusalReason, ...] = ()

    def reasons_for(self, outcome: str, regime: str) -> tuple[RefusalReason, ...]:
        """The reasons of an outcome under a regime; some are those of licences only."""
        licence = regime == "licence"
        return tuple(one for one in self.reasons if one.outcome == outcome and (licence or not one.licence_only))
