#!/bin/sh
# 离线安装 clerk-tui: sh install.sh [安装文件夹]
# Offline installation: sh install.sh [FOLDER]; needs Python 3.11 or newer, and no network.
set -eu
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
target=${1:-"$HOME/.local/share/clerk-tui-program"}

python=
for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        python=$name
        break
    fi
done
if [ -z "$python" ]; then
    echo "没有找到 Python 3.11 或更新的版本, 请先安装 Python" >&2
    exit 1
fi

(cd "$here" && "$python" - <<'CHECK'
import hashlib, pathlib, sys
for line in pathlib.Path("SHA256SUMS").read_text().splitlines():
    wanted, name = line.split(maxsplit=1)
    if hashlib.sha256(pathlib.Path(name).read_bytes()).hexdigest() != wanted:
        sys.exit(f"安装包损坏: {name}, 请重新拷贝")
CHECK
)

"$python" -m venv "$target"
"$target/bin/python" -m pip install --quiet --no-index --find-links "$here/wheels" --upgrade clerk-tui
"$target/bin/clerk-tui" --version
echo "已装好。试用: $target/bin/clerk-tui demo    正式使用: $target/bin/clerk-tui"
