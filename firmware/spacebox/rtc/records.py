"""Records of DTLS (RFC 6347 §4.1): cut out of datagrams, numbered, and packed into datagrams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from spacebox.rtc.identity import DATAGRAM_BYTES

ALERT = 21
_CHANGE_CIPHER_SPEC, _HANDSHAKE = 20, 22
_HEADER_BYTES = 13


class Record(NamedTuple):
    """One record of any version."""

    data: bytes
    """With its header."""

    @property
    def kind(self) -> int:
        """The content type."""
        return self.data[0]

    @property
    def plain(self) -> bool:
        """Whether it is of the time before the keys, so that anybody may have written it."""
        return self.epoch == 0

    @property
    def epoch(self) -> int:
        """How often keys were changed before it."""
        return int.from_bytes(self.data[3:5])

    @property
    def shakes_hands(self) -> bool:
        """Whether it is of a handshake, and not an alert or data."""
        return self.kind in (_CHANGE_CIPHER_SPEC, _HANDSHAKE) and self.epoch <= 1

    def numbered(self, number: int) -> Record:
        """Return it with another sequence number."""
        return Record(self.data[:5] + number.to_bytes(6) + self.data[11:])


def cut(data: bytes) -> Iterator[Record]:
    """Yield the records in *data*, up to the first that cannot be one."""
    start = 0
    while start + _HEADER_BYTES < len(data):
        length = int.from_bytes(data[start + 11 : start + 13])
        end = start + _HEADER_BYTES + length
        if end > len(data) or not length or data[start + 1] != 0xFE:
            return
        yield Record(data[start:end])
        start = end


class Packer:
    """Makes datagrams for one peer.

    Plain records get a new number whenever they are sent, which is nobody's secret before there
    are keys. With the old one a record that came too early, and was dropped for it, would be
    taken for a replay ever after.
    """

    def __init__(self) -> None:
        self._next = 0

    def pack(self, records: Iterable[Record]) -> list[bytes]:
        """Return *records* in order, in as few datagrams as they fit into."""
        datagrams: list[bytes] = []
        for record in map(self._numbered, records):
            if datagrams and len(datagrams[-1]) + len(record.data) <= DATAGRAM_BYTES:
                datagrams[-1] += record.data
            else:
                datagrams.append(record.data)
        return datagrams

    def _numbered(self, record: Record) -> Record:
        if not record.plain:
            return record
        self._next += 1
        return record.numbered(self._next - 1)
