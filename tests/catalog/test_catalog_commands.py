"""clerk-tui catalog, as it is called."""

import json
from pathlib import Path

import pytest
from rich.cells import cell_len
from typer.testing import CliRunner

from clerk_tui.cli.catalog import app


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def test_check_the_shipped_catalogue(run) -> None:  # type: ignore[no-untyped-def]
    result = run("check")
    assert result.exit_code == 0
    assert result.output == "目录可用: 52 个事项, 10 个一件事, 提示 0 处\n"


def test_check_names_file_item_and_fault(run, edited) -> None:  # type: ignore[no-untyped-def]
    result = run("check", edited("items/dibao.yaml", "base_materials: [form,", "base_materials: [fromm,"))
    assert result.exit_code == 1
    assert "错误  items/dibao.yaml [最低生活保障审核确认]: base_materials 的[fromm]不是本事项的材料\n" in result.output
    assert "目录不能使用" in result.output


def test_check_of_nothing(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    result = run("check", tmp_path / "nothing")
    assert result.exit_code == 1 and "找不到这个目录文件夹" in result.output


def test_list_is_aligned_and_counts_marks(run) -> None:  # type: ignore[no-untyped-def]
    result = run("list")
    lines = result.output.splitlines()
    assert "共 52 项: 马上办 11, 网上办" in lines[-2]
    rows = lines[1:53]
    assert len({cell_len(line[: line.index("承诺 ")]) for line in rows if "承诺 " in line}) == 1


@pytest.mark.parametrize("mark", ["马上办", "网上办", "就近办", "一次办"])
def test_list_by_mark(run, mark: str) -> None:  # type: ignore[no-untyped-def]
    data = json.loads(run("list", "--json", "--mark", mark).output)
    assert data["items"] and all(mark in item["marks"] for item in data["items"])
    assert data["marks"][mark] == len(data["items"])


def test_list_finds(run) -> None:  # type: ignore[no-untyped-def]
    data = json.loads(run("list", "--json", "--find", "低保").output)
    assert data["items"][0]["code"] == "mz01"
    assert json.loads(run("list", "--json", "--day", "2025-12-31").output)["items"] == []


@pytest.mark.parametrize("name", ["mz05", "laoren-youdaika", "MZ05"])
def test_show_an_item(run, name: str) -> None:  # type: ignore[no-untyped-def]
    result = run("show", name)
    assert result.exit_code == 0
    for words in ("广州市老年人优待卡申领", "承诺 15 工作日", "核心, 不可", "示例 5 日", "示例目录", "受理 大厅"):
        assert words in result.output


def test_show_every_item_and_package(run, catalogue) -> None:  # type: ignore[no-untyped-def]
    for key in (*catalogue.items, *catalogue.packages):
        result = run("show", key)
        assert result.exit_code == 0 and f"({key})" in result.output


def test_show_as_json(run) -> None:  # type: ignore[no-untyped-def]
    assert json.loads(run("show", "yj01", "--json").output)["key"] == "chusheng"


def test_show_something_unknown_offers_what_is_near(run) -> None:  # type: ignore[no-untyped-def]
    result = run("show", "老人卡")
    assert result.exit_code == 1
    assert "没有事项 老人卡; 是否要找: mz05 广州市老年人优待卡申领" in result.output


def test_diff(run, shipped: Path, edited) -> None:  # type: ignore[no-untyped-def]
    folder = edited("items/laoren-youdaika.yaml", "days: 15,", "days: 12,")
    result = run("diff", shipped, folder)
    assert result.output == (
        "改动 事项 广州市老年人优待卡申领 (laoren-youdaika)\n    promise.value: 15 => 12\n增加 0, 删除 0, 改动 1\n"
    )
    assert json.loads(run("diff", shipped, folder, "--json").output)[0]["values"][0]["new"] == 12
    assert run("diff", shipped, shipped).output == "没有不同\n"


def test_a_faulty_folder_is_refused_in_words(run, shipped: Path, edited) -> None:  # type: ignore[no-untyped-def]
    result = run("diff", shipped, edited("items/dibao.yaml", "code: mz01", "code: MZ1"))
    assert result.exit_code == 1
    assert "事项目录有误: items/dibao.yaml [dibao]: code 写法不对" in result.output
    assert "Traceback" not in result.output
