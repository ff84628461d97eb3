from itertools import pairwise

from spacebox.rtc.candidates import Address, Candidate
from spacebox.rtc.generation import MOST_PAIRS, MOST_REMOTE, Credentials, Generation
from spacebox.rtc.pairs import MOST_OPEN, Check, Pair, State

HOSTS = (
    Candidate(("192.0.2.1", 50000), 200),
    Candidate(("2001:db8::1", 50000), 300),
    Candidate(("10.0.0.1", 50000), 100),
)
LOCAL = HOSTS[0].address


def generation(*hosts: Candidate) -> Generation:
    return Generation(Credentials.fresh(), Credentials.fresh(), hosts or HOSTS, loopback=False)


def far(number: int) -> Address:
    return f"203.0.113.{number}", 40000


def test_credentials_are_long_enough_and_never_the_same() -> None:
    one, two = Credentials.fresh(), Credentials.fresh()
    assert one.ufrag != two.ufrag
    assert len(one.ufrag) >= 4
    assert len(one.password) >= 22
    assert (one.ufrag + one.password).isalnum()


def test_the_best_pair_has_the_first_turn() -> None:
    pairs = generation()
    pairs.add(Candidate(far(1), 50))
    pairs.add(Candidate(("2001:DB8::7", 40000), 50))
    pairs.add(Candidate(far(2), 500))
    turns = []
    while (turn := pairs.next_pair(controlling=False)) is not None:
        turns.append(turn[0])
        turn[0].state = State.IN_PROGRESS
    assert len(turns) == 5
    ranks = [pair.priority(controlling=False) for pair in turns]
    assert all(before > after for before, after in pairwise(ranks))
    assert turns[0].remote == far(2)
    assert {pair.remote[0] for pair in turns if ":" in pair.local[0]} == {"2001:db8::7"}


def test_both_sides_rank_a_pair_alike() -> None:
    for ours, theirs in [(1, 2), (2, 1), (5, 5)]:
        here = Pair(LOCAL, far(1), ours, theirs)
        there = Pair(far(1), LOCAL, theirs, ours)
        assert here.priority(controlling=False) == there.priority(controlling=True)


def test_a_pair_that_was_asked_for_comes_before_its_turn_and_once() -> None:
    pairs = generation()
    pairs.add(Candidate(far(1), 500))
    met = pairs.meet(LOCAL, far(2), 1, ())
    assert met is not None
    pairs.trigger(met[0])
    pairs.trigger(met[0])
    assert pairs.next_pair(controlling=False) == (met[0], False)
    pairs.untrigger(met[0])
    turn = pairs.next_pair(controlling=False)
    assert turn is not None
    assert turn[0].remote == far(1)


def test_who_leads_nominates_the_best_that_answers_and_waits_for_the_answer() -> None:
    pairs = generation(HOSTS[0])
    pairs.add(Candidate(far(1), 500))
    pairs.add(Candidate(far(2), 50))
    best = pairs.find(LOCAL, far(2))
    assert best is not None
    best.succeed(0.0)
    assert pairs.next_pair(controlling=True) == (best, True)
    assert pairs.next_pair(controlling=False) == (pairs.find(LOCAL, far(1)), False)
    best.ask(Check(b"1", True, True), b"?", 0.0, again=True)
    assert pairs.next_pair(controlling=True) is None
    best.succeed(1.0)
    pairs.settle(best)
    assert pairs.next_pair(controlling=True) is None


def test_a_told_address_that_was_met_before_keeps_its_pair() -> None:
    pairs = generation()
    met = pairs.meet(LOCAL, far(1), 1, ())
    assert met is not None
    assert pairs.add(Candidate(far(1), 500))
    assert pairs.find(LOCAL, far(1)) is met[0]
    assert len(list(pairs)) == 2


def test_the_one_not_heard_for_longest_is_forgotten_but_none_in_use() -> None:
    pairs = generation()
    for number in range(MOST_REMOTE):
        met = pairs.meet(LOCAL, far(number), 1, ())
        assert met is not None
        assert met[1] == ()
        met[0].heard_at = 100.0 + number
    met = pairs.meet(LOCAL, far(99), 1, (far(0), far(1)))
    assert met is not None
    assert [pair.remote for pair in met[1]] == [far(2)]
    assert not pairs.add(Candidate(far(98), 1))
    assert len({pair.remote for pair in pairs}) == MOST_REMOTE


def test_many_sockets_make_no_more_pairs_than_the_standard_wants() -> None:
    hosts = [Candidate((f"10.0.0.{number}", 50000), number) for number in range(1, 41)]
    pairs = generation(*hosts)
    for number in range(MOST_REMOTE):
        pairs.add(Candidate(far(number), 1))
    assert len(list(pairs)) == MOST_PAIRS
    assert pairs.meet(("10.0.1.1", 50000), far(9), 1, ()) is None


def test_a_pair_remembers_the_last_questions_only() -> None:
    pair = Pair(LOCAL, far(1), 1, 1)
    for number in range(100):
        pair.ask(Check(bytes([number]), False, False), b"?", float(number), again=False)
    assert [pair.is_open(bytes([number])) for number in range(100)].count(True) == MOST_OPEN
    assert pair.is_open(bytes([99]))
