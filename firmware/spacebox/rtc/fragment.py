"""The body of a PATCH: ICE credentials and candidates (RFC 8840 §9, RFC 9725 §4.3).

What clients send differs: credentials before or behind the m= line, candidates in sections or
bare, with ``a=`` or as scripts have them without. All that is read here is told by its line alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aioice import Candidate

from spacebox.ports import Denied
from spacebox.rtc.gate import CANDIDATES, OFFER_BYTES, OFFER_LINES, of_no_use
from spacebox.rtc.generation import Credentials

_UFRAG = re.compile(r"[!-9;-~]{4,256}")
_PASSWORD = re.compile(r"[!-9;-~]{22,256}")
"""Longer than RFC 8839 §5.4 has its alphabet; a colon would make two user names of one."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """What a peer tells of its end."""

    ufrag: str
    """Which credentials the candidates belong to; empty where the peer did not say."""
    password: str
    """Empty where the peer did not say; a restart needs it."""
    candidates: tuple[Candidate, ...]
    ended: bool
    """Whether no more will come; with names left out, that says little."""


def read(text: str) -> Fragment:
    """Return what *text* says. Raises Denied (``malformed``).

    Candidates that are of no use here, or that nobody can read, are left out (RFC 8839 §5.1).
    """
    if len(text.encode()) > OFFER_BYTES:
        raise Denied("malformed", f"the fragment is larger than {OFFER_BYTES} bytes")
    lines = [_line(line) for line in text.splitlines()]
    if len(lines) > OFFER_LINES:
        raise Denied("malformed", f"the fragment has more than {OFFER_LINES} lines")
    named = [line for line in lines if re.match("a=candidate:.", line)]
    told = [line for line in named if not of_no_use(line)]
    if len(told) > CANDIDATES:
        raise Denied("malformed", f"the fragment has more than {CANDIDATES} UDP candidates")
    fragment = Fragment(
        ufrag=_one("a=ice-ufrag:", lines, _UFRAG) or _bare_ufrag(named),
        password=_one("a=ice-pwd:", lines, _PASSWORD),
        candidates=tuple(_candidates(told)),
        ended=any(line in ("a=end-of-candidates", "a=candidate:") for line in lines),
    )
    if not (fragment.ufrag or named or fragment.ended):
        raise Denied("malformed", "the body is no fragment of SDP with ICE in it")
    return fragment


def write(ours: Credentials, candidates: Sequence[Candidate], mid: str) -> str:
    """Return the box's end after a restart: all of its candidates at once."""
    lines = [
        f"a=ice-ufrag:{ours.ufrag}",
        f"a=ice-pwd:{ours.password}",
        "a=ice-options:trickle",
        "m=audio 9 UDP/TLS/RTP/SAVPF 0",
        *([f"a=mid:{mid}"] if mid else []),
        *(f"a=candidate:{candidate.to_sdp()}" for candidate in candidates),
        "a=end-of-candidates",
    ]
    return "\r\n".join(lines) + "\r\n"


def _line(line: str) -> str:
    """Return *line* as SDP has it: scripts know a candidate without the ``a=``."""
    line = line.strip()
    return f"a={line}" if line.startswith("candidate:") else line


def _one(name: str, lines: Iterable[str], form: re.Pattern[str]) -> str:
    """Return what the one line *name* says, empty without one. Raises Denied."""
    told = {line.removeprefix(name) for line in lines if line.startswith(name)}
    if len(told) > 1 or not all(form.fullmatch(each) for each in told):
        raise Denied("malformed", f"the fragment needs one good line {name}")
    return next(iter(told), "")


def _bare_ufrag(candidates: Iterable[str]) -> str:
    """Return the fragment that Chromium's candidates name themselves, if it is one."""
    named = (re.search(r" ufrag (\S+)", line) for line in candidates)
    found = {match[1] for match in named if match}
    return found.pop() if len(found) == 1 else ""


def _candidates(told: Iterable[str]) -> Iterator[Candidate]:
    for line in told:
        try:
            yield Candidate.from_sdp(line.removeprefix("a=candidate:"))
        except ValueError:
            continue
