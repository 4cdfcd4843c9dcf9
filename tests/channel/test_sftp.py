"""The SFTP transport against a real OpenSSH server: whole or not at all, the pinned host, the key, and going on."""

import asyncio
import dataclasses
import os
import threading
from pathlib import Path

import asyncssh
import pytest

from clerk_tui.channel import enrolment, keys
from clerk_tui.channel.container import batch_name
from clerk_tui.channel.failpoints import VARIABLE
from clerk_tui.channel.faults import Cancelled, LinkFault, StreamStopped
from clerk_tui.channel.folders import UP_IN, UP_TMP, make_layout
from clerk_tui.channel.progress import Progress
from clerk_tui.channel.sftp import SftpTransport, Timeouts, account_of
from clerk_tui.channel.station import connect
from clerk_tui.channel.sync import exchange_once
from clerk_tui.district.tables import KEPT
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.core import EVENTS, TASKS

from . import sshd as servers
from .conftest import INST, STATION

pytestmark = pytest.mark.system

NAME = batch_name(STATION, INST, "U", 1)
CONTENT = os.urandom(700_000)


@pytest.fixture
def host(tmp_path):
    found = servers.start(tmp_path / "sshd")
    yield found
    found.stop()


@pytest.fixture
def root(tmp_path):
    make_layout(tmp_path / "exchange")
    return tmp_path / "exchange"


@pytest.fixture
def link(host, root, tmp_path):
    """A transport whose key the server knows."""
    keys.make(tmp_path / "login")
    host.authorize(keys.login_public(tmp_path / "login"))
    account = account_of(host.url(root), host.host_key, keys.login_key(tmp_path / "login"))
    found = SftpTransport(account, Timeouts(connect=5, keepalive=1, no_progress=10))
    yield found
    found.close()


def test_a_batch_is_published_whole_and_the_same_again_is_a_success(link, root):
    moved = []
    link.send(NAME, CONTENT, lambda done, total: moved.append((done, total)))
    assert (root / UP_IN / NAME).read_bytes() == CONTENT
    assert list((root / UP_TMP).iterdir()) == []
    assert moved[-1] == (len(CONTENT), len(CONTENT)) and moved == sorted(moved)
    link.send(NAME, CONTENT)
    assert (root / UP_IN / NAME).read_bytes() == CONTENT


def test_a_name_that_is_there_with_another_size_is_never_overwritten(link, root):
    (root / UP_IN / NAME).write_bytes(b"other")
    with pytest.raises(FileExistsError):
        link.send(NAME, CONTENT)
    assert (root / UP_IN / NAME).read_bytes() == b"other"


def test_what_lies_there_is_listed_and_fetched(link, root):
    down = batch_name(STATION, INST, "D", 1)
    (root / "down/ack" / down).write_bytes(CONTENT)
    (root / "down/out" / "readme.txt").write_bytes(b"not a batch")
    assert link.waiting() == [down]
    assert link.fetch(down) == CONTENT
    with pytest.raises(FileNotFoundError):
        link.fetch(batch_name(STATION, INST, "D", 2))


@pytest.mark.parametrize("there", [0, 65_536, 300_000, len(CONTENT), len(CONTENT) + 5])
def test_a_transfer_goes_on_where_the_server_is(link, root, there):
    (root / UP_TMP / (NAME + ".part")).write_bytes((CONTENT + b"extra")[:there])
    sent = []
    link.send(NAME, CONTENT, lambda done, total: sent.append(total - done))
    assert (root / UP_IN / NAME).read_bytes() == CONTENT


def test_a_part_with_other_bytes_is_thrown_away(link, root):
    wrong = bytearray(CONTENT[:200_000])
    wrong[70_000] ^= 1
    (root / UP_TMP / (NAME + ".part")).write_bytes(wrong)
    link.send(NAME, CONTENT)
    assert (root / UP_IN / NAME).read_bytes() == CONTENT


