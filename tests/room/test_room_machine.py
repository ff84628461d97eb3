"""Whatever people do in whatever order, what the room promises holds."""

from __future__ import annotations

import json
from functools import reduce

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from spacebox.room import commands as c
from spacebox.room import decide, evolve, journal
from spacebox.room import events as e
from spacebox.room.model import (
    BOX,
    HOST,
    REACTIONS,
    Access,
    Announcement,
    Role,
    Room,
    State,
    new_room,
)
from spacebox.room.names import clean_name
from spacebox.room.wire import event_to_json, snapshot

HOST_NAME = "Mira"
SECRET = "a secret reason"
GUESTS = ("ana", "kofi", "lena", "omar", "zoe")
VIEWERS = (None, "stranger", HOST, *GUESTS)
CODES = {"forbidden", "not_now", "malformed", "banned", "full"}

anybody = st.sampled_from((HOST, *GUESTS, "stranger"))
guest = st.sampled_from(GUESTS)
host = st.sampled_from((HOST, HOST, HOST, HOST, "ana"))
name = st.sampled_from(("Ana", "ana", "Kofi", "MIRA", "", "Ana 2")) | st.text(max_size=5)

pick = st.integers(0, 11)
yes_or_no = st.booleans()

REQUESTS = (c.Approve, c.Approve, c.Approve, c.Defer, c.Decline)
STAGE = (c.Mute, c.MoveToAudience, c.MakeCohost, c.RevokeCohost, c.RevokeCohost)
AUDIENCE = (c.InviteToStage, c.InviteToStage, c.MakeCohost)
INVITATION = (c.AcceptInvitation, c.AcceptInvitation, c.DeclineInvitation)

setting = st.one_of(
    st.builds(
        c.SetStage,
        by=host,
        limit=st.none() | st.integers(0, 3),
        queue_open=st.sampled_from((None, True, True, False)),
    ),
    st.builds(c.EditSpace, by=host, title=st.none() | st.text(max_size=3)),
    st.builds(c.SetMuted, by=anybody, muted=yes_or_no),
    *(st.builds(kind, by=anybody) for kind in (c.StepDown, c.WithdrawRequest, c.MuteAll, c.WrapUp)),
)
roles = st.sampled_from((Role.LISTENER, Role.LISTENER, Role.SPEAKER, *Role))
announcements = st.builds(Announcement, title=st.sampled_from(("Radio", "Questions")))
joining = st.builds(c.Join, guest, name, roles) | st.builds(c.Join, anybody, name)
noticing = st.one_of(
    st.builds(c.React, by=anybody, emoji=st.sampled_from((*REACTIONS, "x"))),
    st.builds(c.Leave, anybody),
    st.builds(c.ReportConnected, anybody, yes_or_no),
    st.builds(c.ReportListeners, st.integers(0, 100)),
    st.builds(c.ReportOnAir, yes_or_no, yes_or_no),
    st.builds(c.Prepare, announcements, st.integers(1, 12), st.none()),
)
ends = st.builds(c.EndSpace, by=host, now=st.booleans())
starts = st.builds(
    c.StartSpace,
    by=host,
    access=st.none() | st.sampled_from(Access),
    stamp=st.just(c.Stamp("s1", "2026-11-20T18:00:00+00:00", "0417")),
)


