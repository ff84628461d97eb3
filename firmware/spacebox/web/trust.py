"""How phones and computers learn to trust the box: a page, and what it gives to download."""

from __future__ import annotations

import plistlib
import uuid

from aiohttp import web

from spacebox.ports.secure import Root, Secure
from spacebox.web.errors import Problem
from spacebox.web.operation import Operation, Reply
from spacebox.web.pages import HTML, Pages
from spacebox.web.site import Addresses

CERTIFICATE = "application/x-x509-ca-cert"
PROFILE = "application/x-apple-aspen-config"
FILE = "space-box.crt"
_GROUP, _ROW = 4, 4
"""Of the fingerprint: digits that stand together, and such groups in a row; as on the glass."""


class Trust:
    """Serves them to everybody: they are no secret, and the glass shows whether they are true."""

    def __init__(self, secure: Secure, pages: Pages, addresses: Addresses) -> None:
        self._secure = secure
        self._pages = pages
        self._addresses = addresses

    def operations(self) -> tuple[Operation, ...]:
        page = {200: Reply("The page", HTML, {"type": "string"})}
        certificate = {200: Reply("The certificate (DER)", CERTIFICATE)}
        profile = {200: Reply("A configuration profile", PROFILE)}
        owners = {404: "The box shows its owner's certificate, which needs no trust"}
        return (
            Operation("GET", "/trust", self._page, "How to trust the box", page, head=True),
            Operation(
                "GET",
                "/trust/ca.crt",
                self._certificate,
                "The certificate of the box's own authority",
                certificate,
                owners,
            ),
            Operation(
                "GET",
                "/trust/ca.mobileconfig",
                self._profile,
                "The same for Apple's systems",
                profile,
                owners,
            ),
        )

    async def _page(self, request: web.Request) -> web.Response:
        root, secure = self._secure.root, self._addresses.secure(request)
        if not secure:
            raise Problem(404, "not_found", "the secure page is shut; the box's screen says why")
        if root is None:
            return self._pages.html("trust/owned.html", {"secure": secure})
        said = {"name": root.name, "secure": secure, "fingerprint": _rows(root.fingerprint)}
        return self._pages.html("trust/trust.html", said)

    async def _certificate(self, _request: web.Request) -> web.Response:
        # As a file, so that it can be compared before it is opened.
        named = {"Content-Disposition": f'attachment; filename="{FILE}"'}
        return web.Response(body=self._root().certificate, content_type=CERTIFICATE, headers=named)

    async def _profile(self, _request: web.Request) -> web.Response:
        return web.Response(body=profile(self._root()), content_type=PROFILE)

    def _root(self) -> Root:
        root = self._secure.root
        if root is None:
            raise Problem(404, "not_found", "the box shows its owner's certificate: nothing to do")
        return root


def profile(root: Root) -> bytes:
    """Return a configuration profile with *root* in it (Apple, Configuration Profile Reference).

    It is the same each time, so that one that is installed again replaces the first.
    """

    def identified(kind: str, what: str) -> dict[str, object]:
        return {
            "PayloadType": kind,
            "PayloadVersion": 1,
            "PayloadIdentifier": f"spacebox.{what}.{root.fingerprint[:16].lower()}",
            "PayloadUUID": str(uuid.uuid5(uuid.NAMESPACE_OID, what + root.fingerprint)).upper(),
            "PayloadDisplayName": root.name,
        }

    certificate = {
        **identified("com.apple.security.root", "authority"),
        "PayloadCertificateFileName": FILE,
        "PayloadContent": root.certificate,
    }
    return plistlib.dumps(
        {
            **identified("Configuration", "profile"),
            "PayloadDescription": "Lets this device trust the secure page of one Space box.",
            "PayloadContent": [certificate],
        }
    )


def _rows(fingerprint: str) -> str:
    groups = [fingerprint[i : i + _GROUP] for i in range(0, len(fingerprint), _GROUP)]
    return "\n".join(" ".join(groups[i : i + _ROW]) for i in range(0, len(groups), _ROW))
