"""A room with a clock that stands until it is moved, for the tests of the panel."""

from __future__ import annotations

from spacebox.hub import Hub
from spacebox.room import commands as c
from spacebox.room.events import Refused
from spacebox.room.model import HOST, Announcement, new_room


class Evening:
    """A hub, the time, and short words for what happens in the room."""

    def __init__(self, title: str = "Slow radio") -> None:
        self.now = 1000.0
        self.hub = Hub(new_room("Mira", Announcement(title=title)), clock=lambda: self.now)

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def does(self, command: c.Command | c.Report) -> None:
        decision = self.hub.submit(command)
        assert not isinstance(decision, Refused), decision

    def live(self) -> None:
        self.does(c.StartSpace(HOST))

    def asks(self, *people: str, reason: str = "") -> None:
        for who in people:
            self.does(c.Join(who, who.title()))
            self.does(c.RequestToSpeak(who, reason))

    def speaks(self, *people: str) -> None:
        for who in people:
            self.asks(who)
            self.does(c.Approve(HOST, who))
            self.does(c.ReportUplink(who))
