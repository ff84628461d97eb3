"""The sockets of the one port, on this machine's own addresses."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from spacebox.rtc import socket as media
from spacebox.rtc.candidates import Address
from spacebox.rtc.socket import LARGEST_BYTES, Datagram, MediaSocket

LOOPBACK = "127.0.0.1"


@contextmanager
def opened(port: int = 0, *, loopback: bool = True) -> Iterator[MediaSocket]:
    sockets = MediaSocket(port, loopback=loopback)
    try:
        yield sockets
    finally:
        sockets.close()


@contextmanager
def plain(host: str, port: int = 0) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as bound:
        bound.bind((host, port))
        bound.settimeout(10)
        yield bound


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the machine's addresses are taken for."""
    found = [LOOPBACK]
    monkeypatch.setattr(media, "_own_hosts", lambda **_: tuple(found))
    return found


def here(sockets: MediaSocket) -> Address:
    return LOOPBACK, sockets.port


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def received(sockets: MediaSocket, most: int = 100) -> list[Datagram]:
    return list(sockets.receive(most))


def test_what_comes_to_an_address_is_answered_from_there() -> None:
    with opened() as sockets:
        assert {port for _, port in sockets.addresses} == {sockets.port}
        for local in sockets.addresses:
            with plain(local[0]) as peer:
                there = peer.getsockname()[:2]
                peer.sendto(b"hello", local)
                assert received(sockets) == [(b"hello", local, there)]
                sockets.send(b"well", local, there)
                data, source = peer.recvfrom(100)
                assert (data, source[:2]) == (b"well", local)


def test_loopback_is_for_those_who_ask_for_it() -> None:
    with opened(loopback=False) as sockets:
        assert not {LOOPBACK, "::1"} & {host for host, _ in sockets.addresses}


def test_a_port_that_is_taken_anywhere_is_given_up_for_another() -> None:
    with plain(LOOPBACK) as other:
        taken = other.getsockname()[1]
        before = descriptors()
        with opened(taken) as sockets:
            assert sockets.port != taken
            assert descriptors() == before + len(sockets.addresses)
    with opened() as first, opened(first.port) as second:
        assert first.port != second.port


def test_only_so_many_are_read_at_once_and_none_is_too_short_or_too_long(hosts: list[str]) -> None:
    with opened() as sockets, plain(LOOPBACK) as peer:
        for datagram in (b"", b"x", bytes(LARGEST_BYTES + 1)):
            peer.sendto(datagram, here(sockets))
        assert [len(data) for data, _, _ in received(sockets, most=2)] == [0, 1]
        assert [len(data) for data, _, _ in received(sockets)] == [LARGEST_BYTES]
        assert received(sockets) == []
    assert hosts == [LOOPBACK]


def test_it_follows_the_addresses_of_the_machine(hosts: list[str]) -> None:
    with opened() as sockets, plain(LOOPBACK) as peer:
        hosts[:] = ["127.0.0.2", "192.0.2.99"]
        half_way = sockets.receive(100)
        peer.sendto(b"early", here(sockets))
        assert next(half_way)[0] == b"early"
        sockets.refresh()
        assert list(half_way) == [], "the address went away while it was read"
        assert sockets.addresses == (("127.0.0.2", sockets.port),), "the other is not ours yet"
        with pytest.raises(OSError, match="gone"):
            sockets.send(b"", here(sockets), peer.getsockname())
        hosts[:] = [LOOPBACK, "127.0.0.2"]
        sockets.refresh()
        assert [host for host, _ in sockets.addresses] == hosts
        peer.sendto(b"again", here(sockets))
        assert [data for data, _, _ in received(sockets)] == [b"again"]


def test_without_a_single_address_it_waits_for_one(hosts: list[str]) -> None:
    with plain(LOOPBACK) as other:
        free = other.getsockname()[1]
    hosts.clear()
    with opened(free) as sockets, plain(LOOPBACK) as peer:
        assert (sockets.addresses, received(sockets)) == ((), [])
        hosts.append(LOOPBACK)
        sockets.refresh()
        peer.sendto(b"at last", (LOOPBACK, free))
        assert [data for data, _, _ in received(sockets)] == [b"at last"]


def test_another_port_is_read_and_followed_beside_the_first(hosts: list[str]) -> None:
    with opened() as sockets, plain(LOOPBACK) as peer:
        other = sockets.another()
        hosts.append("127.0.0.2")
        sockets.refresh()
        assert sockets.addresses == ((LOOPBACK, sockets.port), ("127.0.0.2", sockets.port))
        assert sockets.addresses_of(other) == ((LOOPBACK, other), ("127.0.0.2", other))
        assert sockets.everywhere == sockets.addresses + sockets.addresses_of(other)
        for port in (sockets.port, other):
            peer.sendto(str(port).encode(), ("127.0.0.2", port))
        assert {(data, local[1]) for data, local, _ in received(sockets)} == {
            (str(port).encode(), port) for port in (sockets.port, other)
        }
        sockets.send(b"answer", (LOOPBACK, other), peer.getsockname())
        assert peer.recvfrom(100) == (b"answer", (LOOPBACK, other))


def test_nothing_is_left_open() -> None:
    before = descriptors()
    with opened() as sockets:
        assert descriptors() == before + len(sockets.addresses)
        sockets.another()
        assert descriptors() == before + 2 * len(sockets.addresses)
        sockets.close()
        assert sockets.everywhere == ()
    assert descriptors() == before
