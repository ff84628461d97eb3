"""The answer to an offer, written by hand: what aiortc would write lacks half of what we need.

An offer is read by aiortc's parser, behind the gate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spacebox.rtc.ends import Local, Remote, formats, place, remote
from spacebox.rtc.gate import Way, admit
from spacebox.rtc.sections import Offer

_DIRECTIONS = {Way.DOWN: "sendonly", Way.UP: "recvonly"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an offer asks for."""

    whole: Offer
    way: Way
    bundled: bool
    reduced_reports: bool
    """Reports may come without their company (RFC 5506)."""
    remote: Remote
    """Its sender's end."""


def read(offer: str, way: Way) -> Asked:
    """Return what *offer* asks for. Raises Denied (``malformed``)."""
    whole, audio = admit(offer, way)
    lines = audio.splitlines()
    return Asked(
        whole=whole,
        way=way,
        bundled=any(line.startswith("a=group:BUNDLE") for line in lines),
        reduced_reports="a=rtcp-rsize" in lines,
        remote=remote(audio, "offer"),
    )


def write(asked: Asked, local: Local) -> str:
    """Return the answer: the audio is taken, pictures are declined."""
    theirs = asked.remote
    lines = [
        "v=0",
        f"o=- {local.ssrc} 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        *([f"a=group:BUNDLE {theirs.mid}"] if asked.bundled and theirs.mid else []),
        "a=msid-semantic:WMS *",
        *_section(asked, local),
        *formats(theirs.opus, theirs.red),
        *(local.stream() if asked.way is Way.DOWN else ()),
        *local.transport(theirs.role.value),
    ]
    return asked.whole.answer("\r\n".join(lines) + "\r\n")


def _section(asked: Asked, local: Local) -> Iterator[str]:
    theirs = asked.remote
    yield from place(local.place(), theirs.protocol, _order(asked))
    yield f"a={_DIRECTIONS[asked.way]}"
    if theirs.mid:
        yield f"a=mid:{theirs.mid}"
    yield "a=rtcp-mux"
    if asked.reduced_reports:
        yield "a=rtcp-rsize"


def _order(asked: Asked) -> list[int]:
    """Return the payload types, the wanted one first: whoever is asked for RED sends it always."""
    opus, red = asked.remote.opus, asked.remote.red
    if red is None:
        return [opus]
    return [red, opus] if asked.way is Way.UP else [opus, red]
