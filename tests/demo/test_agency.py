"""The village agent's register is filled in every demonstration, on whatever day it is opened."""

from datetime import timedelta
from pathlib import Path

from clerk_tui import demo
from clerk_tui.bootstrap import load_desk
from clerk_tui.demo.agency import MATTERS
from clerk_tui.desk import agency, signing_in
from clerk_tui.settings import load


def test_the_agents_register_shows_matters_in_every_state_and_is_issued(tmp_path: Path) -> None:
    demo.prepare(tmp_path / "demo")
    desk = load_desk(load(tmp_path / "demo"))
    by = signing_in.by_number(desk, number="demo")
    today = desk.today()
    span = {"first": (today - timedelta(days=30)).isoformat(), "last": today.isoformat()}
    found = agency.register(desk, by, **span)
    entries = agency.register_paper(desk, by, **span).facts["entries"]
    desk.store.close()
    assert len(found) == len(entries) == len(MATTERS)
    assert {row.agent for row in found} == {"郑惠芬"} and {row.village for row in found} == {"沙墟一村"}
    assert all(row.authority_words.startswith("委托 至 ") for row in found)
    assert len({row.state_words for row in found}) > 1
    collected = [one for one in entries if "交还" in one["result"]]
    assert len(collected) == 1 and collected[0]["handed_to"], "one went out, came back, and she took it along"
