"""An SSD1306 as its bus sees it: bytes in, points out. Sections are those of its data sheet."""

from __future__ import annotations

from PIL import Image

COLUMNS, PAGES = 128, 8
_PARAMETERS = {
    **dict.fromkeys((0x20, 0x81, 0x8D, 0xA8, 0xD3, 0xD5, 0xD9, 0xDA, 0xDB), 1),
    **dict.fromkeys((0x21, 0x22), 2),
}
"""How many bytes follow a command (section 9); after all others none."""
_HORIZONTAL, _BY_PAGE = 0, 2
_CO, _DATA = 0x80, 0x40
"""Of a control byte (8.1.5.2): one pair follows; the next is for the picture."""
_DARK = 0x40
"""Of the status (8.1.5): the display is off."""


class Ssd1306:
    """The chip and its memory; it keeps both as long as it has power."""

    def __init__(self) -> None:
        self.power_up()

    def power_up(self) -> None:
        """Begin anew, with what is in the memory after a reset."""
        self._memory = [bytearray(COLUMNS) for _ in range(PAGES)]
        self._lit = self._inverse = self._all = False
        self._flipped = self._upwards = False
        self._mode = _BY_PAGE
        self._first_column, self._last_column = 0, COLUMNS - 1
        self._first_page, self._last_page = 0, PAGES - 1
        self._column = self._page = 0
        self._heard: list[int] = []
        self.contrast = 0x7F

    @property
    def status(self) -> int:
        return 0 if self._lit else _DARK

    def write(self, data: bytes) -> None:
        """Take what one transaction on the bus writes."""
        while data:
            control, data = data[0], data[1:]
            size = 1 if control & _CO else len(data)
            part, data = data[:size], data[size:]
            take = self._put if control & _DATA else self._hear
            for byte in part:
                take(byte)

    def picture(self) -> Image.Image:
        """Return what is to be seen, 128 × 64 in mode 1, as a module is mounted (A1h, C8h)."""
        if not self._lit:
            return Image.new("1", (COLUMNS, PAGES * 8))
        columns = Image.frombytes(
            "1",
            (PAGES * 8, COLUMNS),
            bytes(
                _mirrored(self._memory[page][column])
                for column in range(COLUMNS)
                for page in range(PAGES)
            ),
        )
        picture = columns.transpose(Image.Transpose.TRANSPOSE)
        if not self._flipped:
            picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        if not self._upwards:
            picture = picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        if self._all:
            return Image.new("1", picture.size, 1)
        return picture.point(lambda point: not point) if self._inverse else picture

    def _put(self, byte: int) -> None:
        self._memory[self._page][self._column] = byte
        self._column += 1
        if self._mode == _BY_PAGE:
            self._column %= COLUMNS
        elif self._column > self._last_column:
            self._column = self._first_column
            self._page = self._first_page if self._page == self._last_page else self._page + 1

    def _hear(self, byte: int) -> None:
        self._heard.append(byte)
        command, *parameters = self._heard
        if len(parameters) == _PARAMETERS.get(command, 0):
            self._heard = []
            self._command(command, parameters)

    def _command(self, command: int, parameters: list[int]) -> None:
        match command, parameters:
            case 0x20, [mode]:
                self._mode = mode & 3
            case 0x21, [first, last]:
                self._first_column, self._last_column = first & 127, last & 127
                self._column = self._first_column
            case 0x22, [first, last]:
                self._first_page, self._last_page = first & 7, last & 7
                self._page = self._first_page
            case 0x81, [level]:
                self.contrast = level
            case _:
                self._short(command)

    def _short(self, command: int) -> None:
        if command < 0x10:
            self._column = self._column & 0x70 | command
        elif command < 0x18:
            self._column = self._column & 0x0F | (command & 7) << 4
        elif 0xB0 <= command <= 0xB7:
            self._page = command & 7
        elif command & 0xFE == 0xA0:
            self._flipped = bool(command & 1)
        elif command & 0xF7 == 0xC0:
            self._upwards = bool(command & 8)
        elif command & 0xFE == 0xA4:
            self._all = bool(command & 1)
        elif command & 0xFE == 0xA6:
            self._inverse = bool(command & 1)
        elif command & 0xFE == 0xAE:
            self._lit = bool(command & 1)


def _mirrored(byte: int) -> int:
    """The lowest bit of a page's byte is its topmost point; Pillow begins with the highest."""
    return int(f"{byte:08b}"[::-1], 2)
