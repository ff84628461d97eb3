"""The virtual OLED: an SSD1306 on an i2c-tiny-usb adapter that a QEMU has plugged in.

The guest sees a true `/dev/i2c-N`, by the kernel's own driver. QEMU is started with
`arguments(path)` and connects to the socket there, as often as it starts. Taking the screen off
its bus makes it answer nothing (NAK); taking the adapter out makes `/dev/i2c-N` go.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from PIL import Image
from redirection import Control, Kind, Packet, Reader, control, hello, plugged, unplugged
from ssd1306 import Ssd1306

_VENDOR, _PRODUCT, _VERSION = 0x0403, 0xC631, 0x0205
_GET_FUNCTIONS, _SET_DELAY, _GET_STATUS, _TRANSFER = 1, 2, 3, 4
"""Requests of linux/drivers/i2c/busses/i2c-tiny-usb.c; a transfer has two bits beside it."""
_FUNCTIONS = 0x0EFF0009
"""I2C_FUNC_I2C and I2C_FUNC_SMBUS_EMUL."""
_ACKNOWLEDGED, _NOT_ACKNOWLEDGED = 1, 2
_VENDORS = 0x40
_GET_DESCRIPTOR = 6
_DEVICE, _CONFIGURATION, _TEXT = 1, 2, 3
_DESCRIPTORS = {
    (_DEVICE, 0): struct.pack(
        "<BBHBBBBHHHBBBB", 18, 1, 0x0110, 0xFF, 0, 0, 8, _VENDOR, _PRODUCT, _VERSION, 1, 2, 0, 1
    ),
    (_CONFIGURATION, 0): struct.pack("<BBHBBBBB", 9, 2, 18, 1, 1, 0, 0x80, 50)
    + struct.pack("<9B", 9, 4, 0, 0, 0, 0xFF, 0, 0, 0),
    (_TEXT, 0): struct.pack("<BBH", 4, 3, 0x0409),
    (_TEXT, 1): struct.pack("<BB", 16, 3) + "virtual".encode("utf-16le"),
    (_TEXT, 2): struct.pack("<BB", 26, 3) + "i2c-tiny-usb".encode("utf-16le"),
}
ADDRESS = 0x3C


class Adapter:
    """What answers the transfers: pure, but for the glass that somebody may look at meanwhile."""

    def __init__(self, chip: Ssd1306) -> None:
        self._chip = chip
        self.wired = True
        self._status = _ACKNOWLEDGED

    def transfer(self, asked: Control) -> bytes | None:
        if asked.kind & _VENDORS:
            return self._vendor(asked)
        if asked.request == _GET_DESCRIPTOR:
            return _DESCRIPTORS.get(divmod(asked.value, 256))
        return None

    def _vendor(self, asked: Control) -> bytes | None:
        if asked.request == _GET_FUNCTIONS:
            return struct.pack("<I", _FUNCTIONS)
        if asked.request == _GET_STATUS:
            return bytes([self._status])
        if asked.request & _TRANSFER:
            return self._bus(asked)
        return b"" if asked.request == _SET_DELAY else None

    def _bus(self, asked: Control) -> bytes:
        if not self.wired or asked.index != ADDRESS:
            self._status = _NOT_ACKNOWLEDGED
            return bytes(asked.wants)
        self._status = _ACKNOWLEDGED
        if asked.inwards:
            return bytes([self._chip.status]) * asked.wants
        self._chip.write(asked.data)
        return b""


class Oled:
    """The screen and what it is plugged in with. Made by `oled`."""

    def __init__(self, listener: socket.socket) -> None:
        self._chip = Ssd1306()
        self._adapter = Adapter(self._chip)
        self._listener = listener
        self._lock = threading.Lock()
        self._line: socket.socket | None = None
        self._in_use = True

    def picture(self) -> Image.Image:
        """Return what is on the glass now."""
        with self._lock:
            return self._chip.picture()

    def take_off(self) -> None:
        """Pull the screen's wires: nothing answers at its address."""
        with self._lock:
            self._adapter.wired = False

    def put_back(self) -> None:
        """Plug the screen in again: it has lost what it knew."""
        with self._lock:
            self._chip.power_up()
            self._adapter.wired = True

    def unplug(self) -> None:
        """Take the adapter out of its USB port."""
        self._plug(False, unplugged())

    def plug(self) -> None:
        self._plug(True, plugged(_VENDOR, _PRODUCT, _VERSION))

    def _plug(self, in_use: bool, said: bytes) -> None:
        with self._lock:
            self._in_use = in_use
            if self._line is not None:
                self._line.sendall(said)

    def serve(self) -> None:
        """Serve one QEMU after the other, until the listening socket is shut."""
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with line, suppress(OSError):  # a QEMU that was killed resets its line
                self._talk(line)
            with self._lock:
                self._line = None

    def hang_up(self) -> None:
        """Let QEMU's line go, as at the end of the harness."""
        with self._lock, suppress(OSError):
            if self._line is not None:
                self._line.shutdown(socket.SHUT_RDWR)

    def _talk(self, line: socket.socket) -> None:
        reader = Reader()
        with self._lock:
            self._line = line
            line.sendall(hello("spacebox virtual OLED"))
        while data := line.recv(65536):
            for packet in reader.read(data):
                with self._lock:
                    line.sendall(self._reply(packet))

    def _reply(self, packet: Packet) -> bytes:
        match packet.kind:
            case Kind.HELLO:
                return plugged(_VENDOR, _PRODUCT, _VERSION) if self._in_use else b""
            case Kind.CONTROL:
                asked = control(packet)
                return asked.answer(self._adapter.transfer(asked)).encode()
            case Kind.SET_CONFIGURATION | Kind.GET_CONFIGURATION:
                return Packet(Kind.CONFIGURATION, packet.number, b"\0\x01").encode()
            case Kind.SET_ALTERNATIVE | Kind.GET_ALTERNATIVE:
                return Packet(Kind.ALTERNATIVE, packet.number, b"\0\0\0").encode()
            case _:
                return b""


@contextmanager
def oled(path: Path) -> Iterator[Oled]:
    """A screen that waits for a QEMU at the socket *path*."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(1)
        screen = Oled(listener)
        thread = threading.Thread(target=screen.serve, name="oled")
        thread.start()
        try:
            yield screen
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            screen.hang_up()
            thread.join()


def arguments(path: Path) -> list[str]:
    """Return what QEMU is told to have the screen; it needs an xHCI besides."""
    return [
        "-chardev",
        f"socket,id=oled,path={path}",
        "-device",
        "usb-redir,chardev=oled,id=oled-usb",
    ]
