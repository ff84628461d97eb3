"""The DTLS handshake (RFC 6347) that gives two peers their SRTP keys (RFC 5764).

No socket and no clock of ours: datagrams and the time in, datagrams out. OpenSSL waits a second
before it sends a flight again, and that cannot be changed; so we send it again ourselves, and
much sooner. (Its own second, by its own clock, runs beside.) OpenSSL's side of the handshake is
let go once the keys are known.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from OpenSSL import SSL

from spacebox.rtc.identity import Identity
from spacebox.rtc.records import ALERT, Packer, Record, cut
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
        self._packer = Packer()
        self._flight: list[Record] = []
        self._farewell: list[Record] = []
        self._sent_at = float("-inf")
        self._wait = AGAIN_S
        self._repetitions_left = 0

    def start(self, now: float) -> list[bytes]:
        """Begin, which a server does by waiting. *now* is in seconds, as everywhere here."""
        return [] if self._ssl is None else self._advance(self._ssl, now)

    def receive(self, datagram: bytes, now: float) -> list[bytes]:
        """Take in what begins like DTLS (RFC 7983); nothing raises, whatever is in it."""
        records = list(cut(datagram))
        if self._ssl is None:
            return self._after(records, now)
        self.alerted |= any(record.kind == ALERT for record in records)
        wanted = b"".join(record.data for record in records if _wanted(record))
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
        if self._ssl is not None:
            self._flight = _sealed_anew(self._ssl) or self._flight
        return self._packer.pack(self._flight)

    def close(self) -> list[bytes]:
        """Say goodbye, if there is anybody to say it to, and do nothing from now on."""
        farewell, self._farewell = self._farewell, []
        self._fail("closed")
        return self._packer.pack(farewell)

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

    def _say(self, flight: list[Record], now: float, repetitions: int) -> list[bytes]:
        """Send a flight for the first time; without one, the last remains the current one."""
        if flight:
            self._flight, self._sent_at, self._wait = flight, now, AGAIN_S
            self._repetitions_left = repetitions
        return self._packer.pack(flight)

    def _stumble(self, ssl: SSL.Connection, error: SSL.Error) -> list[bytes]:
        """OpenSSL gives up for ever; but where nothing was said yet, nothing is lost either."""
        if self._role is Role.SERVER and not self._flight:
            self._ssl = self._fresh()
            return []
        alert = _output(ssl)
        self._fail(f"the handshake failed: {_reason(error)}")
        return self._packer.pack(alert)

    def _finish(self, ssl: SSL.Connection, now: float) -> list[bytes]:
        last = _output(ssl)
        # The alert that will end the connection has to be sealed now: OpenSSL's side goes.
        ssl.shutdown()
        farewell = _output(ssl)
        failure = self._stranger(ssl) or self._take_keys(ssl)
        if failure is not None:
            self._fail(failure)
            return self._packer.pack(last) + self._packer.pack(farewell)
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

    def _after(self, records: list[Record], now: float) -> list[bytes]:
        """Understand what is still of use without OpenSSL."""
        self.alerted |= any(record.kind == ALERT for record in records)
        # Only a server has a last flight; its client repeats itself until it has seen it.
        asked = any(record.shakes_hands for record in records)
        if not asked or now < self._sent_at + LEAST_WAIT_S:
            return []
        self._sent_at = now
        return self._packer.pack(self._flight)

    def _fail(self, reason: str) -> list[bytes]:
        self.failure = self.failure or reason
        self.keys = None
        self._ssl = None
        self._flight, self._repetitions_left = [], 0
        return []


def _wanted(record: Record) -> bool:
    """Say whether OpenSSL may see it: an alert that anybody may have written would end it all."""
    return record.shakes_hands or (record.kind == ALERT and not record.plain)


def _sealed_anew(ssl: SSL.Connection) -> list[Record]:
    """Let OpenSSL write its flight again if its own clock says so; else return nothing.

    What we repeat ourselves looks like a replay where it is sealed, as a client's last flight is.
    A server that has seen it, and whose answer was lost, says that again only for a new one.
    """
    try:
        ssl.DTLSv1_handle_timeout()
    except SSL.Error:
        return []  # it has waited for too long; what is due is bounded by us
    return _output(ssl)


def _output(ssl: SSL.Connection) -> list[Record]:
    """Return what OpenSSL wrote; its memory has forgotten the borders of datagrams."""
    written = b""
    try:
        while True:
            written += ssl.bio_read(65_536)
    except SSL.WantReadError:
        return list(cut(written))  # that was all


def _reason(error: SSL.Error) -> str:
    """Return OpenSSL's last word on it: errors come as triples, library, function, reason."""
    match error.args:
        case ([*_, (_, _, str(reason))],) if reason:
            return reason
    return type(error).__name__
