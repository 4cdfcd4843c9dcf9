"""The transfer program: SFTP in a process of its own, so that a link that hangs can be ended with it.

`python -m clerk_tui.channel.sftp_program` takes frames on its standard input and answers on its standard output. It ends
when the program that started it is gone.
"""

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

import asyncssh

from clerk_tui.channel.container import BATCH_BYTES, parse_name
from clerk_tui.channel.failpoints import reach
from clerk_tui.channel.folders import DOWN_ACK, DOWN_OUT, OK, PART, UP_IN, UP_TMP
from clerk_tui.channel.frames import Message, read_frame, write_frame

CHUNK = 32 * 1024
WINDOW = 8
"""Chunks on their way at once: a long round trip does not slow a batch down much, and little is unsure after a cut."""

RESUME = 64 * 1024
"""The server's size is rounded down to this before a transfer goes on."""

HOST_KEY_ALGORITHMS = (
    "ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512", "rsa-sha2-256",
)  # fmt: skip
"""Asked for after the pinned key's own: a host that has only another key must show it, so that it is told as changed."""

R = TypeVar("R")


class Fault(Exception):
    """What the starting program is told: code and words."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(code)
        self.code, self.words = code, words


class Session:
    """One connection, used for every file of an exchange."""

    def __init__(self, answer: Callable[..., None]) -> None:
        self.answer = answer
        self.connection: asyncssh.SSHClientConnection | None = None
        self.sftp: asyncssh.SFTPClient | None = None
        self.root = ""
        self.renames = True

    async def connect(self, ask: Message) -> None:
        """Log in with the key alone, to the host whose key is pinned. Nothing of the user's own SSH settings counts."""
        try:
            pinned = asyncssh.import_public_key(ask["host_key"])
            client_key = asyncssh.import_private_key(ask["client_key"])
        except (asyncssh.KeyImportError, ValueError) as error:
            raise Fault("key", "主机密钥或本站的登录密钥读不出来") from error
        mine = [name.decode() for name in pinned.sig_algorithms]
        algorithms = mine + [name for name in HOST_KEY_ALGORITHMS if name not in mine]
        self.connection = await asyncssh.connect(
            ask["host"], int(ask["port"]), username=ask["user"], known_hosts=([pinned], [], []),
            server_host_key_algs=algorithms, client_keys=[client_key], preferred_auth="publickey", agent_path=None,
            config=None, password=None, gss_host=None, compression_algs=None, connect_timeout=float(ask["connect"]),
            login_timeout=float(ask["connect"]), keepalive_interval=float(ask["keepalive"]), keepalive_count_max=3,
        )  # fmt: skip
        self.sftp = await self.connection.start_sftp_client(sftp_version=3)
        self.root = ask["path"].rstrip("/")
        if not await self.sftp.isdir(self._at(UP_IN)) or not await self.sftp.isdir(self._at(DOWN_OUT)):
            raise Fault("layout", "服务器上没有本站的交换文件夹")
        try:
            await self.sftp.posix_rename(self._at(UP_TMP, "-"), self._at(UP_TMP, "-"))
        except asyncssh.SFTPOpUnsupported:
            self.renames = False  # marker mode
        except asyncssh.SFTPError:
            pass  # it knows the request, and there is no such file
        reach("sftp_connected")
        self.answer("ok")

    async def names(self) -> None:
        """Downlink batches that lie there."""
        found = set()
        for folder in (DOWN_OUT, DOWN_ACK):
            found |= {str(name) for name in await self._client.listdir(self._at(folder)) if parse_name(str(name))}
        self.answer("ok", names=sorted(found))

    async def fetch(self, name: str) -> None:
        for folder in (DOWN_OUT, DOWN_ACK):
            try:
                async with self._client.open(self._at(folder, name), "rb") as file:
                    size = min((await file.stat()).size or 0, BATCH_BYTES + 1)
                    content = await self._read(file, 0, size)
            except asyncssh.SFTPNoSuchFile:
                continue
            reach("sftp_fetched")
            self.answer("ok", body=content)
            return
        raise Fault("missing", "服务器上已经没有这个批次")

    async def send(self, name: str, content: bytes, trusted: int) -> None:
        """Publish whole or not at all. `trusted` bytes of the part were acknowledged to this station before."""
        marker = not self.renames
        place = self._at(UP_IN, name)
        part = self._at(UP_IN if marker else UP_TMP, name + PART)
        there = await self._size(place)
        if there is not None:
            if there != len(content):
                raise Fault("exists", "服务器上已有同名但不同的批次")
            self.answer("ok")
            return
        if marker and await self._size(self._at(UP_IN, name + OK)) is not None:
            self.answer("ok")
            return
        offset = await self._resume_at(part, content, trusted)
        async with self._client.open(part, "r+b" if offset else "wb") as file:
            reach("sftp_part_opened")
            await self._write(file, content, offset)
            with suppress(asyncssh.SFTPOpUnsupported):
                await file.fsync()
        reach("sftp_part_synced")
        if await self._size(part) != len(content):
            await self._remove(part)
            raise Fault("size", "服务器收到的长度不符, 下次重新发送")
        if marker:
            async with self._client.open(self._at(UP_IN, name + OK), "wb"):
                pass
            reach("sftp_marked")
        else:
            await self._client.posix_rename(part, place)
            reach("sftp_renamed")
        self.answer("ok")

    async def _resume_at(self, part: str, content: bytes, trusted: int) -> int:
        """Where to go on. What the server holds beyond `trusted` is read back and compared; one difference: from 0."""
        size = await self._size(part)
        if size is None:
            return 0
        offset = min(size, len(content)) // RESUME * RESUME
        if size <= len(content) and offset:
            start = min(trusted, offset)
            async with self._client.open(part, "rb") as file:
                if await self._read(file, start, offset) == content[start:offset]:
                    return offset
        await self._remove(part)
        return 0

    async def _write(self, file: "asyncssh.SFTPClientFile", content: bytes, offset: int) -> None:
        async def put(start: int) -> int:
            part = content[start : start + CHUNK]
            await file.write(part, start)
            return start + len(part)

        async for done in _in_order(put, range(offset, len(content), CHUNK)):
            reach("sftp_chunk")
            self.answer("progress", done=done, total=len(content))

    async def _read(self, file: "asyncssh.SFTPClientFile", start: int, end: int) -> bytes:
        async def get(at: int) -> bytes:
            found = await file.read(min(CHUNK, end - at), at)
            return found if isinstance(found, bytes) else found.encode()

        parts: list[bytes] = []
        async for part in _in_order(get, range(start, end, CHUNK)):
            parts.append(part)
            self.answer("progress", done=start + sum(map(len, parts)), total=end)
        return b"".join(parts)

    async def _size(self, path: str) -> int | None:
        try:
            return (await self._client.stat(path)).size
        except asyncssh.SFTPNoSuchFile:
            return None

    async def _remove(self, path: str) -> None:
        try:
            await self._client.remove(path)
        except asyncssh.SFTPNoSuchFile:
            return

    @property
    def _client(self) -> "asyncssh.SFTPClient":
        if self.sftp is None:
            raise Fault("offline", "还没有连上服务器")
        return self.sftp

    def _at(self, *parts: str) -> str:
        return "/".join((self.root, *parts)) if self.root else "/".join(("", *parts))


