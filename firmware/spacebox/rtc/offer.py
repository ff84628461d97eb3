"""What the box offers where it calls, and what it takes from the answer (RFC 3264, RFC 9725)."""

from __future__ import annotations

from enum import Enum

from spacebox.ports import Denied
from spacebox.rtc.ends import Local, Remote, formats, place, remote
from spacebox.rtc.gate import admit_answer

OPUS, RED = 111, 63
"""The payload types that browsers offer."""
MID = "0"


class Direction(Enum):
    """What the box does: each with the directions of an answer that lets it."""

    HEARS = "recvonly", ("sendonly", "sendrecv")
    SPEAKS = "sendonly", ("recvonly", "sendrecv")
    BOTH = "sendrecv", ("sendrecv",)

    def __init__(self, offered: str, answered: tuple[str, ...]) -> None:
        self.offered = offered
        self.answered = answered


def write(direction: Direction, local: Local) -> str:
    """Return an offer of one audio section, with all candidates in it."""
    lines = [
        "v=0",
        f"o=- {local.ssrc} 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        f"a=group:BUNDLE {MID}",
        "a=msid-semantic:WMS *",
        *place(local.place(), "UDP/TLS/RTP/SAVPF", (OPUS, RED)),
        f"a={direction.offered}",
        f"a=mid:{MID}",
        "a=rtcp-mux",
        "a=rtcp-rsize",
        *formats(OPUS, RED),
        *(() if direction is Direction.HEARS else local.stream()),
        *local.transport("actpass"),
    ]
    return "\r\n".join(lines) + "\r\n"


def read(answer: str, direction: Direction) -> Remote:
    """Return the end of who gave *answer*. Raises Denied (``malformed``)."""
    audio = admit_answer(answer, direction.answered)
    theirs = remote(audio, "answer")
    if (theirs.opus, theirs.red) not in ((OPUS, RED), (OPUS, None)):
        raise Denied("malformed", "the answer numbers the formats otherwise than the offer")
    return theirs
