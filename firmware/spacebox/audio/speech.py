"""Says a sentence to the host, by Debian's espeak-ng."""

from __future__ import annotations

import contextlib
import io
import logging
import subprocess
import threading
from collections import deque
from collections.abc import Callable

import numpy as np

from spacebox.audio.decode import decode
from spacebox.mixer.frame import SAMPLE_RATE, Samples
from spacebox.mixer.level import peak

log = logging.getLogger(__name__)

LOUDEST = 10 ** (-14 / 20)
WAITING = 2
LONGEST_TEXT = 160
LONGEST_S = 12
PATIENCE_S = 10.0
# A slower voice than its usual one; --stdin, so that no text is ever taken for an option.
_COMMAND = ("espeak-ng", "--stdin", "--stdout", "-b", "1", "-z", "-s", "160")


class Speech:
    """Turns text into samples in a thread of its own. What waits too long is forgotten."""

    def __init__(self, play: Callable[[Samples], None], stop: Callable[[], None]) -> None:
        """Hand what is said to *play*, at most `LONGEST_S` of 48 kHz, -14 dBFS at its peak.

        *stop* breaks off what is played.
        """
        self._play = play
        self._stop = stop
        self._hushed = 0
        self._waiting: deque[str] = deque(maxlen=WAITING)
        self._news = threading.Event()
        self._lock = threading.Lock()
        self._closing = False
        self._process: subprocess.Popen[bytes] | None = None
        self._trouble = ""
        self._thread = threading.Thread(target=self._run, name="speech", daemon=True)
        self._thread.start()

    def say(self, text: str) -> None:
        """Say *text* soon, its first `LONGEST_TEXT` characters. Never blocks."""
        self._waiting.append(_speakable(text))
        self._news.set()

    def hush(self) -> None:
        """Break off, and forget what was to be said. Never blocks."""
        self._hushed += 1
        self._waiting.clear()
        self._stop()

    def close(self) -> None:
        """Fall silent, whatever is being said."""
        with self._lock:
            self._closing = True
            if self._process is not None:
                self._process.kill()
        self._news.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._closing:
            self._news.wait()
            self._news.clear()
            with contextlib.suppress(IndexError):  # all said, or hushed meanwhile
                while True:
                    self._speak(self._waiting.popleft())

    def _speak(self, text: str) -> None:
        hushed = self._hushed
        try:
            wav = self._synthesise(text)
            samples = np.concatenate(list(decode(io.BytesIO(wav)))) if wav else None
        except FileNotFoundError:
            self._complain("it is not installed: apt-get install espeak-ng")
        except subprocess.TimeoutExpired:
            self._complain("it hangs")
        except (OSError, ValueError) as error:
            self._complain(str(error))
        else:
            if samples is None or hushed != self._hushed:
                return
            if (loudest := peak(samples)) > 0:
                self._play(samples[: LONGEST_S * SAMPLE_RATE] * np.float32(LOUDEST / loudest))

    def _synthesise(self, text: str) -> bytes:
        """Return a WAV file; nothing once closed."""
        pipe = subprocess.PIPE
        with self._lock:
            if self._closing:
                return b""
            self._process = process = subprocess.Popen(  # noqa: S603 nobody else chose a word of it
                _COMMAND, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
            )
        with process:
            try:
                wav, _ = process.communicate(text.encode(), PATIENCE_S)
            finally:
                process.kill()
        if self._closing:
            return b""
        if process.returncode:
            raise ChildProcessError(f"it ended with status {process.returncode}")
        return wav

    def _complain(self, trouble: str) -> None:
        """Log each trouble once."""
        if trouble != self._trouble:
            log.warning("espeak-ng cannot say who wants to speak: %s", trouble)
        self._trouble = trouble


def _speakable(text: str) -> str:
    """Leave out what espeak-ng takes for commands: control characters and [[phonemes]]."""
    kept = (character for character in text[:LONGEST_TEXT] if character.isprintable())
    return "".join(kept).replace("[", "(").replace("]", ")")
