"""The agent as the one that offered: it nominates, whoever the other side is."""

from __future__ import annotations

import math

import pytest
from ice_network import BOX, HIGH, PEER, Box, Browser, Nat, Network, check

from spacebox.rtc.actions import Away, Opened, Retired, Selected, Silenced
from spacebox.rtc.candidates import Address, Candidate
from spacebox.rtc.generation import Credentials
from spacebox.rtc.ice import Agent
from spacebox.rtc.liveness import CONSENT_S

OTHER: Address = ("198.51.100.99", 41000)


def calling(**network: float) -> tuple[Network, Box, Credentials, Credentials]:
    """Return a box that has offered, and was told nothing of the other side but credentials."""
    world = Network(**network)  # type: ignore[arg-type]
    ours, theirs = Credentials.fresh(), Credentials.fresh()
    agent = Agent(ours, theirs, [Candidate(BOX, HIGH)], controlling=True)
    return world, Box(world, agent, BOX), ours, theirs


def lite(world: Network, box: Box, ours: Credentials, theirs: Credentials) -> Browser:
    """Return somebody at a known address who only answers (RFC 8445 §2.5)."""
    server = Browser(world, theirs, ours)
    server.interval, server.targets = math.inf, []
    box.agent.add_candidate(theirs.ufrag, Candidate(PEER, HIGH))
    return server


def answerer(world: Network, ours: Credentials, theirs: Credentials, at: Address) -> Box:
    """Return the other side of a call, as a box has it."""
    return Box(world, Agent(theirs, ours, [Candidate(at, HIGH)]), at)


def test_who_only_answers_is_nominated_and_stays_in_use() -> None:
    world, box, ours, theirs = calling()
    lite(world, box, ours, theirs)
    assert world.run(1, lambda: bool(box.said(Selected)))
    assert [type(action) for _, action in box.log] == [Opened, Selected]
    world.run(2 * CONSENT_S)
    assert not box.said(Away)
    assert box.agent.controlling


def test_who_only_answers_and_then_does_not_is_missed() -> None:
    world, box, ours, theirs = calling()
    server = lite(world, box, ours, theirs)
    assert world.run(1, lambda: box.agent.selected is not None)
    server.answers = False
    world.run(CONSENT_S + 4)
    assert len(box.said(Away)) == len(box.said(Silenced)) == 1
    server.answers = True
    assert world.run(3, lambda: len(box.said(Selected)) == 2)


@pytest.mark.parametrize("loss", [0.0, 0.3])
def test_it_nominates_towards_a_box_that_answers(loss: float) -> None:
    world, box, ours, theirs = calling(loss=loss)
    other = answerer(world, ours, theirs, PEER)
    box.agent.add_candidate(theirs.ufrag, Candidate(PEER, HIGH))
    assert world.run(10, lambda: bool(box.agent.selected and other.agent.selected))
    assert (box.agent.selected, other.agent.selected) == ((BOX, PEER), (PEER, BOX))
    assert (box.agent.controlling, other.agent.controlling) == (True, False)


def test_of_two_that_both_offered_one_yields() -> None:
    for _ in range(10):
        world, box, ours, theirs = calling(loss=0.1)
        agent = Agent(theirs, ours, [Candidate(PEER, HIGH)], controlling=True)
        other = Box(world, agent, PEER)
        box.agent.add_candidate(theirs.ufrag, Candidate(PEER, HIGH))
        assert world.run(5, lambda: bool(box.agent.selected and other.agent.selected))  # noqa: B023
        assert box.agent.controlling is not other.agent.controlling


def test_who_says_they_nominate_while_we_do_is_not_heeded() -> None:
    """A controlled peer has no say in it (RFC 8445 §7.3.1.5)."""
    world, box, ours, theirs = calling()
    claim = check(ours, theirs, nominating=True, role="ICE-CONTROLLED")
    box.take(claim, BOX, OTHER)
    world.run(5)
    assert box.opened == []
    assert box.agent.selected is None


def test_from_behind_a_nat_a_public_box_is_reached() -> None:
    world, box, ours, theirs = calling()
    world.nats.append(Nat("203.0.113.1", BOX))
    other = answerer(world, ours, theirs, PEER)
    other.agent.add_candidate(ours.ufrag, Candidate(BOX, HIGH))
    box.agent.add_candidate(theirs.ufrag, Candidate(PEER, HIGH))
    assert world.run(3, lambda: bool(box.agent.selected and other.agent.selected))
    assert other.agent.selected == (PEER, ("203.0.113.1", 30000))


def test_the_caller_restarts_from_a_new_address_and_nominates_again() -> None:
    world, box, ours, theirs = calling()
    other = answerer(world, ours, theirs, PEER)
    box.agent.add_candidate(theirs.ufrag, Candidate(PEER, HIGH))
    assert world.run(3, lambda: bool(box.agent.selected and other.agent.selected))
    world.nodes[OTHER] = world.nodes.pop(BOX)  # it moved
    new, their_new = Credentials.fresh(), Credentials.fresh()
    other.do(other.agent.restart(their_new, new, [Candidate(PEER, HIGH)]))
    box.do(box.agent.restart(new, their_new, [Candidate(OTHER, HIGH)]))
    box.agent.add_candidate(their_new.ufrag, Candidate(PEER, HIGH))
    assert world.run(2, lambda: box.agent.selected == (OTHER, PEER))
    assert world.run(2, lambda: other.agent.selected == (PEER, OTHER))
    assert len(box.said(Retired)) == len(other.said(Retired)) == 1
