"""Bad links to a real sshd through a proxy on loopback: they flap, swallow everything, take two seconds there and back."""

import contextlib
import os
import queue
import random
import socket
import threading
import time

import pytest

from clerk_tui.channel import keys
from clerk_tui.channel.container import batch_name
from clerk_tui.channel.faults import LinkFault
from clerk_tui.channel.folders import UP_IN, make_layout
from clerk_tui.channel.sftp import SftpTransport, Timeouts, account_of
from clerk_tui.channel.station import connect
from clerk_tui.channel.sync import exchange_once
from tests.channel import sshd as servers
from tests.channel.conftest import INST, STATION
from tests.channel.oracle import judge

pytestmark = pytest.mark.system

NAME = batch_name(STATION, INST, "U", 1)
CONTENT = os.urandom(2_000_000)
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


@pytest.fixture
def proxy(tmp_path):
    host = servers.start(tmp_path / "sshd")
    found = Proxy(host.port)
    found.host = host
    yield found
    found.close()
    host.stop()


def url(proxy, root):
    return f"sftp://{servers.account()}@127.0.0.1:{proxy.port}{root}"


@pytest.fixture
def link(proxy, tmp_path):
    make_layout(tmp_path / "exchange")
    keys.make(tmp_path / "login")
    proxy.host.authorize(keys.login_public(tmp_path / "login"))
    account = account_of(url(proxy, tmp_path / "exchange"), proxy.host.host_key, keys.login_key(tmp_path / "login"))
    found = SftpTransport(account, Timeouts(connect=8, keepalive=1, no_progress=8))
    yield found
    found.close()


def test_a_flapping_link_goes_on_where_it_was_until_the_batch_is_whole(proxy, link, tmp_path, tally):
    proxy.cut_after = 600_000
    tries = 0
    while not (tmp_path / "exchange" / UP_IN / NAME).exists():
        tries += 1
        assert tries < 30
        try:
            link.send(NAME, CONTENT)
        except LinkFault:
            continue
    assert (tmp_path / "exchange" / UP_IN / NAME).read_bytes() == CONTENT
    assert proxy.connections > 2
    ratio = proxy.moved_up / len(CONTENT)
    assert ratio <= 1.3  # what the server has is not sent again
    tally.note(f"flapping link: 2 MB whole after {proxy.connections} connections, {ratio:.2f} times its bytes")


def test_one_packet_in_a_hundred_is_lost_and_the_batch_is_whole(proxy, link, tmp_path, tally):
    proxy.loss = 0.01
    link.send(NAME, CONTENT)
    assert (tmp_path / "exchange" / UP_IN / NAME).read_bytes() == CONTENT
    ratio = proxy.moved_up / len(CONTENT)
    assert proxy.connections == 1 and ratio <= 1.3
    tally.note(f"1 % loss: 2 MB whole over one connection, {ratio:.2f} times its bytes")


def test_a_link_that_swallows_everything_is_given_up_and_comes_back(proxy, link, tmp_path, tally):
    assert link.waiting() == []
    proxy.swallow = True
    began = time.monotonic()
    with pytest.raises(LinkFault):
        link.send(NAME, CONTENT)
    tally.note(f"black hole: given up after {time.monotonic() - began:.1f} s")
    assert not (tmp_path / "exchange" / UP_IN / NAME).exists()
    proxy.swallow = False
    link.send(NAME, CONTENT)
    assert (tmp_path / "exchange" / UP_IN / NAME).read_bytes() == CONTENT


def test_two_seconds_there_and_back_are_slow_and_nothing_else(proxy, pair, long_set, tally):
    """A packet is on its way for a second in the long set, for a quarter of one in the normal run."""
    folder = pair.folder / "keys"
    proxy.host.authorize(keys.login_public(folder))
    station = connect(pair.store, url(proxy, pair.host), folder, host_key=proxy.host.host_key, clock=pair.clock)
    station.transport.timeouts = Timeouts(connect=60, keepalive=15, no_progress=60)
    proxy.delay = 1.0 if long_set else 0.25
    try:
        pair.receive()
        began = time.monotonic()
        assert exchange_once(station, send_now=True).sent == 1
        pair.serve()
        assert exchange_once(station, send_now=True).records > 0
        tally.note(f"{2 * proxy.delay} s there and back: two exchanges in {time.monotonic() - began:.0f} s")
        before, began = proxy.moved_up, time.monotonic()
        name = batch_name(STATION, INST, "U", 9)
        station.transport.send(name, CONTENT)
        assert (pair.host / UP_IN / name).read_bytes() == CONTENT
        ratio = (proxy.moved_up - before) / len(CONTENT)
        tally.note(
            f"{2 * proxy.delay} s there and back: 2 MB in {time.monotonic() - began:.0f} s, {ratio:.2f} times its bytes"
        )
        assert ratio <= 1.3
        (pair.host / UP_IN / name).unlink()
    finally:
        station.transport.close()
    assert judge(pair).all == []


def test_exchanges_over_a_flapping_link_lose_and_double_nothing(proxy, pair):
    folder = pair.folder / "keys"
    proxy.host.authorize(keys.login_public(folder))
    station = connect(pair.store, url(proxy, pair.host), folder, host_key=proxy.host.host_key, clock=pair.clock)
    station.transport.timeouts = Timeouts(connect=8, keepalive=1, no_progress=8)
    states = set()
    try:
        for n in range(4):
            proxy.cut_after = 0 if n == 2 else 3_000 + 900 * n
            station.transport.close()
            pair.receive()
            states.add(exchange_once(station, send_now=True).state)
            pair.serve()
            pair.clock.pass_minutes(11)
        proxy.cut_after = 0
        for _ in range(3):
            exchange_once(station, send_now=True)
            pair.serve()
            pair.clock.pass_minutes(11)
        exchange_once(station, send_now=True)
    finally:
        station.transport.close()
    assert states == {"ok", "offline"}
    assert judge(pair).all == []
