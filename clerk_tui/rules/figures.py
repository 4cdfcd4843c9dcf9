"""Ratios with numerator, denominator and what was left out, and how they are counted in one pass over any facts.

A measure looks at one fact and says what it adds; nothing is counted twice, nothing is dropped without a reason. What
the policy plan asks (番府办〔2020〕2号) is in `item_figures` and `case_figures`: the first counts
items of the catalogue, the second our cases, and neither number stands for the other.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

F = TypeVar("F")

BASIS_WORDS = {"items": "按事项", "cases": "按办件", "tickets": "按排队号"}
NOTHING_TO_COUNT = "无可计数"


class Part(NamedTuple):
    """What one fact adds: `hits` of `of`."""

    hits: int
    of: int


HIT, MISS = Part(1, 1), Part(0, 1)

Judgement = Part | str | None
"""What a measure makes of a fact: counted, left out for a reason in words, or None: the measure does not ask of it."""


@dataclass(frozen=True)
class Measure(Generic[F]):
    """One figure. `goal`: what the plan wants, in permille; `at_most`: the goal is a ceiling, not a floor.

    `basis`: items | cases | tickets; `target`: the goal in words, '' where the plan names none.
    """

    key: str
    words: str
    basis: str
    judge: Callable[[F], Judgement]
    target: str = ""
    goal: int | None = None
    at_most: bool = False


@dataclass(frozen=True)
class Ratio:
    """A measure counted. `excluded`: (reason, how many) that were asked of but stand outside the denominator."""

    key: str
    words: str
    basis: str
    numerator: int
    denominator: int
    excluded: tuple[tuple[str, int], ...] = ()
    target: str = ""
    goal: int | None = None
    at_most: bool = False

    @property
    def permille(self) -> int | None:
        """Rounded half up, None where there is nothing to divide by."""
        return (self.numerator * 2000 + self.denominator) // (2 * self.denominator) if self.denominator else None

    @property
    def reached(self) -> bool | None:
        """Whether the plan's goal is met, by exact fractions; None without a goal or without anything to count."""
        if self.goal is None or not self.denominator:
            return None
        share, goal = self.numerator * 1000, self.goal * self.denominator
        return share <= goal if self.at_most else share >= goal

    @property
    def value_words(self) -> str:
        """`40.0% (12/30)`, or that there is nothing to count."""
        if self.permille is None:
            return NOTHING_TO_COUNT
        return f"{self.permille // 10}.{self.permille % 10}% ({self.numerator}/{self.denominator})"

    @property
    def excluded_words(self) -> str:
        """`涉密 1, 不在有效期 2`, '' where nothing was left out."""
        return ", ".join(f"{reason} {count}" for reason, count in self.excluded)

    @property
    def reached_words(self) -> str:
        """已达到 | 未达到 | ''."""
        return {True: "已达到", False: "未达到", None: ""}[self.reached]


def count(measures: Sequence[Measure[F]], facts: Iterable[F]) -> tuple[Ratio, ...]:
    """Every measure over the facts, read once from any iterable, in the order of the measures."""
    hits, whole = [0] * len(measures), [0] * len(measures)
    left_out: list[Counter[str]] = [Counter() for _ in measures]
    judges = [measure.judge for measure in measures]
    for fact in facts:
        for place, judge in enumerate(judges):
            found = judge(fact)
            if isinstance(found, Part):
                hits[place] += found.hits
                whole[place] += found.of
            elif found is not None:
                left_out[place][found] += 1
    return tuple(
        Ratio(
            key=measure.key,
            words=measure.words,
            basis=measure.basis,
            numerator=hits[place],
            denominator=whole[place],
            excluded=tuple(sorted(left_out[place].items())),
            target=measure.target,
            goal=measure.goal,
            at_most=measure.at_most,
        )
        for place, measure in enumerate(measures)
    )


def behind(measure: Measure[F], facts: Iterable[F]) -> Iterator[tuple[F, Judgement]]:
    """The facts behind a figure, each with what it adds or why it is left out; what is not asked of stays away."""
    for fact in facts:
        found = measure.judge(fact)
        if found is not None:
            yield fact, found
