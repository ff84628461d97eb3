"""The glass as a picture, and presses: by request and by the page of a simulated box."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from base64 import b64decode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image, ImageDraw
from served import SITE, Box, Face, Lines, until

from spacebox.engines.streams import Streams
from spacebox.hub import Hub
from spacebox.ports import Lamps
from spacebox.room.model import new_room
from spacebox.web import likeness
from spacebox.web.server import Server
from spacebox.web.services import Services


async def press(control: aiohttp.ClientSession, **wish: object) -> tuple[int, Any]:
    async with control.post("http://localhost/api/press", json=wish) as response:
        return response.status, await response.json() if response.status != 204 else None


async def test_the_glass_comes_as_a_picture_of_one_bit(
    box: Box, control: aiohttp.ClientSession
) -> None:
    ImageDraw.Draw(box.face.image).rectangle((3, 5, 40, 9), fill=1)
    async with control.get("http://localhost/api/screen") as response:
        assert (response.status, response.content_type) == (200, "image/png")
        picture = Image.open(io.BytesIO(await response.read()))
    assert (picture.mode, picture.size) == ("1", (128, 64))
    assert picture.tobytes() == box.face.image.tobytes()


async def test_the_front_is_for_the_host(box: Box, host: str) -> None:
    status, _, _ = await box.ask("GET", "/api/screen", token=host)
    assert status == 200
    box.start()
    ana = await box.join("Ana")
    for token in ("", ana["token"]):
        for method, path in (("GET", "/api/screen"), ("POST", "/api/press")):
            status, error, _ = await box.ask(method, path, {"button": "mute"}, token=token)
            assert (status, error["error"]) == (403, "forbidden")
    assert box.face.presses("mute") == []


async def test_a_tap_is_answered_after_the_release(
    box: Box, control: aiohttp.ClientSession
) -> None:
    assert await press(control, button="approve") == (204, None)
    (down, _), (up, held_s) = box.face.presses("approve")
    assert (down, up) == (True, False)
    assert held_s > 0.09


async def test_a_press_is_as_long_and_as_often_as_asked(
    box: Box, control: aiohttp.ClientSession
) -> None:
    assert await press(control, button="end", hold_s=0.3, times=2) == (204, None)
    changes = box.face.presses("end")
    assert [down for down, _ in changes] == [True, False, True, False]
    assert changes[1][1] >= 0.29
    assert changes[3][1] >= 0.29


async def test_two_who_press_one_button_take_turns(
    box: Box, control: aiohttp.ClientSession
) -> None:
    both = (press(control, button="mute", hold_s=0.05) for _ in range(2))
    assert await asyncio.gather(*both) == [(204, None)] * 2
    assert [down for down, _ in box.face.presses("mute")] == [True, False, True, False]


async def test_who_hangs_up_lets_go(box: Box, control: aiohttp.ClientSession) -> None:
    pressing = asyncio.create_task(press(control, button="end", hold_s=100, times=9))
    await until(lambda: box.face.down() == {"end"})
    pressing.cancel()
    await until(lambda: box.face.down() == set())
    assert await press(control, button="end") == (204, None)
    assert len(box.face.presses("end")) == 4


async def test_who_hangs_up_in_line_presses_nothing(
    box: Box, control: aiohttp.ClientSession
) -> None:
    first = asyncio.create_task(press(control, button="end", hold_s=100))
    await until(lambda: box.face.down() == {"end"})
    second = asyncio.create_task(press(control, button="end", hold_s=100))
    await asyncio.sleep(0.2)  # until it is in line, which nobody can see
    second.cancel()
    first.cancel()
    await until(lambda: box.face.down() == set())
    assert await press(control, button="end") == (204, None)
    assert [down for down, _ in box.face.presses("end")] == [True, False, True, False]


async def test_a_box_that_stops_lets_go(box: Box, control: aiohttp.ClientSession) -> None:
    pressing = asyncio.create_task(press(control, button="end", hold_s=100))
    await until(lambda: box.face.down() == {"end"})
    await box.server.stop()
    assert box.face.down() == set()
    with contextlib.suppress(aiohttp.ClientError):
        await pressing


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"button": "reset"},
        {"button": "mute", "hold_s": 0},
        {"button": "mute", "hold_s": 121},
        {"button": "mute", "hold_s": True},
        {"button": "mute", "hold_s": "1"},
        {"button": "mute", "times": 0},
        {"button": "mute", "times": 21},
        {"button": "mute", "times": 1.5},
        {"button": "mute", "times": True},
    ],
)
async def test_what_is_no_press(
    box: Box, control: aiohttp.ClientSession, wish: dict[str, object]
) -> None:
    status, error = await press(control, **wish)
    assert (status, error["error"]) == (422, "malformed")
    assert error["reason"].partition(" ")[0] in ("button", "hold_s", "times")
    assert box.face.down() == set()


async def test_only_a_simulated_box_can_be_pressed(tmp_path: Path) -> None:
    face = Face()
    hub = Hub(new_room("Mira"))
    server = Server(
        hub,
        SITE,
        Services(
            signalling=Lines(),
            broadcast=Streams(hub),
            health=lambda: (),
            faults=lambda: (),
            metrics=lambda: b"",
            presence=lambda _who, _present: None,
            front=face,
        ),
    )
    path = tmp_path / "control.sock"
    await server.listen_unix(path)
    async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(path))) as control:
        assert await press(control, button="mute") == (
            409,
            {"error": "not_now", "reason": "only a simulated box can be pressed from here"},
        )
        async with control.get("http://localhost/api/screen") as response:
            assert response.status == 200
        for name in ("panel", "panel/events", "panel/press"):
            async with control.get(f"http://localhost/{name}") as response:
                assert response.status == 404
    await server.stop()


class Page:
    """What a page reads from the stream."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response
        self.name = ""

    async def next(self) -> tuple[str, Any]:
        async with asyncio.timeout(5):
            lines = [(await self.response.content.readline()).decode() for _ in range(3)]
        assert lines[2] == "\n"
        name, data = (line.partition(": ")[2].strip() for line in lines[:2])
        return name, json.loads(data)


