"""The district's store on PostgreSQL, chosen by URL: the same answers to the same records, and nothing twice."""

import json
import re
import shutil

import psycopg
import pytest

from clerk_tui.channel import reconciling
from clerk_tui.district import wishes
from clerk_tui.district.enrolling import revoke
from clerk_tui.district.place import open_district
from clerk_tui.district.publishing import publish_catalogue
from clerk_tui.district.status import of_case, overview
from clerk_tui.district.tables import KEPT
from clerk_tui.resources import data_folder
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.core import BATCHES, PUBLISHED_LISTS, TASKS
from clerk_tui.store.core import CASES as DESK_CASES
from tests.channel.conftest import BAD_NUMBER, STATION, make_pair


@pytest.fixture
def pair(tmp_path, postgres):
    made = make_pair(tmp_path, database=postgres.new_database())
    yield made
    made.store.close()
    made.district.close()


def test_a_case_goes_its_whole_way(pair):
    assert not (pair.district.folder / "district.db").exists()
    pair.receive(power="department", state="received")
    pair.receive(number=BAD_NUMBER)
    pair.there_and_back()
    first = "SQ01-20251124-0001"
    assert [task.field for task in pair.rows(TASKS)] == ["applicant.number"]
    said = wishes.answer_all(
        pair.district,
        [
            {"case": first, "number": True, "accept": True, "stage": "审查中", "suspend": "专家评审", "days": 5},
            {"case": first, "resume": True, "decide": "granted"},
            {"case": first, "result_ready": True, "result_number": "粤1"},
        ],
    )
    assert len(said) == 3
    with pytest.raises(Refusal, match="state_case"):
        wishes.answer(pair.district, {"case": first, "resume": True})
    pair.there_and_back()
    assert pair.rows(DESK_CASES)[0].decision == "granted"
    pair.event(
        "case.corrected", "case-00002", {"changes": {"applicant.number": "11010519491231002X"}, "reason": "录错"}
    )
    pair.there_and_back()
    assert sorted(row.state for row in pair.kept(KEPT) if row.case_id == "case-00002") == ["ok", "superseded"]
    assert of_case(pair.district, first)["decision"] == "granted"


def test_the_same_batch_twice_counts_once_and_another_under_its_number_is_a_fork(pair):
    pair.receive()
    pair.exchange()
    [path] = pair.host.glob("up/in/*.pyx")
    content = path.read_bytes()
    pair.serve()
    path.write_bytes(content)
    assert pair.serve().taken.known == 1
    kept = pair.kept(KEPT)
    assert len({row.rid for row in kept}) == len(kept) == sum(row.records for row in pair.rows(BATCHES) if row.bno == 1)
    pair.district.close()
    pair.district = open_district(pair.district.folder, clock=pair.clock)  # as after the machine was switched off
    pair.receive()
    pair.there_and_back()
    assert len(pair.kept(KEPT)) == len(kept) + 1
    assert overview(pair.district)["stations"][0]["stopped"] == ""


def test_lists_reconciliation_and_taken_back_keys(pair, tmp_path):
    pair.receive()
    pair.there_and_back()
    folder = tmp_path / "catalogue"
    shutil.copytree(data_folder() / "catalog", folder)
    assert publish_catalogue(pair.district, folder)[1] == 1
    pair.there_and_back()
    for path in folder.glob("items/gzf-shenqing.yaml"):
        path.write_text(re.sub("publicity_days: [0-9]+", "publicity_days: 15", path.read_text("utf-8")), "utf-8")
    publish_catalogue(pair.district, folder)
    for _ in range(3):
        pair.there_and_back()
    assert sorted(row.state for row in pair.rows(PUBLISHED_LISTS)) == ["current", "old"]
    pair.clock.pass_minutes(24 * 60)
    for _ in range(3):
        pair.there_and_back()
    with pair.store.read() as connection:
        found = reconciling.outcome(connection)
    assert found.days and not found.differences
    revoke(pair.district, STATION, "电脑丢失")
    assert pair.exchange().state == "stopped"
    assert overview(pair.district)["stations"][0]["revoked"] == "电脑丢失"


def test_a_database_that_is_away_ends_a_round_in_words_and_takes_nothing(pair, postgres):
    pair.receive()
    pair.exchange()
    name = re.search("/(t[0-9a-f]+)[?]", json.loads((pair.district.folder / "district.json").read_text())["database"])[
        1
    ]
    with psycopg.connect(f"host={postgres.socket} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        connection.execute(f"ALTER DATABASE {name} RENAME TO {name}_away")
        done = pair.serve()
        assert done.trouble and done.taken.batches == 0 and list(pair.host.glob("up/in/*.pyx"))
        connection.execute(f"ALTER DATABASE {name}_away RENAME TO {name}")
    assert pair.serve().taken.batches == 1
