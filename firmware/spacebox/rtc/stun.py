"""STUN (RFC 8489) as ICE uses it: a look at the bytes, and the few messages that are sent.

Whatever comes from the network meets `outline` first. It parses nothing and checks no signature,
so that junk costs microseconds; the codec behind it is aioice's.
"""

from __future__ import annotations

import hmac
import struct
from dataclasses import dataclass
from zlib import crc32

from aioice.stun import Class, Message, Method, parse_message

HEADER = struct.Struct("!HHI12s")
ATTRIBUTE = struct.Struct("!HH")
COOKIE = 0x2112A442
USERNAME = 0x0006
INTEGRITY = 0x0008
INTEGRITY_BYTES = 20
"""An HMAC-SHA1 (RFC 8489 §14.5)."""
FINGERPRINT = 0x8028
FINGERPRINT_XOR = 0x5354554E
"""RFC 8489 §14.7."""
_SIGNATURE = struct.Struct(f"!HH{INTEGRITY_BYTES}s")
_FINGERPRINT = struct.Struct("!HHI")
LARGEST_BYTES = 1200
LARGEST_USERNAME_BYTES = 513
MOST_ATTRIBUTES = 32

CLASS_BITS = 0x0110
REASONS = {400: "Bad Request", 401: "Unauthenticated", 487: "Role Conflict"}


@dataclass(frozen=True, slots=True)
class Outline:
    """What says whose a message is: a request by its user name, an answer by its transaction."""

    kind: Class
    transaction: bytes
    username: bytes
    """As it stands in the message; empty if there is none."""
    signed: bool
    """Whether it claims to be; nothing was checked."""

    @property
    def ufrag(self) -> str:
        """The fragment of the one who is asked (RFC 8445 §7.2.2)."""
        return self.username.partition(b":")[0].decode("ascii", "replace")


@dataclass(frozen=True, slots=True)
class Signer:
    """What every check of one side says about it."""

    username: str
    password: str
    priority: int
    tie_breaker: int


def outline(datagram: bytes) -> Outline | None:
    """Return what *datagram* seems to be, or None if it is not a well-formed STUN message."""
    if not HEADER.size <= len(datagram) <= LARGEST_BYTES or datagram[0] > 3:
        return None
    kind, length, cookie, transaction = HEADER.unpack_from(datagram)
    if cookie != COOKIE or length % 4 or length != len(datagram) - HEADER.size:
        return None
    username, signed, at = b"", False, HEADER.size
    for _ in range(MOST_ATTRIBUTES):
        if at == len(datagram):
            return Outline(Class(kind & CLASS_BITS), transaction, username, signed)
        attribute, size = ATTRIBUTE.unpack_from(datagram, at)
        start = at + ATTRIBUTE.size
        at = start + (size + 3 & ~3)
        if at > len(datagram):
            return None
        if attribute == USERNAME and not signed:
            if username or not 0 < size <= LARGEST_USERNAME_BYTES:
                return None
            username = datagram[start : start + size]
        elif attribute == INTEGRITY:
            if signed or size != INTEGRITY_BYTES:
                return None
            signed = True
    return None


def parse(datagram: bytes) -> Message | None:
    """Return the Binding message in *datagram*, its fingerprint checked, its signature not."""
    try:
        message = parse_message(datagram)
    except (ValueError, struct.error):  # the codec unpacks what it never measured
        return None
    return message if message.message_method == Method.BINDING else None


def request(
    transaction: bytes, signer: Signer, *, controlling: bool, nominating: bool = False
) -> bytes:
    """Return a connectivity check (RFC 8445 §7.2.2)."""
    role = "ICE-CONTROLLING" if controlling else "ICE-CONTROLLED"
    message = Message(Method.BINDING, Class.REQUEST, transaction)
    message.attributes |= {
        "USERNAME": signer.username,
        "PRIORITY": signer.priority,
        role: signer.tie_breaker,
    }
    if nominating:
        message.attributes["USE-CANDIDATE"] = None
    return _signed(message, signer.password)


def success(transaction: bytes, source: tuple[str, int], password: str) -> bytes:
    """Return the answer that tells who asked from *source* what its address is."""
    message = Message(Method.BINDING, Class.RESPONSE, transaction)
    message.attributes["XOR-MAPPED-ADDRESS"] = source
    return _signed(message, password)


def refusal(transaction: bytes, code: int, password: str | None = None) -> bytes:
    """Return an error answer, signed if there is a *password*.

    A request that was not authenticated has none to sign with (RFC 8489 §9.1.3).
    """
    message = Message(Method.BINDING, Class.ERROR, transaction)
    message.attributes["ERROR-CODE"] = (code, REASONS[code])
    if password is not None:
        return _signed(message, password)
    message.add_fingerprint()
    return bytes(message)


def _signed(message: Message, password: str) -> bytes:
    """Write *message* once; the codec would do so again for each of the two attributes here."""
    attributes = bytes(message)[HEADER.size :]
    kind, transaction = message.message_method | message.message_class, message.transaction_id
    # Both are made with a header that counts what they are going to add (RFC 8489 §14.5, §14.7).
    signed = HEADER.pack(kind, len(attributes) + _SIGNATURE.size, COOKIE, transaction) + attributes
    signature = hmac.digest(password.encode(), signed, "sha1")
    attributes += _SIGNATURE.pack(INTEGRITY, INTEGRITY_BYTES, signature)
    whole = len(attributes) + _FINGERPRINT.size
    printed = HEADER.pack(kind, whole, COOKIE, transaction) + attributes
    return printed + _FINGERPRINT.pack(FINGERPRINT, 4, crc32(printed) ^ FINGERPRINT_XOR)
