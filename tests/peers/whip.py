"""FFmpeg's WHIP client, as PyAV has it: sends a tone until it is ended.

Usage: whip.py URL TOKEN HZ FOLDER (which holds cert.pem and key.pem of a P-256 certificate).
"""

from __future__ import annotations

import sys
import time

import av
import numpy as np

from peers.guest import RATE, SLOT


def main(url: str, token: str, hertz: int, folder: str) -> None:
    options = {
        "authorization": token,
        "cert_file": f"{folder}/cert.pem",
        "key_file": f"{folder}/key.pem",
    }
    times = np.arange(SLOT)
    with av.open(url, "w", format="whip", options=options) as output:
        stream = output.add_stream("libopus", rate=RATE, layout="stereo")
        start = time.monotonic()
        slot = 0
        while True:
            wave = 3277 * np.sin(2 * np.pi * hertz * (times + slot * SLOT) / RATE)
            interleaved = np.repeat(wave.astype(np.int16), 2)[np.newaxis]
            frame = av.AudioFrame.from_ndarray(interleaved, format="s16", layout="stereo")
            frame.sample_rate, frame.pts = RATE, slot * SLOT
            output.mux(stream.encode(frame))
            slot += 1
            # The muxer sends at once whatever it is given: keep to the clock.
            time.sleep(max(0.0, start + slot * SLOT / RATE - time.monotonic()))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
