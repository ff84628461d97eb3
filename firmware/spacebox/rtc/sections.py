"""The media sections of an offer: we take the audio and decline the video (RFC 3264 §6).

OBS and players that know pictures offer both. What is declined is kept from the parser.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

Section = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer in its parts."""

    session: Section
    media: tuple[Section, ...]
    """Each begins with its m= line."""

    @classmethod
    def of(cls, lines: Sequence[str]) -> Offer:
        """Cut an offer at its m= lines."""
        starts = (n for n, line in enumerate(lines) if line.startswith("m="))
        borders = pairwise((0, *starts, len(lines)))
        session, *media = (tuple(lines[start:end]) for start, end in borders)
        return cls(session, tuple(media))

    @property
    def kinds(self) -> list[str]:
        """What each section is for: ``audio``, ``video``, ``application``…"""
        return [section[0][2:].split(" ")[0] for section in self.media]

    def audio_lines(self) -> list[str]:
        """Return the lines of an offer of the first audio section alone."""
        audio = self.media[self.kinds.index("audio")]
        return [_ungrouped(line, _mid(audio)) for line in self.session] + list(audio)

    def answer(self, sdp: str) -> str:
        """Return *sdp*, the answer to the audio alone, as the answer to the whole offer."""
        answered = Offer.of(sdp.splitlines())
        lines = list(answered.session)
        for kind, section in zip(self.kinds, self.media, strict=True):
            lines += answered.media[0] if kind == "audio" else _declined(section)
        return "\r\n".join(lines) + "\r\n"


def _mid(section: Section) -> str:
    return next((line[len("a=mid:") :] for line in section if line.startswith("a=mid:")), "")


def _ungrouped(line: str, mid: str) -> str:
    """Leave only *mid* in a line that bundles sections (RFC 9143)."""
    return f"a=group:BUNDLE {mid}" if line.startswith("a=group:BUNDLE") else line


def _declined(section: Section) -> Iterator[str]:
    """Answer a section with port zero."""
    kind, _, *rest = section[0].split(" ")
    yield " ".join([kind, "0", *rest])
    yield "c=IN IP4 0.0.0.0"
    if mid := _mid(section):
        yield f"a=mid:{mid}"
    yield "a=inactive"
