"""What people write about themselves, made fit to be shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import regex

NAME_GRAPHEMES = 32
NAME_CODE_POINTS = 128
RAW_NAME = 512
"""Code points of a name as it is sent: putting marks in order takes the square of their number."""

_JOINERS = "\u200c\u200d"  # Persian and emoji families need them
_BLANK = "\u2800\u3164\uffa0"  # Braille and Hangul fillers: no space by name, one to the eye
_SPACE = regex.compile(rf"[\s{_BLANK}]")
_VISIBLE = regex.compile(r"[^\p{C}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}]")
_UNSEEN = regex.compile(r"[\s\p{Default_Ignorable_Code_Point}]")


def clean(text: str) -> str:
    """Return *text* in NFC without control, bidi, private or unassigned characters.

    White space of any kind becomes one space. Text with nothing to see becomes "".
    """
    spaced = _SPACE.sub(" ", text)
    kept = "".join(c for c in spaced if c in _JOINERS or unicodedata.category(c)[0] != "C")
    single = regex.sub(" +", " ", kept)
    return _seen(unicodedata.normalize("NFC", single).strip(" " + _JOINERS))


def clean_within(text: str, length: int) -> str | None:
    """Return *text* cleaned, or None where it has more than *length* code points."""
    if len(text) > 4 * length:  # a tab for each letter is forgiven, a flood is not even read
        return None
    cleaned = clean(text)
    return cleaned if len(cleaned) <= length else None


def clean_name(text: str) -> str:
    """Return *text* as a name: cleaned, at most 32 graphemes (UAX #29) and 128 code points."""
    return _seen(_cut(clean(text[:RAW_NAME]), NAME_GRAPHEMES))


def unique_name(name: str, taken: Iterable[str]) -> str:
    """Return *name*, with a number added where somebody looks just like it."""
    keys = {_key(other) for other in taken}
    candidate, number = name, 2
    while _key(candidate) in keys:
        suffix = f" {number}"
        candidate = _cut(name, NAME_GRAPHEMES - len(suffix), NAME_CODE_POINTS - len(suffix))
        candidate = (candidate + suffix).strip()
        number += 1
    return candidate


def sentence(text: str) -> str:
    """Return *text* as one reads it: with a capital, and with a full stop where it has no sign."""
    ended = text.endswith((".", "!", "?", "…"))
    return f"{text[:1].upper()}{text[1:]}{'' if ended or not text else '.'}"


def _seen(text: str) -> str:
    return text if _VISIBLE.search(text) else ""


def _cut(text: str, graphemes: int, code_points: int = NAME_CODE_POINTS) -> str:
    clusters = regex.findall(r"\X", text)[:graphemes]
    kept = ""
    for cluster in clusters:
        if kept and len(kept) + len(cluster) > code_points:
            break
        kept += cluster[:code_points]
    return kept.strip(" " + _JOINERS)


def _key(name: str) -> str:
    """Fold what differs in bytes but not to the eye: case, width, joiners, selectors."""
    return str(_UNSEEN.sub("", unicodedata.normalize("NFKC", name).casefold()))
