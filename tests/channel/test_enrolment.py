"""Keys and enrolment: files for their owner only, requests and approvals that only their maker can have written."""

import json
import os
import stat
from dataclasses import replace

import pytest

from clerk_tui.channel import enrolment, keys
from clerk_tui.channel.background import Background
from clerk_tui.channel.rekeying import renew
from clerk_tui.channel.station import connect
from clerk_tui.channel.transports import open_transport
from clerk_tui.district.enrolling import approve, link_for, revoke
from clerk_tui.district.place import init, open_district
from clerk_tui.district.tables import KEPT, QUARANTINED
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.core import BATCHES, KEYS, RECEIVED_RECORDS, STREAMS, TASKS

from .conftest import STATION
from .oracle import judge


def test_private_keys_are_files_of_their_user_only(tmp_path):
    made = keys.make(tmp_path / "keys")
    assert keys.load(tmp_path / "keys").public == made.public
    for path in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(Refusal, match="keys_exist"):
        keys.make(tmp_path / "keys")
    assert keys.load(tmp_path / "keys").public == made.public


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_key_that_others_can_read_is_not_used(tmp_path):
    keys.make(tmp_path)
    (tmp_path / keys.SIGN_FILE).chmod(0o644)
    with pytest.raises(Refusal, match="keys_open"):
        keys.load(tmp_path)


