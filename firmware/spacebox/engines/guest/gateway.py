"""A session with a Janus server by its WebSocket API, with one plugin of it.

https://janus.conf.meetecho.com/docs/rest.html. Each request has a `transaction`, which its answer
repeats; a plugin may acknowledge first and answer by an event. What comes is a stranger's: it is
bounded in size and number, and nothing in it is taken for granted.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import (
    ClientConnectorCertificateError,
    ClientError,
    ClientHandlerType,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientWebSocketResponse,
    DummyCookieJar,
    WSMsgType,
    WSServerHandshakeError,
)
from yarl import URL

from spacebox.engines.guest.engine import Lost
from spacebox.ports import Denied
from spacebox.room.strangers import table

Json = Mapping[str, Any]

PROTOCOL = "janus-protocol"
MESSAGE_BYTES = 1 << 18
"""A room of a thousand is told in half of that."""
MESSAGE_S, BYTE_S = 1 / 100, 1 / 250_000
"""What a message may cost at most, in the long run: those that come faster wait in the network."""
BURST_S = 2.0
ANSWER_S = 10.0
ALIVE_S = 25.0
"""Janus lets go of a session that said nothing for a minute."""
SILENT_S = 20.0


class Refused(Exception):
    """What Janus or its plugin said no to, by their number and in their words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


class Gateway:
    """One session. `hear` gets what is no answer, `lost` why it ended unless by `close`."""

    def __init__(
        self,
        http: ClientSession,
        socket: ClientWebSocketResponse,
        where: str,
        hear: Callable[[Json], None],
        lost: Callable[[Lost], None],
    ) -> None:
        self._http, self._socket = http, socket
        self._where = where
        self._hear, self._lost = hear, lost
        self._transactions = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._ids: dict[str, int] = {}
        self._tasks = (
            asyncio.create_task(self._read(), name="what Janus says"),
            asyncio.create_task(self._stay_alive(), name="Janus's session"),
        )

    @classmethod
    async def open(
        cls, url: str, plugin: str, hear: Callable[[Json], None], lost: Callable[[Lost], None]
    ) -> Gateway:
        """Connect to *url* (ws or wss) and attach to *plugin*. Raises Lost, Denied or Refused."""
        where = URL(url).host or url
        http = ClientSession(cookie_jar=DummyCookieJar(), middlewares=(_nowhere_else,))
        try:
            socket = await _connect(http, url, where)
        except BaseException:
            await http.close()
            raise
        gateway = cls(http, socket, where, hear, lost)
        try:
            await gateway._begin(plugin)
        except BaseException:
            await gateway.close()
            raise
        return gateway

    async def tell(self, body: Json, offer: str | None = None) -> tuple[Json, str]:
        """Send the plugin a request; return what it answers, and the SDP that comes with it.

        Raises Lost or Refused.
        """
        jsep = {} if offer is None else {"jsep": {"type": "offer", "sdp": offer}}
        answer = await self._ask("message", body=body, **jsep)
        data = table(table(answer.get("plugindata")).get("data"))
        if "error_code" in data:
            raise Refused(number(data["error_code"]), text(data.get("error")))
        return data, text(table(answer.get("jsep")).get("sdp"))

    async def close(self) -> None:
        """Let the session go; may be called again."""
        for task in self._tasks:
            task.cancel()
        self._ids.pop("handle_id", None)
        try:
            async with asyncio.timeout(1):
                await self._say("destroy")
                await self._socket.close()
        except (ClientError, OSError, TimeoutError):
            pass  # they find out by themselves
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.close()

    async def _begin(self, plugin: str) -> None:
        created = await self._ask("create")
        self._ids["session_id"] = number(table(created.get("data")).get("id"))
        attached = await self._ask("attach", plugin=plugin)
        self._ids["handle_id"] = number(table(attached.get("data")).get("id"))

    async def _ask(self, kind: str, **fields: object) -> Json:
        """Send a request; return what follows its acknowledgement."""
        transaction = str(next(self._transactions))
        answer = self._waiting[transaction] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._say(kind, transaction, **fields)
                told: Json = await answer
        except TimeoutError:
            raise Lost(f"{self._where} does not answer.") from None
        except (ClientError, OSError):
            raise self._gone() from None
        finally:
            del self._waiting[transaction]
        if told.get("janus") == "error":
            error = table(told.get("error"))
            raise Refused(number(error.get("code")), text(error.get("reason")))
        return told

    async def _say(self, kind: str, transaction: str = "0", **fields: object) -> None:
        message = {"janus": kind, "transaction": transaction, **self._ids, **fields}
        await self._socket.send_str(json.dumps(message))

    async def _stay_alive(self) -> None:
        while True:
            await asyncio.sleep(ALIVE_S)
            try:
                await self._say("keepalive")
            except (ClientError, OSError):
                return  # whoever reads is told

    async def _read(self) -> None:
        """Take what comes until the connection ends, no faster than can be borne."""
        loop = asyncio.get_running_loop()
        paid_until = 0.0
        while (received := await self._socket.receive()).type is WSMsgType.TEXT:
            self._take(received.data)
            cost = MESSAGE_S + len(received.data) * BYTE_S
            paid_until = max(paid_until, loop.time()) + cost
            await asyncio.sleep(max(0.0, paid_until - loop.time() - BURST_S))
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(self._gone())
        self._lost(self._gone())

    def _take(self, data: str) -> None:
        try:
            message = json.loads(data)
        except (ValueError, RecursionError):
            return
        if not isinstance(message, dict) or message.get("janus") == "ack":
            return
        answer = self._waiting.get(text(message.get("transaction")))
        if answer is None:
            self._hear(message)
        elif not answer.done():
            answer.set_result(message)

    def _gone(self) -> Lost:
        return Lost(f"The connection to {self._where} broke.")


def text(value: object) -> str:
    """Return a text as it is, "" for anything else."""
    return value if isinstance(value, str) else ""


def number(value: object) -> int:
    """Return a whole number, 0 for anything else."""
    return value if type(value) is int else 0


async def _connect(http: ClientSession, url: str, where: str) -> ClientWebSocketResponse:
    try:
        async with asyncio.timeout(ANSWER_S):
            socket = await http.ws_connect(
                url, protocols=(PROTOCOL,), heartbeat=SILENT_S, max_msg_size=MESSAGE_BYTES
            )
    except WSServerHandshakeError as error:
        if error.status >= 500:
            raise Lost(f"{where} has trouble of its own.") from error
        raise Denied("not_found", f"There is no Janus server at {where}.") from error
    except TimeoutError:
        raise Lost(f"{where} does not answer.") from None
    except ClientConnectorCertificateError:
        raise Lost(f"The certificate of {where} is not known here.") from None
    except (ClientError, OSError, ValueError) as error:
        raise Lost(f"{where} cannot be reached.") from error
    if socket.protocol != PROTOCOL:
        await socket.close()
        raise Denied("not_found", f"There is no Janus server at {where}.")
    return socket


async def _nowhere_else(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Follow nobody: a PIN is for whom it was given to."""
    response = await handler(request)
    if 300 <= response.status < 400:
        response.close()
        raise Denied(
            "not_found", f"{request.url.host} sends us elsewhere. Ask for the new address."
        )
    return response
