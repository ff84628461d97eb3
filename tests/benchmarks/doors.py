"""How a listener is let in: WHEP, and the HTTP API of Janus."""

from __future__ import annotations

import http.client
import itertools
import json
from contextlib import closing
from typing import Any, Protocol
from urllib.parse import urlsplit

from benchmarks.listener import Ear, Listener, Plain, address
from spacebox.rtc.identity import Identity

ROOM = 1
"""Of the AudioBridge; also the mountpoint of Streaming."""
PER_ADDRESS = 25
"""A box lets so many in at once from one address."""
TIMEOUT_S = 40.0

Message = dict[str, Any]


class Door(Protocol):
    """Signalling with one server."""

    def enter(self, number: int) -> Ear:
        """Make listener *number*, counted from 0, who is connected by `poll` alone from here on."""

    def close(self) -> None:
        """Take leave of the server for all."""


class Whep:
    """Offers to a box, or to whatever speaks WHEP on a loopback address."""

    def __init__(self, url: str) -> None:
        self._server = urlsplit(url).netloc
        self._host, self._identity = address(), Identity.new()
        self._locations: list[tuple[int, str]] = []

    def enter(self, number: int) -> Listener:
        listener = Listener(self._host, self._identity, offering=True)
        status, answer, location = self._call("POST", "/whep", number, listener.describe("actpass"))
        assert status == 201, answer
        if location is not None:
            self._locations.append((number, location))
        listener.meet(answer)
        return listener

    def close(self) -> None:
        for number, location in self._locations:
            self._call("DELETE", location, number)

    def _call(
        self, method: str, path: str, number: int, body: str = ""
    ) -> tuple[int, str, str | None]:
        source = (f"127.0.0.{2 + number // PER_ADDRESS}", 0)
        connection = http.client.HTTPConnection(
            self._server, timeout=TIMEOUT_S, source_address=source
        )
        with closing(connection):
            connection.request(method, path, body, {"Content-Type": "application/sdp"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.headers["Location"]


class Janus:
    """One session of the Janus API, by HTTP: requests are acknowledged, answers are fetched."""

    def __init__(self, url: str) -> None:
        where = urlsplit(url)
        self._server, self._path = where.netloc, where.path
        self._transactions = itertools.count()
        self._path += f"/{self.request({'janus': 'create'})['data']['id']}"

    def attach(self, plugin: str) -> int:
        """Return a new handle."""
        request = {"janus": "attach", "plugin": f"janus.plugin.{plugin}"}
        handle: int = self.request(request)["data"]["id"]
        return handle

    def ask(self, handle: int, body: Message) -> Message:
        """Return what a plugin answers at once."""
        data: Message = self.request({"janus": "message", "body": body}, handle)["plugindata"]
        assert "error" not in data["data"], data
        return data["data"]

    def tell(self, handle: int, body: Message, jsep: Message | None = None) -> Message:
        """Return the event by which a plugin answers later, with its own `jsep` if there is."""
        offer = {} if jsep is None else {"jsep": jsep}
        asked = self.request({"janus": "message", "body": body, **offer}, handle)
        while True:
            event = self._call("GET", f"{self._path}?maxev=1")
            event = event[0] if isinstance(event, list) else event
            if event.get("transaction") == asked["transaction"]:
                assert "error" not in event["plugindata"]["data"], event
                return event

    def close(self) -> None:
        self.request({"janus": "destroy"})

    def request(self, message: Message, handle: int | None = None) -> Message:
        path = self._path if handle is None else f"{self._path}/{handle}"
        message["transaction"] = str(next(self._transactions))
        answer: Message = self._call("POST", path, json.dumps(message))
        assert answer["janus"] in ("success", "ack"), answer
        return answer

    def _call(self, method: str, path: str, body: str | None = None) -> Any:
        connection = http.client.HTTPConnection(self._server, timeout=TIMEOUT_S)
        with closing(connection):
            connection.request(method, path, body)
            return json.load(connection.getresponse())


class AudioBridge:
    """A room where each listener is sent a mix and an encoding of their own."""

    def __init__(self, url: str) -> None:
        self._janus = Janus(url)
        self._host, self._identity = address(), Identity.new()

    def enter(self, number: int) -> Listener:
        listener = Listener(self._host, self._identity, offering=True)
        offer = {"type": "offer", "sdp": listener.describe("actpass")}
        join = {"request": "join", "room": ROOM, "display": str(number), "muted": True}
        event = self._janus.tell(self._janus.attach("audiobridge"), join, offer)
        listener.meet(event["jsep"]["sdp"])
        return listener

    def close(self) -> None:
        self._janus.close()


class Streaming:
    """A mountpoint that hands on what it is fed; here it is the server that makes the offer."""

    def __init__(self, url: str) -> None:
        self._janus = Janus(url)
        self._host, self._identity = address(), Identity.new()

    def enter(self, _number: int) -> Listener:
        handle = self._janus.attach("streaming")
        event = self._janus.tell(handle, {"request": "watch", "id": ROOM})
        listener = Listener(self._host, self._identity, offering=False)
        listener.meet(event["jsep"]["sdp"])
        answer = {"type": "answer", "sdp": listener.describe("passive", mid="a")}
        self._janus.tell(handle, {"request": "start"}, answer)
        return listener

    def close(self) -> None:
        self._janus.close()


class Bare:
    """No door at all: whoever sends to this machine's address, to a port for each listener."""

    def __init__(self, url: str) -> None:
        where = urlsplit(url)
        self._host, self._port = where.hostname or "", where.port or 0

    def enter(self, number: int) -> Plain:
        return Plain(self._host, self._port + number)

    def close(self) -> None:
        pass


DOORS = {"bare": Bare, "whep": Whep, "audiobridge": AudioBridge, "streaming": Streaming}
