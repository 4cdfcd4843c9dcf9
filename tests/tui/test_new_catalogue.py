"""A catalogue that the district publishes while somebody is served: this visit keeps its own, the next one has the new."""

from dataclasses import replace

from sqlalchemy import insert

from clerk_tui.catalog.files import catalogue_files
from clerk_tui.channel import publications
from clerk_tui.resources import data_folder
from clerk_tui.store import canonical
from clerk_tui.store.core import PUBLISHED_LISTS


async def test_it_counts_from_the_next_visit_on(desk_at) -> None:
    desk = await desk_at.app.desk_when_loaded()
    folder = data_folder() / "catalog"
    files = {str(path.relative_to(folder).as_posix()): path.read_text("utf-8") for path in catalogue_files(folder)}
    key, name = "changshou-jin", desk.catalogue.items["changshou-jin"].name
    file = f"items/{key}.yaml"
    assert name in files[file]
    files[file] = files[file].replace(name, name + "(新版)")
    await desk_at.bench._take_up_lists(desk)  # what the program began with
    await desk_at.press("f2", *"无号到访", "enter", "1", "enter")
    assert desk_at.bench.panel.visit_id
    before = desk.catalogue
    version = publications.version_of(files)
    with desk.store.write() as connection:
        connection.execute(
            insert(PUBLISHED_LISTS).values(
                kind="catalogue", version=version, base="", slices=1, facts="{}", state="current", rid="r",
                content=canonical.dump(files), changed_at=desk.clock(),
            )
        )  # fmt: skip
    await desk_at.bench._take_up_lists(desk)
    assert desk.catalogue is before
    await desk_at.press("f2", *"结束到访", "enter", "2", "f9")
    assert desk_at.bench.panel.visit_id is None
    await desk_at.bench._take_up_lists(desk)
    assert desk.catalogue.items[key].name == name + "(新版)"
    await desk_at.pilot.pause(0.1)
    assert "事项目录已更新" in desk_at.seen()


async def test_a_draft_that_was_put_aside_says_what_its_item_asks_for_now(desk_at) -> None:
    desk = await desk_at.app.desk_when_loaded()
    await desk_at.press("f2", *"无号到访", "enter", "1", "enter")
    await desk_at.press(*"440113198403020053", "enter", "1", "enter")
    await desk_at.press("1", "f9")
    place = desk_at.bench.place
    assert place.visit is not None and place.visit.attendee is not None, desk_at.seen()
    place.begin_item("jiuye-dengji")
    await desk_at.settle()
    listed = place.draft.listed
    assert listed and place.draft.item_version == desk.catalogue.items["jiuye-dengji"].version
    place.put_down()
    item = desk.catalogue.items["jiuye-dengji"]
    changed = replace(item, version="0" * 16, materials=item.materials[1:])
    desk.catalogue = replace(desk.catalogue, items={**desk.catalogue.items, item.key: changed})
    place.begin_item("jiuye-dengji")
    await desk_at.settle()
    assert f"事项目录有变; 不再要 {listed[0]}" in desk_at.seen()
    assert place.draft.item_version == "0" * 16
