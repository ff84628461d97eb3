"""What the sound check finds, and what to do about it. Pure."""

from __future__ import annotations

from spacebox.panel.figures import level
from spacebox.panel.views import Check, SoundCheck
from spacebox.ports import Loudness
from spacebox.ports.elsewhere import Reach

QUIET_ROOM_DB = -50.0
VOICE_DB = -40.0


def sound_check(heard: Loudness, *, speaker_well: bool, reach: Reach | None) -> SoundCheck:
    """Judge what the microphone hears."""
    voice = heard.peak_db >= VOICE_DB
    checks = (
        Check("voice", True if voice else None),
        Check("quiet room", heard.noise_db <= QUIET_ROOM_DB),
        Check("loudness", not heard.clipped),
        Check("speaker", speaker_well),
    )
    return SoundCheck(_advice(heard, voice, speaker_well), checks, level(heard), reach)


def _advice(heard: Loudness, voice: bool, speaker_well: bool) -> str:
    if heard.clipped:
        return "a step back"
    if not speaker_well:
        return "no speaker"
    if heard.noise_db > QUIET_ROOM_DB:
        return "noisy here"
    return "good" if voice else "speak now"
