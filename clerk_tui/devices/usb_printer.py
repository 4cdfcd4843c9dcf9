"""Bytes to a slip printer on USB: its own endpoint, its paper sensor, and a limit to every wait."""

import time
from typing import Any

from clerk_tui.devices.slip_refusals import missing, no_paper

PRINTER_CLASS = 7
_CHUNK = 4096
_STATUS_MS = 600
_READ_STATUS, _GET_PORT_STATUS = 0xA1, 1
"""Class request of USB printers (USB Device Class Definition for Printing Devices 1.1, 4.2.2)."""
_PAPER_EMPTY = 0x20


def send(ids: str, data: bytes, seconds: float) -> None:
    """Send everything within `seconds`. `ids`: vendor and product, `04b8:0e15`.

    Raises Refusal slip_missing (no pyusb, no libusb), slip_paper; OSError (not there, gone, without rights), TimeoutError.
    """
    try:
        import usb.core
        import usb.util
    except ImportError as error:
        raise missing() from error
    vendor, product = (int(part, 16) for part in ids.split(":"))
    try:
        device = usb.core.find(idVendor=vendor, idProduct=product)
    except usb.core.NoBackendError as error:
        raise missing(" USB 驱动程序", "libusb") from error
    if device is None:
        raise FileNotFoundError(ids)
    try:
        number, endpoint = _way_in(device)
        _take_over(device, number)
        _refuse_without_paper(device, number)
        _write(endpoint, data, time.monotonic() + seconds)
        _refuse_without_paper(device, number)
    except usb.core.USBTimeoutError as error:
        raise TimeoutError("the printer takes nothing") from error
    finally:
        usb.util.dispose_resources(device)


def _way_in(device: Any) -> tuple[int, Any]:
    """The interface that prints and its endpoint for data; a printer that does not call itself one has a bulk one too."""
    import usb.core
    import usb.util

    try:
        configuration = device.get_active_configuration()
    except usb.core.USBError:
        device.set_configuration()
        configuration = device.get_active_configuration()
    found = []
    for interface in configuration:
        for endpoint in interface:
            out = usb.util.endpoint_direction(endpoint.bEndpointAddress) == usb.util.ENDPOINT_OUT
            if out and usb.util.endpoint_type(endpoint.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK:
                found.append((interface.bInterfaceClass != PRINTER_CLASS, interface.bInterfaceNumber, endpoint))
    if not found:
        raise OSError("no endpoint for data")
    _, number, endpoint = min(found, key=lambda one: one[:2])
    return number, endpoint


def _take_over(device: Any, number: int) -> None:
    """The system's own printer driver lets go; not every backend knows of one."""
    import usb.util

    try:
        if device.is_kernel_driver_active(number):
            device.detach_kernel_driver(number)
    except NotImplementedError:
        pass
    usb.util.claim_interface(device, number)


def _refuse_without_paper(device: Any, number: int) -> None:
    """A printer that tells no state is believed to be well."""
    import usb.core

    try:
        status = device.ctrl_transfer(_READ_STATUS, _GET_PORT_STATUS, 0, number, 1, _STATUS_MS)
    except (usb.core.USBError, NotImplementedError):
        return
    if len(status) and status[0] & _PAPER_EMPTY:
        raise no_paper()


def _write(endpoint: Any, data: bytes, until: float) -> None:
    left = data
    while left:
        milliseconds = int((until - time.monotonic()) * 1000)
        if milliseconds < 1:  # 0 would mean to wait without end
            raise TimeoutError("the printer takes nothing")
        left = left[endpoint.write(left[:_CHUNK], milliseconds) :]
