"""The virtual OLED shows what the box's own drawing on a true bus would show."""

from __future__ import annotations

import random
import socket
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PIL import Image
from redirection import Kind, Packet, Reader, hello
from ssd1306 import Ssd1306
from usb_oled import ADDRESS, Oled, oled

from spacebox.panel.glass import OledGlass


class Bus:
    """What luma calls a serial interface, up to the chip."""

    def __init__(self, chip: Ssd1306) -> None:
        self._chip = chip

    def command(self, *command: int) -> None:
        self._chip.write(bytes((0x00, *command)))

    def data(self, data: Sequence[int]) -> None:
        self._chip.write(bytes((0x40, *data)))

    def cleanup(self) -> None:
        pass


def noise(seed: int) -> Image.Image:
    return Image.frombytes("1", (128, 64), random.Random(seed).randbytes(1024))


def test_the_chip_shows_each_picture_that_the_box_draws() -> None:
    chip = Ssd1306()
    glass = OledGlass(Bus(chip), "ssd1306", 0)
    for picture in (noise(1), noise(2), Image.new("1", (128, 64), 1)):
        glass.show(picture)
        assert chip.picture().tobytes() == picture.tobytes()
    glass.close()
    assert not chip.picture().getbbox()


def test_a_screen_mounted_upside_down_is_seen_upside_down() -> None:
    chip = Ssd1306()
    OledGlass(Bus(chip), "ssd1306", 180).show(noise(3))
    assert chip.picture().rotate(180).tobytes() == noise(3).tobytes()


def test_what_lost_its_power_is_dark_until_it_is_set_up_again() -> None:
    chip = Ssd1306()
    glass = OledGlass(Bus(chip), "ssd1306", 0)
    glass.show(noise(4))
    chip.power_up()
    assert chip.status == 0x40
    assert not chip.picture().getbbox()
    glass.rewrite()
    assert chip.status == 0
    assert chip.picture().tobytes() == noise(4).tobytes()


def test_page_mode_inverse_and_test_picture() -> None:
    chip = Ssd1306()
    chip.write(bytes((0x00, 0xAF, 0xA1, 0xC8, 0xB3, 0x05, 0x12)))
    chip.write(bytes((0x40, 0b1000_0001)))
    lit = chip.picture()
    assert [lit.getpixel((0x25, 24 + row)) for row in range(8)] == [255, 0, 0, 0, 0, 0, 0, 255]
    chip.write(bytes((0x80, 0xA7, 0x80, 0x81, 0x80, 0x10)))
    assert chip.picture().getpixel((0x25, 24)) == 0
    assert chip.contrast == 0x10
    chip.write(bytes((0x00, 0xA5)))
    assert chip.picture().histogram()[0] == 0


class Host:
    """QEMU's end of the line, and Linux's driver on top of it."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._reader = Reader()
        self._packets: list[Packet] = []
        self._number = 2**40
        line.sendall(hello("a host"))

    def next(self) -> Packet:
        while not self._packets:
            self._packets += self._reader.read(self._line.recv(65536))
        return self._packets.pop(0)

    def ask(self, kind: int, request: int, value: int, index: int, body: bytes | int) -> Packet:
        """A control transfer: bytes go out, a number of them comes in."""
        self._number += 1
        data = body if isinstance(body, bytes) else b""
        length = len(data) or (0 if isinstance(body, bytes) else body)
        head = struct.pack("<BBBBHHH", kind & 0x80, request, kind, 0, value, index, length)
        self._line.sendall(Packet(Kind.CONTROL, self._number, head + data).encode())
        reply = self.next()
        assert (reply.kind, reply.number) == (Kind.CONTROL, self._number)
        return reply

    def write(self, address: int, data: bytes) -> bool:
        """One transaction on the bus; tell whether somebody took it."""
        self.ask(0x41, 7, 0, address, data)
        return self.ask(0xC1, 3, 0, 0, 1).body[10:] == b"\x01"


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[tuple[Oled, Host]]:
    with oled(tmp_path / "oled") as found, socket.socket(socket.AF_UNIX) as line:
        line.settimeout(20)
        line.connect(str(tmp_path / "oled"))
        host = Host(line)
        kinds = [host.next().kind for _ in range(4)]
        assert kinds == [Kind.HELLO, Kind.INTERFACES, Kind.ENDPOINTS, Kind.CONNECT]
        yield found, host


def test_it_is_the_adapter_that_linux_has_a_driver_for(screen: tuple[Oled, Host]) -> None:
    _, host = screen
    device = host.ask(0x80, 6, 0x0100, 0, 18).body[10:]
    assert struct.unpack_from("<HH", device, 8) == (0x0403, 0xC631)
    whole = host.ask(0x80, 6, 0x0200, 0, 255).body[10:]
    assert len(whole) == struct.unpack_from("<H", whole, 2)[0]
    assert host.ask(0x80, 6, 0x0200, 0, 9).body[10:] == whole[:9]
    for number in (1, 2):
        text = host.ask(0x80, 6, 0x0300 + number, 0x0409, 255).body[10:]
        assert text[0] == len(text)
    assert host.ask(0x80, 6, 0x0600, 0, 10).body[3] == 4  # stalls: it has no such descriptor


def test_only_its_address_answers_and_only_while_it_is_wired(screen: tuple[Oled, Host]) -> None:
    found, host = screen
    assert host.write(ADDRESS, b"\x00\xaf\xa5")
    assert not host.write(ADDRESS + 1, b"\x00\xae")
    assert found.picture().histogram()[0] == 0
    found.take_off()
    assert not host.write(ADDRESS, b"\x00\xae")
    found.put_back()
    assert not found.picture().getbbox()
    assert host.write(ADDRESS, b"\x00\xaf\xa5")
    assert found.picture().getbbox()


def test_it_is_pulled_out_and_plugged_in_again(screen: tuple[Oled, Host]) -> None:
    found, host = screen
    found.unplug()
    assert host.next().kind == Kind.DISCONNECT
    found.plug()
    kinds = [host.next().kind for _ in range(3)]
    assert kinds == [Kind.INTERFACES, Kind.ENDPOINTS, Kind.CONNECT]
    assert host.write(ADDRESS, b"\x00\xaf")
