"""The keys, the same everywhere, never changed by data or timing. Every binding has an id, so that a site
can remap it in its settings; the Ctrl letters are the second way for keyboards without F-keys."""

from collections.abc import Mapping

from textual.binding import Binding

HELP = Binding("f1", "help", "帮助", id="key.help")
FIND = Binding("f2,ctrl+g", "find", "查找", id="key.find")
VALUES = Binding("f4,ctrl+l", "values", "选项", id="key.values")
CONFIRM = Binding("f9,ctrl+s", "confirm", "确认", id="key.confirm")
BACK = Binding("escape", "back", "返回", id="key.back")
JUMP = Binding("ctrl+p", "jump", "跳转", id="key.jump", priority=True)
QUIT = Binding("ctrl+q", "leave", "退出", id="app.quit", priority=True)
AGAIN_KEYS = "f6,ctrl+r"
CONTRACT: tuple[Binding, ...] = (
    HELP,
    FIND,
    Binding("f3,ctrl+t", "workbench", "工作台", id="key.workbench"),
    VALUES,
    Binding("f5,ctrl+n", "call_next", "叫号", id="queue.next"),
    Binding(AGAIN_KEYS, "call_again", "重呼", id="queue.again"),
    Binding("f7,ctrl+o", "hold", "挂起", id="queue.hold"),
    Binding("f8,ctrl+y", "held", "挂起单", id="queue.held"),
    CONFIRM,
    BACK,
)
EVERYWHERE = (*CONTRACT, JUMP, QUIT)
MEANINGS = {
    "key.help": "这一格的说明; 再按一次列出所有的键",
    "key.find": "查找: 人, 办件, 号票, 文书, 柜位, 事项, 操作",
    "key.workbench": "回到工作台, 按数字换地方",
    "key.values": "这一格的选项",
    "queue.next": "叫下一位",
    "queue.again": "重呼",
    "queue.hold": "挂起: 原因和约定时间",
    "queue.held": "挂起单",
    "key.confirm": "确认, 办完",
    "key.back": "返回, 什么都不做, 已填的不丢",
    "key.jump": "跳转: 每一格前面显示一个字母, 按它就到",
    "app.quit": "退出程序",
}
"""What each key is for, in a line; the help card and the printed card show it."""
WEIGHT = ("key.help", "key.find", "key.confirm", "key.back", "queue.next", "key.values", "key.workbench", "queue.hold")
"""The keys that stay on a narrow key line, the most needed first; the others follow, and F1 tells all of them."""
FIELD_KEYS = frozenset("ctrl+" + letter for letter in "acdefkuvwx") | {
    "enter", "tab", "shift+tab", "backspace", "delete", "up", "down", "left", "right", "home", "end", "space",
}  # fmt: skip
"""Keys that a text field or a list needs itself: an act on them would be dead, or would kill the field."""


def usable_keymap(wanted: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """What of the site's `[keys]` can be used, and what is wrong with the rest, a line each for the clerk.

    A remap that takes another act's key, or one that fields need, is not used: the act keeps its own key. Esc leads back
    whatever else does: every card says so.
    """
    known = {one.id or "": one for one in EVERYWHERE}
    faults = [f"[keys] 没有键位 {name}; 可用: {', '.join(known)}" for name in wanted if name not in known]
    asked = {name: keys for name, keys in wanted.items() if name in known}
    if (back := asked.get(BACK.id or "")) is not None and BACK.key not in back.split(","):
        asked[BACK.id or ""] = f"{back},{BACK.key}"
    taken = {key: name for name, one in known.items() if name not in asked for key in one.key.split(",")}
    taken[BACK.key] = BACK.id or ""
    found: dict[str, str] = {}
    for name, keys in asked.items():
        bad = [key for key in keys.split(",") if key in FIELD_KEYS or len(key) == 1]
        clash = next(((key, taken[key]) for key in keys.split(",") if taken.get(key, name) != name), None)
        words = known[name].description
        if bad:
            faults.append(f"[keys] {name}({words}) 不能用 {key_words(bad[0])}: 输入格要用它; 仍用 {_of(known[name])}")
        elif clash is not None:
            key, other = clash
            faults.append(
                f"[keys] {key_words(key)} 同时给了 {words} 和 {known[other].description}; {words} 仍用 {_of(known[name])}"
            )
        else:
            found[name] = keys
        for key in (found.get(name) or known[name].key).split(","):
            taken.setdefault(key, name)
    return found, faults


def keys_of(binding: Binding, keymap: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of a binding as they are written on keyboards, the site's remapping in mind."""
    return tuple(key_words(key) for key in keymap.get(binding.id or "", binding.key).split(","))


def key_words(key: str) -> str:
    """f5 -> F5, ctrl+n -> Ctrl+N, escape -> Esc."""
    names = {"escape": "Esc", "pagedown": "PgDn", "pageup": "PgUp", "enter": "Enter", "tab": "Tab"}
    return "+".join(names.get(part, part.capitalize()) for part in key.split("+"))


def key_line(keymap: Mapping[str, str], room: int) -> str:
    """The key line in at most `room` cells: the most needed keys that fit, always in the same order."""
    words = {one.id or "": f"{keys_of(one, keymap)[0]}{one.description}" for one in CONTRACT}
    ranked = [*WEIGHT, *(name for name in words if name not in WEIGHT)]
    kept: list[str] = []
    for name in ranked:
        if sum(_width(words[one]) + 1 for one in (*kept, name)) <= room + 1:
            kept.append(name)
    return " ".join(words[name] for name in words if name in kept)


def _width(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text)


def _of(binding: Binding) -> str:
    return key_words(binding.key.split(",")[0])
