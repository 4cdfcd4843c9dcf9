"""Messages between a program and its transfer program over two pipes: a JSON head and raw bytes behind it."""

import json
import struct
from typing import Any, BinaryIO

HEAD_BYTES = 1024 * 1024
BODY_BYTES = 16 * 1024 * 1024

Message = dict[str, Any]


def write_frame(pipe: BinaryIO, message: Message, body: bytes = b"") -> None:
    """Raises OSError when the other end is gone."""
    head = json.dumps(message | {"bytes": len(body)}).encode()
    pipe.write(struct.pack(">I", len(head)) + head)
    pipe.write(body)
    pipe.flush()


def read_frame(pipe: BinaryIO) -> tuple[Message, bytes] | None:
    """The next message; None when the other end is gone or what it says is not a message."""
    size = _exactly(pipe, 4)
    if size is None or (length := struct.unpack(">I", size)[0]) > HEAD_BYTES:
        return None
    head = _exactly(pipe, length)
    if head is None:
        return None
    try:
        message = json.loads(head)
        count = int(message["bytes"])
    except (ValueError, KeyError, TypeError):
        return None
    body = _exactly(pipe, count) if 0 <= count <= BODY_BYTES else None
    return None if body is None else (message, body)


def _exactly(pipe: BinaryIO, count: int) -> bytes | None:
    parts = []
    while count:
        part = pipe.read(count)
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
