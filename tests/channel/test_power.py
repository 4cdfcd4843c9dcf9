"""The power goes: what the folder transport leaves behind, in every order in which a disk may have kept its writes.

The calls of `publish` are recorded and replayed on a model of a file system that keeps only what was made durable:
anything else may be there, may be missing, or may be half there (Pillai et al., OSDI 2014). A prefix of the calls and a
choice among the calls that were not made durable is one crash.
"""

import itertools
import os
import random
from pathlib import Path

import pytest

from clerk_tui.channel import folders
from clerk_tui.channel.container import batch_name
from clerk_tui.channel.folders import UP_IN, UP_TMP, make_layout, publish

BATCHES, LONG_BATCHES = 60, 250


class Recorder:
    """Does what it is asked, and notes it: (what, file or folder, more)."""

    def __init__(self, monkeypatch):
        calls = self.calls = []
        handles = self.handles = {}
        real = {"open": os.open, "fdopen": os.fdopen, "fsync": os.fsync, "replace": Path.replace}

        def open_(path, flags, mode=0o777):
            handle = real["open"](path, flags, mode)
            handles[handle] = Path(path)
            if flags & os.O_CREAT:
                calls.append(("create", Path(path), None))
            return handle

        def fdopen(handle, mode):
            file = real["fdopen"](handle, mode, 0)  # every write is a call of its own
            write, path = file.write, handles[handle]

            class Noted:
                def __enter__(self):
                    return self

                def __exit__(self, *more):
                    file.close()

                def write(self, content):
                    write(content)
                    calls.append(("write", path, bytes(content)))

                def flush(self):
                    file.flush()

                def fileno(self):
                    return file.fileno()

            return Noted()

        def fsync(handle):
            real["fsync"](handle)
            path = handles[handle]
            calls.append(("fsync_folder" if path.is_dir() else "fsync", path, None))

        def replace(path, target):
            real["replace"](path, target)
            calls.append(("rename", path, Path(target)))

        monkeypatch.setattr(folders.os, "open", open_)
        monkeypatch.setattr(folders.os, "fdopen", fdopen)
        monkeypatch.setattr(folders.os, "fsync", fsync)
        monkeypatch.setattr(Path, "replace", replace)

    def published(self, name):
        self.calls.append(("published", Path(name), None))


def record(monkeypatch, root, contents):
    make_layout(root)
    recorder = Recorder(monkeypatch)
    for name, content in contents.items():
        publish(root / UP_IN / name, root / UP_TMP, content)
        recorder.published(name)
    return recorder.calls


def durable(calls, place):
    """Whether a later call of the same prefix made the call at `place` durable."""
    what, path, more = calls[place]
    for after, other, _ in calls[place + 1 :]:
        if what == "write" and after == "fsync" and other == path:
            return True
        if what == "create" and after == "fsync_folder" and other == path.parent:
            return True
        if what == "rename" and after == "fsync_folder" and other == more.parent:
            return True
    return False


def crash(calls, kept):
    """Contents of every file, by path, after the calls whose places are in `kept`; half a write is kept as 0.5."""
    names, data = {}, {}
    for place, (what, path, more) in enumerate(calls):
        if what == "create":
            data[path] = b""
            if place in kept:
                names[path] = path
        elif what == "write" and place in kept:
            data[path] = data.get(path, b"") + more[: int(len(more) * kept[place])]
        elif what == "rename" and place in kept:
            names.pop(path, None)
            names[more] = path
    return {name: data[inode] for name, inode in names.items()}


def crashes(calls):
    """Every prefix with every choice among what was not durable yet, of this batch and the one before it: what is older
    has had its time."""
    for end in range(len(calls) + 1):
        marks = [place for place in range(end) if calls[place][0] == "published"]
        recent = calls[marks[-2] + 1 if len(marks) > 1 else 0 : end]
        able = [place for place, call in enumerate(recent) if call[0] in ("create", "write", "rename")]
        sure = {place: 1 for place in able if durable(recent, place)}
        unsure = [place for place in able if place not in sure]
        parts = [(0, 0.5, 1) if recent[place][0] == "write" else (0, 1) for place in unsure]
        for choice in itertools.product(*parts):
            some = {place: part for place, part in zip(unsure, choice, strict=True) if part}
            yield recent, crash(recent, sure | some)


def faults(calls, contents):
    """What a crash may leave that must not be: a batch told as sent that is not whole, or a torn file under its name."""
    found, states = set(), 0
    for recent, files in crashes(calls):
        states += 1
        for name in [path.name for what, path, _ in recent if what == "published"]:
            place = next((path for path in files if path.name == name), None)
            if place is None:
                found.add("gone")
            elif files[place] != contents[name]:
                found.add("not whole")
        for path, content in files.items():
            if path.suffix == ".pyx" and content != contents[path.name]:
                found.add("torn under its name")
    return found, states


def batches(count):
    chance = random.Random(7)
    return {batch_name("440113001001", "a1b2c3d4", "U", n): chance.randbytes(300) for n in range(1, count + 1)}


def test_no_crash_leaves_a_batch_that_was_told_as_sent_less_than_whole(monkeypatch, tmp_path, long_set, tally):
    contents = batches(LONG_BATCHES if long_set else BATCHES)
    calls = record(monkeypatch, tmp_path, contents)
    found, states = faults(calls, contents)
    tally.note(f"power loss: {len(calls)} calls, {states} crashes, faults {sorted(found)}")
    assert len(calls) >= 6 * len(contents)
    assert states > 2 * len(calls)
    assert found == set()


def test_mutant_without_a_durable_folder_is_found(monkeypatch, tmp_path):
    monkeypatch.setattr(folders, "_sync_folder", lambda folder: None)
    contents = batches(3)
    assert faults(record(monkeypatch, tmp_path, contents), contents)[0] == {"gone"}


def test_mutant_without_a_durable_file_is_found(monkeypatch, tmp_path):
    contents = batches(3)
    calls = [call for call in record(monkeypatch, tmp_path, contents) if call[0] != "fsync"]
    assert "torn under its name" in faults(calls, contents)[0]


@pytest.mark.parametrize("size", [0, 150, 299])
def test_after_a_crash_the_same_batch_is_published_again(tmp_path, size):
    """A `.part` that a crash left, of any length, is in nobody's way."""
    make_layout(tmp_path)
    [(name, content)] = batches(1).items()
    (tmp_path / UP_TMP / (name + ".part")).write_bytes(content[:size])
    publish(tmp_path / UP_IN / name, tmp_path / UP_TMP, content)
    assert (tmp_path / UP_IN / name).read_bytes() == content
    assert list((tmp_path / UP_TMP).iterdir()) == []
