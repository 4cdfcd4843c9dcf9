"""The register under load: several programs issue, fail and void at once; no number is lost, reused or without a fate."""

import multiprocessing
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from clerk_tui.catalog import calendars
from clerk_tui.catalog.load import load
from clerk_tui.desk import paper_register, papers, signing_in
from clerk_tui.desk.context import Desk
from clerk_tui.desk.opening import make_desk
from clerk_tui.resources import data_folder
from clerk_tui.rules.papers import PaperKind
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.engine import open_engine

PROGRAMS, PAPERS = 4, 24
NOW = 1_795_482_000_000
"""2026-11-24 09:00 in Guangzhou: every program has the same year."""
TICKET: dict[str, Any] = {
    "hall": "市桥", "ticket": "A001", "category": "综合", "ahead": 0, "date": "2026-11-24", "time": "09:00", "code": "T",
}  # fmt: skip
KINDS = (PaperKind.TICKET_SLIP, PaperKind.VOID_NOTE)
FACTS: dict[PaperKind, dict[str, Any]] = {
    PaperKind.TICKET_SLIP: TICKET,
    PaperKind.VOID_NOTE: {
        "hall": "市桥", "date": "2026-11-24", "clerk": "李敏", "paper_title": "收件凭证", "paper_number": "1", "reason": "错",
    },
}  # fmt: skip


class Broken(Exception):
    """An act that fails after it was given a number."""


def issue_many(place: Path | str, seed: int) -> list[str]:
    """One program of its own: the numbers of what it really issued."""
    dice = random.Random(seed)
    store = open_engine(place)
    desk = make_desk(
        store, catalogue=load(data_folder() / "catalog"), calendar=calendars.load(data_folder() / "calendar"),
        clock=lambda: NOW,
    )  # fmt: skip
    by = signing_in.by_number(desk, number="101", window_id=None)
    issued = []
    for _ in range(PAPERS):
        kind, fate = dice.choice(KINDS), dice.choice(("stays", "stays", "void", "hole", "breaks"))
        try:
            with desk.act(by) as act:
                facts = {**FACTS[kind], "hall": " "} if fate == "hole" else FACTS[kind]
                paper = papers.issue(act, desk, kind, dict(facts))
                if fate == "breaks":
                    raise Broken
        except (Broken, Refusal):
            continue
        issued.append(paper.number)
        if fate == "void":
            papers.void(desk, by, notice_id=paper.id, reason="打错")
    store.close()
    return issued


@pytest.mark.parametrize("round_of", range(2))
def test_many_programs_share_one_series(desk: Desk, store_path: Path | str, round_of: int) -> None:
    with multiprocessing.get_context("spawn").Pool(PROGRAMS) as pool:
        seeds = [round_of * PROGRAMS + at for at in range(PROGRAMS)]
        issued = [number for one in pool.starmap(issue_many, [(store_path, seed) for seed in seeds]) for number in one]
    with desk.look() as connection:
        register = list(paper_register.lines(connection))
        assert paper_register.skipped(connection) == ()
    assert Counter(line.number for line in register) == Counter(issued)  # each once, and none that nobody issued
    for kind in KINDS:
        numbers = sorted(
            int(line.number.rpartition("-")[2].removesuffix("号")) for line in register if line.title == kind.title
        )
        assert numbers == list(range(1, len(numbers) + 1))
    assert any(line.void_reason == "打错" for line in register)