@contextlib.asynccontextmanager
async def opened(box: Box) -> AsyncIterator[Page]:
    async with box.session.get(f"{box.url}/panel/events") as response:
        assert response.status == 200
        page = Page(response)
        kind, told = await page.next()
        assert kind == "page"
        page.name = told["page"]
        yield page


async def finger(box: Box, page: str, button: str, down: bool) -> int:
    wish = {"page": page, "button": button, "down": down}
    status, _, _ = await box.ask("POST", "/panel/press", wish)
    return status


async def test_a_page_sees_the_front_and_each_change_of_it(box: Box) -> None:
    async with opened(box) as page:
        kind, data = await page.next()
        assert (kind, b64decode(data)) == ("picture", bytes(1024))
        assert await page.next() == ("lamps", {"on_air": 0.0, "request": 0.0})
        box.face.lamps = Lamps(1.0, 0.256)
        assert await page.next() == ("lamps", {"on_air": 1.0, "request": 0.26})
        box.face.image.putpixel((0, 0), 1)
        kind, data = await page.next()
        assert (kind, b64decode(data)[:2]) == ("picture", b"\x80\x00")


async def test_a_page_that_sees_nothing_new_hears_that_the_box_is_there(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likeness, "BEAT_S", 0.05)
    async with opened(box) as page:
        assert [(await page.next())[0] for _ in range(4)] == ["picture", "lamps", "beat", "beat"]


async def test_a_page_holds_several_buttons_until_it_lets_go(box: Box) -> None:
    async with opened(box) as page:
        assert await finger(box, page.name, "mute", True) == 204
        assert await finger(box, page.name, "end", True) == 204
        assert box.face.down() == {"mute", "end"}
        assert await finger(box, page.name, "mute", False) == 204
        assert await finger(box, page.name, "mute", False) == 204
        assert box.face.down() == {"end"}


async def test_what_a_page_held_is_let_go_when_it_closes(box: Box) -> None:
    async with opened(box) as page, opened(box) as other:
        for who in (page, other):
            assert await finger(box, who.name, "mute", True) == 204
        other_name, name = other.name, page.name
        async with opened(box) as third:
            assert await finger(box, third.name, "approve", True) == 204
        await until(lambda: box.face.down() == {"mute"})
        assert await finger(box, other_name, "mute", False) == 204
        assert box.face.down() == {"mute"}
    await until(lambda: box.face.down() == set())
    assert await finger(box, name, "mute", True) == 404
    assert len(box.face.presses("mute")) == 2


@pytest.mark.parametrize(
    "wish",
    [
        [],
        {"button": "mute", "down": True},
        {"page": "x", "button": "mute", "down": 1},
        {"page": "x", "down": True},
    ],
)
async def test_what_is_no_finger(box: Box, wish: object) -> None:
    status, error, _ = await box.ask("POST", "/panel/press", wish)
    assert (status, error["error"]) == (422, "malformed")


async def test_the_page_is_for_this_machine(box: Box) -> None:
    status, body, headers = await box.ask("GET", "/panel")
    assert status == 200
    assert f"{box.server.join_link}</a>" in body.decode()
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    for method, path in (("GET", "/panel"), ("GET", "/panel/events"), ("POST", "/panel/press")):
        status, error, _ = await box.ask(method, path, "{}", headers={"Host": "radio.example"})
        assert (status, error["error"]) == (403, "forbidden")


async def test_a_box_that_stops_ends_the_streams(box: Box) -> None:
    async with opened(box) as page:
        async with asyncio.timeout(3):
            await box.server.stop()
        with contextlib.suppress(aiohttp.ClientError):
            while await page.response.content.readline():
                pass
