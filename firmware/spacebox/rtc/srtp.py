"""Sealing and opening of RTP and RTCP (RFC 3711, RFC 7714) with keys from DTLS (RFC 5764).

A session of libsrtp is not thread-safe, so each object here belongs to one thread. RTP and RTCP
have keys of their own (RFC 3711 §4.3), so one thread may seal the one and another the other; but
two that seal the same would use one keystream twice, and whoever listens could read both.
"""

from __future__ import annotations

from dataclasses import dataclass

from pylibsrtp import Error, Policy, Session

SSRCS = 4
"""A peer has one stream; a browser's reports come under another name."""
DATAGRAM_BYTES = 1500
_REPLAY_WINDOW = 1024
_RTP_HEADER = 12
_RTCP_HEADER = 8


@dataclass(frozen=True, slots=True)
class Profile:
    """A protection profile, and the sizes in bytes of its master key and salt."""

    name: bytes
    """As OpenSSL calls it."""
    libsrtp: int
    key: int
    salt: int

    @property
    def exported(self) -> int:
        """How many bytes DTLS has to export for both directions."""
        return 2 * (self.key + self.salt)


# The best one first; 256 bits only cost where the processor has no AES of its own.
PROFILES = (
    Profile(b"SRTP_AEAD_AES_128_GCM", Policy.SRTP_PROFILE_AEAD_AES_128_GCM, 16, 12),
    Profile(b"SRTP_AEAD_AES_256_GCM", Policy.SRTP_PROFILE_AEAD_AES_256_GCM, 32, 12),
    Profile(b"SRTP_AES128_CM_SHA1_80", Policy.SRTP_PROFILE_AES128_CM_SHA1_80, 16, 14),
)


@dataclass(frozen=True, slots=True)
class Keys:
    """Master key and salt of each direction."""

    profile: Profile
    sending: bytes
    receiving: bytes

    @classmethod
    def split(cls, profile: Profile, exported: bytes, *, client: bool) -> Keys:
        """Cut the exported bytes (RFC 5764 §4.2): both keys, then both salts, the client's first.

        *client* says whether this end was the DTLS client.
        """
        salts = exported[2 * profile.key :]
        ours, theirs = (
            exported[n * profile.key :][: profile.key] + salts[n * profile.salt :][: profile.salt]
            for n in ((0, 1) if client else (1, 0))
        )
        return cls(profile, ours, theirs)


class RtpSealer:
    """Seals RTP. One for each connection, in the thread that sends the sound."""

    def __init__(self, keys: Keys) -> None:
        self._session = _outbound(keys)

    def seal(self, packet: bytes) -> bytes:
        """Return *packet* sealed. Raises pylibsrtp.Error for a sequence number used before."""
        return self._session.protect(packet)


class RtcpSealer:
    """Seals RTCP. One for each connection, in the thread that sends reports."""

    def __init__(self, keys: Keys) -> None:
        self._session = _outbound(keys)

    def seal(self, compound: bytes) -> bytes:
        """Return *compound* sealed."""
        return self._session.protect_rtcp(compound)


class Opener:
    """Opens what one peer sends, RTP and RTCP, and nothing that anybody else made."""

    def __init__(self, keys: Keys) -> None:
        policy = _policy(keys, keys.receiving, Policy.SSRC_ANY_INBOUND)
        policy.window_size = _REPLAY_WINDOW
        self._session = Session(policy)
        self._ssrcs: set[bytes] = set()
        self.refused = 0
        """How many datagrams were forged, repeated, malformed, or of one stream too many."""

    def open(self, datagram: bytes) -> bytes | None:
        """Return the packet (see `is_rtcp`) inside *datagram*, None when it is refused."""
        rtcp = is_rtcp(datagram)
        header, name = (_RTCP_HEADER, slice(4, 8)) if rtcp else (_RTP_HEADER, slice(8, 12))
        ssrc = datagram[name]
        if not header < len(datagram) <= DATAGRAM_BYTES or not self._welcome(ssrc):
            self.refused += 1
            return None
        try:
            unprotect = self._session.unprotect_rtcp if rtcp else self._session.unprotect
            packet = unprotect(datagram)
        except Error:
            self.refused += 1
            return None
        self._ssrcs.add(ssrc)
        return packet

    def _welcome(self, ssrc: bytes) -> bool:
        """Count before opening: libsrtp keeps a context for every stream that it ever opened."""
        return ssrc in self._ssrcs or len(self._ssrcs) < SSRCS


def is_rtcp(datagram: bytes) -> bool:
    """Tell RTCP from RTP on the same port by its packet type (RFC 5761 §4)."""
    return len(datagram) > 1 and 192 <= datagram[1] <= 223


def _outbound(keys: Keys) -> Session:
    return Session(_policy(keys, keys.sending, Policy.SSRC_ANY_OUTBOUND))


def _policy(keys: Keys, key: bytes, ssrc_type: int) -> Policy:
    return Policy(key=key, ssrc_type=ssrc_type, srtp_profile=keys.profile.libsrtp)
