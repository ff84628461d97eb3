import math

from spacebox.rtc.actions import Back, Selected
from spacebox.rtc.pairs import RESEND_S, SENDINGS, Check, Pair, State
from spacebox.rtc.path import MOVE_S, NOMINATING_S, PROBE_S, QUIET_S, Path

LOCAL = ("192.0.2.1", 50000)


def pair(number: int, *, wanted: bool = False) -> Pair:
    made = Pair(LOCAL, ("203.0.113.1", 40000 + number), 1, 10 - number, wanted=wanted)
    made.succeed(0.0)
    return made


def ask(asked: Pair, now: float, *, again: bool = True) -> bytes:
    datagram = repr(now).encode()
    asked.ask(Check(datagram, False, False), datagram, now, again=again)
    return datagram


def in_use() -> tuple[Path, Pair]:
    path, used = Path(), pair(1, wanted=True)
    assert list(path.answered(used, 0.0, controlling=False)) == [Selected(LOCAL, used.remote)]
    return path, used


def test_a_path_without_a_pair_has_nothing_to_do() -> None:
    path = Path()
    assert list(path.answered(pair(1), 0.0, controlling=False)) == []
    assert list(path.heard(0.0)) == []
    assert list(path.due(100.0)) == []
    assert (path.ask_at, path.next_at) == (math.inf, math.inf)


def test_a_rival_waits_until_the_pair_in_use_was_silent_for_a_moment() -> None:
    path, used = in_use()
    rival = pair(2)
    ask(used, 9.9, again=False)
    list(path.heard(9.0))
    assert list(path.answered(rival, 10.0, controlling=False)) == []
    assert path.ask_at == 9.9 + PROBE_S
    assert path.next_at == 10.0 + MOVE_S
    assert list(path.due(10.0 + MOVE_S - 0.01)) == []
    assert list(path.due(10.0 + MOVE_S)) == [Selected(LOCAL, rival.remote)]
    assert path.selected is rival


def test_a_sign_of_life_keeps_the_pair_in_use() -> None:
    path, used = in_use()
    list(path.heard(10.0))
    list(path.answered(pair(2), 10.0, controlling=False))
    list(path.heard(10.0 + MOVE_S / 2))
    assert list(path.due(10.0 + MOVE_S)) == []
    assert path.selected is used


def test_who_is_away_is_followed_wherever_it_answers() -> None:
    path, _ = in_use()
    list(path.due(7.0))
    other = pair(2)
    assert list(path.answered(other, 7.0, controlling=False)) == [
        Back(),
        Selected(LOCAL, other.remote),
    ]


def test_a_pair_in_doubt_is_asked_until_it_is_heard() -> None:
    path, used = in_use()
    for now in (1.0, 1.0 + PROBE_S):
        ask(used, now, again=False)
        path.asked()
        path.doubt()
        assert path.ask_at == now + PROBE_S
    used.heard_at = 2.0
    list(path.heard(2.0))
    assert path.ask_at > 2.0 + QUIET_S / 2


def test_a_pair_in_use_rests_and_has_had_its_nomination() -> None:
    path, _ = in_use()
    rival = pair(2)
    list(path.heard(10.0))
    list(path.answered(rival, 10.0, controlling=False))
    ask(rival, 10.5)
    list(path.due(10.0 + MOVE_S))
    assert not rival.busy
    again = pair(3, wanted=True)
    list(path.answered(again, 11.0 + NOMINATING_S, controlling=False))
    assert path.selected is again
    assert not again.wanted


def test_the_last_question_is_the_one_that_is_repeated() -> None:
    asked = Pair(LOCAL, LOCAL, 1, 1)
    first, second = ask(asked, 0.0), ask(asked, 0.3)
    assert asked.resend(RESEND_S) is None
    assert asked.resend_at == 0.3 + RESEND_S
    assert asked.resend(0.3 + RESEND_S) == second
    assert asked.is_open(first)


def test_a_pair_fails_when_its_last_question_was_not_answered() -> None:
    asked = pair(1, wanted=True)
    ask(asked, 0.0)
    assert asked.state is State.VALID
    sent = 1
    while asked.busy:
        sent += asked.resend(asked.resend_at) is not None
    assert sent == SENDINGS
    assert asked.state is State.FAILED
    assert not asked.wanted
