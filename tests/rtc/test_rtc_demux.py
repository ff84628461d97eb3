"""Whose a datagram is."""

from __future__ import annotations

import secrets

from ice_network import BOX, PEER, check

from spacebox.rtc import stun
from spacebox.rtc.demux import TOKEN_BYTES, Demux
from spacebox.rtc.generation import Credentials

OTHER = ("203.0.113.9", 40_001)
THEIRS = Credentials.fresh()


class Known:
    """A peer as far as it is told from others."""

    def __init__(self, demux: Demux[Known]) -> None:
        self.token = secrets.token_bytes(TOKEN_BYTES)
        self.ours = [Credentials.fresh()]
        self._demux = demux
        demux.know(self, self.token, self.ufrags)

    @property
    def ufrags(self) -> tuple[str, ...]:
        return tuple(each.ufrag for each in self.ours)

    def restart(self) -> None:
        self.ours.append(Credentials.fresh())
        self._demux.know(self, self.token, self.ufrags)

    def answer(self) -> bytes:
        """Return an answer to a check of this peer."""
        transaction = self.token + secrets.token_bytes(12 - TOKEN_BYTES)
        return stun.success(transaction, BOX, THEIRS.password)


def test_a_request_is_known_by_its_name_and_an_answer_by_its_transaction() -> None:
    demux: Demux[Known] = Demux()
    ana, kofi = Known(demux), Known(demux)
    for peer in (ana, kofi):
        assert demux.asked(check(peer.ours[0], THEIRS)) is peer
        assert demux.asked(peer.answer()) is peer
    assert demux.asked(check(THEIRS, ana.ours[0])) is None
    assert demux.asked(check(ana.ours[0], THEIRS, without="USERNAME")) is None
    assert demux.asked(check(ana.ours[0], THEIRS)[:-1]) is None


def test_the_names_of_a_restart_count_beside_the_old_until_those_are_retired() -> None:
    demux: Demux[Known] = Demux()
    ana = Known(demux)
    ana.restart()
    old, new = (check(each, THEIRS) for each in ana.ours)
    assert demux.asked(old) is demux.asked(new) is ana
    demux.retire(ana.ufrags[0])
    demux.retire(ana.ufrags[0])
    assert demux.asked(old) is None
    assert demux.asked(new) is ana


def test_an_address_is_of_the_one_who_answered_there_last() -> None:
    demux: Demux[Known] = Demux()
    ana, kofi = Known(demux), Known(demux)
    assert demux.at(BOX, PEER) is None
    demux.open(ana, BOX, PEER)
    assert demux.at(BOX, PEER) is ana
    assert demux.at(OTHER, PEER) is None, "not by another address of ours"
    demux.open(kofi, BOX, PEER)
    demux.close(ana, BOX, PEER)
    assert demux.at(BOX, PEER) is kofi, "it was no longer hers to close"
    demux.close(kofi, BOX, PEER)
    assert demux.at(BOX, PEER) is None


def test_nothing_is_left_of_who_is_forgotten() -> None:
    demux: Demux[Known] = Demux()
    ana, kofi = Known(demux), Known(demux)
    demux.open(ana, BOX, PEER)
    demux.open(ana, BOX, OTHER)
    ana.restart()
    demux.open(kofi, OTHER, PEER)
    demux.forget(ana, ana.token, ana.ufrags)
    assert [demux.at(BOX, PEER), demux.at(BOX, OTHER)] == [None, None]
    assert [demux.asked(check(each, THEIRS)) for each in ana.ours] == [None, None]
    assert demux.asked(ana.answer()) is None
    assert (demux.at(OTHER, PEER), demux.asked(kofi.answer())) == (kofi, kofi)
