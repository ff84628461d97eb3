"""The handshake and the keys with aiortc's transport as the other side, in real time."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field

import pytest
from aiortc import RTCCertificate
from aiortc.rtcdtlstransport import (
    SRTP_PROFILES,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
)

from spacebox.rtc.dtls import Dtls, Role
from spacebox.rtc.identity import Identity
from spacebox.rtc.srtp import PROFILES, Opener, Profile, RtcpSealer, RtpSealer

HERE = Identity.new()
PACKET = bytes.fromhex("806f 1234 00000001 000000ff") + b"opus" * 20
REPORT = bytes.fromhex("80c9 0001 000000ff")


@dataclass
class Wire:
    """Stands where aiortc expects its ICE transport, and leads to our end."""

    ours: Dtls
    role: str
    loss: float = 0.0
    seed: int = 0
    arrived: list[bytes] = field(default_factory=list)
    """What is not of the handshake."""
    _towards_them: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._there, self._back = random.Random(self.seed), random.Random(-1 - self.seed)

    async def _send(self, data: bytes) -> None:
        if not 20 <= data[0] <= 63:
            self.arrived.append(data)
        elif self._back.random() >= self.loss:
            self.put(self.ours.receive(data, time.monotonic()))
            self._woken.set()

    async def _recv(self) -> bytes:
        return await self._towards_them.get()

    def put(self, datagrams: list[bytes]) -> None:
        for datagram in datagrams:
            if self._there.random() >= self.loss:
                self._towards_them.put_nowait(datagram)

    async def keep_time(self) -> None:
        """Tick our end when it wants to."""
        self.put(self.ours.start(time.monotonic()))
        while True:
            self._woken.clear()
            due = self.ours.next_at()
            wait = None if due is None else max(0.0, due - time.monotonic())
            try:
                await asyncio.wait_for(self._woken.wait(), wait)
            except TimeoutError:
                self.put(self.ours.tick(time.monotonic()))


@dataclass
class Meeting:
    """Both ends; aiortc's role follows from the ICE role that the wire claims."""

    ours: Dtls
    theirs: RTCDtlsTransport
    wire: Wire
    seconds: float = 0.0

    @classmethod
    def of(cls, role: Role, loss: float = 0.0, seed: int = 0) -> Meeting:
        certificate = RTCCertificate.generateCertificate()
        [expected] = [
            each.value for each in certificate.getFingerprints() if each.algorithm == "sha-256"
        ]
        ours = Dtls(HERE, role, [expected])
        wire = Wire(ours, "controlled" if role is Role.SERVER else "controlling", loss, seed)
        return cls(ours, RTCDtlsTransport(wire, [certificate]), wire)

    async def hold(self, fingerprint: str = HERE.fingerprint) -> None:
        """Shake hands to the end, then let go of the wire."""
        announced = RTCDtlsParameters([RTCDtlsFingerprint("sha-256", fingerprint)])
        begun = time.monotonic()
        keeping = asyncio.create_task(self.wire.keep_time())
        try:
            async with asyncio.timeout(60):
                await self.theirs.start(announced)
                while self.ours.keys is None and self.ours.failure is None:
                    await asyncio.sleep(0.01)
        finally:
            keeping.cancel()
        self.seconds = time.monotonic() - begun


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name.decode())
@pytest.mark.parametrize("role", Role)
async def test_what_one_seals_the_other_opens(role: Role, profile: Profile) -> None:
    meeting = Meeting.of(role)
    meeting.theirs._srtp_profiles = [
        each for each in SRTP_PROFILES if each.openssl_profile == profile.name
    ]
    await meeting.hold()
    keys, theirs = meeting.ours.keys, meeting.theirs
    assert keys is not None
    assert keys.profile is profile
    assert theirs._rx_srtp.unprotect(RtpSealer(keys).seal(PACKET)) == PACKET
    assert theirs._rx_srtp.unprotect_rtcp(RtcpSealer(keys).seal(REPORT)) == REPORT
    await theirs._send_rtp(PACKET)
    await theirs._send_rtp(REPORT)
    opener = Opener(keys)
    assert [opener.open(sealed) for sealed in meeting.wire.arrived] == [PACKET, REPORT]
    await theirs.stop()
    assert meeting.ours.alerted


@pytest.mark.parametrize("role", Role)
async def test_our_goodbye_is_understood(role: Role) -> None:
    meeting = Meeting.of(role)
    await meeting.hold()
    meeting.wire.put(meeting.ours.close())
    async with asyncio.timeout(20):
        while meeting.theirs.state != "closed":
            await asyncio.sleep(0.01)
    await meeting.theirs.stop()


@pytest.mark.parametrize("role", Role)
async def test_joins_under_loss_are_made(role: Role) -> None:
    meetings = [Meeting.of(role, loss=0.3, seed=seed) for seed in range(8)]
    await asyncio.gather(*(meeting.hold() for meeting in meetings))
    assert [meeting.theirs.state for meeting in meetings] == ["connected"] * 8
    assert all(meeting.ours.keys is not None for meeting in meetings)
    seconds = sorted(meeting.seconds for meeting in meetings)
    # Most of it is the other side's patience: OpenSSL repeats itself after 1, 3 and 7 seconds.
    print(f"\n{role.value}, 30 % loss: median {seconds[4]:.2f} s, worst {seconds[-1]:.2f}")
    for meeting in meetings:
        await meeting.theirs.stop()


async def test_whoever_shows_another_certificate_gets_no_keys() -> None:
    meeting = Meeting.of(Role.SERVER)
    meeting.ours = meeting.wire.ours = Dtls(HERE, Role.SERVER, [HERE.fingerprint])
    await meeting.hold()
    assert meeting.ours.keys is None
    assert meeting.ours.failure is not None
    async with asyncio.timeout(20):
        while meeting.theirs.state != "closed":
            await asyncio.sleep(0.01)
    await meeting.theirs.stop()
