"""Everything that goes wrong, told in one shape: ``{"error": code, "reason": sentence}``."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from html import escape
from http import HTTPStatus

from aiohttp import web

from spacebox.ports import Denied
from spacebox.room.events import Refused

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

REFUSED_STATUS = {
    "malformed": 422,
    "forbidden": 403,
    "banned": 403,
    "not_found": 404,
    "not_now": 409,
    "too_large": 413,
    "too_many": 429,
    "full": 503,
    "unreachable": 502,
}
_CODES = {
    403: ("forbidden", "that is not for you"),
    404: ("not_found", "there is nothing at this address"),
    413: ("too_large", "that is more than the box takes"),
}


class Problem(Exception):
    """A request that cannot be had: status, code of the interface, one sentence."""

    def __init__(
        self, status: int, code: str, reason: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.code = code
        self.reason = reason
        self.headers = dict(headers or {})


def refusal(refused: Refused) -> Problem:
    """Return what the room refused as an answer."""
    return Problem(REFUSED_STATUS[refused.code], refused.code, refused.reason)


def too_many(wait_s: float, reason: str) -> Problem:
    """Return the answer for those who come too fast."""
    return Problem(429, "too_many", reason, {"Retry-After": str(max(1, math.ceil(wait_s)))})


def error_body(code: str, reason: str) -> bytes:
    """Return the JSON of an error."""
    return json.dumps({"error": code, "reason": reason}, ensure_ascii=False).encode()


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every failure in the one shape."""
    try:
        return await handler(request)
    except Problem as problem:
        return _answer(request, problem)
    except Denied as denied:
        # What the room calls malformed has the wrong shape; an offer that is, does not parse.
        status = 400 if denied.code == "malformed" else REFUSED_STATUS[denied.code]
        return _answer(request, Problem(status, denied.code, denied.reason))
    except web.HTTPException as raised:
        return _answer(request, _problem(raised))
    except ConnectionError:
        raise
    except Exception:
        # The one place where nothing may slip through: a bug is told to the log, not to the guest.
        log.exception("%s %s failed", request.method, request.path)
        return _answer(request, Problem(500, "internal", "the box made a mistake; it is noted"))


def _problem(raised: web.HTTPException) -> Problem:
    if raised.status == 405:
        allow = {"Allow": raised.headers.get("Allow", "")}
        return Problem(405, "malformed", "this address does not take that method", allow)
    code, reason = _CODES.get(raised.status, ("malformed", HTTPStatus(raised.status).phrase))
    return Problem(raised.status, code, reason)


def _answer(request: web.Request, problem: Problem) -> web.Response:
    if problem.status == 404 and "text/html" in request.headers.get("Accept", ""):
        return web.Response(
            status=404, text=_PAGE.format(escape(problem.reason)), content_type=HTML
        )
    return web.Response(
        status=problem.status,
        body=error_body(problem.code, problem.reason),
        content_type="application/json",
        charset="utf-8",
        headers=problem.headers,
    )


HTML = "text/html"
_PAGE = (
    '<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">'
    '<title>Nothing here</title><h1>Nothing here</h1><p>{}.</p><p><a href="/">To the Space</a></p>'
)
