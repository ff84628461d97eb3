"""A listener that costs little: it connects as a browser does, and counts what comes.

The handshakes are real, by the box's own parts in the other role. What arrives is not opened:
the headers of RTP can be read as they are. Checks and receiver reports go out as often as a
browser's.
"""

from __future__ import annotations

import contextlib
import secrets
import socket
from collections.abc import Iterable
from struct import Struct
from typing import Protocol

from aioice.ice import get_host_addresses
from aioice.stun import Class, parse_message
from aiortc.rtp import RtcpReceiverInfo
from aiortc.sdp import SessionDescription

from spacebox.rtc import rtcp, stun
from spacebox.rtc.candidates import Address
from spacebox.rtc.dtls import Dtls, Role
from spacebox.rtc.identity import Identity
from spacebox.rtc.srtp import RtcpSealer, is_rtcp

KNOCK_S = 0.05
"""Between two checks of each address, until one answers."""
CHECK_S, REPORT_S = 2.5, 5.0
SLOT = 960
DATAGRAM_BYTES = 2048
_PRIORITY = 0x6EFFFFFF
_HEADER = Struct("!2xHII")
_HEADER_BYTES = 12


def address() -> str:
    """Return this machine's own address; servers do not offer the loopback."""
    return get_host_addresses(use_ipv4=True, use_ipv6=False)[0]


