"""The DTLS handshake (RFC 6347) that gives two peers their SRTP keys (RFC 5764).

No socket and no clock of ours: datagrams and the time in, datagrams out. OpenSSL waits a second
before it sends a flight again, and that cannot be changed; so we send the same bytes again
ourselves, and much sooner. OpenSSL's side of the handshake is let go once the keys are known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from OpenSSL import SSL

from spacebox.rtc.identity import DATAGRAM_BYTES, Identity
from spacebox.rtc.srtp import PROFILES, Keys

AGAIN_S = 0.1
"""From a flight to its first repetition; the next waits are twice as long each."""
LONGEST_WAIT_S = 0.8
REPETITIONS = 16
"""Of one flight; about as long as a connection may take to be made."""
LAST_REPETITIONS = 4
"""Of a server's last flight, which nobody acknowledges."""
LEAST_WAIT_S = 0.05
"""Between last flights that the other side asks for."""
INPUT_BYTES = 65_536
"""What a whole handshake may bring; a browser's brings about 2,000."""

_EXPORTER = b"EXTRACTOR-dtls_srtp"
_RECORD_HEADER = 13
_CHANGE_CIPHER_SPEC, _ALERT, _HANDSHAKE = 20, 21, 22


class Role(Enum):
    """Which end of the handshake this is; the value is its a=setup (RFC 8842)."""

    CLIENT = "active"
    SERVER = "passive"


class Dtls:
    """One end of one handshake. Each method that returns datagrams wants them sent, in order."""

    def __init__(self, identity: Identity, role: Role, fingerprints: Collection[str]) -> None:
        """Expect a peer whose certificate has one of the sha-256 *fingerprints* of its SDP."""
        self.keys: Keys | None = None
        """Known once the handshake is done."""
        self.failure: str | None = None
        """Why there will never be keys."""
        self.alerted = False
        """An alert came, but nobody can say from whom: look whether the peer still answers."""
        self._identity = identity
        self._role = role
        self._fingerprints = frozenset(value.upper() for value in fingerprints)
        self._ssl: SSL.Connection | None = self._fresh()
        self._input_left = INPUT_BYTES
        self._flight: list[bytes] = []
        self._farewell: list[bytes] = []
        self._sent_at = float("-inf")
        self._wait = AGAIN_S
        self._repetitions_left = 0

    def start(self, now: float) -> list[bytes]:
        """Begin, which a server does by waiting. *now* is in seconds, as everywhere here."""
        return [] if self._ssl is None else self._advance(self._ssl, now)

    def receive(self, datagram: bytes, now: float) -> list[bytes]:
        """Take in what begins like DTLS (RFC 7983); nothing raises, whatever is in it."""
        records = list(_records(datagram))
        if self._ssl is None:
            return self._after(records, now)
        self.alerted |= any(record.is_plain_alert for record in records)
        wanted = b"".join(record.data for record in records if record.belongs_to_a_handshake)
        if not wanted:
            return []
        self._input_left -= len(wanted)
        if self._input_left < 0:
            return self._fail("the handshake is too long")
        self._ssl.bio_write(wanted)
        return self._advance(self._ssl, now)

    def next_at(self) -> float | None:
        """Say when `tick` is due, None while only the other side can change anything."""
        return self._sent_at + self._wait if self._repetitions_left else None

    def tick(self, now: float) -> list[bytes]:
        """Send again what is due at *now*."""
        due = self.next_at()
        if due is None or now < due:
            return []
        self._sent_at = now
        self._wait = min(2 * self._wait, LONGEST_WAIT_S)
        self._repetitions_left -= 1
        return self._flight

    def close(self) -> list[bytes]:
        """Say goodbye, if there is anybody to say it to, and do nothing from now on."""
        farewell, self._farewell = self._farewell, []
        self._fail("closed")
        return farewell

    def _fresh(self) -> SSL.Connection:
        ssl = self._identity.connection()
        if self._role is Role.CLIENT:
            ssl.set_connect_state()
        else:
            ssl.set_accept_state()
        return ssl

    def _advance(self, ssl: SSL.Connection, now: float) -> list[bytes]:
        try:
            ssl.do_handshake()
        except SSL.WantReadError:
            return self._say(_output(ssl), now, REPETITIONS)
        except SSL.Error as error:
            return self._stumble(ssl, error)
        return self._finish(ssl, now)

    def _say(self, flight: list[bytes], now: float, repetitions: int) -> list[bytes]:
        """Send a flight for the first time; without one, the last remains the current one."""
        if flight:
            self._flight, self._sent_at, self._wait = flight, now, AGAIN_S
            self._repetitions_left = repetitions
        return flight

    def _stumble(self, ssl: SSL.Connection, error: SSL.Error) -> list[bytes]:
        """OpenSSL gives up for ever; but where nothing was said yet, nothing is lost either."""
        if self._role is Role.SERVER and not self._flight:
            self._ssl = self._fresh()
            return []
        alert = _output(ssl)
        self._fail(f"the handshake failed: {_reason(error)}")
        return alert

    def _finish(self, ssl: SSL.Connection, now: float) -> list[bytes]:
        last = _output(ssl)
        # The alert that will end the connection has to be sealed now: OpenSSL's side goes.
        ssl.shutdown()
        farewell = _output(ssl)
        failure = self._stranger(ssl) or self._take_keys(ssl)
        if failure is not None:
            self._fail(failure)
            return last + farewell
        self._ssl, self._farewell = None, farewell
        self._flight, self._repetitions_left = [], 0
        return self._say(last, now, LAST_REPETITIONS)

    def _stranger(self, ssl: SSL.Connection) -> str | None:
        certificate = ssl.get_peer_certificate()
        if certificate and certificate.digest("sha256").decode() in self._fingerprints:
            return None
        return "the certificate is not the one that was announced"

    def _take_keys(self, ssl: SSL.Connection) -> str | None:
        selected = ssl.get_selected_srtp_profile()
        profile = next((each for each in PROFILES if each.name == selected), None)
        if profile is None:
            return "there is no SRTP profile that both sides know"
        exported = ssl.export_keying_material(_EXPORTER, profile.exported)
        self.keys = Keys.split(profile, exported, client=self._role is Role.CLIENT)
        return None

    def _after(self, records: Iterable[_Record], now: float) -> list[bytes]:
        """Understand what is still of use without OpenSSL."""
        asked = False
        for record in records:
            self.alerted |= record.kind == _ALERT
            asked |= record.kind in (_CHANGE_CIPHER_SPEC, _HANDSHAKE)
        # Only a server has a last flight; its client repeats itself until it has seen it.
        if not asked or now < self._sent_at + LEAST_WAIT_S:
            return []
        self._sent_at = now
        return self._flight

    def _fail(self, reason: str) -> list[bytes]:
        self.failure = self.failure or reason
        self.keys = None
        self._ssl = None
        self._flight, self._repetitions_left = [], 0
        return []


