"""Both ends of a connection, as SDP describes them in an offer and in the answer to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from aioice import Candidate
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.sdp import MediaDescription, SessionDescription

from spacebox.ports import Denied
from spacebox.rtc.dtls import Role

UPLINK_BPS = 48_000
"""What the other side's encoder is asked for at most; at a third of it there would be no FEC."""
_NOWHERE = ("0.0.0.0", 9)
"""What a description without a candidate says (RFC 8840 §4.1.1)."""
_ROLES = {"auto": Role.SERVER, "client": Role.SERVER, "server": Role.CLIENT}


@dataclass(frozen=True, slots=True)
class Local:
    """The box's end."""

    ufrag: str
    password: str
    candidates: tuple[Candidate, ...]
    fingerprint: str
    ssrc: int
    """Of the sound that is sent, or of the reports on what is received."""
    cname: str

    def place(self) -> tuple[str, int]:
        """Return the default candidate, which no browser looks at."""
        return next(((each.host, each.port) for each in self.candidates), _NOWHERE)

    def stream(self) -> Iterator[str]:
        """Write what names the sound that is sent."""
        yield "a=msid:space programme"
        yield f"a=ssrc:{self.ssrc} cname:{self.cname}"

    def transport(self, setup: str) -> Iterator[str]:
        """Write how it is reached and known; *setup* as of RFC 8842."""
        yield f"a=ice-ufrag:{self.ufrag}"
        yield f"a=ice-pwd:{self.password}"
        yield "a=ice-options:trickle"
        for candidate in self.candidates:
            yield f"a=candidate:{candidate.to_sdp()}"
        yield "a=end-of-candidates"
        yield f"a=fingerprint:sha-256 {self.fingerprint}"
        yield f"a=setup:{setup}"


@dataclass(frozen=True, slots=True)
class Remote:
    """The other end."""

    protocol: str
    """Of its m= line."""
    mid: str
    ufrag: str
    password: str
    candidates: tuple[Candidate, ...]
    fingerprints: frozenset[str]
    """Each a sha-256 of the certificate that it will show."""
    role: Role
    """Ours in the handshake: they connect, unless they insist on waiting."""
    opus: int
    """The payload type, as the next one."""
    red: int | None
    """Redundant Opus (RFC 2198), None where it is not known."""


def remote(audio: str, what: str) -> Remote:
    """Return the end that *audio* describes, a description of one section behind its gate.

    Raises Denied (``malformed``); *what* it is, says the sentence.
    """
    try:
        return _remote(audio, SessionDescription.parse(audio).media[0], what)
    except Denied:
        raise
    except Exception as error:
        # The parser raises whatever it stumbles over: any exception means a bad description.
        raise Denied("malformed", f"the {what} could not be understood") from error


def formats(opus: int, red: int | None) -> Iterator[str]:
    """Write what the payload types mean."""
    yield f"a=rtpmap:{opus} opus/48000/2"
    yield f"a=fmtp:{opus} minptime=10;stereo=0;maxaveragebitrate={UPLINK_BPS};useinbandfec=1"
    if red is not None:
        yield f"a=rtpmap:{red} red/48000/2"
        yield f"a=fmtp:{red} {opus}/{opus}"
    yield "a=ptime:20"
    yield "a=maxptime:60"


def place(address: tuple[str, int], protocol: str, types: Sequence[int]) -> Iterator[str]:
    """Write a section's own line, and where it is."""
    host, port = address
    yield f"m=audio {port} {protocol} {' '.join(map(str, types))}"
    yield f"c=IN {'IP6' if ':' in host else 'IP4'} {host}"


def _remote(audio: str, media: MediaDescription, what: str) -> Remote:
    dtls, ice = media.dtls, media.ice
    if dtls is None or not media.rtcp_mux:
        raise Denied("malformed", f"the {what} lacks a=setup or a=rtcp-mux")
    if ice is None or ice.usernameFragment is None or ice.password is None:
        raise Denied("malformed", f"the {what} lacks credentials for ICE")
    opus = next(number for codec, number in _numbered(media) if _is(codec, "opus"))
    return Remote(
        protocol=media.profile,
        mid=media.rtp.muxId,
        ufrag=ice.usernameFragment,
        password=ice.password,
        candidates=tuple(_candidates(audio.splitlines())),
        fingerprints=frozenset(
            each.value.upper() for each in dtls.fingerprints if each.algorithm.lower() == "sha-256"
        ),
        role=_ROLES[dtls.role],
        opus=opus,
        red=next((number for codec, number in _numbered(media) if _is_red(codec, opus)), None),
    )


def _candidates(lines: list[str]) -> Iterator[Candidate]:
    prefix = "a=candidate:"
    return (Candidate.from_sdp(line[len(prefix) :]) for line in lines if line.startswith(prefix))


def _numbered(media: MediaDescription) -> Iterator[tuple[RTCRtpCodecParameters, int]]:
    """Yield the codecs with the payload types that can be told from RTCP (RFC 5761 §4)."""
    for codec in media.rtp.codecs:
        number = codec.payloadType
        if number is not None and number in media.fmt and (0 <= number < 64 or 96 <= number < 128):
            yield codec, number


def _is(codec: RTCRtpCodecParameters, name: str) -> bool:
    wanted = (f"audio/{name}", 48_000, 2)
    return (codec.mimeType.lower(), codec.clockRate, codec.channels) == wanted


def _is_red(codec: RTCRtpCodecParameters, opus: int) -> bool:
    """Say whether *codec* is RED with nothing but *opus* in it."""
    inside = next(iter(codec.parameters), "").split("/")
    return _is(codec, "red") and set(inside) == {str(opus)}