def _bound(host: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    bound.bind((host, port))
    bound.setblocking(False)
    return bound


class Count:
    """What came of one stream."""

    def __init__(self) -> None:
        self.packets = 0
        self.slots = 0
        """Of 20 ms, by the sender's clock, from the first packet to the last."""
        self._timestamp: int | None = None

    def add(self, packets: int, timestamp: int) -> None:
        """Count *packets*, the last of which has that *timestamp*."""
        if self._timestamp is None:
            self._timestamp = timestamp - SLOT * packets
        self.packets += packets
        self.slots += (timestamp - self._timestamp) % (1 << 32) // SLOT
        self._timestamp = timestamp


class Ear(Protocol):
    """Whoever counts."""

    count: Count

    def poll(self, now: float) -> None:
        """Take in what came, and send what is due at *now*, in seconds. Never waits."""

    def close(self) -> None: ...


class Plain:
    """A port that takes what comes, whoever sends it."""

    def __init__(self, host: str, port: int) -> None:
        self.count = Count()
        self._socket = _bound(host, port)
        self._datagram = bytearray(DATAGRAM_BYTES)

    def poll(self, _now: float) -> None:
        packets = 0
        with contextlib.suppress(BlockingIOError):
            while self._socket.recv_into(self._datagram):
                packets += 1
        if packets:
            self.count.add(packets, _HEADER.unpack_from(self._datagram)[1])

    def close(self) -> None:
        self._socket.close()


class Listener:
    """One connection that receives. It has no thread: `poll` does it all."""

    def __init__(self, host: str, identity: Identity, *, offering: bool) -> None:
        """Take part from an address of this machine; who makes the offer nominates the pair."""
        self.count = Count()
        self._socket = _bound(host, 0)
        self._datagram = bytearray(DATAGRAM_BYTES)
        self._identity = identity
        self._offering = offering
        self._ufrag, self._password = secrets.token_hex(4), secrets.token_hex(16)
        self._addresses: list[Address] = []
        self._selected: Address | None = None
        self._sealer: RtcpSealer | None = None
        self._check_at = self._report_at = 0.0

    def describe(self, setup: str, payload_type: int = 111, mid: str = "0") -> str:
        """Return the SDP of an offer, or of an answer; *setup* as in RFC 8842."""
        host, port = self._socket.getsockname()
        lines = (
            "v=0",
            f"o=- {secrets.randbits(32)} 1 IN IP4 {host}",
            "s=-",
            "t=0 0",
            f"a=group:BUNDLE {mid}",
            f"m=audio {port} UDP/TLS/RTP/SAVPF {payload_type}",
            f"c=IN IP4 {host}",
            "a=recvonly",
            f"a=mid:{mid}",
            "a=rtcp-mux",
            f"a=rtpmap:{payload_type} opus/48000/2",
            f"a=fmtp:{payload_type} minptime=10;useinbandfec=1",
            f"a=candidate:1 1 udp 2130706431 {host} {port} typ host",
            f"a=ice-ufrag:{self._ufrag}",
            f"a=ice-pwd:{self._password}",
            f"a=fingerprint:sha-256 {self._identity.fingerprint}",
            f"a=setup:{setup}",
        )
        return "\r\n".join(lines) + "\r\n"

    def meet(self, sdp: str) -> None:
        """Learn from the other side's SDP who and where it is."""
        media = SessionDescription.parse(sdp).media[0]
        self._addresses = [(each.ip, each.port) for each in media.ice_candidates if "." in each.ip]
        username = f"{media.ice.usernameFragment}:{self._ufrag}"
        tie_breaker = secrets.randbits(64)
        self._signer = stun.Signer(username, media.ice.password, _PRIORITY, tie_breaker)
        # Only one that insists on waiting has its peer begin; "actpass" is answered "passive".
        role = Role.CLIENT if media.dtls.role == "server" else Role.SERVER
        fingerprints = [each.value for each in media.dtls.fingerprints]
        self._dtls = Dtls(self._identity, role, fingerprints)

    def poll(self, now: float) -> None:
        packets, header = 0, b""
        with contextlib.suppress(BlockingIOError):
            if self._selected is None:
                self._seek(now)
            while self._selected is not None:
                size = self._socket.recv_into(self._datagram)
                if 128 <= self._datagram[0] < 192 and not is_rtcp(self._datagram):
                    packets += 1
                    header = self._datagram[:_HEADER_BYTES]
                else:
                    self._understand(bytes(self._datagram[:size]), self._selected, now)
        self._due(now)
        if header:
            sequence, timestamp, ssrc = _HEADER.unpack(header)
            self.count.add(packets, timestamp)
            self._report(sequence, ssrc, now)

    def close(self) -> None:
        """Say goodbye."""
        if self._selected is not None:
            self._send(self._dtls.close())
        self._socket.close()

    def _seek(self, now: float) -> None:
        while self._selected is None:
            datagram, source = self._socket.recvfrom(len(self._datagram))
            self._understand(datagram, source, now)

    def _understand(self, datagram: bytes, source: Address, now: float) -> None:
        if datagram[0] < 4:
            self._check(datagram, source, now)
        elif 20 <= datagram[0] < 64 and self._selected is not None:
            self._send(self._dtls.receive(datagram, now))

    def _check(self, datagram: bytes, source: Address, now: float) -> None:
        """Answer a request; settle on where an answer came from, or where the other side says."""
        message = parse_message(datagram)
        if message.message_class is Class.REQUEST:
            answer = stun.success(message.transaction_id, source, self._password)
            self._socket.sendto(answer, source)
        nominated = message.message_class is Class.RESPONSE and self._offering
        if (nominated or "USE-CANDIDATE" in message.attributes) and self._selected is None:
            self._selected = source
            self._socket.connect(source)
            self._check_at, self._report_at = now + CHECK_S, now + REPORT_S
            self._send(self._dtls.start(now))

    def _due(self, now: float) -> None:
        if self._addresses and now >= self._check_at:
            for there in self._addresses if self._selected is None else [self._selected]:
                self._socket.sendto(self._request(), there)
            self._check_at = now + (KNOCK_S if self._selected is None else CHECK_S)
        if self._selected is not None:
            self._send(self._dtls.tick(now))

    def _request(self) -> bytes:
        transaction = secrets.token_bytes(12)
        return stun.request(
            transaction, self._signer, controlling=self._offering, nominating=self._offering
        )

    def _report(self, sequence: int, ssrc: int, now: float) -> None:
        """Tell the sender that all is well, from time to time."""
        if now >= self._report_at and self._dtls.keys is not None:
            self._report_at = now + REPORT_S
            self._sealer = self._sealer or RtcpSealer(self._dtls.keys)
            block = RtcpReceiverInfo(ssrc, 0, 0, sequence, 0, 0, 0)
            self._send([self._sealer.seal(rtcp.receiver_report(1, "ear", [block]))])

    def _send(self, datagrams: Iterable[bytes]) -> None:
        for datagram in datagrams:
            self._socket.send(datagram)
