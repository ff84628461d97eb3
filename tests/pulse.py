"""A private PulseAudio with null sinks, so that a test can plug real cables.

Everything lies in one directory and ends with the block, by process id. PortAudio reaches it
through ALSA's ``pulse`` plugin, which reads ``~/.asoundrc``: so what uses PortAudio runs as a
subprocess with `Pulse.env`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE_S = 20

# Without norewinds=1 later streams run at 0.7 of real time.
_SINK = "load-module module-null-sink sink_name={name} norewinds=1 rate=48000 channels=2\n"
_SOCKET = "load-module module-native-protocol-unix socket={socket} auth-anonymous=1\n"
_DEVICE = """pcm.{name} {{
    type pulse
    device "{device}"
    hint {{ show on description "{name}" }}
}}
"""


@dataclass(frozen=True)
class Pulse:
    """A running server with two null sinks: what is played to `into` is heard at `MICROPHONE`,
    and what is played to `SPEAKER` can be recorded at `out`.
    """

    home: Path
    env: dict[str, str]

    MICROPHONE = "boxmic"
    SPEAKER = "boxspeaker"

    @contextmanager
    def play(self, wav: Path) -> Iterator[None]:
        """Play a WAV file into the box's microphone."""
        with _running(["paplay", "--device=into", str(wav)], self.env):
            yield

    @contextmanager
    def record(self, wav: Path) -> Iterator[None]:
        """Record the box's speaker as a WAV file, from when sound arrives on."""
        command = ["parecord", "--device=out.monitor", "--file-format=wav", "--format=s16le"]
        command += ["--rate=48000", "--channels=1", "--latency-msec=20", str(wav)]
        with _running(command, self.env):
            until(lambda: wav.exists() and wav.stat().st_size > 10_000)
            yield


@contextmanager
def pulse() -> Iterator[Pulse]:
    """Run a PulseAudio of our own."""
    # Not pytest's tmp_path: a unix socket's path has 107 bytes.
    home = Path(tempfile.mkdtemp(prefix="pulse"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        server = prepare(home)
        stack.enter_context(serve(server))
        yield server


def prepare(home: Path) -> Pulse:
    """Write the configuration of a server in *home*, without starting it."""
    socket = home / "native"
    sinks = "".join(_SINK.format(name=name) for name in ("into", "out"))
    (home / "pulse.pa").write_text(_SOCKET.format(socket=socket) + sinks)
    devices = {Pulse.MICROPHONE: "into.monitor", Pulse.SPEAKER: "out"}
    text = "".join(_DEVICE.format(name=name, device=to) for name, to in devices.items())
    (home / ".asoundrc").write_text(text)
    env = os.environ | {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "PULSE_SERVER": f"unix:{socket}",
        "PULSE_STATE_PATH": str(home / "state"),
    }
    return Pulse(home, env)


@contextmanager
def serve(server: Pulse) -> Iterator[None]:
    """Run the server that was prepared."""
    command = ["pulseaudio", "-n", "-F", str(server.home / "pulse.pa"), "--exit-idle-time=-1"]
    command += ["--daemonize=no", "--use-pid-file=no", "--disallow-exit", "--log-level=error"]
    with _running(command, server.env):
        until(lambda: _answers(server.env))
        yield


def until(condition: Callable[[], bool]) -> None:
    """Wait until *condition* holds; an AssertionError after `PATIENCE_S`."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def _answers(env: dict[str, str]) -> bool:
    done = subprocess.run(["pactl", "info"], env=env, capture_output=True, check=False)
    return done.returncode == 0


@contextmanager
def _running(command: Sequence[str], env: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
