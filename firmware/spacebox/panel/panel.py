"""The controller of the front: edges of pins in, commands out, and what glass and lamps say.

All methods belong to the event loop, but `edge_from_pin`.
"""

from __future__ import annotations

import asyncio
import itertools
import math
from dataclasses import replace

from spacebox.hub import Entry, Hub
from spacebox.panel import gestures as g
from spacebox.panel import lamps
from spacebox.panel.body import Body
from spacebox.panel.cards import RequestCard
from spacebox.panel.faults import faults
from spacebox.panel.follow import follow
from spacebox.panel.front import Front, turn
from spacebox.panel.guest import tidings
from spacebox.panel.holds import Fingers
from spacebox.panel.lights import brightness
from spacebox.panel.meaning import Action, command, row
from spacebox.panel.press import Press, begin
from spacebox.panel.soundcheck import VOICE_DB
from spacebox.panel.talk import Talk
from spacebox.panel.view import look, summary
from spacebox.panel.views import Button, How, Notice, Shown, StartUp
from spacebox.panel.visit import Visit
from spacebox.ports import Fault, Lamps
from spacebox.room import events as e
from spacebox.room.events import Refused
from spacebox.room.model import HOST, State
from spacebox.room.names import sentence

STEP_S = 0.05
"""The lamps move so often, the picture half as often."""
WAKING_S = 1.0
"""Both lamps are lit for so long at the start, to show that they work."""


