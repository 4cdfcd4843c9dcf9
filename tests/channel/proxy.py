"""A bad link: a proxy on loopback that cuts, swallows, delays and loses."""

import contextlib
import queue
import random
import socket
import threading
import time

PACKET, SENT_AGAIN_SECONDS = 1460, 0.2
"""What TCP does with a loss: the packet comes a fifth of a second later, and all that follows waits for it."""


class Proxy:
    """Passes bytes to a port; `cut_after` bytes upwards it breaks the connection, `swallow` it says nothing any more,
    `delay` is one way, in seconds; `loss` is the share of packets that come only when they were sent again."""

    def __init__(self, port):
        self.target, self.cut_after, self.swallow, self.delay = port, 0, False, 0.0
        self.loss, self.chance = 0.0, random.Random(1)
        self.connections, self.moved_up = 0, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.open = []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            far = socket.create_connection(("127.0.0.1", self.target))
            self.open += [near, far]
            threading.Thread(target=self.pump, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self.pump, args=(far, near, False), daemon=True).start()

    def late(self, source, on_their_way):
        """What arrives leaves again after the delay; much may be on its way at a time."""
        with contextlib.suppress(OSError):
            while data := source.recv(16_384):
                on_their_way.put((time.monotonic() + self.delay, data))
        on_their_way.put((0.0, b""))

    def coming(self, source):
        on_their_way = queue.SimpleQueue()
        threading.Thread(target=self.late, args=(source, on_their_way), daemon=True).start()
        while True:
            due, data = on_their_way.get()
            if not data:
                return
            time.sleep(max(0.0, due - time.monotonic()))
            yield data

    def pump(self, source, sink, upwards):
        moved = 0
        try:
            for data in self.coming(source):
                if self.swallow:
                    continue
                packets = len(data) // PACKET + 1
                lost = sum(self.chance.random() < self.loss for _ in range(packets)) if self.loss else 0
                if lost:
                    time.sleep(lost * SENT_AGAIN_SECONDS)
                sink.sendall(data)
                moved += len(data)
                self.moved_up += len(data) * upwards
                if upwards and self.cut_after and moved > self.cut_after:
                    break
        except OSError:
            pass
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.listener.close()
        for end in self.open:
            end.close()
