"""clerk-tui channel: how the exchange stands and what a person does about it, on a real store beside its district."""

import json

import pytest
from typer.testing import CliRunner

from clerk_tui.channel.folders import UP_IN
from clerk_tui.channel.inspecting import inspect
from clerk_tui.cli.channel import app
from clerk_tui.cli.sync import sync
from clerk_tui.rules.refusal import Refusal
from clerk_tui.store.act import system_clock
from clerk_tui.store.core import CLERKS, HEAD, TASKS
from tests.channel.conftest import make_pair


@pytest.fixture
def pair(tmp_path):
    made = make_pair(tmp_path)
    made.clock.now = 1_900_000_000_000  # the commands read the machine's clock, which must not lie behind the journal
    (tmp_path / "settings.toml").write_text(f'channel_url = "{made.host.as_posix()}"\n', encoding="utf-8")
    with made.store.write() as connection:
        connection.execute(CLERKS.update().values(roles='["supervisor"]'))
    yield made
    made.store.close()
    made.district.close()


def run(pair, *arguments, code=0):
    found = CliRunner().invoke(app, [*arguments, "--store", str(pair.folder)])
    if isinstance(found.exception, Refusal):
        raise found.exception
    assert found.exit_code == code, found.output
    return found.output


def test_send_status_pause_resume_and_reconcile(pair):
    run(pair, "send")
    assert "已发待确认 1" in run(pair, "status")
    assert json.loads(run(pair, "status", "--json"))["unconfirmed"] == 1
    run(pair, "pause", "--clerk", "1001", "--reason", "区里维护")
    assert "李敏 暂停了交换: 区里维护" in run(pair, "send")
    assert "没有停下的线路" in run(pair, "resume", "--clerk", "1001", "--reason", "好了")
    assert "现在没有缺的批次" in run(pair, "ask")
    pair.serve()
    assert "区里还没有答复过" in run(pair, "reconcile")
    with pytest.raises(Refusal, match="not_allowed"):
        run(pair, "pause", "--clerk", "9999", "--reason", "x")


def test_an_exchange_by_command_says_that_the_clock_stands_before_the_journal_and_goes_on(pair):
    with pair.store.write() as connection:
        connection.execute(HEAD.update().values(last_at=system_clock() + 86_400_000))
    found = CliRunner().invoke(sync, ["--store", str(pair.folder)])
    assert found.exit_code == 0, found.output
    assert "注意: 本机时钟往回跳了 1 天" in found.output and "发出 1 批" in found.output
    assert [row.kind for row in pair.rows(TASKS)] == ["clock"]


def test_inspect_shows_the_fingerprint_of_an_enrolment_file(pair):
    """A second look at what is to be compared by telephone, without approving anything."""
    for name, signer in (("request.json", pair.station.keys), ("approval.json", pair.district.keys)):
        facts = json.loads(run(pair, "inspect", str(pair.district.folder / "enrolment" / name)))
        mark = signer.public.fingerprint()
        assert (facts["fingerprint"], facts["fingerprint_words"]) == (mark.hex, mark.words)
        assert facts["station"] == "440113001001" and facts["kind"].endswith(name[:-5])


def test_nothing_is_decrypted_of_a_batch_whose_signer_is_not_known(pair):
    run(pair, "send")
    [batch] = (pair.host / UP_IN).iterdir()
    facts = inspect(batch, reader=pair.district.keys)
    assert (facts["signature"], facts["manifest"]) == ("unknown", None)
    known = inspect(batch, reader=pair.district.keys, signers=(pair.station.keys.public,), records=True)
    assert [record["kind"] for record in known["records"]] == ["hall.set_up"]


def test_inspect_shows_header_manifest_and_signature_and_applies_nothing(pair, tmp_path):
    run(pair, "send")
    [batch] = (pair.host / UP_IN).iterdir()
    facts = json.loads(run(pair, "inspect", str(batch)))
    assert facts["header"]["bno"] == 1 and facts["signature"] == "valid"
    assert facts["manifest"] is None and "fault" not in facts  # only the district can read what is on its way to it
    (tmp_path / "torn.pyx").write_bytes(batch.read_bytes()[:-1])
    assert "长度不符" in run(pair, "inspect", str(tmp_path / "torn.pyx"), code=1)
    for name, content in (("a.txt", b"name = 1\n"), ("b.json", b'{"kind": "pyx-enrolment-request"}')):
        (tmp_path / name).write_bytes(content)
        assert "不是批次文件" in run(pair, "inspect", str(tmp_path / name), code=1)
    with pytest.raises(Refusal, match="file_missing"):
        run(pair, "inspect", str(tmp_path / "none.pyx"))
