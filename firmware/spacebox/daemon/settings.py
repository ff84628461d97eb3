"""From the configuration to what its parts take."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from spacebox.audio.ear import Ear
from spacebox.audio.speech import Speech
from spacebox.config.load import parse_or_default
from spacebox.config.places import CONFIG, ON_CARD
from spacebox.config.running import taken, waiting
from spacebox.config.schema import Config
from spacebox.ports import Fault
from spacebox.room.model import Access, Announcement, Planned, Room, new_room
from spacebox.room.names import clean_name
from spacebox.rtc.transport import Reach
from spacebox.system.health import mistake, unread
from spacebox.system.owned import Owned
from spacebox.web.site import Site

LOCAL_TIME = Path("/etc/localtime")


def read_config(file: str | None) -> tuple[Config, tuple[str, ...]]:
    """Read a configuration file and its mistakes; without one, the defaults.

    Raises OSError where a file that was named cannot be read.
    """
    if file:
        return parse_or_default(Path(file).read_bytes(), str(file))
    content = CONFIG.read_bytes() if CONFIG.exists() else b""
    config, mistakes = parse_or_default(content, str(CONFIG))
    return config, (*mistakes, *_on_card(mistakes))


def _on_card(known: tuple[str, ...]) -> tuple[str, ...]:
    """Return what is wrong in the files that the owner left on the card, besides what is known."""
    found = ON_CARD.read_text().splitlines() if ON_CARD.exists() else []
    shown = {mistake(sentence).do for sentence in known}
    return tuple(sentence for sentence in found if mistake(sentence).do not in shown)


class Settings:
    """The configuration that counts, and what is wrong with its file or not yet in force."""

    def __init__(self, config: Config, mistakes: tuple[str, ...]) -> None:
        self.config = config
        self.mistakes = tuple(map(mistake, mistakes))
        self.waiting: tuple[str, ...] = ()
        """The keys that wait for a restart of the box."""

    def read(self, config: Config, mistakes: tuple[str, ...]) -> None:
        """Let that of *config* count which can on a box that runs."""
        self.config = taken(self.config, config)
        self.mistakes = tuple(map(mistake, mistakes))
        self.waiting = waiting(self.config, config)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The mistakes first."""
        return (*self.mistakes, *([unread(self.waiting)] if self.waiting else []))


def zone() -> tzinfo:
    """Return the zone that the machine is in, with the changes of its clock to come."""
    try:
        with LOCAL_TIME.open("rb") as file:
            return ZoneInfo.from_file(file)
    except (OSError, ValueError):
        return UTC


def room(config: Config) -> Room:
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


def site(config: Config, box_id: str) -> Site:
    network = config.network
    return Site(
        box_id=box_id,
        name=config.box.name,
        public_url=config.box.public_url,
        stun=network.stun,
        turn=network.turn,
        turn_username=network.turn_username,
        turn_credential=network.turn_credential or secret("turn_credential"),
        turn_secret=network.turn_secret or secret("turn_secret"),
    )


def owned(config: Config) -> Owned | None:
    """Return the owner's own certificate, None where the box signs for itself."""
    chain, key = config.network.certificate, config.network.certificate_key
    return Owned(Path(chain), Path(key or chain)) if chain else None


def secret(name: str, environ: Mapping[str, str] = os.environ) -> str:
    """Return what systemd holds for us under *name* (``LoadCredential=``); empty if nothing."""
    folder = environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        return ""
    try:
        return (Path(folder) / name).read_text().strip()
    except FileNotFoundError:
        return ""


def reach(config: Config) -> Reach:
    network = config.network
    return Reach(
        network.media_port, network.public_address, network.stun, weak_uplink=network.weak_uplink
    )


def speech(config: Config, ear: Ear) -> Speech | None:
    """Return what reads requests to the host, if it may."""
    if not config.panel.speak_requests:
        return None
    return Speech(lambda samples: ear.play(samples, duck=True), ear.hush)