class Panel:
    """Three buttons, two lamps and a glass."""

    def __init__(self, hub: Hub, body: Body) -> None:
        self._hub = hub
        self._body = body
        self._loop = asyncio.get_running_loop()
        self._front = Front(touched_at=hub.clock())
        self._started_at = hub.clock()
        self._never_up = set(body.pressed())
        """Down since the start, and ignored until they are let go."""
        self._gestures = g.Gestures(self._wants, self._never_up)
        self._begun: dict[Button, Press] = {}
        """The newest press of each button."""
        self._presses: dict[Button, Press] = {}
        """The same, but of what may be a double tap the first: it says what both are about."""
        self._closed = False
        self._card: str | None = None
        """Whose request can be seen."""
        self._timer: asyncio.TimerHandle | None = None
        self._around = body.around()
        self._visit = Visit(body.visits, self.tell)
        self._talk = Talk(hub, self._visit)
        self.lamps = Lamps(0.0, 0.0)
        """How bright they are now."""
        self._stay = body.visits.stay
        self._stop_listening = (hub.listen(self._on_event), body.visits.listen(self._on_visits))
        self._show(Shown(StartUp()))

    @property
    def picture(self) -> bytes:
        """The glass now, as 1,024 bytes."""
        return self._body.glass.picture

    async def run(self) -> None:
        """Keep glass and lamps true, for ever."""
        for step in itertools.count():
            if step % 2 == 0:
                self.refresh()
            self.light()
            await asyncio.sleep(STEP_S)

    def close(self) -> None:
        """Let go of the room; no press does anything from now on."""
        self._closed = True
        for stop in self._stop_listening:
            stop()
        self._visit.close()
        if self._timer:
            self._timer.cancel()

    def faults(self) -> tuple[Fault, ...]:
        """Say what is wrong with the panel itself."""
        age = self._hub.clock() - self._started_at
        shorted = {button for button in self._never_up if age >= g.STUCK_S[button]}
        return tuple(faults(self._body.glass.trouble, self._gestures.stuck | shorted))

    # Buttons

    def edge_from_pin(self, button: Button, down: bool, at: float) -> None:
        """Take an edge in the pin's own thread; *at* is on the hub's clock."""
        self._loop.call_soon_threadsafe(self.edge, button, down, at)

    def edge(self, button: Button, down: bool, at: float) -> None:
        """Take an edge, bouncing as it is."""
        try:
            if not down:
                self._never_up.discard(button)
            if not self._closed:
                self._handle(self._gestures.edge(button, down, at))
        finally:
            if button is Button.MUTE and down:
                self._body.know()

    def pass_time(self) -> None:
        """Let happen what is due by now."""
        if not self._closed:
            self._handle(self._gestures.advance(self._hub.clock(), self._body.pressed()))

    def _handle(self, gestures: tuple[g.Gesture, ...]) -> None:
        try:
            for gesture in gestures:
                self._act(gesture)
        finally:
            self._set_timer()
        if gestures:
            self.refresh()
            self.light()

    def _set_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        at = self._gestures.next_at()
        wait = None if at is None else max(0.0, at - self._hub.clock())
        self._timer = None if wait is None else self._loop.call_later(wait, self.pass_time)

    def _act(self, gesture: g.Gesture) -> None:
        match gesture:
            case g.Pressed(button, again):
                if not again:
                    self._begin(button)
                self._close_at_three()
            case g.Released(Button.MUTE, held_s) if held_s > g.TAP_S:
                self._talk.release()
            case g.Tapped(button, times):
                self._do(button, How.TAP if times == 1 else How.DOUBLE)
            case g.Held(button) if self._held_s(button) is not None:
                self._do(button, How.HOLD)
            case g.Stuck(Button.MUTE):
                self._talk.shut()
            case g.AllHeld():
                self._body.erase()
            case _:
                pass

    def _begin(self, button: Button) -> None:
        self._presses[button] = self._begun[button]
        if button is Button.MUTE:
            self._talk.overrule()
        self._front = replace(self._front, touched_at=self._hub.clock())
        self._do(button, How.PRESS)

    def _wants(self, button: Button) -> g.Wants:
        self.refresh()
        self._begun[button] = begun = begin(
            button,
            self._front,
            self._hub.room,
            counting=self._held_s(Button.MUTE) is not None,
            able=self._body.errands.keys(),
            now=self._hub.clock(),
        )
        return begun.wants

    def _held_s(self, button: Button) -> float | None:
        """Return how long a hold has lasted that will do something; None where none will."""
        press = self._presses.get(button)
        if press is None or press.wants.hold_s is None:
            return None
        still = press.still(self._front, self._hub.room)
        return self._gestures.held_s(button, self._hub.clock()) if still else None

    def _do(self, button: Button, how: How) -> None:
        press = self._presses.get(button)
        meant = row(press.situation, button, how) if press else None
        if press is None or meant is None or press.ignored or press.moved(self._front):
            return
        match meant.action:
            case Action.NEXT:
                self._front = turn(self._front, self._hub.room, self._hub.clock())
            case Action.MUTE:
                self._talk.press()
            case action if action in self._body.errands:
                if action is Action.WIFI_SETUP:
                    self._front = replace(self._front, passed="")
                self._body.errands[action]()
            case action:
                self._ask(action, press.card)

    def _ask(self, action: Action, card: str | None) -> None:
        if stay := self._body.visits.stay:
            self._visit.ask(stay, action)
            return
        room = self._hub.room
        asked = command(action, me=HOST, room=room, card=card)
        late = action is Action.KEEP_GOING and self._hub.clock() >= room.ended_at + room.grace_s
        if asked is None or late:
            return
        decision = self._hub.submit(asked)
        if isinstance(decision, Refused):
            self.tell(Notice("Not now", sentence(decision.reason)))

    def tell(self, notice: Notice) -> None:
        """Put words on the glass for a moment."""
        self._front = replace(self._front, notice=notice, notice_since=self._hub.clock())

    def _close_at_three(self) -> None:
        """Whoever holds all three buttons does not mean to speak."""
        if self._gestures.all_held_s(self._hub.clock()) is not None:
            self._talk.shut()

    # What goes on

    def _on_event(self, entry: Entry) -> None:
        match entry.event:
            case e.MuteChanged(participant=who) if who == HOST:
                self._talk.changed()
            case e.SpaceStarted() | e.SpaceResumed() | e.SpaceEnded():
                self._talk.overrule()
                self._front = replace(self._front, summary=None)
            case e.SpaceClosed() if entry.before.state is not State.IDLE:
                told = summary(entry.before, entry.event.at)
                self._front = replace(self._front, summary=told)
            case e.RequestDeferred(participant=who, at=at):
                self._front = replace(self._front, later={**self._front.later, who: at})
            case _:
                pass
        self._follow()

    def _on_visits(self) -> None:
        before, self._stay = self._stay, self._body.visits.stay
        if self._visit.follow(before, self._stay):
            self._talk.overrule()
        if news := tidings(before, self._stay):
            self.tell(news)
        self._follow()

    def _follow(self) -> None:
        besides = self._around.besides(self.faults(), self._body.visits)
        self._front = follow(self._front, self._hub.room, besides, self._hub.clock())

    # Glass and lamps

    def refresh(self) -> None:
        self._around = self._body.around()
        self._follow()
        now = self._hub.clock()
        if now - self._started_at < WAKING_S and not self._hub.room.open:
            return
        fingers = Fingers(
            self._held_s(Button.MUTE),
            self._held_s(Button.APPROVE),
            self._held_s(Button.END),
            self._gestures.all_held_s(now),
        )
        shown = look(self._hub.room, self._front, self._around, fingers, now)
        card = self._front.card if isinstance(shown.view, RequestCard) else None
        if card != self._card:
            self._card = card
            since = math.inf if card is None else now
            self._front = replace(self._front, card_since=since)
        if shown != self._shown:
            self._show(shown)

    def _show(self, shown: Shown) -> None:
        self._shown = shown
        self._body.glass.show(shown)

    def light(self) -> None:
        now, room = self._hub.clock(), self._hub.room
        if now - self._started_at < WAKING_S and not room.open:
            self.lamps = Lamps(1.0, 1.0)
        else:
            counting = self._held_s(Button.MUTE) is not None
            voice = self._around.loudness.level_db > VOICE_DB
            on_air = lamps.on_air(room, self._front, counting=counting, voice=voice, now=now)
            request = lamps.request(room, self._front, now)
            self.lamps = Lamps(brightness(on_air, now), brightness(request, now))
        self._body.light(self.lamps)
