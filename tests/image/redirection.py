"""USB devices that are plugged into a QEMU from outside: the protocol usbredir, version 0.7.

Packets in and out, no socket. What QEMU's xHCI needs of its capabilities is announced, and nothing
else. Source: usbredir's usb-redirection-protocol.md.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

_GREETING = struct.Struct("<III")
"""Type, length and number of the first packet: 32 bits of number, whatever is announced in it."""
_HEAD = struct.Struct("<IIQ")
_CONTROL = struct.Struct("<BBBBHHH")
"""Endpoint, request, type of request, status, value, index, length."""
_CAPABILITIES = 1 << 1 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6
"""connect_device_version, device_disconnect_ack, ep_info_max_packet_size, 64bits_ids, and
32bits_bulk_length."""
_FULL_SPEED = 1
_NO_ENDPOINT = 255
_PACKET_BYTES = 8
"""What endpoint zero takes at once."""
_STALL = 4
_IN = 0x80


class Kind(IntEnum):
    """The packets that a device of control transfers sees or sends."""

    HELLO = 0
    CONNECT = 1
    DISCONNECT = 2
    RESET = 3
    INTERFACES = 4
    ENDPOINTS = 5
    SET_CONFIGURATION = 6
    GET_CONFIGURATION = 7
    CONFIGURATION = 8
    SET_ALTERNATIVE = 9
    GET_ALTERNATIVE = 10
    ALTERNATIVE = 11
    CANCEL = 21
    REJECTED = 22
    FILTER = 23
    DISCONNECTED = 24
    CONTROL = 100


@dataclass(frozen=True, slots=True)
class Packet:
    kind: int
    number: int
    body: bytes

    def encode(self) -> bytes:
        return _HEAD.pack(self.kind, len(self.body), self.number) + self.body


@dataclass(frozen=True, slots=True)
class Control:
    """A control transfer: a question (`wants` bytes at most) or something said (`data`)."""

    number: int
    endpoint: int
    request: int
    kind: int
    value: int
    index: int
    wants: int
    data: bytes

    @property
    def inwards(self) -> bool:
        return bool(self.kind & _IN)

    def answer(self, data: bytes | None) -> Packet:
        """Answer with *data*, which is empty for what was only said; None refuses."""
        status = _STALL if data is None else 0
        reply = (data or b"")[: self.wants]
        length = len(reply) if self.inwards else len(self.data)
        head = _CONTROL.pack(
            self.endpoint, self.request, self.kind, status, self.value, self.index, length
        )
        return Packet(Kind.CONTROL, self.number, head + reply)


def control(packet: Packet) -> Control:
    """Read a control transfer."""
    endpoint, request, kind, _, value, index, wants = _CONTROL.unpack_from(packet.body)
    data = packet.body[_CONTROL.size :]
    return Control(packet.number, endpoint, request, kind, value, index, wants, data)


def hello(name: str) -> bytes:
    """Return what is sent first of all."""
    body = name.encode().ljust(64, b"\0") + struct.pack("<I", _CAPABILITIES)
    return _GREETING.pack(Kind.HELLO, len(body), 0) + body


def plugged(vendor: int, product: int, version: int) -> bytes:
    """Plug in a full-speed device of one interface that has endpoint zero alone."""
    interfaces = struct.pack("<I128s", 1, b"\0" * 32 + b"\xff" + b"\0" * 95)
    there = [0 if end in (0, 16) else _NO_ENDPOINT for end in range(32)]
    sizes = [_PACKET_BYTES if end in (0, 16) else 0 for end in range(32)]
    ends = struct.pack("<32s32s32s32H", bytes(there), b"", b"", *sizes)
    connect = struct.pack("<BBBBHHH", _FULL_SPEED, 0xFF, 0, 0, vendor, product, version)
    return b"".join(
        Packet(kind, 0, body).encode()
        for kind, body in (
            (Kind.INTERFACES, interfaces),
            (Kind.ENDPOINTS, ends),
            (Kind.CONNECT, connect),
        )
    )


def unplugged() -> bytes:
    return Packet(Kind.DISCONNECT, 0, b"").encode()


class Reader:
    """Cuts what came into packets; the greeting is the first."""

    def __init__(self) -> None:
        self._rest = b""
        self._head = _GREETING

    def read(self, data: bytes) -> Iterator[Packet]:
        self._rest += data
        while len(self._rest) >= self._head.size:
            kind, length, number = self._head.unpack_from(self._rest)
            end = self._head.size + length
            if len(self._rest) < end:
                return
            body, self._rest = self._rest[self._head.size : end], self._rest[end:]
            self._head = _HEAD
            yield Packet(kind, number, body)
