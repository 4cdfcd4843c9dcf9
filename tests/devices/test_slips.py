"""Slips: what a printer is sent is what the paper says, and a printer that is off or empty says so."""

import socket
from dataclasses import dataclass
from pathlib import Path

import pytest

from clerk_tui.devices import slip_printer
from clerk_tui.devices.escpos import encode
from clerk_tui.rules.refusal import Refusal
from tests.devices.virtual_printer import VirtualPrinter, decode


@dataclass(frozen=True)
class Line:
    style: str
    words: str


LINES = (
    Line("text", "市桥街道政务服务中心"),
    Line("big", "A012"),
    Line("bold", "收件凭证"),
    Line("text", "𠮷𬍛·阿依古丽 ¥12.50 abc"),
    Line("qr", "P7K2M9QX4TA1"),
)


def test_every_character_arrives_with_its_size_code_and_cut() -> None:
    paper = decode(encode(LINES))
    assert paper.lines == [
        ("市桥街道政务服务中心", False),
        ("A012", True),
        ("收件凭证", False),
        ("𠮷𬍛·阿依古丽 ¥12.50 abc", False),
        ("P7K2M9QX4TA1", False),
    ]
    assert paper.codes == ["P7K2M9QX4TA1"] and paper.cuts == 1


def test_text_can_never_become_a_command() -> None:
    """Control characters never reach a slip: facts are cleaned of them before any form is drawn."""
    assert decode(encode([Line("text", "[/x]{{ 7*7 }} <b>")])).lines == [("[/x]{{ 7*7 }} <b>", False)]


@pytest.mark.parametrize("silent", [False, True])
def test_a_network_printer_takes_exactly_the_bytes(silent: bool) -> None:
    with VirtualPrinter() as printer:
        printer.silent = silent
        assert slip_printer.send(printer.url, encode(LINES)) == "小票已打印"
    assert printer.jobs == [encode(LINES)]


def test_no_paper_is_told_and_nothing_is_taken() -> None:
    with VirtualPrinter() as printer:
        printer.paper_out = True
        with pytest.raises(Refusal) as refused:
            slip_printer.send(printer.url, encode(LINES))
    assert refused.value.code == "slip_paper" and "缺纸" in refused.value.words
    assert printer.jobs == []


def test_a_printer_that_is_off_is_told_within_the_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(Refusal) as refused:
        slip_printer.send(f"tcp://127.0.0.1:{port}", b"x", seconds=1)
    assert refused.value.code == "slip_off" and "拒绝连接" in refused.value.words


def test_a_device_file_is_written(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    device.touch()
    slip_printer.send(f"file://{device}", encode(LINES))
    slip_printer.send(f"file://{device}", encode(LINES[:1]))
    assert device.read_bytes() == encode(LINES) + encode(LINES[:1]), "the second slip stands over the first"
    with pytest.raises(Refusal) as refused:
        slip_printer.send(f"file://{tmp_path}/none", b"x")
    assert refused.value.code == "slip_off" and "没有这个设备" in refused.value.words


@pytest.mark.parametrize(
    "url",
    [
        "http://x",
        "tcp://10.0.0.5",
        "tcp://10.0.0.5:99999",
        "tcp://:9100",
        "usb://04b8",
        "usb://zzzz:0001",
        "serial://",
        "file:///",
    ],
)
def test_a_url_that_cannot_be_is_refused_before_anything_is_sent(url: str) -> None:
    assert slip_printer.check_url(url)
    with pytest.raises(Refusal) as refused:
        slip_printer.send(url, b"x")
    assert refused.value.code == "slip_url"


@pytest.mark.parametrize(
    "url",
    [
        "tcp://10.0.0.5:9100",
        "usb://04b8:0e15",
        "serial:///dev/ttyUSB0?baud=9600",
        "serial://COM3",
        "file:///dev/usb/lp0",
    ],
)
def test_a_url_that_can_be(url: str) -> None:
    assert slip_printer.check_url(url) == ""
