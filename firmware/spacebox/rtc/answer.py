"""The answer to an offer, written by hand: what aiortc would write lacks half of what we need.

An offer is read by aiortc's parser, behind the gate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aioice import Candidate
from aiortc.rtcrtpparameters import RTCRtpCodecParameters
from aiortc.sdp import MediaDescription, SessionDescription

from spacebox.ports import Denied
from spacebox.rtc.dtls import Role
from spacebox.rtc.gate import Way, admit
from spacebox.rtc.sections import Offer

UPLINK_BPS = 48_000
"""What a guest's encoder is asked for at most; at a third of it there would be no FEC."""
_NOWHERE = ("0.0.0.0", 9)
"""What an answer without a candidate says (RFC 8840 §4.1.1)."""
_DIRECTIONS = {Way.DOWN: "sendonly", Way.UP: "recvonly"}
_ROLES = {"auto": Role.SERVER, "client": Role.SERVER, "server": Role.CLIENT}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an offer says of its sender's end."""

    whole: Offer
    way: Way
    protocol: str
    mid: str
    bundled: bool
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
    reduced_reports: bool
    """Reports may come without their company (RFC 5506)."""


@dataclass(frozen=True, slots=True)
class Local:
    """What an answer says of the box's end."""

    ufrag: str
    password: str
    candidates: tuple[Candidate, ...]
    fingerprint: str
    ssrc: int
    """Of the sound that is sent, or of the reports on what is received."""
    cname: str


def read(offer: str, way: Way) -> Asked:
    """Return what *offer* asks for. Raises Denied (``malformed``)."""
    whole, audio = admit(offer, way)
    try:
        media = SessionDescription.parse(audio).media[0]
        return _asked(whole, audio, media, way)
    except Denied:
        raise
    except Exception as error:
        # The parser raises whatever it stumbles over: any exception means a bad offer.
        raise Denied("malformed", "the offer could not be understood") from error


def write(asked: Asked, local: Local) -> str:
    """Return the answer: the audio is taken, pictures are declined."""
    session = [
        "v=0",
        f"o=- {local.ssrc} 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        *([f"a=group:BUNDLE {asked.mid}"] if asked.bundled and asked.mid else []),
        "a=msid-semantic:WMS *",
    ]
    lines = [*session, *_place(asked, local), *_formats(asked), *_stream(asked, local)]
    return asked.whole.answer("\r\n".join([*lines, *_transport(asked, local)]) + "\r\n")


def _asked(whole: Offer, audio: str, media: MediaDescription, way: Way) -> Asked:
    dtls, ice = media.dtls, media.ice
    if dtls is None or not media.rtcp_mux:
        raise Denied("malformed", "the offer lacks a=setup or a=rtcp-mux")
    if ice is None or ice.usernameFragment is None or ice.password is None:
        raise Denied("malformed", "the offer lacks credentials for ICE")
    opus = next(number for codec, number in _numbered(media) if _is(codec, "opus"))
    lines = audio.splitlines()
    return Asked(
        whole=whole,
        way=way,
        protocol=media.profile,
        mid=media.rtp.muxId,
        bundled=any(line.startswith("a=group:BUNDLE") for line in lines),
        ufrag=ice.usernameFragment,
        password=ice.password,
        candidates=tuple(_candidates(lines)),
        fingerprints=frozenset(
            each.value.upper() for each in dtls.fingerprints if each.algorithm.lower() == "sha-256"
        ),
        role=_ROLES[dtls.role],
        opus=opus,
        red=next((number for codec, number in _numbered(media) if _is_red(codec, opus)), None),
        reduced_reports="a=rtcp-rsize" in lines,
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


def _place(asked: Asked, local: Local) -> Iterator[str]:
    """Write the section's own line and the default candidate, which no browser looks at."""
    default = ((each.host, each.port) for each in local.candidates)
    host, port = next(default, _NOWHERE)
    formats = " ".join(str(number) for number in _order(asked))
    yield f"m=audio {port} {asked.protocol} {formats}"
    yield f"c=IN {'IP6' if ':' in host else 'IP4'} {host}"
    yield f"a={_DIRECTIONS[asked.way]}"
    if asked.mid:
        yield f"a=mid:{asked.mid}"
    yield "a=rtcp-mux"
    if asked.reduced_reports:
        yield "a=rtcp-rsize"


def _order(asked: Asked) -> list[int]:
    """Return the payload types, the wanted one first: whoever is asked for RED sends it always."""
    if asked.red is None:
        return [asked.opus]
    return [asked.red, asked.opus] if asked.way is Way.UP else [asked.opus, asked.red]


def _formats(asked: Asked) -> Iterator[str]:
    yield f"a=rtpmap:{asked.opus} opus/48000/2"
    yield (
        f"a=fmtp:{asked.opus} minptime=10;stereo=0;maxaveragebitrate={UPLINK_BPS};useinbandfec=1"
    )
    if asked.red is not None:
        yield f"a=rtpmap:{asked.red} red/48000/2"
        yield f"a=fmtp:{asked.red} {asked.opus}/{asked.opus}"
    yield "a=ptime:20"
    yield "a=maxptime:60"


def _stream(asked: Asked, local: Local) -> Iterator[str]:
    if asked.way is Way.DOWN:
        yield "a=msid:space programme"
        yield f"a=ssrc:{local.ssrc} cname:{local.cname}"


def _transport(asked: Asked, local: Local) -> Iterator[str]:
    yield f"a=ice-ufrag:{local.ufrag}"
    yield f"a=ice-pwd:{local.password}"
    yield "a=ice-options:trickle"
    for candidate in local.candidates:
        yield f"a=candidate:{candidate.to_sdp()}"
    yield "a=end-of-candidates"
    yield f"a=fingerprint:sha-256 {local.fingerprint}"
    yield f"a=setup:{asked.role.value}"
