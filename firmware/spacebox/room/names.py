"""What people write about themselves, made fit to be shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import regex

NAME_GRAPHEMES = 32
NAME_CODE_POINTS = 128

_JOINERS = "\u200c\u200d"  # Persian and emoji families need them
_INVISIBLE = ("C", "Z", "M")


def clean(text: str) -> str:
    """Return *text* in NFC without control, bidi, private or unassigned characters.

    White space of any kind becomes one space. Text with nothing to see becomes "".
    """
    spaced = regex.sub(r"\s+", " ", text)
    kept = "".join(c for c in spaced if c in _JOINERS or unicodedata.category(c)[0] != "C")
    normal = unicodedata.normalize("NFC", kept).strip(" " + _JOINERS)
    return normal if any(unicodedata.category(c)[0] not in _INVISIBLE for c in normal) else ""


def clean_name(text: str) -> str:
    """Return *text* as a name: cleaned, at most 32 graphemes (UAX #29) and 128 code points."""
    return _cut(clean(text), NAME_GRAPHEMES)


def unique_name(name: str, taken: Iterable[str]) -> str:
    """Return *name*, with a number added where somebody looks just like it."""
    keys = {_key(other) for other in taken}
    candidate, number = name, 2
    while _key(candidate) in keys:
        suffix = f" {number}"
        candidate = _cut(name, NAME_GRAPHEMES - len(suffix), NAME_CODE_POINTS - len(suffix))
        candidate += suffix
        number += 1
    return candidate


def _cut(text: str, graphemes: int, code_points: int = NAME_CODE_POINTS) -> str:
    kept = ""
    for cluster in regex.findall(r"\X", text)[:graphemes]:
        if len(kept) + len(cluster) > code_points:
            break
        kept += cluster
    return kept.strip(" " + _JOINERS)


def _key(name: str) -> str:
    """Fold what differs in bytes but not to the eye: case, width, joiners."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in folded if c not in _JOINERS and not c.isspace())
