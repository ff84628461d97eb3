import pytest

from spacebox.config.load import parse
from spacebox.config.running import taken, waiting
from spacebox.config.schema import Config

WAITING = """
box.name = "hall"
panel.chime_joins = true
panel.lights.request = 6
space.title = "Tea"
storage.keep_free_mb = 900
storage.path = "/srv"
update.source = "https://box.example"
"""


def test_what_can_be_taken_at_once_is_and_the_rest_is_named() -> None:
    now, new = Config(), parse(WAITING, "new")
    assert waiting(now, new) == ("box.name", "panel.lights.request", "storage.path")
    after = taken(now, new)
    assert (after.space.title, after.panel.chime_joins) == ("Tea", True)
    assert (after.storage.keep_free_mb, after.storage.path) == (900, now.storage.path)
    assert after.update.source == "https://box.example"
    assert after.box == now.box
    assert waiting(after, new) == waiting(now, new)


@pytest.mark.parametrize("text", ["", 'space.title = "Tea"', "update.automatic = false"])
def test_nothing_waits(text: str) -> None:
    new = parse(text, "new")
    assert waiting(Config(), new) == ()
    assert taken(Config(), new) == new
