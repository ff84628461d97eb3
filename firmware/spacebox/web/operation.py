"""One row of the API: what the router serves and what ``/openapi.json`` says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spacebox.web.errors import Handler

Schema = Mapping[str, Any]
"""A JSON Schema, as OpenAPI 3.1 has it."""

JSON = "application/json"
SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is no error."""

    description: str
    media: str = ""
    """The content type; empty where there is no body."""
    schema: Schema = field(default_factory=dict)
    headers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Takes:
    """The body of a request."""

    media: str
    schema: Schema
    required: bool = True
    examples: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    handler: Handler
    summary: str
    replies: Mapping[int, Reply]
    problems: Mapping[int, str] = field(default_factory=dict)
    """Status → when; those that any request may meet are left out."""
    takes: Takes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    """Request headers that matter here: name → what for."""
    head: bool = False
    """Whether HEAD is served too."""


def ref(name: str) -> Schema:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}
