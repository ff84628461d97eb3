"""Whose a datagram is.

A request of STUN is known by its user name, an answer by its transaction, and everything else
only by an address at which a peer has answered a check of ours.
"""

from __future__ import annotations

from typing import Generic, TypeVar

from aioice.stun import Class

from spacebox.rtc.candidates import Address
from spacebox.rtc.ice import TOKEN_BYTES
from spacebox.rtc.stun import outline

T = TypeVar("T")


class Demux(Generic[T]):
    """Finds peers. Only the event loop changes it; `at` may be called from any thread."""

    def __init__(self) -> None:
        self._by_ufrag: dict[str, T] = {}
        self._by_token: dict[bytes, T] = {}
        self._by_address: dict[tuple[Address, Address], T] = {}

    def know(self, peer: T, token: bytes, ufrags: tuple[str, ...]) -> None:
        """Expect answers with *token* and requests for *ufrags*, beside those known before."""
        self._by_token[token] = peer
        for ufrag in ufrags:
            self._by_ufrag[ufrag] = peer

    def retire(self, ufrag: str) -> None:
        """Expect no more requests for *ufrag*."""
        self._by_ufrag.pop(ufrag, None)

    def open(self, peer: T, local: Address, remote: Address) -> None:
        """Take what comes from *remote* as this peer's, and no longer as another's."""
        self._by_address[local, remote] = peer

    def close(self, peer: T, local: Address, remote: Address) -> None:
        """Take what comes from *remote* as this peer's no more."""
        if self._by_address.get((local, remote)) is peer:
            del self._by_address[local, remote]

    def forget(self, peer: T, token: bytes, ufrags: tuple[str, ...]) -> None:
        """Know nothing of a peer any more."""
        self._by_token.pop(token, None)
        for ufrag in ufrags:
            self.retire(ufrag)
        for pair in [pair for pair, owner in self._by_address.items() if owner is peer]:
            del self._by_address[pair]

    def at(self, local: Address, remote: Address) -> T | None:
        """Return who was found to be at *remote*, seen from *local*."""
        return self._by_address.get((local, remote))

    def asked(self, datagram: bytes) -> T | None:
        """Return whom a message of STUN is for; None also for what is malformed."""
        message = outline(datagram)
        if message is None:
            return None
        if message.kind is Class.REQUEST:
            return self._by_ufrag.get(message.ufrag)
        return self._by_token.get(message.transaction[:TOKEN_BYTES])
