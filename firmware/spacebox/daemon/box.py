"""A box, whole."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from spacebox.audio.ear import Ear
from spacebox.audio.pump import Pump
from spacebox.audio.sinks import open_speaker
from spacebox.audio.sources import open_microphone
from spacebox.config.places import SOCKET
from spacebox.config.schema import Config
from spacebox.daemon import process, settings
from spacebox.daemon.away import guest
from spacebox.daemon.figures import metrics
from spacebox.daemon.https import Https
from spacebox.daemon.memory import Memory
from spacebox.daemon.outside import Known, Outside
from spacebox.daemon.place import BOX_ID, Place, Skin
from spacebox.daemon.updating import Updates
from spacebox.daemon.vicinity import Vicinity
from spacebox.daemon.wireless import Wireless
from spacebox.engines.host import Host
from spacebox.panel import views
from spacebox.panel.meaning import Action
from spacebox.panel.sounds import Sounds
from spacebox.panel.unit import Reach, Unit
from spacebox.panel.view import Surroundings
from spacebox.panel.views import Notice
from spacebox.ports import Fault, Tick
from spacebox.room.commands import EndSpace, Prepare
from spacebox.room.model import HOST
from spacebox.rtc.transport import Transport
from spacebox.system.disk import LOOK_S, Disk
from spacebox.system.health import lost_device, standstill
from spacebox.system.network import Network
from spacebox.system.service import fall
from spacebox.system.watchdog import Part
from spacebox.web.pair import CODE_S, Pairing
from spacebox.web.server import Server
from spacebox.web.services import Services
from spacebox.web.site import Site

STALLED_S = 1.0
"""A media clock that stood this long is ill."""
SILENT_S = 3 * LOOK_S
"""A clock or a disk that gives no sign for so long is dead."""
HTTPS = "https"


class Box:
    """A box, whole. Make one inside a running event loop, then `start` and `stop` it.

    Raises OSError or ValueError for folders and sound that cannot be had.
    """

    def __init__(self, config: Config, mistakes: tuple[str, ...], place: Place, skin: Skin) -> None:
        self._settings = settings.Settings(config, mistakes)
        self._place = place
        self._skin = skin
        self._loop, self._ticked_at = asyncio.get_running_loop(), time.monotonic()
        site = settings.site(config, place.prepare())
        self._microphone = open_microphone(place.microphone)
        self._ear = Ear(open_speaker(place.speaker))
        self._transport = Transport(settings.reach(config))
        self._pump = Pump(self._deliver, self._transport)
        self._pump.hear(HOST, self._ear)
        self._memory = Memory(place.state, settings.room(config))
        self.hub = self._memory.hub
        self.host = Host(
            self.hub, self._pump, self._microphone, self._transport, config.network.listeners
        )
        self._speech = settings.speech(config, self._ear)
        self._sounds = Sounds(self._ear.play, self._speech, chime_joins=config.panel.chime_joins)
        self.hub.listen(self._sounds.on_event)
        self._zone = settings.zone()
        self._disk = Disk(place.state / BOX_ID, config.storage.keep_free_mb)
        self._errands: set[asyncio.Task[None]] = set()
        self._pairing = Pairing(self.hub.clock)
        self._https = Https(site, place.listen, place.state / HTTPS, settings.owned(config))
        self._vicinity = Vicinity(
            self.hub, site, place.listen, self._moved, announce=config.network.announce
        )
        self.guest = guest(self.hub, self._pump, self.host, self._transport, self._vicinity)
        self.guest.listen(lambda: self._sounds.on_visit(self.guest.stay, self.guest.parting))
        known = Known(lambda: self._vicinity.network.addresses, lambda: self._transport.seen)
        self._updates = Updates(self.hub, self.guest)
        self._outside = Outside(config, place, site.code, known)
        self._wireless = Wireless(
            skin.radio, site.box_id, self._vicinity, lambda notice: self.unit.panel.tell(notice)
        )
        self._link: Callable[[], str] = str  # empty, until there is a server to be met at
        self.unit = Unit(config.panel, skin.hardware, self.hub, self._reach())
        self._metrics = metrics(self.host, self._transport)
        self._server = self._serve(site)
        self._link = lambda: self._server.join_link

    def _serve(self, site: Site) -> Server:
        """Build what the box serves over HTTP, of the parts it has by now."""
        return Server(
            self.hub,
            site,
            Services(
                signalling=self.host.lines,
                broadcast=self.host.streams,
                health=lambda: tuple(fault.detail for fault in self.health()),
                faults=lambda: tuple(fault.detail for fault in self.faults()),
                metrics=self._metrics.render,
                presence=self.host.presence,
                neighbours=self._vicinity.neighbours,
                reached=lambda: self._outside.reached,
                front=self.unit.panel,
                fingers=self._skin.fingers,
                pairing=self._pairing,
                visits=self.guest,
                updates=self._updates.tell,
                wifi=self._wireless.wifi,
                secure=self._https.secure,
                tokens=self._memory.tokens,
            ),
        )

    async def start(self) -> int:
        """Open the doors; return the page's port. Raises OSError where it is taken."""
        await self._server.listen_unix(self._place.runtime / SOCKET)
        place, handed = self._place, self._place.handed
        port = await self._server.listen(place.listen, place.port, handed.http)
        secure = await self._https.open(
            self._server, place.secure_port, spare=place.spare_port, handed=handed.https
        )
        self._vicinity.start(port, secure)
        process.tune()
        self._pump.start()
        self.host.housekeeper.add_done_callback(fall)
        for name, endless in (
            ("the panel", self.unit.panel.run()),
            ("disk", self._disk.watch()),
            *self._outside.open(self._server, port),
            *self._wireless.open(port),
            ("https", self._https.look_after()),
            ("memory", self._memory.keep()),
        ):
            self._errand(name, endless).add_done_callback(fall)
        if self.goes_on:
            self.unit.panel.tell(Notice("On air again", "The box was away. You are muted."))
        return port

    @property
    def goes_on(self) -> bool:
        """Whether the box was cut off from a Space that it goes on with."""
        return self._memory.goes_on

    @property
    def parts(self) -> tuple[Part, ...]:
        """What has to live for the box to do so, besides the event loop."""
        return (
            Part("the media clock", lambda: self._ticked_at, SILENT_S),
            Part("the disk", lambda: self._disk.answered_at, SILENT_S),
        )

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
            last_first.push_async_callback(self._see_errands_off)
            last_first.callback(self._memory.close)
            last_first.callback(self._ear.close)
            last_first.callback(self._microphone.close)
            last_first.callback(self._transport.close)
            last_first.callback(self._pump.stop)
            last_first.callback(self.unit.close)
            last_first.callback(self.host.close)
            last_first.push_async_callback(self._server.stop)
            last_first.push_async_callback(self._vicinity.stop)
            last_first.push_async_callback(self.guest.leave)
            if self._speech:
                last_first.callback(self._speech.close)
            for errand in self._errands:
                last_first.callback(errand.cancel)
            last_first.callback(self.end_space)

    def reload(self, config: Config, mistakes: tuple[str, ...]) -> tuple[str, ...]:
        """Take what can be taken of a configuration; return the keys that wait for a restart."""
        self._settings.read(config, mistakes)
        self._disk.keep_free_mb = config.storage.keep_free_mb
        self._sounds.chime_joins = config.panel.chime_joins
        room = settings.room(self._settings.config)
        self.hub.submit(Prepare(room.defaults, room.stage_limit_default, room.planned))
        return self._settings.waiting

    def health(self) -> tuple[Fault, ...]:
        """Say what is wrong with the running box, and what to do."""
        stalled = time.monotonic() - self._ticked_at > STALLED_S
        return (
            *([standstill()] if stalled else []),
            *([lost_device("microphone")] if self._microphone.lost else []),
            *([lost_device("speaker")] if self._ear.lost else []),
            *self._disk.faults,
        )

    def faults(self) -> tuple[Fault, ...]:
        """Say all that is wrong, the configuration's mistakes first."""
        waiting = self._settings.faults[len(self._settings.mistakes) :]
        return (*self._besides_panel(), *self.unit.faults(), *waiting)

    def _besides_panel(self) -> tuple[Fault, ...]:
        """Say what is wrong, but for the panel, which knows that by itself."""
        more = (*self._outside.faults, *self._https.faults, *self._wireless.faults)
        return (*self._settings.mistakes, *self.health(), *more)

    def _reach(self) -> Reach:
        return Reach(
            around=self._around,
            cut=self.host.cut.cut,
            know=self.host.cut.know,
            errands={
                Action.POWER_OFF: lambda: self._errand("power off", self._power_off()),
                **self._wireless.errands,
            },
            erase=self._erase,
            visits=self.guest,
        )

    def _around(self) -> Surroundings:
        """Tell the panel what is around the room; asked many times a second."""
        return Surroundings(
            clock=datetime.now(self._zone),
            link=self._link(),
            loudness=self._microphone.loudness(),
            loss=self.host.loss,
            speaker_well=not self._ear.lost,
            faults=self._besides_panel(),
            fingerprint=self._https.fingerprint,
            pairing=self._pairs(),
            reached=self._outside.reached,
            updating=self._updates.shown,
            wifi=self._wireless.shown,
        )

    def _moved(self, network: Network) -> None:
        """Follow the machine to another network."""
        self._server.moved(network.best)
        self._https.moved()

    def _pairs(self) -> views.Pairing | None:
        shown = self._pairing.shown
        if shown is None:
            return None
        left_s = math.ceil(shown.until - self.hub.clock())
        return views.Pairing(shown.code, left_s, round(CODE_S))

    def _errand(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._errands.add(task)
        return task

    async def _see_errands_off(self) -> None:
        """Wait until those that were cancelled have ended what they began."""
        await asyncio.gather(*self._errands, return_exceptions=True)

    async def _power_off(self) -> None:
        if trouble := await self._skin.off():
            self.unit.panel.tell(Notice("Still on", trouble))

    def _erase(self) -> None:
        """Forget what this box has made for itself, and start anew as if it were new."""
        try:
            (self._place.state / BOX_ID).unlink(missing_ok=True)
            self._https.forget()
            self._memory.forget()
            self._skin.again()
        except OSError:
            self.unit.panel.tell(Notice("Not erased", "The card cannot be written."))
        else:
            self.unit.panel.tell(Notice("Erasing", "Keep the power on."))

    def _deliver(self, tick: Tick) -> None:
        """Bring a tick from the media thread into the event loop."""
        self._loop.call_soon_threadsafe(self._on_tick, tick)

    def _on_tick(self, tick: Tick) -> None:
        self._ticked_at = time.monotonic()
        self._metrics.count(tick)
        self.host.on_tick(tick)
