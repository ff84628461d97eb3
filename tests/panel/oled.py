"""What an OLED's controller makes of the bytes on its bus: memory, power and brightness."""

from __future__ import annotations

import errno
from collections.abc import Sequence

from gpiozero.pins.mock import MockFactory, MockSPIDevice
from PIL import Image

from spacebox.panel.glass import SIZE

ARGUMENTS = {
    0x20: 1, 0x21: 2, 0x22: 2, 0x81: 1, 0x8D: 1, 0xA8: 1, 0xD3: 1, 0xD5: 1, 0xD9: 1, 0xDA: 1,
    0xDB: 1,
}  # fmt: skip
"""How many bytes follow a command of the SSD1306."""


class Oled:
    """Set `offset` to 2 for an SH1106, whose memory is wider than its glass."""

    def __init__(self, offset: int = 0) -> None:
        self.offset = offset
        self.plugged = True
        self.written: list[int] = []
        """The page of every byte of picture that came."""
        self.lose_power()

    def lose_power(self) -> None:
        self.memory = [bytearray(b"\x55" * 132) for _ in range(8)]
        self.lit = self.pumping = False
        self.contrast = 0x7F
        self.page = self.column = 0
        self.columns, self.pages = (0, 131), (0, 7)
        self._command: list[int] = []

    def command(self, *command: int) -> None:
        self._require_plug()
        for byte in command:
            self._command.append(byte)
            if len(self._command) > ARGUMENTS.get(self._command[0], 0):
                self._obey(*self._command)
                self._command = []

    def data(self, data: Sequence[int]) -> None:
        self._require_plug()
        for byte in data:
            self.memory[self.page][self.column] = byte
            self.written.append(self.page)
            self.column += 1
            if self.column > self.columns[1]:
                self.column = self.columns[0]
                self.page = self.pages[0] if self.page == self.pages[1] else self.page + 1

    def cleanup(self) -> None:
        """The end of the bus; the controller sees nothing of it."""

    def image(self) -> Image.Image | None:
        """Return what is to be seen; None while the glass is dark."""
        if not (self.lit and self.pumping):
            return None
        image = Image.new("1", SIZE)
        for x in range(SIZE[0]):
            for y in range(SIZE[1]):
                byte = self.memory[y // 8][x + self.offset]
                image.putpixel((x, y), 255 * (byte >> y % 8 & 1))
        return image

    def shows(self, picture: bytes) -> bool:
        image = self.image()
        return image is not None and image.tobytes() == picture

    def _obey(self, command: int, *arguments: int) -> None:
        match command, *arguments:
            case 0x21, first, last:
                self.columns, self.column = (first, last), first
            case 0x22, first, last:
                self.pages, self.page = (first, last), first
            case 0x81, level:
                self.contrast = level
            case 0x8D, pump:
                self.pumping = pump == 0x14
            case (0xAE | 0xAF,):
                self.lit = command == 0xAF
            case (n,) if 0xB0 <= n <= 0xB7:
                self.page = n - 0xB0
            case (n,) if n <= 0x0F:
                self.column = self.column & 0xF0 | n
            case (n,) if n <= 0x1F:
                self.column = self.column & 0x0F | (n & 0x0F) << 4

    def _require_plug(self) -> None:
        if not self.plugged:
            raise OSError(errno.EREMOTEIO, "Remote I/O error")


class OledOnI2c:
    """smbus2's SMBus with one screen on it."""

    def __init__(self, oled: Oled, address: int = 0x3C) -> None:
        self.oled = oled
        self.address = address
        self.open = 0

    def __call__(self, _port: int) -> OledOnI2c:
        self.open += 1
        return self

    def write_i2c_block_data(self, address: int, mode: int, block: list[int]) -> None:
        self._take(address, mode, block)

    def i2c_rdwr(self, message: Sequence[int]) -> None:
        mode, *block = message
        self._take(message.addr, mode, block)  # type: ignore[attr-defined]

    def close(self) -> None:
        self.open -= 1

    def _take(self, address: int, mode: int, block: list[int]) -> None:
        if address != self.address:
            raise OSError(errno.EREMOTEIO, "Remote I/O error")
        (self.oled.data if mode == 0x40 else lambda b: self.oled.command(*b))(block)


class OledOnSpi(MockSPIDevice):  # type: ignore[misc]
    """Bits on gpiozero's mock pins: 11 clocks, 10 brings them, 8 selects."""

    def __init__(self, oled: Oled, factory: MockFactory, dc: int) -> None:
        super().__init__(11, 10, 9, 8, pin_factory=factory)
        self.oled = oled
        self.dc = factory.pin(dc)

    def on_bit(self) -> None:
        if self.rx_bit == 8:
            word = self.rx_word()
            self.rx_bit, self.rx_buf = 0, []
            self.oled.data([word]) if self.dc.state else self.oled.command(word)
