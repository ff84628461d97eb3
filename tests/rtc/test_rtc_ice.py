"""The agent against browsers' ways, over a network with a clock of its own."""

import math
from itertools import pairwise

import pytest
from aioice.stun import parse_message
from ice_network import BOX, HIGH, PEER, Box, Browser, Nat, Network, check

from spacebox.rtc.actions import (
    Away,
    Back,
    Closed,
    Gone,
    Opened,
    Retired,
    Selected,
    Send,
    Silenced,
)
from spacebox.rtc.candidates import Address, Candidate
from spacebox.rtc.generation import MOST_REMOTE, Credentials
from spacebox.rtc.ice import PACE_S, Agent
from spacebox.rtc.path import QUIET_S

OTHER: Address = ("198.51.100.99", 41000)


def meeting(**network: float) -> tuple[Network, Box, Browser]:
    """Return a browser that asks a box which knows no address of it."""
    world = Network(**network)  # type: ignore[arg-type]
    ours, theirs = Credentials.fresh(), Credentials.fresh()
    agent = Agent(ours, theirs, [Candidate(BOX, HIGH)])
    return world, Box(world, agent, BOX), Browser(world, theirs, ours)


def connected(*, nominates: str = "once", **network: float) -> tuple[Network, Box, Browser]:
    """Return them four seconds after they met; the browser asks seldom by now."""
    world, box, browser = meeting(**network)
    browser.nominates = nominates
    assert world.run(2, lambda: box.agent.selected == (BOX, PEER))
    world.run(4)
    browser.interval = 5.0
    return world, box, browser


def test_a_pair_that_the_peer_nominated_and_that_answered_us_is_used() -> None:
    world, box, _ = meeting()
    assert world.run(1, lambda: bool(box.said(Selected)))
    assert [action for _, action in box.log] == [Opened(BOX, PEER), Selected(BOX, PEER)]
    world.run(10)
    assert len(box.log) == 2
    assert box.agent.ignored == 0


def test_what_answers_without_being_nominated_is_open_but_not_used() -> None:
    world, box, browser = meeting()
    browser.nominates = "never"
    world.run(5)
    assert box.opened == [(BOX, PEER)]
    assert box.agent.selected is None


def test_a_nomination_alone_moves_nothing() -> None:
    world, box, browser = meeting()
    browser.nominates, browser.answers = "always", False
    world.run(5)
    assert box.log == []
    assert len(browser.replies) > 40


def test_loss_only_delays() -> None:
    for seed in range(20):
        world, box, browser = meeting(seed=seed, loss=0.3)
        browser.nominates = "always"
        assert world.run(3, lambda box=box: box.agent.selected is not None), f"seed {seed}"  # type: ignore[misc]


def test_a_box_behind_a_nat_opens_it_by_its_own_checks() -> None:
    world, box, browser = meeting()
    world.nats = [Nat("203.0.113.1", BOX), Nat("203.0.113.2", PEER)]
    browser.targets = [("203.0.113.1", 30000)]
    assert not world.run(3, lambda: bool(box.opened))
    mapped = ("203.0.113.2", 30000)
    assert box.agent.add_candidate(browser.ours.ufrag, Candidate(mapped, HIGH))
    assert world.run(1, lambda: box.agent.selected == (BOX, mapped))


@pytest.mark.parametrize(("asks", "asked"), [(2.5, 0), (30.0, 20 / QUIET_S)])
def test_who_asks_on_the_pair_in_use_is_not_asked(asks: float, asked: float) -> None:
    world, box, browser = connected()
    browser.interval = asks
    world.run(2)
    before = len(box.asked(PEER))
    world.run(20)
    assert len(box.asked(PEER)) - before == pytest.approx(asked, abs=1)


def test_a_peer_that_never_answers_again_consents_by_asking() -> None:
    world, box, browser = connected()
    browser.answers = False
    world.run(120)
    assert not box.said(Away)
    assert not box.said(Silenced)
    browser.down, since = True, world.now
    world.run(40)
    assert box.said(Silenced)[0] - since == pytest.approx(27.5, abs=2.6)


def test_silence_has_three_steps_and_ends() -> None:
    world, box, browser = connected()
    world.run(3)
    browser.down, since, said = True, world.now, len(box.log)
    world.run(60)
    steps = [(type(action), at - since) for at, action in box.log[said:]]
    assert [kind for kind, _ in steps] == [Away, Gone, Silenced]
    # The last that was heard is up to one question old.
    assert [at + QUIET_S / 2 for _, at in steps] == pytest.approx([6, 12, 30], abs=1.9)
    browser.down = False
    said = len(box.log)
    assert world.run(3, lambda: bool(box.log[said + 1 :]))
    assert [action for _, action in box.log[said:]] == [Back(), Selected(BOX, PEER)]


