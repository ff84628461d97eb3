"""WHIP and WHEP from the client's side (RFC 9725, draft-ietf-wish-whep): offers out, answers in.

Who answers is a stranger: what they send is bounded in size and time, the token is for nobody but
whom it was given for, and what they name for hanging up counts only if it is theirs.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime

from aiohttp import (
    ClientConnectorCertificateError,
    ClientError,
    ClientResponse,
    ClientSession,
)
from yarl import URL

from spacebox.ports import Denied
from spacebox.rtc.gate import OFFER_BYTES

SDP, FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"
ANSWER_S = 10.0
"""How long they have, redirects and all."""
GOODBYE_S = 2.0
MOST_REDIRECTS = 3
LONGEST_WAIT_S = 3600.0

_NOTHING = "There is no WHIP or WHEP at this address of {where}."
_NO_OFFER = "{where} does not take what this box offers."
_REFUSALS = {
    400: ("malformed", _NO_OFFER),
    401: ("forbidden", "{where} wants a token that it knows."),
    403: ("forbidden", "{where} does not let us in."),
    404: ("not_found", "There is nothing at this address of {where}."),
    405: ("not_found", _NOTHING),
    406: ("not_found", _NOTHING),
    409: ("not_now", "{where} is not on the air now."),
    410: ("not_found", "There is nothing at this address of {where} any more."),
    413: ("malformed", _NO_OFFER),
    415: ("not_found", _NOTHING),
    422: ("malformed", _NO_OFFER),
    501: ("not_found", _NOTHING),
}


class Unreachable(Exception):
    """Nobody could be asked, or they ask us to come again, after *again_s* if they said when."""

    def __init__(self, reason: str, again_s: float | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again_s = again_s


@dataclass(frozen=True, slots=True)
class Session:
    """A connection that they agreed to."""

    answer: str
    """SDP as they wrote it: for `Call.accept`, which trusts nothing in it."""
    resource: URL | None
    """What to ask for a restart or to hang up; None where they named nothing of their own."""
    token: str = field(default="", repr=False)


async def post(http: ClientSession, url: str, offer: str, token: str = "") -> Session:
    """Offer a connection at *url*, with a bearer *token* if there is one.

    *http* follows no redirects of itself here. Raises Denied (``malformed``, ``forbidden``,
    ``not_found``, ``not_now``) where they say no, or say what is no answer; else Unreachable.
    """
    here = _read_url(url)
    where = here.host or url
    async with _reaching(where):
        for _ in range(1 + MOST_REDIRECTS):
            headers = _headers(token, SDP)
            async with http.post(
                here, data=offer.encode(), headers=headers, allow_redirects=False
            ) as reply:
                if reply.status not in (307, 308):
                    _check(reply, 201, SDP, where)
                    resource = _resource(here, reply.headers.get("Location", ""))
                    return Session(await _body(reply, where), resource, token)
            there = _redirected(here, reply.headers.get("Location", ""), where)
            token = token if there.origin() == here.origin() else ""
            here = there
    raise Denied("not_found", f"{where} sends us around in circles.")


async def restart(http: ClientSession, session: Session, fragment: str) -> str:
    """Ask for a new ICE session by *fragment* (`Call.restart`); return theirs.

    Raises Denied, also where they know no restarts (then one calls anew), and Unreachable.
    """
    if session.resource is None:
        raise Denied("not_now", "There is nobody to ask for another way.")
    where = session.resource.host or ""
    headers = {**_headers(session.token, FRAGMENT), "If-Match": "*"}
    async with (
        _reaching(where),
        http.patch(
            session.resource, data=fragment.encode(), headers=headers, allow_redirects=False
        ) as reply,
    ):
        _check(reply, 200, FRAGMENT, where)
        return await _body(reply, where)


async def delete(http: ClientSession, session: Session) -> None:
    """Hang up, as far as they can be told. Never raises."""
    if session.resource is None:
        return
    with contextlib.suppress(TimeoutError, ClientError, OSError, ValueError):
        async with asyncio.timeout(GOODBYE_S):
            headers = _headers(session.token)
            async with http.delete(session.resource, headers=headers, allow_redirects=False):
                pass


def _headers(token: str, kind: str = "") -> dict[str, str]:
    """Return what a request says that sends *kind*, and wants it back."""
    authority = {"Authorization": f"Bearer {token}"} if token else {}
    content = {"Accept": kind, "Content-Type": kind} if kind else {}
    # An answer that unfolds could be larger than it looks.
    return {"Accept-Encoding": "identity", **content, **authority}


@contextlib.asynccontextmanager
async def _reaching(where: str) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(ANSWER_S):
            yield
    except TimeoutError:
        raise Unreachable(f"{where} does not answer.") from None
    except ClientConnectorCertificateError as error:
        raise Unreachable(
            f"The certificate of {where} is of nobody whom this box trusts."
        ) from error
    except (ClientError, OSError, ValueError) as error:
        raise Unreachable(f"{where} cannot be reached.") from error


def _check(reply: ClientResponse, status: int, kind: str, where: str) -> None:
    """Raise what stands in the way of reading *reply*."""
    if reply.status == status and reply.content_type == kind:
        return
    if reply.status in (429, 503):
        raise Unreachable(f"{where} has no room for us now.", again_s(reply.headers))
    if reply.status >= 500 and reply.status not in _REFUSALS:
        raise Unreachable(f"{where} has trouble of its own.", again_s(reply.headers))
    otherwise = ("not_now", "{where} said no.") if reply.status >= 400 else ("not_found", _NOTHING)
    code, sentence = _REFUSALS.get(reply.status, otherwise)
    raise Denied(code, sentence.format(where=where))


def again_s(headers: Mapping[str, str]) -> float | None:
    """Return in how many seconds they want to be asked again (RFC 9110 §10.2.3); None for unsaid.

    A date counts from the one that they give for now: nobody knows what our own clock shows.
    """
    told = headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdigit():
        return min(float(told[:9]), LONGEST_WAIT_S)
    then, now = _moment(told), _moment(headers.get("Date", ""))
    if then is None or now is None:
        return None
    return min(max(0.0, (then - now).total_seconds()), LONGEST_WAIT_S)


def _moment(told: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(told)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else None


async def _body(reply: ClientResponse, where: str) -> str:
    """Return what was sent, if it is a text that is no longer than it should be."""
    body = bytearray()
    async for piece in reply.content.iter_any():
        body += piece
        if len(body) > OFFER_BYTES:
            raise Denied("malformed", f"{where} answers more than anybody would want to read.")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Denied("malformed", f"The answer of {where} cannot be read.") from None


def _read_url(url: str) -> URL:
    try:
        read = URL(url)
    except ValueError:
        raise Denied("malformed", "That is no address of a room.") from None
    if read.scheme not in ("http", "https") or not read.host:
        raise Denied("malformed", "That is no address of a room.")
    return read


def _redirected(here: URL, location: str, where: str) -> URL:
    there = _joined(here, location)
    if there is None or (here.scheme == "https" and there.scheme != "https"):
        raise Denied("not_found", f"{where} sends us to where one should not go.")
    return there


def _resource(here: URL, location: str) -> URL | None:
    """Return what *location* names if it is theirs: of no other could one hang up in their name."""
    named = _joined(here, location)
    return named if location and named is not None and named.origin() == here.origin() else None


def _joined(here: URL, location: str) -> URL | None:
    """Return where *location* leads from *here*; None where that is nowhere."""
    try:
        there = here.join(URL(location))
    except ValueError:
        return None
    if there.scheme not in ("http", "https") or not there.host:
        return None
    return there.with_user(None).with_fragment(None)