class _Record(NamedTuple):
    kind: int
    epoch: int
    data: bytes
    """With its header."""

    @property
    def is_plain_alert(self) -> bool:
        return self.kind == _ALERT and self.epoch == 0

    @property
    def belongs_to_a_handshake(self) -> bool:
        """An alert that anybody may have written would end it; application data has no place."""
        if self.kind == _ALERT:
            return self.epoch == 1
        return self.kind in (_CHANGE_CIPHER_SPEC, _HANDSHAKE) and self.epoch <= 1


def _records(data: bytes) -> Iterator[_Record]:
    """Cut *data* at its record headers (RFC 6347 §4.1), up to the first that cannot be one."""
    start = 0
    while start + _RECORD_HEADER < len(data):
        length = int.from_bytes(data[start + 11 : start + 13])
        end = start + _RECORD_HEADER + length
        if end > len(data) or not length or data[start + 1] != 0xFE:
            return
        yield _Record(data[start], int.from_bytes(data[start + 3 : start + 5]), data[start:end])
        start = end


def _output(ssl: SSL.Connection) -> list[bytes]:
    """Return what OpenSSL wrote, as datagrams; its memory has forgotten their borders."""
    written = b""
    try:
        while True:
            written += ssl.bio_read(65_536)
    except SSL.WantReadError:
        pass  # that was all
    datagrams: list[bytes] = []
    for record in _records(written):
        if datagrams and len(datagrams[-1]) + len(record.data) <= DATAGRAM_BYTES:
            datagrams[-1] += record.data
        else:
            datagrams.append(record.data)
    return datagrams


def _reason(error: SSL.Error) -> str:
    """Return OpenSSL's last word on it: errors come as triples, library, function, reason."""
    match error.args:
        case ([*_, (_, _, str(reason))],) if reason:
            return reason
    return type(error).__name__
