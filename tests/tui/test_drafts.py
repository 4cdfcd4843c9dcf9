"""Drafts of a window: kept on every change, gone when committed or old."""

import os
import stat

import pytest

from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.drafts import KEPT_MS, Draft, Drafts, open_drafts


def draft(act_id: str = "a1", *, clerk: str = "c1", kind: str = "intake", visit: str = "v1", at: int = 1000) -> Draft:
    return Draft(act_id, clerk, kind, visit, '{"name": "[/x]"}', at)


@pytest.fixture
def drafts(tmp_path):
    opened = Drafts(tmp_path / "drafts" / "window-1.db")
    yield opened
    opened.close()


def test_the_last_save_stands_after_a_restart(tmp_path, drafts):
    drafts.save(draft())
    drafts.save(Draft("a1", "c1", "intake", "v1", "later", 2000))
    again = Drafts(tmp_path / "drafts" / "window-1.db")
    assert again.of_clerk("c1") == (Draft("a1", "c1", "intake", "v1", "later", 2000),)
    again.close()


def test_a_draft_belongs_to_its_clerk(drafts):
    drafts.save(draft())
    drafts.save(draft("a2", clerk="c2"))
    assert [one.act_id for one in drafts.of_clerk("c1")] == ["a1"]


def test_drafts_of_one_visit_and_kind_newest_first(drafts):
    drafts.save(draft("a1", at=1))
    drafts.save(draft("a2", at=2))
    drafts.save(draft("a3", visit="v2"))
    drafts.save(draft("a4", kind="other"))
    assert [one.act_id for one in drafts.of_clerk("c1", kind="intake", visit_id="v1")] == ["a2", "a1"]


def test_committed_and_old_ones_go(drafts):
    drafts.save(draft("done", at=KEPT_MS))
    drafts.save(draft("old", at=0))
    drafts.save(draft("kept", at=KEPT_MS))
    drafts.clean(done=["done"], now=KEPT_MS + 1)
    assert drafts.act_ids() == ("kept",)


def test_a_dropped_draft_leaves_no_trace_in_the_file(tmp_path, drafts):
    drafts.save(Draft("a1", "c1", "intake", "v1", "秘密内容xyz", 1))
    drafts.drop("a1")
    drafts.close()
    content = b"".join(path.read_bytes() for path in (tmp_path / "drafts").iterdir())
    assert "秘密内容xyz".encode() not in content


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_the_file_is_for_its_user_alone(tmp_path, drafts):
    assert stat.S_IMODE((tmp_path / "drafts" / "window-1.db").stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_written_is_a_refusal(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Refusal, match="drafts_unwritable"):
        open_drafts(tmp_path / "file" / "window-1.db")
