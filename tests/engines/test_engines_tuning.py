"""HTTP listeners of one programme: who gets what, who skips, who is cut."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from spacebox.audio.opus import Encoder
from spacebox.engines import streams
from spacebox.engines.streams import BEHIND, CUSHION, PIECE_PACKETS, TAKEN_S, Line, Streams
from spacebox.hub import Hub
from spacebox.mixer.frame import silence
from spacebox.ports import Denied, StreamKind
from spacebox.room.commands import EndSpace, Join, Leave, Remove, StartSpace
from spacebox.room.model import HOST, new_room


@dataclass
class Studio:
    """Streams around a room, on a clock that the test moves."""

    now: float = 1000.0
    pieces: int = 0
    hub: Hub = field(init=False)
    streams: Streams = field(init=False)

    def __post_init__(self) -> None:
        self.hub = Hub(new_room("Mira"), lambda: self.now)
        self.streams = Streams(self.hub)
        self.start()

    def start(self) -> None:
        self.hub.submit(StartSpace(HOST, title="Slow radio"))

    def play(self, count: int = 1) -> None:
        """Play so many pieces, each marked with its number."""
        for _ in range(count):
            for _ in range(PIECE_PACKETS):
                self.streams.on_tick(b"piece %03d" % self.pieces)
            self.pieces += 1


@pytest.fixture
async def studio() -> AsyncIterator[Studio]:
    studio = Studio()
    yield studio
    studio.streams.close()


def number(ogg: bytes) -> int:
    """Return which piece is in the last page of *ogg*."""
    return int(ogg.rpartition(b"piece ")[2][:3])


async def taken(line: Line, count: int) -> list[int]:
    return [number(await line.next()) for _ in range(count)]


def encoders() -> int:
    return sum(thread.name == "mp3" for thread in threading.enumerate())


async def test_a_listener_begins_with_the_last_five_seconds(studio: Studio) -> None:
    studio.play(CUSHION + 6)
    line = studio.streams.tune_in("ogg", None)
    first = await line.next()
    assert first.startswith(b"OggS")
    assert (b"OpusHead" in first, b"TITLE=Slow radio" in first, number(first)) == (True, True, 6)
    assert await taken(line, CUSHION - 1) == list(range(7, CUSHION + 6))
    waiting = asyncio.create_task(line.next())
    await asyncio.sleep(0)
    assert not waiting.done()
    studio.play()
    assert number(await waiting) == CUSHION + 6


async def test_who_is_slow_skips_and_stalls_nobody(studio: Studio) -> None:
    slow, quick = (studio.streams.tune_in("ogg", None) for _ in range(2))
    heard = []
    for _ in range(BEHIND + 1):
        studio.play()
        heard += await taken(quick, 1)
    assert heard == list(range(BEHIND + 1))
    assert await taken(slow, CUSHION) == heard[-CUSHION:]
    missed = BEHIND + 1 - CUSHION
    assert (slow.skipped, quick.skipped, studio.streams.skipped) == (missed, 0, missed)
    slow.close()
    assert studio.streams.skipped == missed


async def test_silence_has_the_rate_of_sound(studio: Studio) -> None:
    line = studio.streams.tune_in("ogg", None)
    for packet, least, most in ((b"\xf8", 4000, 4100), (b"\xf8" + bytes(200), 5025, 5100)):
        for _ in range(2 * PIECE_PACKETS):
            studio.streams.on_tick(packet)
        await line.next()  # with what begins the stream
        assert least <= len(await line.next()) <= most


async def test_receiving_is_who_took_something_lately(studio: Studio) -> None:
    line = studio.streams.tune_in("ogg", None)
    studio.play(3)
    await line.next()
    assert not studio.streams.heard(studio.now)  # given is not taken
    await line.next()
    assert studio.streams.heard(studio.now)
    assert list(studio.streams.receiving(studio.now)) == [("ogg", None)]
    studio.now += TAKEN_S
    assert not studio.streams.heard(studio.now)
    await line.next()
    assert studio.streams.heard(studio.now)
    line.close()
    assert not studio.streams.heard(studio.now)


async def test_the_host_alone_is_no_audience(studio: Studio) -> None:
    studio.play(3)
    line = studio.streams.tune_in("ogg", HOST)
    await taken(line, 2)
    assert list(studio.streams.receiving(studio.now)) == [("ogg", HOST)]
    assert not studio.streams.heard(studio.now)


@pytest.mark.parametrize(
    "farewell", [Leave("ana"), Remove(HOST, "ana"), Remove(HOST, "ana", ban=True)]
)
async def test_who_left_or_was_removed_hears_nothing_more(
    studio: Studio, farewell: Leave | Remove
) -> None:
    studio.hub.submit(Join("ana", "Ana"))
    studio.play(3)
    line, other = (studio.streams.tune_in("ogg", who) for who in ("ana", None))
    await line.next()
    studio.hub.submit(farewell)
    with pytest.raises(EOFError):
        await line.next()
    assert await taken(other, 3) == [0, 1, 2]


async def test_a_seats_newer_stream_ends_the_older(studio: Studio) -> None:
    studio.hub.submit(Join("ana", "Ana"))
    studio.play()
    kinds: tuple[StreamKind, ...] = ("ogg", "mp3", "ogg")
    lines = [studio.streams.tune_in(kind, "ana") for kind in kinds]
    for older in lines[:2]:
        with pytest.raises(EOFError):
            await older.next()
    assert await taken(lines[2], 1) == [0]
    assert encoders() == 0


async def test_the_end_of_the_space_ends_every_stream_with_a_last_page(studio: Studio) -> None:
    studio.play(1)
    line, waiting = (studio.streams.tune_in("ogg", None) for _ in range(2))
    await waiting.next()
    last = asyncio.create_task(waiting.next())
    await asyncio.sleep(0)
    studio.hub.submit(EndSpace(HOST, now=True))
    studio.start()
    studio.play(1)
    assert number(await line.next()) == 0
    for page in (await line.next(), await last):
        assert (page[:4], page[5]) == (b"OggS", 4)
    with pytest.raises(EOFError):
        await line.next()


async def test_a_stream_without_a_sound_is_whole(studio: Studio) -> None:
    line = studio.streams.tune_in("ogg", None)
    studio.hub.submit(EndSpace(HOST, now=True))
    pages = (await line.next()).split(b"OggS")[1:]
    assert [page[1] for page in pages] == [2, 0, 4]


async def test_nobody_hears_the_space_before(studio: Studio) -> None:
    studio.play(CUSHION)
    studio.streams.on_tick(b"a secret")
    studio.hub.submit(EndSpace(HOST, now=True))
    with pytest.raises(Denied, match="no Space is live"):
        studio.streams.tune_in("ogg", HOST)
    studio.start()
    line = studio.streams.tune_in("ogg", None)
    studio.play()
    first = await line.next()
    assert (b"a secret" in first, number(first)) == (False, CUSHION)


async def test_so_many_and_no_more(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "HTTP_LISTENERS", 2)
    studio.hub.submit(Join("ana", "Ana"))
    first = studio.streams.tune_in("ogg", None)
    studio.streams.tune_in("mp3", "ana")
    with pytest.raises(Denied) as refused:
        studio.streams.tune_in("ogg", None)
    assert refused.value.code == "full"
    studio.streams.tune_in("ogg", "ana")  # takes the place of their own
    first.close()
    studio.streams.tune_in("ogg", None)


async def test_mp3_is_encoded_once_and_only_while_somebody_listens(studio: Studio) -> None:
    encoder = Encoder()
    packet = encoder.encode(silence())
    encoder.close()

    def play() -> None:
        for _ in range(PIECE_PACKETS):
            studio.streams.on_tick(packet)

    play()
    assert encoders() == 0
    first = studio.streams.tune_in("mp3", None)
    begun = [await first.next()]
    second = studio.streams.tune_in("mp3", None)
    assert encoders() == 1
    play()
    assert await second.next() == begun[0]  # the cushion is of the same bytes
    assert await second.next() == await first.next()
    first.close()
    assert encoders() == 1
    second.close()
    second.close()
    assert encoders() == 0
