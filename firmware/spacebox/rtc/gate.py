"""What an SDP offer or answer must look like before any parser may see it.

A hostile one costs seconds in the parser; counting lines costs nothing.
"""

from __future__ import annotations

from enum import Enum

from spacebox.ports import Denied
from spacebox.rtc.sections import Offer

OFFER_BYTES = 32_768
OFFER_LINES = 200
"""Browsers send fewer than a hundred; some kinds of line cost the parser the square of theirs."""
CANDIDATES = 10


class Way(Enum):
    """Which way the sound goes, as the directions (RFC 8866 §6.7) that an offer may ask for."""

    DOWN = ("recvonly", "sendrecv")
    UP = ("sendonly", "sendrecv")


def admit(offer: str, way: Way) -> tuple[Offer, str]:
    """Return *offer* in its parts, and its audio as it may be parsed.

    The audio is without the candidates that are of no use here. Raises Denied (``malformed``):
    one audio section with Opus, at most `CANDIDATES` UDP candidates, a sha-256 fingerprint, ICE
    credentials, a direction that fits *way*; beside it one video section at most.
    """
    whole = _parts(offer, "offer")
    if sorted(whole.kinds) not in (["audio"], ["audio", "video"]):
        raise Denied("malformed", "the offer wants one audio section, and no data channel")
    lines = _useful(whole)
    if sum(map(_is_candidate, lines)) > CANDIDATES:
        raise Denied("malformed", f"the offer has more than {CANDIDATES} UDP candidates")
    return whole, _checked(lines, way.value, "offer")


def admit_answer(answer: str, directions: tuple[str, ...]) -> str:
    """Return an *answer* to one section of audio as it may be parsed, its first candidates alone.

    Raises Denied like `admit`, and where the section is declined (RFC 3264 §6). Servers that are
    found at more addresses than anybody would try are no worse for it.
    """
    whole = _parts(answer, "answer")
    if whole.kinds != ["audio"]:
        raise Denied("malformed", "the answer is not one to an audio section alone")
    if whole.media[0][0].split(" ")[1:2] == ["0"]:
        raise Denied("malformed", "the answer declines the audio")
    lines = _useful(whole)
    beyond = set(list(filter(_is_candidate, lines))[CANDIDATES:])
    return _checked([line for line in lines if line not in beyond], directions, "answer")


def _parts(text: str, what: str) -> Offer:
    if len(text.encode()) > OFFER_BYTES:
        raise Denied("malformed", f"the {what} is larger than {OFFER_BYTES} bytes")
    whole = Offer.of(text.splitlines())
    if whole.session[:1] != ("v=0",):
        raise Denied("malformed", f"the body is not an SDP {what} (it begins with v=0)")
    return whole


def _useful(whole: Offer) -> list[str]:
    return [line for line in whole.audio_lines() if not of_no_use(line)]


def _is_candidate(line: str) -> bool:
    return line.startswith("a=candidate:")


def _checked(lines: list[str], directions: tuple[str, ...], what: str) -> str:
    if len(lines) > OFFER_LINES:
        raise Denied("malformed", f"the {what} has more than {OFFER_LINES} lines for its audio")
    for wanted in ("a=fingerprint:sha-256 ", "a=ice-ufrag:", "a=ice-pwd:"):
        if not any(line.lower().startswith(wanted) for line in lines):
            raise Denied("malformed", f"the {what} has no line {wanted.strip()}")
    if not any(line.startswith("a=rtpmap:") and "opus/48000" in line.lower() for line in lines):
        raise Denied("malformed", f"the {what} has no Opus in it")
    if _direction(lines) not in directions:
        raise Denied("malformed", f"the {what}'s direction is none of {', '.join(directions)}")
    return "\r\n".join(lines) + "\r\n"


def of_no_use(line: str) -> bool:
    """Say whether nothing is lost without *line*.

    Nobody here answers over TCP, and RTCP has no path of its own, though Firefox offers one as
    component 2 (RFC 8839 §5.1). A browser's mDNS name would be looked up for a whole second, and
    in vain on many a network; its checks come from where it is, so it is found all the same. That
    is why an end of candidates is never believed either.
    """
    if line == "a=end-of-candidates":
        return True
    if not line.startswith("a=candidate:"):
        return False
    fields = line.lower().split()
    if fields[1:2] == ["2"] or fields[2:3] == ["tcp"]:
        return True
    return any(field.endswith(".local") for field in fields[4:5])


def _direction(lines: list[str]) -> str:
    """Return the direction asked for; sendrecv is the default (RFC 8866 §6.7)."""
    known = ("a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive")
    return next((line[2:] for line in reversed(lines) if line in known), "sendrecv")
