"""Print one of the README's two commands: `readme.py demo|tests [sh|powershell]`."""

import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"


def command(name: str, shell: str = "sh") -> str:
    """The one line in the first block of `shell` after the heading marker `<!-- name -->`."""
    text = README.read_text(encoding="utf-8")
    found = re.search(rf"<!-- {name} -->.*?```{shell}\n(.*?)\n```", text, re.DOTALL)
    if found is None or "\n" in found.group(1):
        raise SystemExit(f"README.md has no single {shell} command for {name}")
    return found.group(1)


if __name__ == "__main__":
    sys.stdout.write(command(*sys.argv[1:]) + "\n")
