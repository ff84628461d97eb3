"""The page, its parts, and nothing else of the disk."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import pytest
from aiohttp import test_utils, web
from served import SITE, Box
from yarl import URL

from spacebox.hub import Hub
from spacebox.room.commands import StartSpace
from spacebox.room.model import HOST, new_room
from spacebox.web.errors import errors
from spacebox.web.pages import PAGE, Pages
from spacebox.web.site import Addresses


async def test_the_page_carries_the_space_escaped(box: Box) -> None:
    title = '<script>alert("1")</script>{{url}}'
    box.hub.submit(StartSpace(HOST, title=title, description="About & so on"))

    status, body, headers = await box.ask("GET", "/")

    html = body.decode()
    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert "<title>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;{{url}}</title>" in html
    assert "About &amp; so on" in html
    assert '"https://radio.example"' in html
    assert "{{description}}" not in html


async def test_the_page_loads_nothing_from_elsewhere(box: Box) -> None:
    _, _, headers = await box.ask("GET", "/")
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self';")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


async def test_the_set_up_page_is_for_whoever_stands_at_the_box(box: Box) -> None:
    status, body, headers = await box.ask("GET", "/setup")
    assert status == 200
    assert f"<title>Set up {SITE.name}</title>" in body.decode()
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")


@pytest.mark.parametrize("form", ["/s/{}", "/S/{}"])
async def test_the_short_link_in_any_case(box: Box, form: str) -> None:
    assert SITE.code.isupper()
    for code in (SITE.code, SITE.code.lower()):
        assert (await box.ask("GET", form.format(code)))[0] == 200


async def test_a_wrong_code_is_told_to_people_and_to_programs(box: Box) -> None:
    status, error, _ = await box.ask("GET", "/s/NOPE")
    assert (status, error["error"]) == (404, "not_found")
    status, body, _ = await box.ask("GET", "/s/NOPE", headers={"Accept": "text/html"})
    assert status == 404
    assert b'<a href="/">' in body


async def test_every_part_of_the_page_is_served_with_its_type(box: Box) -> None:
    types = {
        ".js": "text/javascript; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".svg": "image/svg+xml; charset=utf-8",
        ".webmanifest": "application/manifest+json; charset=utf-8",
        ".html": "text/html; charset=utf-8",
    }
    for path in (path for path in PAGE.rglob("*") if path.suffix in types):
        status, body, headers = await box.ask("GET", f"/page/{path.relative_to(PAGE)}")
        assert status == 200
        assert headers["Content-Type"] == types[path.suffix]
        assert body == path.read_bytes()


async def test_what_one_has_is_not_sent_again(box: Box) -> None:
    _, _, headers = await box.ask("GET", "/page/icon.svg")
    tag = headers["ETag"]
    status, body, headers = await box.ask("GET", "/page/icon.svg", headers={"If-None-Match": tag})
    assert (status, body, headers["ETag"]) == (304, b"", tag)
    status, _, _ = await box.ask("GET", "/page/icon.svg", headers={"If-None-Match": '"other"'})
    assert status == 200


NOT_OURS = (
    "/page/ /page/nothing.js /page/view /page/../server.py /page/..%2fserver.py "
    "/page/%2e%2e/site.py /page//etc/passwd /page/%2fetc%2fhosts.txt /page/a%00.js "
    "/page/.hidden.js /page/%f0%9f%91%8f.js /page/%ff.js "
    "/feed.xml /listen.wav /host /calendar.ics /api /api/nothing // /s/"
)


@pytest.mark.parametrize("path", [*NOT_OURS.split(), f"/page/{'a' * 300}.js"])
async def test_what_is_not_there(box: Box, path: str) -> None:
    status, error, _ = await box.ask("GET", path)
    assert (status, error["error"]) == (404, "not_found")
    assert error["reason"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("a.js", 200),
        ("sub/a.js", 200),
        ("..%2fout.js", 404),
        ("sub/..%2f..%2fout.js", 404),
        (".hidden.js", 404),
        ("%2e%2e%2fout.js", 404),
        ("secret.py", 404),
        ("sub", 404),
    ],
)
async def test_nothing_outside_the_folder(tmp_path: Path, path: str, status: int) -> None:
    folder = tmp_path / "page"
    (folder / "sub").mkdir(parents=True)
    for name in ("../out.js", "a.js", "sub/a.js", ".hidden.js", "secret.py"):
        (folder / name).write_text("// here")
    pages = Pages(Hub(new_room("Mira")), SITE, Addresses(SITE), folder=folder)
    app = web.Application(middlewares=[errors])
    for operation in pages.operations():
        app.router.add_route(operation.method, operation.path, operation.handler)
    async with test_utils.TestServer(app) as server, aiohttp.ClientSession() as session:
        url = URL(f"{server.make_url('/page/')}{path}", encoded=True)
        async with session.get(url) as response:
            assert response.status == status


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/"), ("PUT", "/api/space"), ("HEAD", "/api/events")]
)
async def test_a_method_that_is_not_served(box: Box, method: str, path: str) -> None:
    status, error, headers = await box.ask(method, path)
    assert status == 405
    assert "GET" in headers["Allow"]
    assert method == "HEAD" or error["error"] == "malformed"


async def test_the_icon(box: Box) -> None:
    status, body, _ = await box.ask("GET", "/favicon.ico")
    assert (status, body) == (200, (PAGE / "icon.svg").read_bytes())