@pytest.mark.kill
@pytest.mark.parametrize("step", ["sftp_part_opened", "sftp_chunk:3", "sftp_part_synced", "sftp_renamed"])
def test_the_transfer_program_dies_at(link, root, step, monkeypatch):
    monkeypatch.setenv(VARIABLE, step)
    with pytest.raises(LinkFault):
        link.send(NAME, CONTENT)
    assert (root / UP_IN / NAME).exists() is (step == "sftp_renamed")
    monkeypatch.delenv(VARIABLE)
    link.send(NAME, CONTENT)
    assert (root / UP_IN / NAME).read_bytes() == CONTENT


def test_another_host_key_stops_and_tells_a_person_and_nothing_is_sent(link, host, root):
    host.stop()
    for part in ("host_key", "host_key.pub"):
        (host.folder / part).unlink()
    again = servers.start(host.folder, port=host.port)
    try:
        with pytest.raises(StreamStopped) as stopped:
            link.send(NAME, CONTENT)
        assert stopped.value.code == "host_key"
        assert "Accepted publickey" not in again.log
        assert list((root / UP_IN).iterdir()) == []
    finally:
        again.stop()


def test_another_kind_of_host_key_is_another_host_key(link, host):
    host.stop()
    for part in ("host_key", "host_key.pub"):
        (host.folder / part).unlink()
    servers.keygen("ecdsa", host.folder / "host_key")
    again = servers.start(host.folder, port=host.port)
    try:
        with pytest.raises(StreamStopped):
            link.waiting()
    finally:
        again.stop()


def test_a_key_that_the_server_does_not_know_is_told_in_words(link, host, tmp_path):
    keys.make(tmp_path / "other")
    host.authorize(keys.login_public(tmp_path / "other"))
    with pytest.raises(LinkFault, match="登录密钥"):
        link.waiting()


def test_nothing_listens(link, host):
    host.stop()
    with pytest.raises(LinkFault, match="连不上"):
        link.waiting()


def test_a_server_that_says_nothing_is_left_after_the_time_without_progress(link, host):
    link.waiting()
    link.timeouts = dataclasses.replace(link.timeouts, no_progress=1.0)
    program = link._program
    os.kill(program.pid, 19)  # the transfer program itself hangs
    with pytest.raises(LinkFault, match="没有反应"):
        link.waiting()
    assert program.returncode is not None
    link.timeouts = dataclasses.replace(link.timeouts, no_progress=10.0)
    assert link.waiting() == []


def test_a_person_cancels_and_the_next_try_goes_on(link, root):
    progress = Progress()
    with pytest.raises(Cancelled):

        def report(done, total):
            if done > 200_000:
                progress.cancel()
            progress.bytes(done, total)

        link.send(NAME, CONTENT, report)
    assert not (root / UP_IN / NAME).exists()
    link.send(NAME, CONTENT)
    assert (root / UP_IN / NAME).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("sftp://user:secret@host/in", "channel_url"),
        ("sftp://host/in", "channel_url"),
        ("sftp://user@host:notaport/in", "channel_url"),
    ],
)
def test_an_address_that_cannot_be_used(url, code):
    with pytest.raises(Refusal) as refused:
        account_of(url, "ssh-ed25519 AAAA", "key")
    assert refused.value.code == code


def test_without_a_pinned_host_key_nothing_is_connected():
    with pytest.raises(Refusal) as refused:
        account_of("sftp://user@host/in", "", "key")
    assert refused.value.code == "host_key_missing"


def test_a_whole_exchange_over_sftp_and_a_changed_host_key_stops_it_until_a_person_resumes(pair, host, tmp_path):
    url, folder = host.url(pair.host), pair.folder / "keys"
    host.authorize(keys.login_public(folder))
    station = connect(pair.store, url, folder, host_key=host.host_key, clock=pair.clock, app="test")
    try:
        pair.receive()
        report = exchange_once(station, send_now=True)
        assert (report.state, report.sent) == ("ok", 1)
        pair.serve(automatic=True)
        report = exchange_once(station, send_now=True)
        assert report.state == "ok" and report.records > 0
        assert {row.rid for row in pair.kept(KEPT)} >= {
            row.rid for row in pair.rows(EVENTS, EVENTS.c.kind == "case.received")
        }
        host.stop()
        for part in ("host_key", "host_key.pub"):
            (host.folder / part).unlink()
        host = servers.start(host.folder, port=host.port)
        station.transport.close()
        pair.receive()
        pair.clock.pass_minutes(2)
        assert exchange_once(station).state == "stopped"
        assert [task.code for task in pair.rows(TASKS)] == ["host_key"]
        accepted = host.log.count("Connection from")
        pair.clock.pass_minutes(600)
        assert exchange_once(station).state == "stopped"
        assert exchange_once(station, send_now=True).state == "stopped"
        assert host.log.count("Connection from") == accepted  # no retry loop
    finally:
        station.transport.close()
        host.stop()


