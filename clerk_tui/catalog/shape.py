"""Is a file shaped as its JSON Schema in data/schemas says? Faults in Chinese, with the place in the file."""

import json
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from clerk_tui.catalog.faults import Fault
from clerk_tui.resources import data_folder

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

TYPE_WORDS = {
    "string": "文字",
    "integer": "整数",
    "boolean": "true 或 false",
    "array": "列表",
    "object": "[名称: 内容]",
    "null": "空",
}


def shape_faults(schema: str, data: Any, file: str) -> list[Fault]:
    """The faults of one file's data against data/schemas/`schema`.schema.json."""
    item = data.get("key", "") if isinstance(data, dict) else ""
    item = item if isinstance(item, str) else ""
    found = {words: None for error in _validator(schema).iter_errors(data) for words in _words(error, data)}
    return [Fault(file, item, words) for words in found]


@cache
def _validator(schema: str) -> "Draft202012Validator":
    from jsonschema import Draft202012Validator

    path = data_folder() / "schemas" / f"{schema}.schema.json"
    return Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))


def _words(error: "ValidationError", data: Any) -> Iterator[str]:
    if error.validator == "anyOf" and error.context:
        for inner in error.context:
            if inner.validator != "type" or inner.absolute_path != error.absolute_path:
                yield from _words(inner, data)
        if all(inner.validator == "type" for inner in error.context):
            yield f"{_place(list(error.absolute_path), data)}写法不对"
        return
    yield f"{_place(list(error.absolute_path), data)}{_problem(error)}"


def _problem(error: "ValidationError") -> str:
    value: Any = error.instance
    rule: Any = error.validator_value
    schema: Any = error.schema
    match error.validator:
        case "required":
            return "缺少 " + "、".join(name for name in rule if name not in value)
        case "additionalProperties":
            known = schema.get("properties", {})
            return "不认识 " + "、".join(str(name) for name in value if name not in known)
        case "type":
            kinds = [rule] if isinstance(rule, str) else rule
            return f"应为{'或'.join(TYPE_WORDS.get(kind, kind) for kind in kinds)}, 现为 {_shown(value)}"
        case "enum":
            return f"只能是 {'、'.join(str(one) for one in rule)}, 现为 {_shown(value)}"
        case "pattern":
            return f"写法不对: {_shown(value)}"
        case "minLength" | "minItems" | "minProperties":
            return "不能为空" if rule == 1 else f"至少要有 {rule} 个"
        case "minimum":
            return f"不能小于 {rule}, 现为 {_shown(value)}"
        case "maximum":
            return f"不能大于 {rule}, 现为 {_shown(value)}"
        case "uniqueItems":
            return "有重复"
        case other:
            return f"不符合 {other} 的要求: {_shown(value)}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 40 else text[:39] + ".."


def _place(path: Sequence[Any], data: Any) -> str:
    """questions.who.options.self.label: members of lists are named by their id where they have one."""
    parts: list[str] = []
    for step in path:
        data = data[step]
        named = data.get("id") if isinstance(step, int) and isinstance(data, dict) else None
        parts.append(str(named or (f"第{step + 1}个" if isinstance(step, int) else step)))
    return ".".join(parts) + " " if parts else ""
