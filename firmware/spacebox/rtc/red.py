"""RED (RFC 2198): each packet brings along the ones before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MOST_OFFSET: Final = (1 << 14) - 1
"""In samples: 341 ms at 48 kHz."""
MOST_BYTES: Final = (1 << 10) - 1
"""Of a redundant block; the primary may be longer."""
MOST_REDUNDANT: Final = 8
"""Blocks in a packet that is read: each one costs time, and nobody needs half as many."""

_MORE: Final = 0x80
_HEADER: Final = 4


class RedError(ValueError):
    """A payload that is not RED."""


@dataclass(frozen=True, slots=True)
class Block:
    """One payload inside another."""

    payload_type: int
    """7 bits."""
    offset: int
    """How many timestamp units earlier than the packet's own timestamp; 0 for the primary."""
    payload: bytes


def parse(payload: bytes) -> tuple[Block, ...]:
    """Return the blocks of a RED payload, the oldest first and the primary last.

    Raises RedError.
    """
    headers, at = _headers(payload)
    blocks = []
    for payload_type, offset, size in headers[:-1]:
        blocks.append(Block(payload_type, offset, payload[at : at + size]))
        at += size
    if at > len(payload):
        raise RedError(f"{len(payload)} bytes for blocks of {at}")
    return (*blocks, Block(headers[-1][0], 0, payload[at:]))


def _headers(payload: bytes) -> tuple[list[tuple[int, int, int]], int]:
    """Return payload type, offset and size of each block, and where the first one begins."""
    headers, at = [], 0
    while at < len(payload) and payload[at] & _MORE:
        word = int.from_bytes(payload[at : at + _HEADER], "big")
        headers.append((word >> 24 & 0x7F, word >> 10 & MOST_OFFSET, word & MOST_BYTES))
        at += _HEADER
        if len(headers) > MOST_REDUNDANT:
            raise RedError(f"more than {MOST_REDUNDANT} redundant blocks")
    if at >= len(payload):
        raise RedError("no primary block")
    headers.append((payload[at], 0, 0))
    return headers, at + 1


def build(redundant: Sequence[Block], primary: Block) -> bytes:
    """Return a RED payload. Redundant blocks, the oldest first, must fit `MOST_OFFSET` and
    `MOST_BYTES`; raises RedError."""
    headers = bytearray()
    for block in redundant:
        if block.offset > MOST_OFFSET or len(block.payload) > MOST_BYTES:
            raise RedError(f"{len(block.payload)} bytes {block.offset} back")
        word = (_MORE | block.payload_type) << 24 | block.offset << 10 | len(block.payload)
        headers += word.to_bytes(_HEADER, "big")
    headers.append(primary.payload_type)
    return bytes(headers) + b"".join(block.payload for block in (*redundant, primary))