def test_the_address_and_the_host_key_come_with_the_districts_approval(pair, host, tmp_path):
    url, folder = host.url(pair.host), pair.folder / "keys"
    host.authorize(keys.login_public(folder))
    request = enrolment.write_request(pair.store, folder, tmp_path / "request.json", clock=pair.clock)
    assert request.login == keys.login_public(folder)
    link = enrolment.Link(url, host.host_key)
    enrolment.write_approval(request, "区", pair.district.keys, tmp_path / "ok.json", link=link, clock=pair.clock)
    enrolment.install(pair.store, folder, tmp_path / "ok.json")
    station = connect(pair.store, "", folder, clock=pair.clock)
    try:
        pair.receive()
        assert exchange_once(station, send_now=True).state == "ok"
    finally:
        station.transport.close()
    assert [path.name for path in (pair.host / UP_IN).iterdir()] == [NAME]


class NoRename(asyncssh.SFTPServer):
    """A server that knows neither posix-rename nor fsync."""

    def posix_rename(self, oldpath, newpath):
        raise asyncssh.SFTPOpUnsupported("posix-rename")

    def rename(self, oldpath, newpath, flags=0):
        raise asyncssh.SFTPOpUnsupported("rename")

    def fsync(self, file_obj):
        raise asyncssh.SFTPOpUnsupported("fsync")


@pytest.fixture
def plain_host(tmp_path):
    """A server without posix-rename, in a thread of this process: url of a folder, its host key."""
    host_key = asyncssh.generate_private_key("ssh-ed25519")
    keys.make(tmp_path / "login")
    authorized = tmp_path / "authorized"
    authorized.write_text(keys.login_public(tmp_path / "login"))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen():
        return await asyncssh.listen(
            "127.0.0.1", 0, server_host_keys=[host_key], authorized_client_keys=str(authorized), sftp_factory=NoRename,
        )  # fmt: skip

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(20)
    pinned = host_key.export_public_key().decode().strip()
    yield lambda root: account_of(
        f"sftp://any@127.0.0.1:{server.get_port()}{root}", pinned, keys.login_key(tmp_path / "login")
    )
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


def test_without_posix_rename_a_marker_says_that_a_batch_is_whole(pair, plain_host, monkeypatch):
    transport = SftpTransport(plain_host(pair.host))
    station = dataclasses.replace(pair.station, transport=transport)
    monkeypatch.setenv(VARIABLE, "sftp_part_synced")
    try:
        pair.receive()
        assert exchange_once(station, send_now=True).state == "offline"
        assert [path.name for path in (pair.host / UP_IN).iterdir()] == [NAME + ".part"]
        pair.serve()
        assert pair.kept(KEPT) == []  # no marker: not there yet
        monkeypatch.delenv(VARIABLE)
        assert exchange_once(station, send_now=True).state == "ok"
        assert sorted(path.name for path in (pair.host / UP_IN).iterdir()) == [NAME + ".ok", NAME + ".part"]
        pair.serve()
        assert len(pair.kept(KEPT)) == 2
        assert list((pair.host / UP_IN).iterdir()) == []
        exchange_once(station, send_now=True)
        assert pair.rows(TASKS) == []
    finally:
        transport.close()


def test_nothing_in_the_settings_of_the_user_counts(link, tmp_path, monkeypatch):
    """An SSH agent or a config of the account that runs the program must not weaken what is pinned."""
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh/config").write_text("Host *\n  Port 1\n  StrictHostKeyChecking no\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("SSH_AUTH_SOCK", str(Path("/nowhere")))
    assert link.waiting() == []