def test_consent_that_ran_out_is_not_renewed_by_asking_alone() -> None:
    world, box, browser = connected()
    browser.down = True
    world.run(40)
    browser.down, browser.answers, browser.interval = False, False, 1.0
    said = len(box.said(Selected))
    world.run(10)
    assert box.said(Back)
    assert len(box.said(Selected)) == said
    browser.answers = True
    assert world.run(3, lambda: len(box.said(Selected)) == said + 1)


@pytest.mark.parametrize("seconds", [1, 5, 20, 120])
def test_a_link_that_was_down_is_used_again_within_three_seconds(seconds: float) -> None:
    world, box, browser = connected()
    browser.down = True
    world.run(seconds)
    browser.down, since = False, world.now
    silenced = bool(box.said(Silenced))
    assert world.run(3, lambda: bool(box.asked(PEER)) and box.asked(PEER)[-1] > since)
    world.run(since + 3 - world.now)
    assert silenced is (seconds > 30)
    assert bool(box.said(Back)) is (seconds > 6)
    assert (box.said(Selected)[-1] > since) is silenced


def test_a_peer_that_a_nat_moves_and_that_does_not_nominate_again_is_followed() -> None:
    nat = Nat("203.0.113.2", PEER)
    world, box, _ = meeting()
    world.nats = [nat]
    assert world.run(2, lambda: box.agent.selected == (BOX, ("203.0.113.2", 30000)))
    world.run(2)
    nat.rebind()
    since, moved = world.now, ("203.0.113.2", 30001)
    assert world.run(1.5, lambda: box.agent.selected == (BOX, moved))
    assert world.now - since > 0.6
    world.run(10)
    assert len(box.said(Selected)) == 2


def test_a_peer_that_nominates_its_new_address_is_followed_at_once() -> None:
    world, box, browser = connected(nominates="always")
    browser.move(OTHER)
    browser.interval = 0.1
    assert world.run(5, lambda: bool(box.asked(OTHER)))
    since = world.now
    assert world.run(1, lambda: box.agent.selected == (BOX, OTHER))
    assert world.now - since < 0.1


def test_a_second_address_that_answers_is_left_alone_while_the_first_does() -> None:
    world, box, browser = connected()
    browser.interval = 0.5
    second = Browser(world, browser.ours, browser.theirs, OTHER, nominates="never")
    second.interval = 0.5
    world.run(30)
    assert (BOX, OTHER) in box.opened
    assert box.agent.selected == (BOX, PEER)
    second.interval, asked = 0.01, len(box.asked(OTHER))
    world.run(10)
    assert len(box.asked(OTHER)) - asked < 25
    browser.down = True
    assert world.run(2, lambda: box.agent.selected == (BOX, OTHER))


def test_who_nominates_all_it_tries_at_first_means_the_best() -> None:
    world, box, browser = meeting()
    browser.nominates = "always"
    low = Browser(world, browser.ours, browser.theirs, OTHER, nominates="always")
    box.agent.add_candidate(browser.ours.ufrag, Candidate(PEER, HIGH))
    box.agent.add_candidate(browser.ours.ufrag, Candidate(OTHER, 1))
    assert world.run(1, lambda: box.agent.selected is not None)
    assert world.run(1, lambda: box.agent.selected == (BOX, PEER))
    moves = len(box.said(Selected))
    world.run(2)
    assert len(box.said(Selected)) == moves
    browser.nominates = "never"
    world.run(2)
    assert box.agent.selected == (BOX, OTHER)
    assert low.replies


def test_a_signed_request_from_another_peers_address_takes_nothing_over() -> None:
    world, box, browser = connected()
    Browser(world, Credentials.fresh(), Credentials.fresh(), OTHER).targets = []
    for _ in range(50):
        world.send(check(browser.theirs, browser.ours, nominating=True), OTHER, BOX)
        world.run(0.2)
    assert (BOX, OTHER) not in box.opened
    assert box.agent.selected == (BOX, PEER)
    assert box.agent.ignored > 10  # the refusals of who is really there


def test_an_address_the_peer_once_had_proves_nothing_later() -> None:
    world, box, browser = connected(nominates="always")
    browser.move(OTHER)
    assert world.run(12, lambda: box.agent.selected == (BOX, OTHER))
    stranger = Browser(world, Credentials.fresh(), Credentials.fresh(), PEER)
    stranger.targets = []
    for _ in range(100):
        world.run(0.3)
        world.send(check(browser.theirs, browser.ours, nominating=True), PEER, BOX)
    assert box.agent.selected == (BOX, OTHER)
    assert len(box.said(Selected)) == 2


