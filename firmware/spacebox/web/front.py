"""The box's front from elsewhere: the glass as a picture, a press of a button as a request."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import web
from PIL import Image

from spacebox.ports import Fingers, Front
from spacebox.room.model import HOST
from spacebox.web import schemas
from spacebox.web.connection import Connection
from spacebox.web.errors import Problem
from spacebox.web.guard import read_json
from spacebox.web.operation import JSON, Operation, Reply, Takes, ref
from spacebox.web.who import Who

TAP_S = 0.1
"""How long a tap is down, and how long it is up before the next."""
PNG = "image/png"
_SIZE = (128, 64)


@dataclass(frozen=True, slots=True)
class Press:
    """What `spacebox press` asks for."""

    button: str
    hold_s: float
    times: int

    @classmethod
    def read(cls, data: object) -> Press:
        """Return the press in *data*. Raises Problem."""
        if not isinstance(data, dict):
            raise Problem(422, "malformed", "a press is a JSON object")
        hold_s, times = data.get("hold_s", TAP_S), data.get("times", 1)
        if not _is_number(hold_s) or not 0 < hold_s <= schemas.HOLD_MAX_S:
            raise Problem(422, "malformed", f"hold_s is up to {schemas.HOLD_MAX_S} seconds")
        if (
            not isinstance(times, int)
            or not _is_number(times)
            or not 1 <= times <= schemas.TAPS_MAX
        ):
            raise Problem(422, "malformed", f"times is 1 to {schemas.TAPS_MAX}")
        return cls(read_button(data), hold_s, times)


def read_button(data: dict[str, Any]) -> str:
    """Return the button that is named. Raises Problem."""
    button = data.get("button")
    if button not in schemas.BUTTONS:
        raise Problem(422, "malformed", f"button is one of {', '.join(schemas.BUTTONS)}")
    return str(button)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class Hands:
    """Everybody who presses: a button is down until the last one lets go of it."""

    def __init__(self, fingers: Fingers) -> None:
        self._fingers = fingers
        self._holding: defaultdict[str, set[str]] = defaultdict(set)

    def push(self, who: str, button: str) -> None:
        if not self._holding[button]:
            self._fingers.press(button, True)
        self._holding[button].add(who)

    def let_go(self, who: str, *buttons: str) -> None:
        """Take *who* off these buttons; off those that they are not on too."""
        for button in buttons:
            if who in self._holding[button]:
                self._holding[button].remove(who)
                if not self._holding[button]:
                    self._fingers.press(button, False)

    @contextlib.contextmanager
    def holding(self, who: str, button: str) -> Iterator[None]:
        self.push(who, button)
        try:
            yield
        finally:
            self.let_go(who, button)


class FrontDoor:
    """Serves the picture of the glass and, where there are *hands*, takes presses."""

    def __init__(self, who: Who, front: Front, hands: Hands | None) -> None:
        self._who = who
        self._front = front
        self._hands = hands
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def operations(self) -> tuple[Operation, ...]:
        return (
            Operation(
                "GET",
                "/api/screen",
                self._screen,
                "The glass now: 128 × 64 pixels, black and white",
                {200: Reply("The picture", PNG)},
                {403: "For the host"},
            ),
            Operation(
                "POST",
                "/api/press",
                self._press,
                "Press a button of a simulated box; answered after the release",
                {204: Reply("Pressed and let go")},
                {403: "For the host", 409: "This box is not simulated"},
                Takes(JSON, ref("Press"), examples=schemas.PRESSES),
            ),
        )

    async def _screen(self, request: web.Request) -> web.Response:
        self._require_host(request)
        return web.Response(body=png(self._front.picture), content_type=PNG)

    async def _press(self, request: web.Request) -> web.Response:
        self._require_host(request)
        if self._hands is None:
            raise Problem(409, "not_now", "only a simulated box can be pressed from here")
        press, gone = Press.read(await read_json(request)), left(request)
        async with self._turns[press.button]:
            await _carry_out(press, self._hands, gone)
        return web.Response(status=204)

    def _require_host(self, request: web.Request) -> None:
        if self._who.acting(request) != HOST:
            raise Problem(403, "forbidden", "the front of the box is for its host")


async def _carry_out(press: Press, hands: Hands, gone: asyncio.Event) -> None:
    """Press as asked; who is *gone* presses no more."""
    for tap in range(press.times):
        if tap:
            await came(gone, TAP_S)
        if gone.is_set():
            return
        with hands.holding("a request", press.button):
            await came(gone, press.hold_s)


def left(request: web.Request) -> asyncio.Event:
    """Return what is set when the one who asks hangs up."""
    gone = asyncio.Event()
    cast(Connection, request.protocol).when_lost = gone.set
    return gone


async def came(event: asyncio.Event, within_s: float) -> bool:
    """Wait for *event*, so long at most; say whether it came."""
    try:
        async with asyncio.timeout(within_s):
            return await event.wait()
    except TimeoutError:
        return False


def png(picture: bytes) -> bytes:
    """Return a picture of the glass (see `Front`) as PNG of 1 bit."""
    out = io.BytesIO()
    Image.frombytes("1", _SIZE, picture).save(out, "PNG")
    return out.getvalue()
