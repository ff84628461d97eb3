"""Junk datagrams at a box, in time with the clock: a third of them each from somebody whom it does
not know, from a peer that it has found and that goes no further, and from a speaker.

Usage: junk.py URL TOKEN SECONDS PER_SECOND NAME…, with a speaker's link and the names by which the
box is asked on lines that others have. Prints how many were sent.
"""

from __future__ import annotations

import itertools
import socket
import sys
import time
from collections.abc import Callable, Iterator
from random import Random

from aioice.stun import Class, Message, Method

from benchmarks.listener import address
from peers.sender import OPUS, Newcomer, Sender, enter, polled
from spacebox.rtc.identity import Identity
from spacebox.rtc.rtp import Outgoing

OF_A_KIND = 200
LARGE = (1201, 1473, 2049, 9000)
EARLY_S = 0.002
CHANGE_CIPHERS, ALERT, HANDSHAKE, DATA = 20, 21, 22, 23

chance = Random(1)


def names(known: list[str]) -> Iterator[bytes]:
    """Yield checks for those who are known, and for who is not, by somebody who has no password."""
    for name in [*known, "nobody"]:
        for _ in range(OF_A_KIND // 2):
            message = Message(Method.BINDING, Class.REQUEST, chance.randbytes(12))
            message.attributes |= {"USERNAME": f"{name}:me", "PRIORITY": 1, "USE-CANDIDATE": None}
            yield bytes(message)
            message.add_message_integrity(chance.randbytes(16))
            yield bytes(message)


def cut(datagrams: list[bytes]) -> Iterator[bytes]:
    """Yield the same, cut short, or with a byte of it changed."""
    for datagram in datagrams:
        where = chance.randrange(len(datagram))
        yield datagram[:where]
        yield datagram[:where] + chance.randbytes(1) + datagram[where + 1 :]


def records() -> Iterator[bytes]:
    for kind, epoch in itertools.product((CHANGE_CIPHERS, ALERT, HANDSHAKE, DATA), (0, 1)):
        for size in (0, 2, 30, 1100):
            header = bytes([kind, 0xFE, 0xFD, 0, epoch]) + chance.randbytes(6)
            yield header + size.to_bytes(2, "big") + chance.randbytes(size)


def media() -> Iterator[bytes]:
    """Yield what looks like sound and reports, each of another stream."""
    for size in range(OF_A_KIND):
        yield bytes([0x80, OPUS]) + chance.randbytes(10 + size)
        yield bytes([0x81, chance.randrange(192, 224)]) + chance.randbytes(6 + size)


def odd() -> Iterator[bytes]:
    for first in range(0, 256, 5):
        yield bytes([first])
        yield from (bytes([first]) * size for size in LARGE)


def sealed(sender: Sender) -> Iterator[bytes]:
    """Yield what only this peer can make: many streams, and reports that are none."""
    for size in range(OF_A_KIND):
        yield sender.sealer.seal(Outgoing.new().packet(OPUS, 0, chance.randbytes(1 + size)))
        kind = bytes([0x80 | chance.randrange(32), chance.choice((200, 201, 202, 204, 205, 206))])
        yield sender.reports.seal(kind + chance.randbytes(6 + size // 4 * 4))


def of_any_kind(kinds: list[list[bytes]]) -> Iterator[bytes]:
    """Yield one of each kind in turn, without end; empty ones too."""
    kinds = [[b""], *kinds]
    return (chance.choice(kind) for kind in itertools.cycle(kinds))


def pour(senders: list[Sender], pours: list[Callable[[], object]], seconds: int, rate: int) -> int:
    began = time.monotonic()
    for count in range(seconds * rate):
        ahead = began + count / rate - time.monotonic()
        if ahead > EARLY_S:
            for sender in senders:
                sender.poll(time.monotonic())
            time.sleep(ahead)
        pours[count % len(pours)]()
    return seconds * rate


def main(url: str, token: str, seconds: str, rate: str, *known: str) -> None:
    identity = Identity.new()
    speaker, newcomer = Sender(identity), Newcomer(identity)
    enter(url, "/whip", speaker, token)
    enter(url, "/whep", newcomer)
    polled([speaker, newcomer], lambda: newcomer.found and speaker.keys is not None)
    checks = list(names([*known, newcomer.ufrag]))
    plain = [checks, list(cut(checks)), list(records()), list(media()), list(odd())]
    anything = of_any_kind(plain)
    own = of_any_kind([*plain, list(sealed(speaker))])
    with socket.socket(type=socket.SOCK_DGRAM) as stranger:
        stranger.bind((address(), 0))
        slots = itertools.count()
        pours: list[Callable[[], object]] = [
            lambda: stranger.sendto(next(anything), speaker.box),
            lambda: newcomer.send(next(anything)),
            lambda: speaker.send(next(own)),
            lambda: stranger.sendto(next(anything), speaker.box),
            lambda: newcomer.send(next(anything)),
            lambda: speaker.say(next(slots) * 960, chance.randbytes(chance.randrange(1, 200))),
        ]
        print(pour([speaker, newcomer], pours, int(seconds), int(rate)))
    speaker.close()
    newcomer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
