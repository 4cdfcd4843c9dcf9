"""Slip printers on other lines than the network: on a serial port (a real pseudo-terminal) and behind pyusb."""

import os
import pty
import select
import threading
import tty
from array import array
from types import SimpleNamespace
from typing import Any

import usb.backend
import usb.core

WELL, NO_PAPER, NOT_READY = 0x12, 0x72, 0x1A


class SerialPrinter:
    """Use as a context manager. `holds`: it reads nothing, as a printer that holds the line; `silent`: tells no state."""

    def __init__(self, *, silent: bool = False, paper_out: bool = False, holds: bool = False) -> None:
        self.silent, self.paper_out, self.holds = silent, paper_out, holds
        self.taken = b""
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def url(self) -> str:
        return f"serial://{os.ttyname(self._slave)}?baud=115200"

    def __enter__(self) -> "SerialPrinter":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        os.close(self._master)
        os.close(self._slave)

    def _serve(self) -> None:
        while not self._ended.is_set():
            if not self.holds and select.select([self._master], [], [], 0.02)[0]:
                self._take(os.read(self._master, 4096))
            elif self.holds:
                self._ended.wait(0.02)

    def _take(self, piece: bytes) -> None:
        while (at := piece.find(b"\x10\x04")) >= 0:
            self.taken += piece[:at]
            if not self.silent:
                paper = piece[at + 2 : at + 3] == b"\x04"
                os.write(self._master, bytes([NO_PAPER if paper and self.paper_out else WELL]))
            piece = piece[at + 3 :]
        self.taken += piece


class UsbPrinter(usb.backend.IBackend):  # type: ignore[misc]
    """The boundary of pyusb: everything above it is the real library. One printer, 04b8:0e15, with endpoint 0x03."""

    OUT = 0x03

    def __init__(self) -> None:
        super().__init__()
        self.present = True
        self.paper_out = False
        self.tells_state = True
        self.stalls = False
        self.accepts = 4096  # bytes at a time
        self.taken = b""
        self.timeouts: list[int] = []
        self.released: list[int] = []
        self.detached: list[int] = []

    def enumerate_devices(self) -> Any:
        return iter([1] if self.present else [])

    def get_device_descriptor(self, _dev: Any) -> Any:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=0x04B8, idProduct=0x0E15, bcdDevice=0x100, iManufacturer=0, iProduct=0,
            iSerialNumber=0, bNumConfigurations=1, address=1, bus=1, port_number=1, port_numbers=(1,), speed=3,
        )  # fmt: skip

    def get_configuration_descriptor(self, _dev: Any, config: int) -> Any:
        if config > 0:
            raise IndexError(config)
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1, iConfiguration=0,
            bmAttributes=0xC0, bMaxPower=1, extra_descriptors=array("B"),
        )  # fmt: skip

    def get_interface_descriptor(self, _dev: Any, intf: int, alt: int, _config: int) -> Any:
        if intf > 0 or alt > 0:
            raise IndexError(intf)
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=1, bInterfaceClass=7,
            bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0, extra_descriptors=array("B"),
        )  # fmt: skip

    def get_endpoint_descriptor(self, _dev: Any, ep: int, _intf: int, _alt: int, _config: int) -> Any:
        if ep > 0:
            raise IndexError(ep)
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=self.OUT, bmAttributes=2, wMaxPacketSize=64, bInterval=0,
            bRefresh=0, bSynchAddress=0, extra_descriptors=array("B"),
        )  # fmt: skip

    def open_device(self, dev: Any) -> Any:
        return dev

    def close_device(self, _handle: Any) -> None:
        pass

    def set_configuration(self, _handle: Any, _value: int) -> None:
        pass

    def get_configuration(self, _handle: Any) -> int:
        return 1

    def claim_interface(self, _handle: Any, intf: int) -> None:
        pass

    def release_interface(self, _handle: Any, intf: int) -> None:
        self.released.append(intf)

    def is_kernel_driver_active(self, _handle: Any, _intf: int) -> bool:
        return True

    def detach_kernel_driver(self, _handle: Any, intf: int) -> None:
        self.detached.append(intf)

    def bulk_write(self, _handle: Any, ep: int, _intf: int, data: Any, timeout: int) -> int:
        self.timeouts.append(timeout)
        assert ep == self.OUT
        if self.stalls:
            raise usb.core.USBTimeoutError("Operation timed out")
        taken = bytes(data)[: self.accepts]
        self.taken += taken
        return len(taken)

    def ctrl_transfer(
        self, _handle: Any, kind: int, request: int, _value: int, _index: int, data: Any, timeout: int
    ) -> int:
        if (kind, request) == (0xA1, 1):
            if not self.tells_state:
                raise usb.core.USBError("pipe error")
            data[0] = 0x38 if self.paper_out else 0x18
            return 1
        return 0
