"""Every kind of line to a slip printer, and every way in which it fails: nothing waits without end, nothing is believed
that the device did not take."""

import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import usb.core

from clerk_tui.devices import slip_printer
from clerk_tui.devices.escpos import encode
from clerk_tui.rules.refusal import Refusal
from tests.devices.test_slips import LINES
from tests.devices.virtual_lines import SerialPrinter, UsbPrinter
from tests.devices.virtual_printer import decode

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals and FIFOs")
DATA = encode(LINES)
USB = "usb://04b8:0e15"


def refused(url: str, data: bytes = DATA, seconds: float = 1.0) -> Refusal:
    with pytest.raises(Refusal) as caught:
        slip_printer.send(url, data, seconds=seconds)
    return caught.value


@pytest.mark.parametrize("silent", [False, True])
def test_a_serial_printer_takes_exactly_the_bytes(silent: bool) -> None:
    with SerialPrinter(silent=silent) as printer:
        assert slip_printer.send(printer.url, DATA, seconds=5) == "小票已打印"
        arrived(lambda: len(printer.taken) >= len(DATA))
    assert printer.taken == DATA
    assert decode(printer.taken).codes == ["P7K2M9QX4TA1"]


def test_a_serial_printer_without_paper_takes_nothing() -> None:
    with SerialPrinter(paper_out=True) as printer:
        assert refused(printer.url).code == "slip_paper"
    assert printer.taken == b""


def test_a_serial_printer_that_holds_the_line_is_given_up_and_the_port_is_free_again() -> None:
    """More than the line buffers: the write itself stands still."""
    with SerialPrinter(holds=True) as printer:
        stalled = refused(printer.url, DATA * 400)
        assert stalled.code == "slip_off" and "没有反应" in stalled.words
        printer.holds = False
        assert slip_printer.send(printer.url, DATA, seconds=5) == "小票已打印"


def test_a_serial_port_that_is_not_there_is_off(tmp_path: Path) -> None:
    gone = refused(f"serial://{tmp_path}/ttyUSB9")
    assert gone.code == "slip_off" and "没有这个设备" in gone.words


def arrived(done: Callable[[], bool]) -> None:
    """Wait until what was sent has been read at the other end."""
    for _ in range(500):
        if done():
            return
        threading.Event().wait(0.01)


@contextmanager
def network(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """A network printer whose manners are a function of the connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            line, _ = server.accept()
            with line:
                serve(line)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
        thread.join(10)


def test_a_network_printer_that_reads_nothing_is_given_up() -> None:
    over = threading.Event()
    with network(lambda _line: over.wait(20) and None) as url:
        stalled = refused(url, b"x" * 50_000_000)
        over.set()
    assert stalled.code == "slip_off" and "没有反应" in stalled.words


def test_a_network_printer_that_hangs_up_in_the_middle_did_not_take_it() -> None:
    def hangs_up(line: socket.socket) -> None:
        line.recv(3)
        line.sendall(b"\x12")
        line.recv(3)
        line.sendall(b"\x12")
        line.recv(10)

    with network(hangs_up) as url:
        assert refused(url, DATA * 2000).code == "slip_off"


def answer(line: socket.socket, state: bytes) -> bool:
    """Read up to the next question and answer it; False when the line ends first."""
    read = b""
    while not read.endswith((b"\x10\x04\x01", b"\x10\x04\x04")):
        piece = line.recv(1)
        if not piece:
            return False
        read += piece
    line.sendall(state)
    return True


def test_a_network_printer_that_falls_silent_while_it_prints_did_not_take_it() -> None:
    """One that never tells its state is believed; one that told it before the slip and not after it is not."""

    def falls_silent(line: socket.socket) -> None:
        answer(line, b"\x12")
        answer(line, b"\x12")
        while line.recv(4096):
            pass

    with network(falls_silent) as url:
        silent = refused(url)
    assert silent.code == "slip_off" and "没有反应" in silent.words


def test_paper_that_runs_out_while_printing_is_told() -> None:
    def runs_out(line: socket.socket) -> None:
        answer(line, b"\x12")
        answer(line, b"\x12")
        answer(line, b"\x72")

    with network(runs_out) as url:
        assert refused(url).code == "slip_paper"


def test_an_open_lid_is_told() -> None:
    def lid(line: socket.socket) -> None:
        answer(line, b"\x12")
        answer(line, b"\x1a")

    with network(lid) as url:
        assert "没有就绪" in refused(url).words


def test_a_device_file_that_takes_nothing_is_given_up(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    os.mkfifo(device)
    assert refused(f"file://{device}").code == "slip_off"  # nobody at the other end
    reader = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
    try:
        stalled = refused(f"file://{device}", b"x" * 1_000_000)
    finally:
        os.close(reader)
    assert stalled.code == "slip_off" and "没有反应" in stalled.words


def test_a_device_file_without_rights_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = tmp_path / "lp0"
    device.touch()

    def denied(*_: object) -> int:
        raise PermissionError(device)

    monkeypatch.setattr(os, "open", denied)
    assert "没有使用权限" in refused(f"file://{device}").words


@pytest.fixture
def usb_printer(monkeypatch: pytest.MonkeyPatch) -> UsbPrinter:
    printer = UsbPrinter()
    monkeypatch.setattr("usb.backend.libusb1.get_backend", lambda *_args, **_more: printer)
    return printer


def test_a_usb_printer_takes_exactly_the_bytes_at_its_own_endpoint(usb_printer: UsbPrinter) -> None:
    usb_printer.accepts = 100
    assert slip_printer.send(USB, DATA) == "小票已打印"
    assert usb_printer.taken == DATA and decode(usb_printer.taken).cuts == 1
    assert len(usb_printer.timeouts) > 1 and min(usb_printer.timeouts) > 0  # 0 would mean to wait without end
    assert usb_printer.detached == [0] and usb_printer.released == [0]


def test_a_usb_printer_without_paper_takes_nothing(usb_printer: UsbPrinter) -> None:
    usb_printer.paper_out = True
    assert refused(USB).code == "slip_paper"
    assert usb_printer.taken == b""
    assert usb_printer.released == [0]  # it is free for the next try


def test_a_usb_printer_that_tells_no_state_is_believed(usb_printer: UsbPrinter) -> None:
    usb_printer.tells_state = False
    assert slip_printer.send(USB, DATA) == "小票已打印"


def test_a_usb_printer_that_takes_nothing_is_given_up(usb_printer: UsbPrinter) -> None:
    usb_printer.stalls = True
    stalled = refused(USB)
    assert stalled.code == "slip_off" and "没有反应" in stalled.words


def test_a_usb_printer_that_is_not_there_is_off(usb_printer: UsbPrinter) -> None:
    usb_printer.present = False
    gone = refused(USB)
    assert gone.code == "slip_off" and "没有这个设备" in gone.words


def test_without_the_systems_usb_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> None:
        raise usb.core.NoBackendError("No backend available")

    monkeypatch.setattr(usb.core, "find", none)
    missing = refused(USB)
    assert missing.code == "slip_missing" and "libusb" in missing.advice
