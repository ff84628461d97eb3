"""Texts that are hard to set."""

from __future__ import annotations

LONG_TITLE = "An evening of very slow radio, and what it taught us all about listening"
LONG_REASON = "My antenna hums at night; may I let you hear it, and ask why"
"""60 characters, which is what a reason may have."""
LONG_QUESTION = (
    "I built the antenna that Tomás spoke about, and it hums at night; "
    "what would you do to find out why it does so?"
)
WIDE = "W" * 32
WIDE_CJK = "山本純" * 10 + "山本"
ARABIC = "ليلى الحسيني"
HEBREW = "נועה בן־דוד"
MIXED = "Гости и 東京 مرحبا — an evening with all of them"
HOSTILE = "\u202eevil\u202c \x1b[2J\x00Z" + "\u0310\u0301\u0323" * 40 + " 👨‍👩‍👧‍👦" * 20 + "ᄒ" * 50
ENDLESS = "endless " * 12_500
"""100,000 characters."""
