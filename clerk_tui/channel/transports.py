"""Where batches are exchanged, chosen by URL. Another transport is another class behind the same protocol."""

from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from clerk_tui.channel import sftp
from clerk_tui.channel.folders import FolderTransport
from clerk_tui.channel.progress import Report
from clerk_tui.rules.refusal import Refusal


class Transport(Protocol):
    """What an exchange asks of a transport.

    Every failure of the link is an OSError, and what only a person can settle a StreamStopped. `report` is told about
    bytes on their way, and what it raises ends the transfer.
    """

    def send(self, name: str, content: bytes, report: Report | None = None) -> None:
        """Publish an uplink batch whole or not at all; the same bytes again are a success."""

    def waiting(self) -> list[str]:
        """Names of the downlink batches that lie there, by number."""

    def fetch(self, name: str, report: Report | None = None) -> bytes:
        """The bytes of one of them."""

    def cancel(self) -> None:
        """From another thread: end what is on its way, if this transport can."""

    def close(self) -> None:
        """Give back what a connection holds; the transport can be used again."""


def open_transport(url: str, *, host_key: str = "", login_key: str = "") -> Transport:
    """The transport of a URL: a plain path, `file:`, or `sftp:`; nothing is connected yet.

    Raises Refusal channel_url, host_key_missing, ssh_key_missing.
    """
    parts = urlsplit(url)
    if parts.scheme == sftp.SCHEME:
        return sftp.SftpTransport(sftp.account_of(url, host_key, login_key))
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path:
        path = unquote(parts.path)
        return FolderTransport(Path(path[1:] if path[2:3] == ":" else path))
    if url and (not parts.scheme or len(parts.scheme) == 1):  # one letter is a drive
        return FolderTransport(Path(url))
    raise Refusal(
        "channel_url",
        "交换地址不对",
        "channel_url 应当是文件夹, file:///..., 或 sftp://账号@主机/文件夹",
        field="channel_url",
    )
