"""The enclosure as a printer gets it: closed, within the bed, its holes where they belong."""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike
from solid import Triangles, render, told, triangles

from spacebox.config.schema import Buttons

BED_MM = 200
WALL = 2.4
JOBS = (("clash", 2.42), ("screen_clash", 1.3), ("hood", 2.42), ("hood", 1.3), ("drawer", 2.42))
PRINTED = JOBS[2:]
HOODS = JOBS[2:4]
PI_HOLES_MM = (58, 49)
"""Between the holes of a Raspberry Pi 3, 4 or 5, along and across."""


@dataclass(frozen=True)
class Made:
    said: str
    solid: Triangles | None


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, float], Made]:
    folder = tmp_path_factory.mktemp("stl")

    def make(job: tuple[str, float]) -> Made:
        file: Path = folder / f"{job[0]}-{job[1]}.stl"
        said = render(job[0], file, job[1])
        return Made(said, triangles(file) if file.exists() else None)

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(JOBS, pool.map(make, JOBS), strict=True))


@pytest.fixture(params=PRINTED, ids=str)
def printed(request: pytest.FixtureRequest, made: dict[tuple[str, float], Made]) -> Triangles:
    solid = made[request.param].solid
    assert solid is not None
    return solid


@pytest.fixture(params=HOODS, ids=str)
def hood(request: pytest.FixtureRequest, made: dict[tuple[str, float], Made]) -> Made:
    return made[request.param]


def edges(solid: Triangles) -> Iterator[tuple[tuple[float, ...], tuple[float, ...]]]:
    for corners in solid.tolist():
        a, b, c = map(tuple, corners)
        yield from ((a, b), (b, c), (c, a))


def test_it_is_closed(printed: Triangles) -> None:
    counted = Counter(edges(printed))
    assert set(counted.values()) == {1}
    assert all((b, a) in counted for a, b in counted)


def test_it_is_one_piece_and_no_wrong_way_out(printed: Triangles) -> None:
    neighbours: dict[tuple[float, ...], set[tuple[float, ...]]] = {}
    for a, b in edges(printed):
        neighbours.setdefault(a, set()).add(b)
    reached, waiting = set(), [next(iter(neighbours))]
    while waiting:
        if (corner := waiting.pop()) not in reached:
            reached.add(corner)
            waiting += neighbours[corner]
    assert reached == set(neighbours)
    a, b, c = np.moveaxis(printed, 1, 0)
    assert np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6 > 20_000


def test_it_lies_on_the_bed_and_fits(printed: Triangles) -> None:
    low, high = printed.min(axis=(0, 1)), printed.max(axis=(0, 1))
    assert low[2] == pytest.approx(0, abs=1e-4)
    assert (high - low).max() <= BED_MM


@pytest.mark.parametrize("job", JOBS[:2], ids=str)
def test_nothing_is_where_something_else_is(
    made: dict[tuple[str, float], Made], job: tuple[str, float]
) -> None:
    assert made[job].solid is None


def filled(solid: Triangles, points: ArrayLike) -> list[bool]:
    """Say of each point whether it is in plastic: a ray from it meets the skin an odd number of
    times."""
    ray = np.array([0.0123, 0.9871, 0.1593])
    a, b, c = np.moveaxis(solid, 1, 0)
    across = np.cross(ray, c - a)
    scale = np.einsum("ij,ij->i", b - a, across)
    hits = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for point in np.asarray(points, dtype=float):
            u = np.einsum("ij,ij->i", point - a, across) / scale
            side = np.cross(point - a, b - a)
            v = side @ ray / scale
            far = np.einsum("ij,ij->i", c - a, side) / scale
            hits.append(int(((u >= 0) & (v >= 0) & (u + v <= 1) & (far > 0)).sum()))
    return [count % 2 == 1 for count in hits]


def around(x: float, y: float, z: float, radius: float) -> list[tuple[float, float, float]]:
    turns = np.arange(8) * np.pi / 4
    return [(x + radius * np.cos(t), y + radius * np.sin(t), z) for t in turns]


def test_the_pi_fits_its_posts(made: dict[tuple[str, float], Made]) -> None:
    drawer = made["drawer", 2.42]
    assert drawer.solid is not None
    holes = np.array(told(drawer.said, "pi"))
    assert tuple(np.ptp(holes, axis=0)) == pytest.approx(PI_HOLES_MM)
    for x, y in holes:
        z = WALL + 3
        assert filled(drawer.solid, around(x, y, z, 2)) == [True] * 8
        assert filled(drawer.solid, [(x, y, z), *around(x, y, z, 0.9)]) == [False] * 9
        assert filled(drawer.solid, around(x, y, z, 3.3)) == [False] * 8


def test_buttons_stand_in_their_order(hood: Made) -> None:
    assert hood.solid is not None
    names = re.findall(r'\["([A-Z]+)",', hood.said)
    pins = [name for name in Buttons.__dataclass_fields__ if name.upper() in names]
    assert names == [name.upper() for name in pins] == ["MUTE", "APPROVE", "END"]
    places = told(hood.said, "buttons")
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    for x, z in places:  # it lies on its face: what was up points to -y
        assert filled(hood.solid, [(x, -z, 1), *around(x, -z, 1, 5.9)]) == [False] * 9
        assert filled(hood.solid, around(x, -z, 1, 6.3)) == [True] * 8


def test_lamps_and_screen_have_their_openings(hood: Made) -> None:
    assert hood.solid is not None
    (on_air, request), top_y = told(hood.said, "lamps"), hood.solid[..., 1].min()
    assert on_air[0] < request[0]
    for x, y in (on_air, request):
        in_wall = [(px, top_y + 1, pz) for px, pz, _ in around(x, y, 0, 3.9)]
        beside = [(px, top_y + 1, pz) for px, pz, _ in around(x, y, 0, 4.4)]
        assert filled(hood.solid, in_wall) == [False] * 8
        assert filled(hood.solid, beside) == [True] * 8
    for x, z in told(hood.said, "posts"):
        assert filled(hood.solid, [(x, -z, 1.3), (x, -z, 1.8), (x, -z, 3.8)]) == [
            True,
            False,
            False,
        ]
        assert filled(hood.solid, around(x, -z, 3.8, 1.5)) == [True] * 8
    (left, top), (wide, high) = told(hood.said, "lit")
    corners = [(left + x * wide, -top + z * high, 1.8) for x in (0, 1) for z in (0, 1)]
    assert filled(hood.solid, corners) == [False] * 4
    assert filled(hood.solid, [(left + wide / 2, -top - 2, 1.8)]) == [True]


def test_what_openscad_refuses_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such part"):
        render("roof", tmp_path / "roof.stl")
    with pytest.raises(ValueError, match="nothing was said"):
        told("ECHO: lamps = [[1, 2]]", "buttons")
