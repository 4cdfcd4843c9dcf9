"""Lists from the district: staged in slices, checked, made current at once; a delta on the wrong base gets the snapshot."""

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import update

from clerk_tui.catalog import load
from clerk_tui.channel import publications, taking_lists
from clerk_tui.district import publishing
from clerk_tui.district.tables import OUTGOING
from clerk_tui.resources import data_folder
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store import canonical
from clerk_tui.store.core import EVENTS, POLICIES, PUBLISHED_LISTS, PUBLISHED_SLICES, TASKS


@pytest.fixture
def folder(tmp_path):
    """A catalogue of the district's own, to be changed."""
    place = tmp_path / "catalog"
    shutil.copytree(data_folder() / "catalog", place)
    return place


def rounds(pair, number=2):
    reports = []
    for _ in range(number):
        pair.clock.pass_minutes(11)
        pair.serve()
        reports.append(pair.exchange())
    return [kind for report in reports for kind in report.lists]


def retitle(folder: Path, words: str) -> str:
    path = sorted((folder / "items").glob("*.yaml"))[0]
    text = path.read_text(encoding="utf-8")
    name = next(line for line in text.splitlines() if line.startswith("name:"))
    path.write_text(text.replace(name, f"name: {words}"), encoding="utf-8")
    return path.name


def test_a_catalogue_arrives_whole_then_by_its_changes(pair, folder):
    assert publishing.publish_catalogue(pair.district, folder)[1] == 1
    assert rounds(pair) == ["catalogue"]
    assert taking_lists.catalogue_of(pair.station).items.keys() == load.load(folder).items.keys()
    changed = retitle(folder, "新的事项名称")
    publishing.publish_catalogue(pair.district, folder)
    sent = canonical.load(pair.kept(OUTGOING, OUTGOING.c.kind == "list.slice")[-1].body)
    assert list(sent["entries"]) == [f"items/{changed}"]  # only what changed travels
    assert rounds(pair) == ["catalogue"]
    with pair.store.read() as connection:
        place = taking_lists.folder_of(connection, "catalogue", pair.folder)
    assert "新的事项名称" in {item.name for item in load.load(place).items.values()}
    assert [row.state for row in pair.rows(PUBLISHED_LISTS)].count("current") == 1
    assert pair.rows(PUBLISHED_SLICES) == []
    assert len(pair.rows(EVENTS, EVENTS.c.kind == "list.taken_up")) == 2
    assert all("新收件按新目录" in task.words for task in pair.rows(TASKS))


def test_a_catalogue_with_a_fault_is_not_published(pair, folder):
    (folder / "evidence.yaml").write_text("nonsense: [", encoding="utf-8")
    with pytest.raises(Refusal, match="catalogue_fault"):
        publishing.publish_catalogue(pair.district, folder)


def test_a_delta_on_another_base_is_refused_and_the_snapshot_comes(pair, folder):
    publishing.publish_catalogue(pair.district, folder)
    rounds(pair)
    with pair.store.write() as connection:
        connection.execute(update(PUBLISHED_LISTS).values(content=canonical.dump({"catalogue.yaml": "other"})))
    retitle(folder, "第二版")
    version, _ = publishing.publish_catalogue(pair.district, folder)
    assert rounds(pair, 4) == ["catalogue"]
    with pair.store.read() as connection:
        assert taking_lists.current_version(connection, "catalogue") == version
    refused = pair.kept(OUTGOING, OUTGOING.c.answer == "wrong_base")
    assert len(refused) == 1


def test_a_calendar_and_a_faulty_one(pair, tmp_path):
    place = tmp_path / "calendar"
    shutil.copytree(data_folder() / "calendar", place)
    publishing.publish_calendar(pair.district, place)
    assert rounds(pair) == ["calendar"]
    publishing.publish(pair.district, "calendar", {"2026.yaml": "year: 1999\n"}, {})
    assert rounds(pair) == []
    with pair.store.read() as connection:
        kept = taking_lists.folder_of(connection, "calendar", tmp_path)
    assert {path.name for path in kept.glob("*.yaml")} == {path.name for path in place.glob("*.yaml")}
    assert [task.kind for task in pair.rows(TASKS)] == ["conflict"]


@pytest.mark.parametrize(
    "name", ["../evil.yaml", "/etc/x.yaml", "items/a/b.yaml", "items/x.sh", ".hidden.yaml", "a\x1b.yaml"]
)
def test_a_name_that_leaves_its_folder_is_refused(pair, name):
    assert not publications.is_safe_path(name)
    publishing.publish(pair.district, "catalogue", {name: "x"}, {})
    assert rounds(pair) == []
    assert "文件名" in pair.rows(TASKS)[0].words


