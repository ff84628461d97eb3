"""The box as a guest: with its own sound, in any kind of room that it finds."""

from __future__ import annotations

from spacebox.audio.pump import Pump
from spacebox.daemon.vicinity import Vicinity
from spacebox.engines.guest.guest import Guest
from spacebox.engines.guest.sound import Sound
from spacebox.engines.guest.target import Targets
from spacebox.engines.host import Host
from spacebox.hub import Hub
from spacebox.rtc.transport import Transport


def guest(hub: Hub, pump: Pump, host: Host, transport: Transport, vicinity: Vicinity) -> Guest:
    """Return the box as a guest, who knows the short codes of those around."""
    sound = Sound(pump, host.cut, transport)
    find = Targets(hub.room.host_name, sound, hub.clock, vicinity.neighbours)
    return Guest(hub, sound, find)
