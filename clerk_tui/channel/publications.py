"""Lists that the district publishes: the form of their slices, the same at both ends.

A list is a mapping of keys to texts: files of a catalogue or of calendars by their path, blocked applicants by their hash,
a policy document as one text. Its version is the hash of the whole; a delta names the version that it changes, and null
takes a key away.
"""

from collections.abc import Collection, Iterator, Mapping

from clerk_tui.store import canonical

CATALOGUE, CALENDAR, CREDIT = "catalogue", "calendar", "credit"
KINDS = {
    CATALOGUE: "事项目录",
    CALENDAR: "工作日历",
    "deficiency": "容缺清单",
    CREDIT: "信用限制名单",
    "correction": "补正规定",
    "queue": "排队规定",
}
SLICE, CURRENT = "list.slice", "list.current"
SLICE_BYTES = 60_000
WHOLE_BYTES = 32 * 1024 * 1024
DOCUMENT = "document"
"""The one key of a policy document."""

WRONG_BASE = "wrong_base"
"""What a station answers when it does not hold the version that a delta changes: it is sent the snapshot."""

Entries = Mapping[str, str]
Changes = Mapping[str, str | None]


def version_of(entries: Entries) -> str:
    """The hash that names a list's content."""
    return canonical.sha(canonical.dump(dict(entries)))


def changes(old: Entries, new: Entries) -> dict[str, str | None]:
    """What makes `new` of `old`."""
    gone: dict[str, str | None] = {key: None for key in old if key not in new}
    return gone | {key: value for key, value in new.items() if old.get(key) != value}


def merged(old: Entries, change: Changes) -> dict[str, str]:
    """`old` with the changes in it."""
    found = {key: value for key, value in old.items() if key not in change}
    return found | {key: value for key, value in change.items() if value is not None}


def slices(change: Changes) -> Iterator[dict[str, str | None]]:
    """Parts that each fit into a record with room to spare; a list without entries is one empty part."""
    part: dict[str, str | None] = {}
    size = 0
    for key, value in sorted(change.items()):
        cost = len(key.encode()) + len((value or "").encode()) + 8
        if part and size + cost > SLICE_BYTES:
            yield part
            part, size = {}, 0
        part[key] = value
        size += cost
    yield part


def is_safe_path(key: str) -> bool:
    """Whether a key may become a file below a folder of its own: plain names, two levels at most, YAML only."""
    parts = key.split("/")
    plain = all(part and part[0] not in ".-" and all(c.isalnum() or c in "._-" for c in part) for part in parts)
    return plain and len(parts) <= 2 and key.endswith(".yaml") and len(key.encode()) <= PATH_BYTES


PATH_BYTES = 240
"""No file system of ours takes a longer name."""


def are_files(keys: Collection[str]) -> bool:
    """Whether these keys may become files beside one another: none of them is also the folder of another one."""
    folders = {key.split("/")[0] for key in keys if "/" in key}
    return bool(keys) and all(map(is_safe_path, keys)) and folders.isdisjoint(keys)
