"""When a connection is given up, by a clock of the test."""

from __future__ import annotations

import math

from spacebox.rtc.patience import CONNECT_S, DOUBT_S, KEPT_S, Patience

NEVER = -math.inf


def test_what_is_not_made_in_time_is_over() -> None:
    patience = Patience(100.0)
    assert patience.next_at == 100 + CONNECT_S
    assert not patience.ended(100 + CONNECT_S - 0.1, NEVER)
    assert patience.ended(100 + CONNECT_S, NEVER)


def test_what_is_made_lasts() -> None:
    patience = Patience(0.0)
    patience.made()
    assert patience.next_at == math.inf
    assert not patience.ended(1e6, NEVER)


def test_who_is_gone_is_kept_for_as_long_as_the_seat() -> None:
    patience = Patience(0.0)
    patience.made()
    patience.gone(50.0)
    assert not patience.ended(50 + KEPT_S - 0.1, 40.0)
    patience.back()
    assert not patience.ended(50 + KEPT_S, 60.0)
    patience.gone(300.0)
    assert patience.ended(300 + KEPT_S, 290.0)


def test_who_is_gone_and_back_has_no_more_time_to_connect() -> None:
    patience = Patience(0.0)
    patience.gone(12.0)
    assert patience.next_at == CONNECT_S
    patience.back()
    assert patience.next_at == CONNECT_S
    assert patience.ended(CONNECT_S, 14.9)


def test_an_alert_is_believed_unless_the_peer_is_heard_again() -> None:
    patience = Patience(0.0)
    patience.made()
    patience.alerted(10.0, 9.0)
    patience.alerted(11.0, 9.0)  # again: that gives no more time
    assert patience.next_at == 10 + DOUBT_S
    assert not patience.ended(10 + DOUBT_S - 0.1, 9.0)
    assert not patience.ended(10 + DOUBT_S, 10.5)
    assert patience.next_at == math.inf
    patience.alerted(20.0, 19.9)
    assert patience.ended(20 + DOUBT_S, 19.9)


def test_an_alert_after_a_sign_of_life_is_one_of_its_own() -> None:
    """The goodbye of a connection before may come late, and must not hide the next one's."""
    patience = Patience(0.0)
    patience.made()
    patience.alerted(10.0, 9.0)
    patience.alerted(12.0, 11.0)
    assert not patience.ended(10 + DOUBT_S, 11.0)
    assert patience.next_at == 12 + DOUBT_S
    assert patience.ended(12 + DOUBT_S, 11.0)


def test_what_was_heard_in_the_tick_of_an_alert_was_sent_before_it() -> None:
    patience = Patience(0.0)
    patience.made()
    patience.alerted(10.0, 10.0)
    assert patience.ended(10 + DOUBT_S, 10.0)