@pytest.mark.parametrize("text", ["", "zz", "00" * 31, "\ufeff"])
def test_a_damaged_key_is_said_so(tmp_path, text):
    keys.make(tmp_path)
    (tmp_path / keys.SIGN_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(Refusal, match="keys_damaged"):
        keys.load(tmp_path)
    with pytest.raises(Refusal, match="keys_missing"):
        keys.load(tmp_path / "none")


def test_a_fingerprint_is_the_same_in_both_forms_and_changes_with_either_key(tmp_path):
    first, second = keys.make(tmp_path / "a").public, keys.make(tmp_path / "b").public
    print_ = first.fingerprint()
    said = [keys.COLOURS.index(word[0]) * 16 + keys.ANIMALS.index(word[1]) for word in print_.words.split()]
    assert bytes(said).hex() == print_.hex.replace(" ", "")
    assert len({first + second for first in keys.COLOURS for second in keys.ANIMALS}) == 256
    mixed = keys.PublicKeys(first.sign, second.decrypt)
    assert len({first.fingerprint(), second.fingerprint(), mixed.fingerprint()}) == 3


def test_an_altered_request_or_approval_is_refused(pair, tmp_path):
    request = tmp_path / "request.json"
    enrolment.write_request(pair.store, pair.folder / "keys", request, clock=pair.clock)
    for change in ({"station": "440113009009"}, {"inst": "ffffffff"}, {"sign": "00" * 32}, {"kind": "x"}, {"extra": 1}):
        body = json.loads(request.read_text(encoding="utf-8")) | change
        altered = tmp_path / "altered.json"
        altered.write_text(json.dumps(body), encoding="utf-8")
        with pytest.raises(Refusal, match="enrolment_file"):
            enrolment.read_request(altered)
    for text in ("", "[]", "{}", "[" * 5000, "\x00"):
        altered.write_text(text, encoding="utf-8")
        with pytest.raises(Refusal, match="enrolment_file"):
            enrolment.read_approval(altered)
    with pytest.raises(Refusal, match="file_missing"):
        enrolment.read_request(tmp_path / "none.json")


def test_an_approval_for_another_station_or_by_another_district_is_not_installed(pair, tmp_path):
    request, approval = tmp_path / "request.json", tmp_path / "approval.json"
    enrolment.write_request(pair.store, pair.folder / "keys", request, clock=pair.clock)
    impostor = init(tmp_path / "impostor", "冒充的区", clock=pair.clock)
    approve(impostor, request, approval)
    with pytest.raises(Refusal, match="district_changed"):
        enrolment.install(pair.store, pair.folder / "keys", approval)
    found = enrolment.read_request(request)
    other = enrolment.Request("440113001002", found.inst, "", found.keys, 0)
    enrolment.write_approval(other, "区", pair.district.keys, approval)
    with pytest.raises(Refusal, match="enrolment_other"):
        enrolment.install(pair.store, pair.folder / "keys", approval)
    approve(pair.district, request, approval)
    enrolment.install(pair.store, pair.folder / "keys", approval)  # once more changes nothing
    assert len(pair.rows(KEYS)) == 4
    impostor.close()


def test_the_same_installation_with_other_keys_is_refused(pair, tmp_path):
    request = tmp_path / "request.json"
    keys.make(tmp_path / "new-keys")
    enrolment.write_request(pair.store, tmp_path / "new-keys", request, clock=pair.clock)
    with pytest.raises(Refusal, match="station_enrolled"):
        approve(pair.district, request, tmp_path / "approval.json", replace=True)


def test_an_enrolled_station_whose_keys_are_gone_makes_no_others_by_the_way(pair, tmp_path):
    """The district could not approve them for this installation: who looks for help is sent there straight away."""
    for missing in (tmp_path / "none", pair.folder / "half"):
        (pair.folder / "half").mkdir(exist_ok=True)
        with pytest.raises(Refusal) as refused:
            enrolment.write_request(pair.store, missing, tmp_path / "request.json", clock=pair.clock)
        assert refused.value.code == "keys_lost" and "--new-keys" in refused.value.advice
        with pytest.raises(Refusal, match="keys_lost"):
            connect(pair.store, str(pair.host), missing, clock=pair.clock)
    assert not (tmp_path / "request.json").exists() and not (tmp_path / "none").exists()


def test_urls(tmp_path, pair):
    assert open_transport(f"file://{tmp_path}").root == tmp_path
    assert open_transport(str(tmp_path)).root == tmp_path
    for url in ("sftp://host/x", "file:", "http://x/y", ""):
        with pytest.raises(Refusal, match="channel_url"):
            open_transport(url)
    with pytest.raises(Refusal, match="channel_off"):
        connect(pair.store, "", pair.folder / "keys")


@pytest.mark.parametrize("swapped", [keys.SIGN_FILE, keys.DECRYPT_FILE])
def test_keys_that_the_district_does_not_know_seal_nothing(pair, swapped):
    """A batch is sealed once for ever: one that is signed with a foreign key would block the stream for good."""
    pair.there_and_back()
    own = pair.folder / "keys" / swapped
    right = own.read_text()
    keys.make(pair.folder / "neighbour")
    own.write_text((pair.folder / "neighbour" / swapped).read_text())
    pair.receive()
    before = pair.rows(BATCHES)
    with pytest.raises(Refusal, match="keys_other"):
        connect(pair.store, str(pair.host), pair.folder / "keys", clock=pair.clock)
    beside = Background(pair.store, str(pair.host), pair.folder / "keys", clock=pair.clock)
    pair.clock.pass_minutes(2)
    assert beside.tick() is None and "不是区里登记的" in beside.blocked
    assert pair.rows(BATCHES) == before
    own.write_text(right)
    pair.clock.pass_minutes(1)
    report = beside.tick()
    assert report is not None and report.sent == 1 and beside.blocked == ""


def test_a_district_is_made_once_and_opened_again(tmp_path):
    made = init(tmp_path / "d", "区")
    assert open_district(tmp_path / "d").keys.public == made.keys.public
    with pytest.raises(Refusal, match="district_exists"):
        init(tmp_path / "d", "区")
    with pytest.raises(Refusal, match="district_missing"):
        open_district(tmp_path / "other")
    made.close()


def test_a_station_whose_keys_were_taken_back_is_refused_without_a_change_and_told(pair, tmp_path):
    pair.receive()
    pair.exchange()
    assert revoke(pair.district, STATION, "电脑丢失") == (1, True)
    pair.serve()
    assert pair.kept(KEPT) == []
    assert [row.code for row in pair.kept(QUARANTINED)] == ["revoked_key"]
    with pytest.raises(Refusal, match="station_unknown"):
        revoke(pair.district, STATION, "再一次")
    received = pair.rows(RECEIVED_RECORDS)
    for _ in range(2):
        report = pair.exchange()
        assert report.state == "stopped" and "电脑丢失" in report.words and "--new-keys" in report.words
    assert [task.code for task in pair.rows(TASKS)] == ["revoked"]
    assert pair.rows(RECEIVED_RECORDS) == received
    enrolment.write_request(pair.store, pair.folder / "keys", tmp_path / "request.json", clock=pair.clock)
    with pytest.raises(Refusal, match="key_revoked"):
        approve(pair.district, tmp_path / "request.json", tmp_path / "approval.json", replace=True)


def test_a_word_that_keys_were_taken_back_counts_only_from_the_district(pair):
    pair.there_and_back()
    forged = keys.make(pair.folder / "somebody")
    revoke(replace(pair.district, keys=forged), STATION, "想停掉它")
    report = pair.exchange()
    assert report.state == "faulty" and [row.state for row in pair.rows(STREAMS)] == ["open", "open"]


def test_a_station_with_new_keys_is_a_new_installation_whose_records_are_known(pair, tmp_path):
    pair.receive()
    pair.there_and_back()
    revoke(pair.district, STATION, "电脑丢失")
    pair.receive()
    pair.exchange()
    clerk = replace(pair.by, roles=frozenset({"it"}))
    with pytest.raises(Refusal, match="not_allowed"):
        renew(pair.store, pair.folder / "keys", pair.by, reason="换电脑", clock=pair.clock)
    old = keys.load(pair.folder / "keys").public
    inst = renew(pair.store, pair.folder / "keys", clerk, reason="换电脑", clock=pair.clock)
    [aside] = (pair.folder / "keys").glob("old-*")
    assert keys.load(aside).public == old != keys.load(pair.folder / "keys").public
    assert [task.kind for task in pair.rows(TASKS, TASKS.c.closed_at.is_(None))] == []
    with pytest.raises(Refusal, match="not_enrolled"):
        connect(pair.store, str(pair.host), pair.folder / "keys")
    lying = [path for path in pair.host.rglob("*.pyx") if path.parent.parent.name == "down"]
    assert lying  # the last word to the old installation
    enrolment.write_request(pair.store, pair.folder / "keys", tmp_path / "request.json", clock=pair.clock)
    approve(pair.district, tmp_path / "request.json", tmp_path / "approval.json")
    assert not any(path.exists() for path in lying)
    lying[0].write_bytes(b"x")  # and if it lay there still, nobody would take it for damaged
    enrolment.install(pair.store, pair.folder / "keys", tmp_path / "approval.json")
    pair.station = connect(pair.store, str(pair.host), pair.folder / "keys", clock=pair.clock, app="test")
    assert pair.station.identity.inst == inst
    for _ in range(2):
        pair.there_and_back()
    assert pair.exchange().state == "ok"
    assert judge(pair).all == []


def test_a_district_key_that_a_station_no_longer_believes_cannot_come_back(pair, tmp_path):
    request = enrolment.write_request(pair.store, pair.folder / "keys", tmp_path / "request.json", clock=pair.clock)
    approval = tmp_path / "approval.json"
    enrolment.write_approval(request, "区", pair.district.keys, approval, clock=pair.clock)
    assert enrolment.revoke_district(pair.store, clock=pair.clock) == 2
    with pytest.raises(Refusal, match="not_enrolled"):
        connect(pair.store, str(pair.host), pair.folder / "keys")
    with pytest.raises(Refusal, match="key_revoked"):
        enrolment.install(pair.store, pair.folder / "keys", approval)
    other = keys.make(tmp_path / "new-district")
    enrolment.write_approval(request, "区", other, approval, clock=pair.clock)
    enrolment.install(pair.store, pair.folder / "keys", approval)
    assert connect(pair.store, str(pair.host), pair.folder / "keys").district == other.public


def test_an_approval_for_sftp_names_the_host_key(pair, tmp_path):
    with pytest.raises(Refusal, match="host_key_missing"):
        link_for(pair.district, STATION, "sftp://s@host/", None)
    (tmp_path / "host.pub").write_text("not a key")
    with pytest.raises(Refusal, match="host_key_file"):
        link_for(pair.district, STATION, "sftp://s@host/", tmp_path / "host.pub")
    line = keys.login_public(pair.folder / "keys")
    (tmp_path / "host.pub").write_text(line + " root@host\n")
    assert link_for(pair.district, STATION, "sftp://s@host/", tmp_path / "host.pub") == enrolment.Link(
        "sftp://s@host/", line
    )
    with pytest.raises(Refusal, match="channel_url"):
        link_for(pair.district, STATION, "sftp://s:secret@host/", tmp_path / "host.pub")
    assert link_for(pair.district, STATION, "", None).url == str(pair.host.absolute())