async def _in_order(work: Callable[[int], Awaitable[R]], starts: range) -> AsyncIterator[R]:
    """Run `work` for every start with a few at once; yield the answers in order."""
    running: list[asyncio.Future[R]] = []
    waiting = iter(starts)
    try:
        for start in waiting:
            running.append(asyncio.ensure_future(work(start)))
            if len(running) == WINDOW:
                yield await running.pop(0)
        while running:
            yield await running.pop(0)
    finally:
        for task in running:
            task.cancel()


def words_of(error: BaseException) -> Fault:
    """What a person is told about a failure of the link, without paths and names of hosts."""
    if isinstance(error, Fault):
        return error
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return Fault("host_key", "服务器的主机密钥与登记的不同")
    if isinstance(error, asyncssh.PermissionDenied):
        return Fault("denied", "服务器不接受本站的账号或登录密钥")
    if isinstance(error, asyncssh.SFTPPermissionDenied):
        return Fault("folder", "服务器上的交换文件夹没有权限")
    if isinstance(error, asyncssh.SFTPNoSuchFile):
        return Fault("layout", "服务器上没有本站的交换文件夹")
    if isinstance(error, asyncssh.SFTPConnectionLost | asyncssh.ConnectionLost | asyncssh.DisconnectError):
        return Fault("lost", "与服务器的连接断了")
    if isinstance(error, asyncssh.SFTPError):
        return Fault("write", "服务器不能读写文件, 可能磁盘已满或超过配额")
    if isinstance(error, OSError | TimeoutError):
        return Fault("unreachable", "连不上服务器")
    return Fault("fault", "传输程序出错")


async def serve() -> None:
    """Answer the starting program until it is gone."""
    loop = asyncio.get_running_loop()
    asked: asyncio.Queue[tuple[Message, bytes]] = asyncio.Queue()
    out = sys.stdout.buffer

    def listen() -> None:
        while (frame := read_frame(sys.stdin.buffer)) is not None:
            loop.call_soon_threadsafe(asked.put_nowait, frame)
        os._exit(0)  # whoever started this is gone, and a hanging link must not keep it

    def answer(event: str, *, body: bytes = b"", **facts: Any) -> None:
        write_frame(out, {"event": event, **facts}, body)

    threading.Thread(target=listen, daemon=True).start()
    session = Session(answer)
    while True:
        ask, body = await asked.get()
        try:
            if ask["op"] == "connect":
                await session.connect(ask)
            elif ask["op"] == "names":
                await session.names()
            elif ask["op"] == "fetch":
                await session.fetch(ask["name"])
            else:
                await session.send(ask["name"], body, int(ask["trusted"]))
        except Exception as error:  # every failure is told in words; the link is tried again by whoever asked
            fault = words_of(error)
            answer("error", code=fault.code, words=fault.words)


if __name__ == "__main__":
    asyncio.run(serve())
