"""Bad links to a real sshd through a proxy on loopback: they flap, swallow everything, take two seconds there and back."""

import os
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
from tests.channel.proxy import Proxy

pytestmark = pytest.mark.system

NAME = batch_name(STATION, INST, "U", 1)
CONTENT = os.urandom(2_000_000)


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