@pytest.mark.parametrize("entries", [{"a.yaml": "x", "a.yaml/b.yaml": "x"}, {"事" * 100 + ".yaml": "x"}])
def test_names_that_no_disk_takes_are_refused_and_do_not_end_the_exchange(pair, entries):
    """As files they would fail to be written at each exchange, which then said that the link was down."""
    publishing.publish(pair.district, "catalogue", entries, {})
    assert rounds(pair) == []
    assert "文件名" in pair.rows(TASKS)[0].words
    assert pair.exchange().state == "ok"


def test_a_credit_list_is_looked_up_and_changes_by_delta(pair, tmp_path):
    catalogue = load.load(data_folder() / "catalog")
    file = tmp_path / "credit.yaml"
    hashes = [f"{number:064x}" for number in range(3_000)]

    def write(number, blocked):
        lines = [
            f"number: {number}",
            "dated: '2025-11-01'",
            "policy:",
            "  blocked:",
            *(f"  - '{one}'" for one in blocked),
        ]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    write("名单1号", hashes)
    publishing.publish_policy(pair.district, "credit", file, catalogue)
    assert rounds(pair) == ["credit"]
    write("名单2号", hashes[1:])
    publishing.publish_policy(pair.district, "credit", file, catalogue)
    assert canonical.load(pair.kept(OUTGOING, OUTGOING.c.kind == "list.slice")[-1].body)["entries"] == {hashes[0]: None}
    assert rounds(pair) == ["credit"]
    rows = pair.rows(POLICIES)
    assert [(row.kind, row.number) for row in rows] == [("credit", "名单1号"), ("credit", "名单2号")]
    assert len(canonical.load(rows[1].body)["blocked"]) == 2_999


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"policy": {"blocked": ["0" * 64, "11010519491231002X"]}}, "第 2 条不是散列"),
        ({"policy": {"blocked": "0" * 64}}, "读不懂"),
        ({"policy": {"blocked": [7]}}, "第 1 条不是散列"),
        ({"dated": "2025-13-01", "policy": {"blocked": []}}, "dated 不是日期"),
        ({"valid_to": "明年", "policy": {"blocked": []}}, "valid_to 不是日期"),
        ({"number": "", "policy": {"blocked": []}}, "缺文号"),
        (["blocked"], "[名称: 内容]的形式"),
    ],
)
def test_a_credit_list_with_a_fault_is_not_published(pair, tmp_path, document, words):
    """A number in clear would go to every station, and block nobody."""
    file = tmp_path / "credit.json"
    whole = {"number": "1号", "dated": "2025-11-01"} | document if isinstance(document, dict) else document
    file.write_text(json.dumps(whole), encoding="utf-8")
    with pytest.raises(Refusal) as refused:
        publishing.publish_policy(pair.district, "credit", file, load.load(data_folder() / "catalog"))
    assert words in refused.value.words and "11010519491231002X" not in refused.value.words
    assert pair.kept(OUTGOING, OUTGOING.c.kind == "list.slice") == []


def test_a_deficiency_list_never_lets_core_evidence_be_owed(pair, tmp_path):
    catalogue = load.load(data_folder() / "catalog")
    file = data_folder() / "demo" / "deficiency-list.yaml"
    publishing.publish_policy(pair.district, "deficiency", file, catalogue)
    assert rounds(pair) == ["deficiency"]
    assert pair.rows(POLICIES)[0].example
    body = canonical.load(pair.rows(POLICIES)[0].body)
    key = next(iter(body["items"]))
    core = next(spec.key for spec in catalogue.items[key].materials if spec.core)
    body["items"][key]["materials"][core] = next(iter(body["items"][key]["materials"].values()))
    publishing.publish(
        pair.district, "deficiency", {"document": canonical.dump(body)}, {"number": "x", "dated": "2025-11-02"}
    )
    assert rounds(pair) == []
    assert "核心材料" in pair.rows(TASKS)[-1].words and len(pair.rows(POLICIES)) == 1


def test_a_station_that_is_enrolled_again_gets_everything_the_first_time(pair, folder):
    publishing.publish_catalogue(pair.district, folder)
    rounds(pair)
    assert publishing.queue_all(pair.district) == 0


def test_slices_fit_into_a_record_and_merge_to_the_same(pair):
    old = {f"{number:04d}": "x" * 500 for number in range(400)}
    new = {key: value for key, value in old.items() if key != "0007"} | {"0001": "y", "new": "z" * 50_000}
    parts = list(publications.slices(publications.changes(old, new)))
    assert len(list(publications.slices(publications.changes({}, old)))) > 3
    change = {key: value for part in parts for key, value in part.items()}
    assert publications.merged(old, change) == new
    assert publications.version_of(publications.merged(old, change)) == publications.version_of(new)
