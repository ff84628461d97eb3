"""What every request must be before anything looks at it: for us, from our page, of some size."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import re
from typing import Any

from aiohttp import web

from spacebox.web.errors import Handler, Problem
from spacebox.web.site import Addresses, is_local

BODY_BYTES = 64 * 1024
SDP_BYTES = 32 * 1024
BODY_S = 10.0
"""A body must be here by then."""

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?")


class Gate:
    """Turns away what is not meant for this box or was sent by another site's page.

    The list of names stops DNS rebinding, which an Origin equal to the Host does not.
    """

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not is_local(request):
            self._check_host(request)
            self._check_origin(request)
        return await handler(request)

    def _check_host(self, request: web.Request) -> None:
        hosts = request.headers.getall("Host", [])
        if len(hosts) != 1:
            raise Problem(400, "malformed", "a request names one Host")
        if not self._is_ours(hosts[0]):
            raise Problem(421, "wrong_host", "this box does not go by that name")

    def _is_ours(self, host: str) -> bool:
        match = _HOST.fullmatch(host)
        if match is None:
            return False
        name = match[1].lower().removesuffix(".")
        return name in self._addresses.hosts or _is_address(name.strip("[]"))

    def _check_origin(self, request: web.Request) -> None:
        origins = [origin.lower() for origin in request.headers.getall("Origin", [])]
        own = f"{request.scheme}://{request.headers['Host']}".lower()
        if any(origin not in {own, *self._addresses.origins} for origin in origins):
            raise Problem(403, "forbidden", "another site's page may not do that")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


async def read_json(request: web.Request) -> Any:
    """Return the body's JSON; an empty body is an empty object. Raises Problem."""
    body = await _read(request, BODY_BYTES)
    try:
        return json.loads(body.decode(), parse_constant=_no_constant) if body else {}
    except (ValueError, RecursionError):
        raise Problem(400, "malformed", "the body is no JSON in UTF-8") from None


def _no_constant(name: str) -> None:
    raise ValueError(name)


async def read_sdp(request: web.Request, media: str, accept: str) -> str:
    """Return the body, SDP of type *media*. Raises Problem, which tells that by header *accept*."""
    if request.content_type != media:
        raise Problem(415, "malformed", f"the box takes {media} here", {accept: media})
    body = await _read(request, SDP_BYTES)
    try:
        return body.decode()
    except ValueError:
        raise Problem(400, "malformed", "the body is no UTF-8") from None


async def _read(request: web.Request, limit: int) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_S):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > limit:
                    raise Problem(
                        413, "too_large", f"the box takes at most {limit // 1024} kB here"
                    )
    except TimeoutError:
        raise Problem(408, "malformed", "the body took too long", {"Connection": "close"}) from None
    except web.RequestPayloadError:
        raise Problem(400, "malformed", "the body is broken off") from None
    return bytes(body)
