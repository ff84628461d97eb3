"""The way to the daemon: HTTP over its unix socket."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from spacebox.cli.failures import Refusal, Unreachable
from spacebox.config.places import SOCKET, runtime_directories
from spacebox.room.names import sentence

_PATIENCE_S = 10.0


class Control:
    """Asks the daemon behind the first of *sockets* where one listens."""

    def __init__(self, sockets: tuple[Path, ...], patience_s: float = _PATIENCE_S) -> None:
        self._sockets = sockets
        self._patience_s = patience_s

    @classmethod
    def find(
        cls,
        named: Path | None,
        environ: Mapping[str, str] = os.environ,
        patience_s: float = _PATIENCE_S,
    ) -> Control:
        """Return the way to the socket *named*, else to the usual ones."""
        usual = (place / SOCKET for place in runtime_directories(environ))
        return cls((named,) if named is not None else tuple(usual), patience_s)

    def space(self) -> dict[str, Any]:
        """Return the host's snapshot, with ``faults`` and ``reachability``."""
        space: dict[str, Any] = self.ask("GET", "/api/space")
        return space

    def command(self, name: str, fields: Mapping[str, object]) -> list[dict[str, Any]]:
        """Have the room carry out a command; return the events that came of it."""
        answer = self.ask("POST", "/api/commands", {"command": name, **fields})
        events: list[dict[str, Any]] = answer["events"]
        return events

    def link(self, role: str) -> dict[str, str]:
        """Return an invitation as ``{"url", "token"}``."""
        link: dict[str, str] = self.ask("POST", "/api/link", {"role": role})
        return link

    def health(self) -> list[str]:
        """Return what is not well, in sentences."""
        status, content = self._exchange("GET", "/healthz", None)
        answer = _parsed(content)
        if isinstance(answer, dict) and isinstance(answer.get("reasons"), list):
            return [str(reason) for reason in answer["reasons"]]
        return [] if status == 200 else [f"the box answered {status}"]

    def ask(self, method: str, path: str, body: object = None, takes_s: float = 0.0) -> Any:
        """Return the answer's JSON, which the box needs *takes_s* for.

        Raises Refusal, and Unreachable where nobody answers.
        """
        return _parsed(self._have(method, path, body, takes_s))

    def fetch(self, path: str) -> bytes:
        """Return what is at *path*. Raises like `ask`."""
        return self._have("GET", path, None)

    def _have(self, method: str, path: str, body: object, takes_s: float = 0.0) -> bytes:
        status, content = self._exchange(method, path, body, takes_s)
        if 200 <= status < 300:
            return content
        answer = _parsed(content)
        reason = answer.get("reason") if isinstance(answer, dict) else None
        raise Refusal(sentence(reason or f"the box answered {status} to {method} {path}"))

    def _exchange(
        self, method: str, path: str, body: object, takes_s: float = 0.0
    ) -> tuple[int, bytes]:
        line = self._connect(self._patience_s + takes_s)
        sent = None if body is None else json.dumps(body).encode()
        headers = {} if sent is None else {"Content-Type": "application/json"}
        try:
            line.request(method, path, sent, headers)
            answer = line.getresponse()
            return answer.status, answer.read()
        except TimeoutError:
            raise Unreachable(
                f"The box does not answer within {self._patience_s + takes_s:.0f} s. Look at its "
                "screen, or restart it with `systemctl restart spacebox`."
            ) from None
        except (OSError, HTTPException) as error:
            raise Unreachable(
                f"The box hung up ({error or type(error).__name__}). "
                "Try again; `journalctl -u spacebox` says why."
            ) from None
        finally:
            line.close()

    def _connect(self, patience_s: float) -> HTTPConnection:
        for path in self._sockets:
            line = _UnixConnection(path, patience_s)
            try:
                line.connect()
            except PermissionError:
                line.close()
                raise Unreachable(
                    f"You may not use {path}. Join the group spacebox, or use sudo."
                ) from None
            except OSError:
                line.close()
            else:
                return line
        looked = " and ".join(str(path) for path in self._sockets)
        raise Unreachable(
            f"No Space box is running here (looked at {looked}). "
            "Start one with `spacebox sim` or `systemctl start spacebox`."
        )


def _parsed(content: bytes) -> Any:
    """Return the JSON in an answer, None where there is none."""
    try:
        return json.loads(content) if content else None
    except ValueError:
        return None


class _UnixConnection(HTTPConnection):
    def __init__(self, path: Path, patience_s: float) -> None:
        super().__init__("localhost", timeout=patience_s)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))
