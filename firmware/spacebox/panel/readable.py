"""What is left to draw of a text that may be hostile.

After `readable` each cluster has a glyph or is a single space, none is longer than a few
characters, nothing in it steers the writing direction, and the whole is bounded.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import regex

from spacebox.panel.glyphs import Unifont, in_unifont

LONGEST = 320
"""Characters that are looked at: more than five lines of the glass hold."""
ELLIPSIS = "…"
_DOT = "·"
_MARKS = 3
"""Marks of one letter that are drawn; the longest sensible ones have three."""
_CLUSTER = 8
"""Characters of one cluster: a Devanagari conjunct of four letters has seven."""

_HEARTS = frozenset("❣❤♡♥💌🖤🤍🤎🧡🩵🩶🩷") | {chr(code) for code in range(0x1F493, 0x1F4A0)}
_SMILES = frozenset("☺😗😘😙😚😛😜😝😸😹😺😻😼😽🙂🙃🤓🤗🤠🤣🤩🤪🤭🥰🥳") | {
    chr(code) for code in range(0x1F600, 0x1F610)
}
_PICTURE = (
    r"(?:[❣❤♡♥☺\U0001F000-\U0001FAFF]|\p{Emoji_Presentation}"
    r"|\p{Extended_Pictographic}(?=\uFE0F))"
)
_TONE = r"[\uFE0E\uFE0F\U0001F3FB-\U0001F3FF\U000E0020-\U000E007F]"
_EMOJI = regex.compile(rf"{_PICTURE}{_TONE}*(?:\u200D\p{{Extended_Pictographic}}{_TONE}*)*")
_FLAG = regex.compile(r"\p{Regional_Indicator}{1,2}")
_UNSEEN = regex.compile(
    r"(?!\s)(?![\u200C\u200D])[\p{C}\p{Default_Ignorable_Code_Point}\u2800\u20E3\uFFFC]"
)
_JOINERS = regex.compile(r"(?<![\p{L}\p{M}])[\u200C\u200D]+")
_IDLE_JOINERS = regex.compile(
    r"(?<=[\p{Latin}\p{Greek}\p{Cyrillic}\p{Hebrew}][\p{M}\u200C\u200D]*)[\u200C\u200D]"
)
_LETTER = regex.compile(r"\p{Grapheme_Cluster_Break=Prepend}|\X")
_RIGHT_TO_LEFT = regex.compile(r"[\p{bc=R}\p{bc=AL}]")
_STRONG = regex.compile(r"[\p{bc=L}\p{bc=R}\p{bc=AL}]")


def readable(text: str) -> str:
    """`text` without what cannot or must not be drawn, spaces collapsed; may be empty.

    Composed (NFC), emoji as ``♥``, ``:)`` or ``·``, as is a letter that no font has; control
    and bidi control characters gone, marks bounded. What is behind `LONGEST` is a ``…``.
    """
    return _readable(text[: LONGEST + 1])


@lru_cache(maxsize=256)
def _readable(text: str) -> str:
    """Of one character more than `LONGEST`, which tells that there is more."""
    seen = _FLAG.sub(_DOT, text[:LONGEST])
    seen = _EMOJI.sub(_symbol, seen)
    for unseen in (_UNSEEN, _JOINERS, _IDLE_JOINERS):
        seen = unseen.sub("", seen)
    seen = unicodedata.normalize("NFC", " ".join(seen.split()))
    drawn = " ".join("".join(map(_drawable, clusters(seen))).split())
    if drawn and max(len(text), len(drawn)) > LONGEST:
        return drawn[:LONGEST].rstrip() + ELLIPSIS
    return drawn


def clusters(text: str) -> list[str]:
    """What a reader calls the characters of `text` (UAX #29), but signs that stand before a
    letter apart: with a digit they would want two fonts at once."""
    found: list[str] = _LETTER.findall(text)
    return found


def direction(text: str) -> str | None:
    """``rtl`` or ``ltr`` by the first strong letter (UAX #9, P2); None: nothing runs leftwards."""
    if not _RIGHT_TO_LEFT.search(text):
        return None
    return "rtl" if _RIGHT_TO_LEFT.match(_STRONG.search(text)[0]) else "ltr"


def _symbol(emoji: regex.Match[str]) -> str:
    found = emoji[0]
    if not _HEARTS.isdisjoint(found):
        return "♥"
    return ":)" if found[0] in _SMILES else _DOT


def _drawable(cluster: str) -> str:
    base = cluster[0]
    if base.isspace():
        return " "
    if unicodedata.combining(base) or unicodedata.category(base).startswith("M"):
        return ""
    part = Unifont.of(base)
    if not in_unifont(base, part):
        return _DOT
    return base + _bounded(cluster[1:_CLUSTER], part)


def _bounded(rest: str, part: Unifont) -> str:
    """What follows a letter within its cluster: few marks in a row, each with a glyph, and
    what joins or parts, but once."""
    kept, marks = "", 0
    for character in rest:
        if character in "\u200c\u200d":
            drawn = kept[-1:] not in ("\u200c", "\u200d")
        else:
            marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
            drawn = marks <= _MARKS and in_unifont(character, part)
        kept += character if drawn else ""
    return kept
