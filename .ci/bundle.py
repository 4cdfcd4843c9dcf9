"""Make the offline bundle of this kind of machine: `bundle.py DIST` puts DIST/offline together from DIST's wheel."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(dist: Path) -> None:
    (wheel,) = dist.glob("clerk_tui-*.whl")
    bundle = dist / "offline"
    shutil.rmtree(bundle, ignore_errors=True)
    wheels = bundle / "wheels"
    wheels.mkdir(parents=True)
    pip = [sys.executable, "-m", "pip", "download", "-q", "--only-binary", ":all:", "-d", str(wheels), str(wheel)]
    subprocess.run(pip, check=True)
    for name in ("install.sh", "install.ps1", "README.txt"):
        shutil.copy(HERE / "offline" / name, bundle / name)
    sums = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  wheels/{path.name}\n" for path in sorted(wheels.iterdir())
    ]
    (bundle / "SHA256SUMS").write_text("".join(sums), encoding="ascii")
    size = sum(path.stat().st_size for path in wheels.iterdir())
    sys.stdout.write(f"{bundle}: {len(sums)} wheels, {size // 1_000_000} MB\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
