"""A catalogue that the district publishes while somebody is served: this visit keeps its own, the next one has the new."""

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
