"""The wiring: builds everything from the configuration, starts it and stops it."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import resource
import secrets
import signal
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from spacebox.audio.pump import Pump
from spacebox.audio.sinks import open_speaker
from spacebox.audio.sources import open_microphone
from spacebox.config.load import parse_or_default
from spacebox.config.places import CONFIG, SOCKET, runtime_directories
from spacebox.config.schema import Config
from spacebox.engines.host import Host
from spacebox.hub import Hub
from spacebox.ports import Tick
from spacebox.room.commands import EndSpace
from spacebox.room.model import HOST, Access, Announcement, Planned, Room, new_room
from spacebox.room.names import clean_name
from spacebox.system.health import disk_faults
from spacebox.system.metrics import Metrics
from spacebox.system.service import tell
from spacebox.web.server import Server
from spacebox.web.site import Site

STALLED_S = 1.0
"""A media clock that stood this long is ill."""
SWITCH_S = 0.001

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a box runs."""

    listen: str
    port: int
    state: Path
    runtime: Path
    microphone: str
    speaker: str


class Box:
    """A box, whole. Make one inside a running event loop, then `start` and `stop` it.

    Raises OSError or ValueError for folders and sound that cannot be had.
    """

    def __init__(self, config: Config, mistakes: tuple[str, ...], place: Place) -> None:
        self._config = config
        self._mistakes = mistakes
        self._place = place
        self._loop = asyncio.get_running_loop()
        self._ticked_at = time.monotonic()
        box_id = _prepare(place)
        self._microphone = open_microphone(place.microphone)
        self._speaker = open_speaker(place.speaker)
        self._pump = Pump(self._deliver)
        self._pump.hear(HOST, self._speaker)
        self.hub = Hub(_room(config))
        self.host = Host(self.hub, self._pump, self._microphone)
        self._metrics = Metrics(lambda: self.hub.room.listeners, self.host.connections)
        self._server = Server(
            self.hub,
            self.host,
            _site(config, box_id),
            health=self.health,
            faults=self.faults,
            metrics=self._metrics.render,
            presence=self.host.presence,
        )

    async def start(self) -> int:
        """Open the doors; return the page's port. Raises OSError where it is taken."""
        await self._server.listen_unix(self._place.runtime / SOCKET)
        port = await self._server.listen(self._place.listen, self._place.port)
        _tune_process()
        self._pump.start()
        return port

    @property
    def join_link(self) -> str:
        """What guests open."""
        return self._server.join_link

    def end_space(self) -> None:
        """End the Space at once, if one is live; everybody is told."""
        self.hub.submit(EndSpace(HOST, now=True))

    async def stop(self) -> None:
        """Tell everybody, let them go and give everything back, whatever of it fails."""
        async with contextlib.AsyncExitStack() as last_first:
            last_first.callback(self._speaker.close)
            last_first.callback(self._microphone.close)
            last_first.callback(self._pump.stop)
            last_first.push_async_callback(self.host.close)
            last_first.push_async_callback(self._server.stop)
            last_first.callback(self.end_space)

    def health(self) -> tuple[str, ...]:
        """Say what is wrong with the running box, and what to do."""
        stalled = time.monotonic() - self._ticked_at > STALLED_S
        return (
            *(["sound: the media clock stands still; restart the box"] if stalled else []),
            *_lost("microphone", self._microphone.lost),
            *_lost("speaker", self._speaker.lost),
            *disk_faults(self._place.state, self._config.storage.keep_free_mb),
        )

    def faults(self) -> tuple[str, ...]:
        """Say all that is wrong, the configuration's mistakes first."""
        return (*self._mistakes, *self.health())

    def _deliver(self, tick: Tick) -> None:
        """Bring a tick from the media thread into the event loop."""
        self._loop.call_soon_threadsafe(self._on_tick, tick)

    def _on_tick(self, tick: Tick) -> None:
        self._ticked_at = time.monotonic()
        self._metrics.count(tick)
        self.host.on_tick(tick)


def _tune_process() -> None:
    # At Python's 5 ms a busy event loop would make the media thread wait that long.
    sys.setswitchinterval(SWITCH_S)
    # What is here by now lives as long as the box: the collector need not look at it again.
    gc.collect()
    gc.freeze()
    # Every connection has a socket for each address of the machine; 1,024 would soon be gone.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _prepare(place: Place) -> str:
    """Make the box's folders; return its id, which is made once and kept."""
    place.state.mkdir(parents=True, exist_ok=True)
    file = place.state / "box-id"
    if not file.exists():
        file.write_text(secrets.token_hex(4))
    return file.read_text().strip()


def _room(config: Config) -> Room:
    space = config.space
    announcement = Announcement(
        title=space.title,
        topics=space.topics,
        description=space.description,
        rules=space.rules,
        access=Access(space.access),
        record=space.record,
    )
    host_name = clean_name(config.box.host) or "Host"
    room = new_room(host_name, announcement, space.stage_limit)
    if space.starts_at is None or space.starts_at < datetime.now(UTC):
        return room
    planned = Planned("next", room.announcement.title, space.starts_at.isoformat())
    return replace(room, planned=planned)


def _site(config: Config, box_id: str) -> Site:
    network = config.network
    return Site(
        box_id=box_id,
        name=config.box.name,
        public_url=config.box.public_url,
        stun=network.stun,
        turn=network.turn,
        turn_username=network.turn_username,
        turn_credential=network.turn_credential,
    )


def _lost(what: str, lost: bool) -> Iterator[str]:
    if lost:
        yield f"sound: the {what} is lost; plug it in, or name another in [sound] {what}"


def read_config(file: str | None) -> tuple[Config, tuple[str, ...]]:
    """Read a configuration file and its mistakes; without one, the defaults.

    Raises OSError where a file that was named cannot be read.
    """
    path = Path(file) if file else CONFIG
    if not file and not path.exists():
        return Config(), ()
    return parse_or_default(path.read_bytes(), str(path))


def stop_signal() -> asyncio.Event:
    """Return what is set when the process is asked to end."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping


def main(args: Namespace) -> int:
    """Run the box as a service until it is told to stop. Return the exit status."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    try:
        config, mistakes = read_config(args.config)
        for mistake in mistakes:
            log.error("%s", mistake)
        asyncio.run(_serve(config, mistakes))
    except (OSError, ValueError) as error:
        print(f"spacebox: {sentence(error)}", file=sys.stderr)
        return 2
    return 0


def sentence(error: OSError | ValueError) -> str:
    """Say what kept the box from starting."""
    match error:
        case OSError(filename=str(path), strerror=str(reason)):
            return f"{path}: {reason.lower()}"
        case OSError(strerror=str(reason)):
            return reason
        case _:
            return str(error)


def runtime_directory() -> Path:
    """Return where the control socket goes, made if need be. Raises OSError."""
    *others, last = runtime_directories(os.environ)
    for directory in others:
        with contextlib.suppress(OSError):
            directory.mkdir(parents=True, exist_ok=True)
            if os.access(directory, os.W_OK):
                return directory
    last.mkdir(parents=True, exist_ok=True)
    return last


async def _serve(config: Config, mistakes: tuple[str, ...]) -> None:
    place = Place(
        listen="",
        port=config.network.http_port,
        state=Path(config.storage.path),
        runtime=runtime_directory(),
        microphone=config.sound.microphone,
        speaker=config.sound.speaker,
    )
    stopping = stop_signal()
    box = Box(config, mistakes, place)
    try:
        await box.start()
        tell("READY=1")
        await stopping.wait()
        tell("STOPPING=1")
    finally:
        await box.stop()
