"""Chromium as a peer far away: it speaks what a file holds, or listens."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from box import Box
from relay import Relay, without_candidates

HERE = Path(__file__).parent
SDP = {"Content-Type": "application/sdp"}


@dataclass(frozen=True)
class Chromium:
    """One page with at most one connection."""

    _process: subprocess.Popen[str]

    def speak(self, box: Box, relay: Relay, token: str) -> None:
        """Send the microphone's sound to the box; *token* is of somebody on stage."""
        self._connect(box, relay, "/whip", "sendonly", token)

    def listen(self, box: Box, relay: Relay) -> None:
        self._connect(box, relay, "/whep", "recvonly", None)

    def statistics(self, kind: str) -> dict[str, Any]:
        """Return what the browser says about its ``inbound-rtp``, or another type of report."""
        found: dict[str, Any] = self._ask("statistics", kind)
        return found

    def _connect(self, box: Box, relay: Relay, path: str, way: str, token: str | None) -> None:
        offer = without_candidates(self._ask("offer", way))
        answer = box.call(path, offer, token=token, headers=SDP)
        assert answer.status == 201, answer
        self._ask("answer", relay.via(answer.body.decode()))

    def _ask(self, act: str, *arguments: object) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([act, *arguments]) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def chromium(url: str, microphone: Path | None = None) -> Iterator[Chromium]:
    """Open a page of the box; the *microphone* plays a WAV file again and again."""
    flags = [] if microphone is None else [f"--use-file-for-fake-audio-capture={microphone}"]
    command = ["node", str(HERE / "far_peer.mjs"), url, *flags]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        yield Chromium(process)
        assert process.stdin is not None
        process.stdin.close()
