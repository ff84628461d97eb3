"""Text that nobody in good faith would give, for property tests of what draws it."""

from __future__ import annotations

from hypothesis import strategies as st

_TRAPS = (
    "\u0301\u0337\u0489"  # marks
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2066\u2069\ufeff\u061c"  # invisible, bidi
    "\ufe0e\ufe0f\u20e3\U0001f3fd\U000e0067"  # what makes emoji
    "😀👩👦❤🇩🇪🏴☺1"
    "אשؤبلا۳\U0001e900\U0001e922"  # right to left
    "क्षिกำ가ᄀ각、，ー我"
    "\x00\n\t \u00a0\u2028\u3164\u2800\ufffc\ufffd\ue000\u0378\ud800\uffff\U00020000\U0010ffff"
    "aW.i…·?"
)
ANY_CHARACTER = st.characters(exclude_categories=())
"""Lone surrogates and unassigned ones too."""
ANY_TEXT = st.one_of(
    st.text(ANY_CHARACTER, max_size=60),
    st.text(st.sampled_from(_TRAPS), max_size=60),
    st.builds(lambda part, n: part * n, st.text(ANY_CHARACTER, min_size=1), st.integers(1, 2000)),
)
