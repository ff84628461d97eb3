"""The API's own description, OpenAPI 3.1, from the rows that the router serves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from spacebox.web.operation import JSON, Operation, Reply, Schema, Takes, ref
from spacebox.web.schemas import components
from spacebox.web.site import Site

_ALWAYS = {
    400: "No HTTP that the box can read",
    403: "Sent by another site's page",
    421: "This box does not go by that name",
    429: "Too many from one address or seat, see Retry-After",
    500: "The box made a mistake",
    503: "No line is free",
}
_WITH_BODY = {
    408: "The body took too long",
    413: "The body is too large",
    422: "The body has the wrong shape",
}
_PATH_PATTERN = re.compile(r"\{(\w+)(?::[^}]*)?\}")


def document(site: Site, operations: Iterable[Operation], version: str) -> bytes:
    """Return the description as JSON."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        path = _PATH_PATTERN.sub(r"{\1}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _operation(operation)
    body = {
        "openapi": "3.1.0",
        "info": {"title": "Space box", "version": version, "license": {"name": "Apache-2.0"}},
        "paths": paths,
        "components": {"schemas": components(), "securitySchemes": _schemes(site)},
        # Without a token one reads as nobody; with one, as the seat it belongs to.
        "security": [{}, {"bearer": []}, {"cookie": []}],
    }
    return json.dumps(body, ensure_ascii=False).encode()


def _schemes(site: Site) -> Schema:
    return {
        "bearer": {"type": "http", "scheme": "bearer"},
        "cookie": {"type": "apiKey", "in": "cookie", "name": site.cookie},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    problems = {**_ALWAYS, **(_WITH_BODY if operation.takes else {}), **operation.problems}
    if operation.takes is not None and operation.takes.media != JSON:
        problems[415] = "Not " + operation.takes.media
    responses = {status: _problem(status, when) for status, when in problems.items()}
    responses |= {status: _reply(reply) for status, reply in operation.replies.items()}
    body: dict[str, Any] = {
        "summary": operation.summary,
        "parameters": [*_path_parameters(operation), *_headers(operation)],
        "responses": {str(status): responses[status] for status in sorted(responses)},
    }
    if operation.takes is not None:
        body["requestBody"] = _body(operation.takes)
    return body


def _path_parameters(operation: Operation) -> list[Schema]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PATH_PATTERN.findall(operation.path)
    ]


def _headers(operation: Operation) -> list[Schema]:
    return [
        {"name": name, "in": "header", "description": why, "schema": {"type": "string"}}
        for name, why in operation.headers.items()
    ]


def _body(takes: Takes) -> Schema:
    content = {"schema": takes.schema, "examples": takes.examples}
    return {"required": takes.required, "content": {takes.media: content}}


def _reply(reply: Reply) -> dict[str, Any]:
    described: dict[str, Any] = {"description": reply.description}
    if reply.media:
        described["content"] = {reply.media: {"schema": reply.schema} if reply.schema else {}}
    if reply.headers:
        described["headers"] = {name: {"schema": {"type": "string"}} for name in reply.headers}
    return described


def _problem(status: int, when: str) -> Mapping[str, Any]:
    described: dict[str, Any] = {
        "description": when,
        "content": {JSON: {"schema": ref("Error")}},
    }
    if status == 429:
        described["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return described
