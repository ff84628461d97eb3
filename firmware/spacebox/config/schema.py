"""Every setting of the box, with its default; the defaults boot.

A table of the file is a dataclass, a setting is a field, and its annotation holds the check.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from spacebox.config import checks

Pin = Annotated[int, checks.pin]
Lamp = Annotated[int | tuple[int, int, int], checks.lamp]
Port = Annotated[int, checks.port]
Switch = Annotated[bool, checks.switch]
Label = Annotated[str, checks.label]
WebAddress = Annotated[str, checks.web_address]
Moment = Annotated[datetime | None, checks.moment]
Line = Annotated[str, checks.text(100)]
Prose = Annotated[str, checks.text(2000, lines=True)]


@dataclass(frozen=True, slots=True)
class Box:
    name: Label = "space-box"
    """Reached as NAME.local."""
    host: Annotated[str, checks.text(128, blank=False)] = "Host"
    """The person's name that guests see."""
    public_url: WebAddress = ""
    """Where guests reach the page from outside; empty where they do not."""


@dataclass(frozen=True, slots=True)
class Buttons:
    mute: Pin = 17
    approve: Pin = 27
    end: Pin = 22
    pull: Annotated[Literal["up", "down", "none"], checks.one_of("up", "down", "none")] = "up"
    """What holds a pin while its button is up. ``up``: the Pi's own resistor to 3.3 V, and the
    button connects to ground; ``down``: the other way round; ``none``: wired as for ``up``, with
    the builder's own resistor."""


@dataclass(frozen=True, slots=True)
class Lights:
    on_air: Lamp = 23
    """One pin, or three for red, green and blue."""
    request: Pin = 24
    active_high: Switch = True
    """Whether a lamp is lit by 3.3 V; one that is wired to 3.3 V is lit by ground."""


@dataclass(frozen=True, slots=True)
class Screen:
    driver: Annotated[
        Literal["ssd1306", "ssd1309", "sh1106"], checks.one_of("ssd1306", "ssd1309", "sh1106")
    ] = "ssd1306"
    port: Annotated[str, checks.bus] = "i2c-1"
    address: Annotated[int, checks.whole(0x08, 0x77, "an I²C address")] = 0x3C
    dc: Pin = 25
    """Data or command, on SPI."""
    reset: Pin = 5
    """On SPI."""
    rotate: Annotated[Literal[0, 180], checks.one_of(0, 180)] = 0
    """Degrees: 180 for a glass that is mounted upside down."""
    contrast: Annotated[int, checks.whole(0, 255)] = 207
    """The brightest it gets; while idle it is dimmer."""


@dataclass(frozen=True, slots=True)
class Panel:
    buttons: Buttons = Buttons()
    lights: Lights = Lights()
    screen: Screen = Screen()
    speak_requests: Switch = False
    """Whether a request is read to the host, in the box's own speaker; needs espeak-ng.

    With an open microphone near that speaker the guests hear it too: wear headphones."""
    chime_joins: Switch = False
    """Whether the host hears who comes in."""


@dataclass(frozen=True, slots=True)
class Sound:
    microphone: Annotated[str, checks.microphone] = "card"
    speaker: Annotated[str, checks.speaker] = "card"
    echo_cancellation: Switch = True
    noise_suppression: Switch = True


@dataclass(frozen=True, slots=True)
class Space:
    """What the next Space starts with, unless its host says otherwise."""

    title: Line = ""
    topics: Annotated[tuple[str, ...], checks.many(checks.text(40, blank=False), 3)] = ()
    description: Prose = ""
    rules: Prose = ""
    access: Annotated[Literal["open", "pin", "invite"], checks.one_of("open", "pin", "invite")] = (
        "open"
    )
    stage_limit: Annotated[int, checks.whole(1, 12)] = 10
    record: Switch = False
    starts_at: Moment = None
    """When the next Space is planned; the page counts down to it."""


@dataclass(frozen=True, slots=True)
class Network:
    http_port: Port = 8080
    https_port: Port = 8443
    media_port: Port = 50000
    """UDP."""
    public_address: Annotated[str, checks.ip_address] = ""
    """Where a router forwards `media_port` from outside, if its address stays the same."""
    listeners: Annotated[int, checks.whole(1, 2000)] = 250
    """So many can have a live line at once."""
    weak_uplink: Switch = False
    """Whether the box's own line to its guests is narrow: less is sent, 40 ms later."""
    stun: Annotated[tuple[str, ...], checks.many(checks.stun, 4)] = ()
    turn: Annotated[tuple[str, ...], checks.many(checks.turn, 4)] = ()
    turn_username: Annotated[str, checks.text(512)] = ""
    turn_credential: Annotated[str, checks.text(512)] = ""
    turn_secret: Annotated[str, checks.text(512)] = ""
    """In the place of these two: what the TURN server was given as its own (coturn's
    static-auth-secret). Every guest then gets credentials of their own, good for some hours."""
    certificate: Annotated[str, checks.file] = ""
    """The owner's own chain of certificates (PEM); without one the box signs for itself."""
    certificate_key: Annotated[str, checks.file] = ""
    tunnel: Annotated[
        Literal["", "cloudflared", "tailscale", "ssh"],
        checks.one_of("", "cloudflared", "tailscale", "ssh"),
    ] = ""
    """Which program brings guests from the internet; each has to be installed and, but for
    cloudflared, set up by its owner."""
    tunnel_to: Annotated[str, checks.text(200)] = ""
    """Where ``ssh`` goes, as ``user@host``."""
    announce: Switch = True
    """Whether other machines on this network are told of the box (DNS-SD)."""


@dataclass(frozen=True, slots=True)
class Storage:
    path: Annotated[str, checks.folder] = "/var/lib/spacebox"
    keep_free_mb: Annotated[int, checks.whole(0, 1_000_000)] = 500


@dataclass(frozen=True, slots=True)
class Audience:
    engine: Annotated[Literal["box"], checks.one_of("box", later=("whip", "icecast"))] = "box"


@dataclass(frozen=True, slots=True)
class Update:
    source: WebAddress = ""
    """The folder on a web server where new versions are; empty: the box looks for none."""
    automatic: Switch = True
    """Whether a new version is installed at night, while nobody is on air."""


@dataclass(frozen=True, slots=True)
class Config:
    box: Box = Box()
    panel: Panel = Panel()
    sound: Sound = Sound()
    space: Space = Space()
    network: Network = Network()
    storage: Storage = Storage()
    audience: Audience = Audience()
    update: Update = Update()
