"""Where batches are exchanged, chosen by URL. Another transport is another class behind the same protocol."""

from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from clerk_tui.channel.folders import FolderTransport
from clerk_tui.rules.refusal import Refusal


class Transport(Protocol):
    """What an exchange asks of a transport. Every failure of the link is an OSError."""

    def send(self, name: str, content: bytes) -> None:
        """Publish an uplink batch whole or not at all; the same bytes again are a success."""

    def waiting(self) -> list[str]:
        """Names of the downlink batches that lie there, by number."""

    def fetch(self, name: str) -> bytes:
        """The bytes of one of them."""


def open_transport(url: str) -> Transport:
    """The transport of a URL: a plain path or `file:`. Raises Refusal channel_url."""
    parts = urlsplit(url)
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and parts.path:
        path = unquote(parts.path)
        return FolderTransport(Path(path[1:] if path[2:3] == ":" else path))
    if url and (not parts.scheme or len(parts.scheme) == 1):  # one letter is a drive
        return FolderTransport(Path(url))
    raise Refusal("channel_url", "交换地址不对", "channel_url 应当是文件夹, 或 file:///... 形式", field="channel_url")
