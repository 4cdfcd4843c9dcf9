"""A slip printer that listens on a port, tells its state, and decodes what it was sent, as its paper would show it."""

import socket
import threading
from dataclasses import dataclass, field


@dataclass
class Paper:
    """What stands on the roll. `lines` are (words, large); `codes` are QR codes; `cuts` how often it was cut."""

    lines: list[tuple[str, bool]] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    cuts: int = 0

    @property
    def text(self) -> str:
        return "\n".join(words for words, _ in self.lines)


def decode(data: bytes) -> Paper:
    """Read ESC/POS commands strictly: a byte that no command explains is an error."""
    paper, line, at, large, chinese, store = Paper(), b"", 0, False, False, ""
    while at < len(data):
        byte = data[at]
        if data[at : at + 2] == b"\x1b@":
            at += 2
        elif data[at : at + 2] == b"\x1c&":
            chinese, at = True, at + 2
        elif data[at : at + 2] == b"\x1b!":
            large, at = bool(data[at + 2] & 0x30), at + 3
        elif data[at : at + 2] in (b"\x1bE", b"\x1ba", b"\x1bd", b"\x1bt", b"\x1bM", b"\x1b-", b"\x1dB", b"\x1d!"):
            at += 3
        elif data[at : at + 3] == b"\x1d(k":
            size = data[at + 3] + 256 * data[at + 4]
            body = data[at + 5 : at + 5 + size]
            if body[:3] == b"1P0":
                store = body[3:].decode("ascii")
            elif body[:2] == b"1Q":
                paper.codes.append(store)
            at += 5 + size
        elif data[at : at + 2] == b"\x1dV":
            paper.cuts += 1
            at += 3
        elif byte == 0x0A:
            paper.lines.append((line.decode("gb18030"), large))
            line, at = b"", at + 1
        elif byte >= 0x81:
            assert chinese, "Chinese before FS &"
            length = 4 if 0x30 <= data[at + 1] <= 0x39 else 2
            line, at = line + data[at : at + length], at + length
        else:
            assert 0x20 <= byte < 0x7F, f"byte {byte:#x} at {at}"
            line, at = line + data[at : at + 1], at + 1
    assert line == b"", "the last line was not printed"
    return paper


class VirtualPrinter:
    """Use as a context manager. `paper_out` and `silent` may be changed while it runs."""

    def __init__(self) -> None:
        self.paper_out = False
        self.silent = False
        self.jobs: list[bytes] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(0.05)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> "VirtualPrinter":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._server.close()

    def _serve(self) -> None:
        while not self._ended.is_set():
            try:
                line, _ = self._server.accept()
            except TimeoutError:
                continue
            with line:
                self._take(line)

    def _take(self, line: socket.socket) -> None:
        line.settimeout(5)
        taken = b""
        while piece := line.recv(65536):
            while (at := piece.find(b"\x10\x04")) >= 0:
                taken += piece[:at]
                if not self.silent:
                    paper = piece[at + 2 : at + 3] == b"\x04"
                    line.sendall(bytes([0x72 if paper and self.paper_out else 0x12]))
                piece = piece[at + 3 :]
            taken += piece
        if taken:
            self.jobs.append(taken)