def test_a_nomination_that_was_heeded_once_is_not_heeded_again() -> None:
    world, box, browser = connected(nominates="always")
    second = Browser(world, browser.ours, browser.theirs, OTHER, nominates="always")
    browser.nominates = "never"
    browser.interval = second.interval = 0.3
    assert world.run(2, lambda: box.agent.selected == (BOX, OTHER))
    second.nominates = "never"
    world.run(20)
    assert box.agent.selected == (BOX, OTHER)


def test_a_dead_path_makes_it_try_every_other_address() -> None:
    world, box, browser = connected()
    browser.move(OTHER)
    browser.targets = []
    box.agent.add_candidate(browser.ours.ufrag, Candidate(OTHER, HIGH))
    assert world.run(8, lambda: box.agent.selected == (BOX, OTHER))
    assert box.said(Away)


def answers(box: Box, datagram: bytes, remote: Address = PEER) -> list[int | None]:
    """Return the codes of what it sends back at once."""
    actions = box.agent.receive(datagram, BOX, remote, box.network.now)
    return [parse_message(each.datagram).error_code for each in actions if isinstance(each, Send)]


def test_a_request_counts_only_for_exactly_one_generation() -> None:
    _, box, browser = connected()
    old, new = browser.ours, Credentials.fresh()
    theirs = Credentials.fresh()
    assert answers(box, check(browser.theirs, old)) == [None]
    assert answers(box, check(browser.theirs, new)) == [401]
    assert box.agent.restart(theirs, new, [Candidate(BOX, HIGH)]) == ()
    assert answers(box, check(theirs, new)) == [None]
    assert answers(box, check(browser.theirs, old)) == [None]
    assert answers(box, check(browser.theirs, new)) == [401]
    assert answers(box, check(theirs, old)) == [401]
    assert box.agent.ignored == 3


@pytest.mark.parametrize(
    ("missing", "code"), [("USERNAME", 400), ("MESSAGE-INTEGRITY", 400), ("PRIORITY", None)]
)
def test_a_request_without_its_signature_is_a_bad_one(missing: str, code: int | None) -> None:
    _, box, browser = connected()
    refused = check(browser.theirs, browser.ours, without=missing)
    assert answers(box, refused) == [code]


def test_a_wrong_signature_is_refused_without_one() -> None:
    _, box, browser = connected()
    forged = Credentials(browser.theirs.ufrag, "guessed")
    actions = box.agent.receive(check(forged, browser.ours), BOX, OTHER, box.network.now)
    assert [type(action) for action in actions] == [Send]
    assert isinstance(actions[0], Send)
    refusal = parse_message(actions[0].datagram)
    assert refusal.error_code == 401
    assert "MESSAGE-INTEGRITY" not in refusal.attributes


def test_nothing_goes_to_an_address_that_could_be_harmed() -> None:
    _, box, browser = connected()
    for host, port in [("127.0.0.1", 4000), ("198.51.100.7", 53), ("224.0.0.1", 4000)]:
        assert answers(box, check(browser.theirs, browser.ours), (host, port)) == []
        candidate = Candidate((host, port), HIGH)
        assert not box.agent.add_candidate(browser.ours.ufrag, candidate)
    assert not box.agent.add_candidate(browser.ours.ufrag, Candidate(BOX, HIGH))


def test_two_that_think_they_are_controlled_agree() -> None:
    for _ in range(10):
        world = Network(loss=0.1)
        a, b = Credentials.fresh(), Credentials.fresh()
        one = Box(world, Agent(a, b, [Candidate(BOX, HIGH)]), BOX)
        two = Box(world, Agent(b, a, [Candidate(PEER, HIGH)]), PEER)
        one.agent.add_candidate(b.ufrag, Candidate(PEER, HIGH))
        assert world.run(5, lambda: one.agent.selected and two.agent.selected)  # type: ignore # noqa: B023
        assert one.agent.controlling is not two.agent.controlling
        assert two.agent.selected == (PEER, BOX)


@pytest.mark.parametrize(("tie_breaker", "code"), [(0, None), (2**64 - 1, 487)])
def test_of_two_controlled_the_greater_tie_breaker_leads(
    tie_breaker: int, code: int | None
) -> None:
    _, box, browser = meeting()
    claim = check(browser.theirs, browser.ours, role="ICE-CONTROLLED", tie_breaker=tie_breaker)
    assert answers(box, claim) == [code]
    assert box.agent.controlling is (code is None)


