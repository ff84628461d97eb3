"""A box with a sound card and a guest who hums, for `test_audio_card`.

Arguments: microphone, speaker and a file for the programme. Prints a line of JSON every 100 ms
of media time; ``mute`` and ``unmute`` on stdin do so, its end ends the box. ``silent`` in a line
says whether all of the last mute was, from the tick after the next on.
"""

from __future__ import annotations

import json
import logging
import sys

from spacebox.audio.opus import Decoder
from spacebox.audio.portaudio import usable
from spacebox.audio.pump import Pump
from spacebox.audio.sinks import open_speaker
from spacebox.audio.sources import Tone, open_microphone
from spacebox.mixer.level import FLOOR_DB
from spacebox.ports import Tick
from wires import Loose

GUEST_HZ = 440


def main(microphone_spec: str, speaker_spec: str, programme: str) -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    names = [None if spec == "card" else spec[5:] for spec in (microphone_spec, speaker_spec)]
    print(json.dumps([usable("input", names[0]), usable("output", names[1])]), flush=True)
    microphone, speaker = open_microphone(microphone_spec), open_speaker(speaker_spec)
    tape, decoder = open_speaker(f"file:{programme}"), Decoder()
    levels: list[float] = []
    silent = True

    def deliver(tick: Tick) -> None:
        tape.push(decoder.decode(tick.programme))
        levels.append(tick.voices["host"].level_db)
        if tick.index % 5 == 0:
            state = {
                "index": tick.index,
                "level": levels[-1],
                "hears": microphone.loudness().level_db,
                "lost": [microphone.lost, speaker.lost],
                "silent": silent,
            }
            print(json.dumps(state), flush=True)

    pump = Pump(deliver, Loose())
    pump.seat("host", microphone, muted=False)
    pump.seat("guest", Tone(GUEST_HZ), muted=False)
    pump.hear("host", speaker)
    pump.start()
    muted_at = 0
    for line in sys.stdin:
        if line.strip() == "mute":
            microphone.mute(True)
            muted_at = len(levels)
        else:
            silent = {*levels[muted_at + 2 :]} == {FLOOR_DB}
            microphone.mute(False)
    pump.stop()
    for device in (microphone, speaker, tape):
        device.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
