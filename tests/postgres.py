"""A PostgreSQL server of this test run alone: own data folder, own socket, no network; gone when the run ends."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


def programs() -> Path | None:
    """The folder of the newest PostgreSQL server programs on this machine."""
    onpath = shutil.which("initdb")
    if onpath:
        return Path(onpath).parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else None


class Server:
    """A running server; `new_database` makes an empty database or a copy of another and returns its URL."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.socket}"

    def new_database(self, template: str = "template0") -> str:
        name = f"t{uuid.uuid4().hex[:12]}"
        copied = template.partition("?")[0].rsplit("/", 1)[-1]
        with psycopg.connect(f"host={self.socket} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{copied}" ENCODING \'UTF8\' STRATEGY FILE_COPY')
        return self.url(name)


@contextmanager
def serving() -> Iterator[Server]:
    """Start a server; PostgreSQL refuses to run as root, so root lends it the user that its package made."""
    found = programs()
    assert found is not None, "PostgreSQL server programs are not installed"
    folder = Path(tempfile.mkdtemp(prefix="clerk-pg-"))
    before: list[str] = []
    if os.name == "posix" and os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        before = ["runuser", "-u", "postgres", "--"]
    folder.chmod(0o711)
    data = folder / "data"
    quick = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c listen_addresses=''"

    def run(*command: str) -> None:
        subprocess.run(
            [*before, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, timeout=90
        )

    run(str(found / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
    log, options = str(folder / "log"), f"{quick} -k {folder}"
    run(str(found / "pg_ctl"), "-D", str(data), "-l", log, "-o", options, "-w", "start")
    try:
        yield Server(folder)
    finally:
        run(str(found / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)
