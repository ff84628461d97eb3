"""One answered offer: a connection with a deadline, whose end is bounded too."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable

from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpTransceiver,
    RTCSessionDescription,
)

from spacebox.ports import Denied
from spacebox.rtc.gate import Way, admit

CONNECT_S = 15.0
"""From offer to connected."""
CLOSE_S = 5.0

log = logging.getLogger(__name__)


class Peer:
    """A connection that the other side offered and that carries sound one way.

    `on_change` is called when it connects and when it is over.
    """

    def __init__(self, way: Way, on_change: Callable[[], None]) -> None:
        self.id = secrets.token_urlsafe(16)
        self.connected = False
        self.over = False
        self._way = way
        self._on_change = on_change
        self._closing: asyncio.Task[None] | None = None
        self._negotiating = asyncio.Lock()
        # An explicit empty list: without it aiortc asks a public STUN server.
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connection.on("connectionstatechange", self._changed)
        self._deadline = asyncio.get_running_loop().call_later(CONNECT_S, self._give_up)

    async def answer(self, offer: str, track: MediaStreamTrack | None = None) -> str:
        """Return the SDP answer to *offer*, sending *track* if there is one. Raises Denied."""
        try:
            whole, audio = admit(offer, self._way)
            async with self._negotiating:
                await self._negotiate(audio, track)
        except Denied:
            self.close()
            raise
        except Exception as error:
            # aiortc's parser raises whatever it stumbles over: any exception means a bad offer.
            self.close()
            log.info("an offer was refused: %r", error)
            raise Denied("malformed", "the offer could not be understood") from error
        if self.over:
            raise Denied("not_now", "the connection was closed meanwhile")
        return whole.answer(self._connection.localDescription.sdp)

    async def _negotiate(self, offer: str, track: MediaStreamTrack | None) -> None:
        connection = self._connection
        await connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        self.transceiver.direction = "recvonly" if track is None else "sendonly"
        self.transceiver.sender.replaceTrack(track)
        await connection.setLocalDescription(await connection.createAnswer())

    @property
    def transceiver(self) -> RTCRtpTransceiver:
        """The one audio section."""
        return self._connection.getTransceivers()[0]

    def close(self) -> asyncio.Task[None]:
        """End the connection: it is over at once; the task returned ends with its sockets."""
        if self._closing is None:
            self._deadline.cancel()
            self._closing = asyncio.create_task(self._close())
            self.over, self.connected = True, False
            self._on_change()
        return self._closing

    async def _close(self) -> None:
        try:
            # What is closed while it gathers goes on to open sockets, and keeps them.
            async with asyncio.timeout(CLOSE_S), self._negotiating:
                await self._connection.close()
        except TimeoutError:
            log.warning("a connection did not close within %.0f s", CLOSE_S)

    def _changed(self) -> None:
        state = self._connection.connectionState
        if state == "connected" and not self.over:
            self._deadline.cancel()
            self.connected = True
            self._on_change()
        elif state in ("failed", "closed"):
            self.close()

    def _give_up(self) -> None:
        log.info("a connection was not made within %.0f s", CONNECT_S)
        self.close()
