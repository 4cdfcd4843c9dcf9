"""Every rule says on what it rests: a law, a standard, a published rule, or that it is the hall's own."""

import ast
import re
from importlib.resources import files
from pathlib import Path

import pytest

SOURCE = re.compile(r"[法例定典范] ?\d|条例|〔20\d\d〕|GB|DB52|ISO|hall's own|hall's to set|[台洋西]\S州?住?\S*20\d\d")
NO_LAW = {
    "__init__", "folding", "numbering", "paper_variants", "papers", "phones", "plain_text", "queue_simulation", "refusal",
    "legal_texts", "roles", "state_pages", "state_table", "states", "ticket_states", "worded",
}  # fmt: skip
"""Forms, words and tools: how a number is written, what a role may press."""
MODULES = sorted(Path(str(files("clerk_tui.rules"))).glob("*.py"))


@pytest.mark.parametrize("path", [one for one in MODULES if one.stem not in NO_LAW], ids=lambda path: path.stem)
def test_each_rule_names_its_source(path: Path) -> None:
    module = ast.parse(path.read_text(encoding="utf-8"))
    if SOURCE.search(ast.get_docstring(module) or ""):
        return
    public = [one for one in module.body if isinstance(one, ast.FunctionDef) and not one.name.startswith("_")]
    assert public and all(SOURCE.search(ast.get_docstring(one) or "") for one in public), path.stem


def test_the_exceptions_are_modules() -> None:
    assert {path.stem for path in MODULES} >= NO_LAW
