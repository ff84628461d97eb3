"""What the HTTP server speaks for: the box behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from spacebox.ports import Broadcast, Fingers, Front, Signalling
from spacebox.ports.book import Book
from spacebox.ports.elsewhere import UNTESTED, Neighbour, Reached, Visits
from spacebox.ports.secure import Secure
from spacebox.ports.wifi import Wifi
from spacebox.web.pair import Pairing
from spacebox.web.update import Tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What is asked for each request; without one of the last eight what it is for is not there."""

    signalling: Signalling
    broadcast: Broadcast
    health: Callable[[], tuple[str, ...]]
    """Why the box is not well."""
    faults: Callable[[], tuple[str, ...]]
    """All that is wrong, for the host."""
    metrics: Callable[[], bytes]
    presence: Callable[[str, bool], None]
    """Told of who opens a page, and of who closes the last one."""
    neighbours: Callable[[], tuple[Neighbour, ...]] = tuple
    reached: Callable[[], Reached] = lambda: UNTESTED
    front: Front | None = None
    """The glass, to be seen."""
    fingers: Fingers | None = None
    """The buttons of a simulated box, to be pressed."""
    visits: Visits | None = None
    """Where the box becomes a guest."""
    pairing: Pairing | None = None
    """How a browser becomes the host's."""
    updates: Tell | None = None
    """Whoever updates the box says here how far it is."""
    wifi: Wifi | None = None
    """The machine's own, to be set up."""
    secure: Secure | None = None
    """The box's own certificate, to be trusted."""
    tokens: Book | None = None
    """Where tokens are kept over the box's sudden end."""