class AnyRoom(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.room = new_room(HOST_NAME)
        self.journal: list[e.Event] = []

    @initialize(limit=st.integers(1, 3))
    def begin(self, limit: int) -> None:
        self.submit(c.StartSpace(HOST))
        self.submit(c.SetStage(HOST, limit=limit))
        for who in ("ana", "kofi", "lena"):
            self.submit(c.Join(who, who.title()))
        self.submit(c.Join("omar"))

    @rule(by=guest, reason=st.sampled_from(("", SECRET)))
    def ask(self, by: str, reason: str) -> None:
        self.submit(c.RequestToSpeak(by, reason))

    @rule(kind=st.sampled_from(REQUESTS), by=host, pick=pick)
    def answer_a_request(self, kind: type[c.Approve], by: str, pick: int) -> None:
        self.submit(kind(by, one_of([r.participant for r in self.room.requests], pick)))

    @rule(kind=st.sampled_from(STAGE), by=host, pick=pick)
    def order_somebody_on_stage(self, kind: type[c.Mute], by: str, pick: int) -> None:
        self.submit(kind(by, self.on_stage(pick)))

    @rule(kind=st.sampled_from(AUDIENCE), by=host, participant=guest)
    def ask_somebody_up(self, kind: type[c.InviteToStage], by: str, participant: str) -> None:
        self.submit(kind(by, participant))

    @rule(kind=st.sampled_from(INVITATION), pick=pick)
    def answer_an_invitation(self, kind: type[c.AcceptInvitation], pick: int) -> None:
        invited = [p.id for p in self.room.participants.values() if p.invited]
        self.submit(kind(one_of(invited, pick)))

    @rule(pick=pick)
    def open_ones_microphone(self, pick: int) -> None:
        self.submit(c.SetMuted(self.on_stage(pick), muted=False))

    @rule(pick=pick, speaking=yes_or_no, talk_s=st.floats(0, 100))
    def speak(self, pick: int, speaking: bool, talk_s: float) -> None:
        self.submit(c.ReportSpeaking(self.on_stage(pick), speaking, talk_s))

    @rule(pick=pick, unmuted=yes_or_no)
    def send_sound(self, pick: int, unmuted: bool) -> None:
        self.submit(c.ReportUplink(self.on_stage(pick), unmuted))

    @rule(by=host, participant=anybody, ban=st.sampled_from((True, True, False)))
    def remove(self, by: str, participant: str, ban: bool) -> None:
        self.submit(c.Remove(by, participant, ban))

    @rule(what=st.one_of(joining, joining, setting, noticing))
    def do_something_else(self, what: c.Command | c.Report) -> None:
        self.submit(what)

    def on_stage(self, pick: int) -> str:
        return one_of([p.id for p in self.room.participants.values() if p.on_stage], pick)

    @rule(command=st.one_of(starts, starts, starts, ends))
    def start_or_end(self, command: c.Command) -> None:
        self.submit(command)

    @rule(passed=st.sampled_from((0.5, 5.0, 10.0, 59.0, 61.0, 149.0)))
    def wait(self, passed: float) -> None:
        self.now += passed
        self.submit(c.CheckDeadlines())
        for who in self.room.participants.values():
            assert who.away_since is None or self.now - who.away_since < 150
            assert who.uplink_awaited_since is None or self.now - who.uplink_awaited_since < 60
        assert self.room.state is not State.ENDED or self.now - self.room.ended_at < 10

    def submit(self, command: c.Command | c.Report) -> None:
        before = self.room
        as_it_was = repr(before)
        decision = decide(before, command, self.now)
        if isinstance(decision, e.Refused):
            assert decision.code in CODES
            assert decision.reason
        else:
            for event in decision:
                self.happen(command, event)
        assert repr(before) == as_it_was

    def happen(self, command: c.Command | c.Report, event: e.Event) -> None:
        before, self.room = self.room, evolve(self.room, event)
        if not isinstance(event, e.SpacePrepared):  # which the configuration tells anew
            written = json.loads(json.dumps(journal.line(event)))
            assert journal.event(written) == event
        self.journal.append(event)
        only_oneself_opens(command, event, before, self.room)
        nobody_steps_up_onto_a_full_stage(event, self.room)
        is_told_to_all_who_may_know(event, before, self.room)

    @invariant()
    def roles_are_as_many_as_they_may_be(self) -> None:
        people = self.room.participants
        assert [p.id for p in people.values() if p.role is Role.HOST] == [HOST]
        assert sum(p.role is Role.COHOST for p in people.values()) <= 2
        assert all(who == seat.id for who, seat in people.items())

    @invariant()
    def the_banned_stay_out(self) -> None:
        assert not self.room.banned & self.room.participants.keys()
        for who in self.room.banned:
            assert isinstance(decide(self.room, c.Join(who, "Somebody"), self.now), e.Refused)

    @invariant()
    def requests_are_of_named_listeners_one_each(self) -> None:
        askers = [request.participant for request in self.room.requests]
        assert len(set(askers)) == len(askers)
        for asker in map(self.room.participants.__getitem__, askers):
            assert asker.name
            assert asker.role is Role.LISTENER

    @invariant()
    def names_are_clean_and_different(self) -> None:
        names = [p.name for p in self.room.participants.values() if p.name]
        assert all(clean_name(name) == name for name in names)
        assert len({name.casefold() for name in names}) == len(names)
        assert names.count(HOST_NAME) == 1
        assert all(p.name for p in self.room.participants.values() if p.on_stage)

    @invariant()
    def only_open_microphones_are_heard(self) -> None:
        for who in self.room.participants.values():
            assert who.muted or who.on_stage
            assert who.speaking_since is None or not who.muted
        assert self.room.open or self.room.participants[HOST].muted

    @invariant()
    def an_idle_room_is_empty(self) -> None:
        if self.room.state is State.IDLE:
            fresh = new_room(HOST_NAME).participants
            assert (self.room.participants, self.room.requests) == (fresh, ())
            assert (self.room.banned, self.room.reactions) == (frozenset(), {})

    @invariant()
    def everybody_may_look(self) -> None:
        for viewer in VIEWERS:
            shown = snapshot(self.room, self.now, viewer)
            json.dumps(shown)
            seat = self.room.participants.get(viewer or "")
            hosts = seat is not None and seat.role in (Role.HOST, Role.COHOST)
            assert ("you" in shown) == (seat is not None)
            assert ("pin" in shown) == (viewer == HOST)
            assert all(person["name"] for person in shown["participants"])
            for request in shown["requests"]:
                assert request["waiting_s"] >= 0
                assert hosts or request["participant"] == viewer or not request["reason"]

    def teardown(self) -> None:
        assert reduce(evolve, self.journal, new_room(HOST_NAME)) == self.room


def one_of(people: list[str], pick: int) -> str:
    """Return one of *people*, or any guest at all where there are none."""
    choice = people or GUESTS
    return choice[pick % len(choice)]


def only_oneself_opens(
    command: c.Command | c.Report, event: e.Event, before: Room, after: Room
) -> None:
    for who, seat in after.participants.items():
        if not seat.muted and (who not in before.participants or before.participants[who].muted):
            assert isinstance(event, e.MuteChanged)
            assert event.participant == who
            by_itself = isinstance(command, c.SetMuted) and command.by == who == event.by
            by_its_tool = command == c.ReportUplink(who, unmuted=True) and event.by == BOX
            assert by_itself or (by_its_tool and not before.participants[who].silenced)


def nobody_steps_up_onto_a_full_stage(event: e.Event, after: Room) -> None:
    if isinstance(event, e.SteppedUp | e.Joined | e.CohostRevoked) and event.role is Role.SPEAKER:
        speakers = [p for p in after.participants.values() if p.role is Role.SPEAKER]
        assert len(speakers) <= after.stage_limit


def is_told_to_all_who_may_know(event: e.Event, before: Room, after: Room) -> None:
    for viewer in VIEWERS:
        told = event_to_json(event, before, after, viewer)
        text = json.dumps(told)
        if told is not None:
            assert told["event"] == type(event).__name__
            assert told["at"] >= 0
        seat = before.participants.get(viewer or "")
        hosts = seat is not None and seat.role in (Role.HOST, Role.COHOST)
        assert hosts or SECRET not in text or getattr(event, "participant", None) == viewer
        assert hosts or "0417" not in text


TestAnyRoom = AnyRoom.TestCase
TestAnyRoom.settings = settings(
    derandomize=True,
    deadline=None,
    max_examples=150,
    stateful_step_count=80,
    suppress_health_check=[HealthCheck.too_slow],
)