def test_a_restart_goes_on_with_the_old_until_the_new_is_nominated() -> None:
    world, box, browser = connected()
    theirs, new = Credentials.fresh(), Credentials.fresh()
    old = browser.theirs.ufrag
    box.do(box.agent.restart(theirs, new, [Candidate(BOX, HIGH)]))
    fresh = Browser(world, new, theirs, OTHER, nominates="never")
    world.run(3)
    assert box.agent.selected == (BOX, PEER)
    assert box.agent.ufrags == (theirs.ufrag, old)
    fresh.nominates = "always"
    assert world.run(1, lambda: box.agent.selected == (BOX, OTHER))
    assert [action for _, action in box.log[-3:]] == [
        Selected(BOX, OTHER),
        Closed(BOX, PEER),
        Retired(old),
    ]
    assert box.agent.ufrags == (theirs.ufrag,)
    assert answers(box, check(browser.theirs, browser.ours)) == [401]


def test_a_restart_from_the_same_address_closes_nothing() -> None:
    world, box, _ = connected()
    theirs, new = Credentials.fresh(), Credentials.fresh()
    before = len(box.log)
    box.do(box.agent.restart(theirs, new, [Candidate(BOX, HIGH)]))
    Browser(world, new, theirs, PEER, nominates="always")
    assert world.run(1, lambda: bool(box.said(Retired)))
    assert [type(action) for _, action in box.log[before:]] == [Opened, Retired]
    world.run(20)
    assert not box.said(Away)


def test_a_second_restart_takes_the_place_of_the_first() -> None:
    _, box, browser = connected()
    first = Credentials.fresh()
    box.agent.restart(first, Credentials.fresh(), [Candidate(BOX, HIGH)])
    assert box.agent.restart(Credentials.fresh(), Credentials.fresh(), [Candidate(BOX, HIGH)]) == (
        Retired(first.ufrag),
    )
    assert browser.theirs.ufrag in box.agent.ufrags


def test_checks_keep_their_pace_and_are_sent_again_less_and_less() -> None:
    world, box, browser = meeting()
    browser.down = True
    far = [(f"203.0.113.{host}", 40000) for host in range(MOST_REMOTE)]
    assert all(box.agent.add_candidate(browser.ours.ufrag, Candidate(each, HIGH)) for each in far)
    assert not box.agent.add_candidate(browser.ours.ufrag, Candidate(OTHER, HIGH))
    assert not box.agent.add_candidate("nobody", Candidate(OTHER, HIGH))
    world.run(60)
    begun = sorted(box.asked(each)[0] for each in far)
    assert all(after - before >= PACE_S - 1e-9 for before, after in pairwise(begun))
    assert begun[-1] - begun[0] == pytest.approx(9 * PACE_S)
    for each in far:
        waits = [after - before for before, after in pairwise(box.asked(each))]
        assert waits == pytest.approx([0.5, 1, 2, 4, 8, 16])
    assert box.agent.next_at() == math.inf


def test_nobody_else_is_asked_once_a_pair_is_in_use() -> None:
    world, box, browser = meeting()
    silent = [(f"203.0.113.{host}", 40000) for host in range(5)]
    for each in silent:
        box.agent.add_candidate(browser.ours.ufrag, Candidate(each, HIGH))
    assert world.run(2, lambda: box.agent.selected is not None)
    asked = [len(box.asked(each)) for each in silent]
    world.run(20)
    assert [len(box.asked(each)) for each in silent] == asked


def test_an_address_that_is_forgotten_is_closed() -> None:
    world, box, browser = connected()
    second = Browser(world, browser.ours, browser.theirs, OTHER, nominates="never")
    world.run(1)
    assert (BOX, OTHER) in box.opened
    second.down = True
    for host in range(MOST_REMOTE):
        world.send(check(browser.theirs, browser.ours), (f"203.0.113.{host}", 40000), BOX)
        world.run(1)
    assert [action for _, action in box.log if isinstance(action, Closed)] == [Closed(BOX, OTHER)]


def test_who_asks_from_ever_new_addresses_fills_nothing() -> None:
    world, box, browser = connected()
    for number in range(1000):
        address = (f"203.0.113.{number % 250}", 2000 + number)
        world.send(check(browser.theirs, browser.ours, nominating=True), address, BOX)
        world.run(0.01)
    strangers = {to for _, _, _, to in world.sent} - {BOX, PEER}
    assert len(strangers) > 990  # the last ones are on their way
    assert sum(len(box.asked(each)) for each in strangers) < 250
    assert len(list(box.agent._current)) <= MOST_REMOTE
    assert box.agent.selected == (BOX, PEER)
    assert box.opened == [(BOX, PEER)]
    browser.interval = 1.0
    world.run(30)
    assert not box.said(Away)
