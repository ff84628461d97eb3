"""Malformed and oversized requests, made up from our own description, harm nothing.

Every answer is one that the description knows, none is a failure of the box, and the room goes on.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from typing import Any, TypeVar

import pytest
import requests
import schemathesis
from away import Trips
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from served import SITE, Face, Lines

from spacebox.engines.streams import Streams
from spacebox.hub import Hub
from spacebox.room.commands import Command, Join, Leave, MakeCohost, Report, StartSpace
from spacebox.room.model import HOST, Role, State, new_room
from spacebox.web.pair import Pairing
from spacebox.web.server import Server
from spacebox.web.services import Services

T = TypeVar("T")

QUICK = settings(
    max_examples=20,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


@schemathesis.serializer("application/sdp", "application/trickle-ice-sdpfrag")
def write_sdp(_ctx: schemathesis.SerializationContext, value: Any) -> bytes:
    return str(value).encode("utf-8", "surrogatepass")


class Afar:
    """A server in a thread of its own, so that a client that blocks can ask it."""

    def __init__(self) -> None:
        self._now = 0.0
        self._last = ""
        self.hub = Hub(new_room("Mira"), self._clock)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.server = self.call(lambda: self._build())
        self.port = self.run(self.server.listen("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.port}"
        self.submit(StartSpace(HOST, title="Slow radio at night"))

    def _clock(self) -> float:
        # Time flies: no limit of so many per second is met here.
        self._now += 10.0
        return self._now

    def _build(self) -> Server:
        face = Face()
        return Server(
            self.hub,
            SITE,
            Services(
                signalling=Lines(),
                broadcast=Streams(self.hub),
                health=lambda: (),
                faults=lambda: (),
                metrics=lambda: b"",
                presence=lambda _who, _present: None,
                front=face,
                fingers=face.fingers,
                visits=Trips(self._clock),
                pairing=Pairing(self._clock),
            ),
        )

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def call(self, work: Callable[[], T]) -> T:
        done: Future[T] = Future()
        self._loop.call_soon_threadsafe(lambda: done.set_result(work()))
        return done.result(10)

    def submit(self, command: Command | Report) -> None:
        self.call(lambda: self.hub.submit(command))

    def seat(self, role: Role) -> str:
        """Return the token of somebody new in this role, in place of the last one."""
        self.submit(Leave(self._last))
        with requests.post(f"{self.url}/api/join", json={"name": "Ana"}, timeout=10) as response:
            seat = response.json()
        self._last = seat["participant"]
        if role is Role.SPEAKER:
            self.submit(Join(self._last, role=role))
        if role is Role.COHOST:
            self.submit(MakeCohost(HOST, self._last))
        assert self.hub.room.participants[self._last].role is role
        return str(seat["token"])

    def stop(self) -> None:
        self.run(self.server.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@pytest.fixture(scope="module")
def afar() -> Iterator[Afar]:
    afar = Afar()
    yield afar
    afar.stop()


def unharmed(afar: Afar) -> None:
    """Check that the room lives and takes people in."""
    room = afar.hub.room
    assert room.state is State.LIVE
    assert room.participants[HOST].role is Role.HOST
    assert afar.seat(Role.LISTENER)


def described(afar: Afar) -> Iterator[schemathesis.APIOperation]:
    """Give every operation of the description but the streams, which have no end."""
    schema = schemathesis.openapi.from_url(f"{afar.url}/openapi.json")
    for found in schema.exclude(path_regex=r"(events|listen\.\w+)$").get_all_operations():
        yield found.ok()


def takes_json(operation: schemathesis.APIOperation) -> bool:
    return any(body.media_type == "application/json" for body in operation.body)


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize("role", [None, Role.LISTENER, Role.SPEAKER, Role.COHOST])
def test_whatever_is_sent(afar: Afar, role: Role | None, mode: GenerationMode) -> None:
    asked = 0
    for operation in described(afar):
        if mode is GenerationMode.NEGATIVE and not takes_json(operation):
            continue  # no text is the wrong text

        @QUICK
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: schemathesis.Case) -> None:
            headers = {"Authorization": f"Bearer {afar.seat(role)}"} if role else {}
            case.call_and_validate(checks=CHECKS, headers=headers)
            unharmed(afar)

        ask()
        asked += 1
    assert asked >= 3
