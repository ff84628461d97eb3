import pytest

from spacebox.cli.failures import Refusal
from spacebox.cli.people import Person, pick

PEOPLE = [
    Person("a1", "Ana"),
    Person("b2", "Tomás Oliveira"),
    Person("c3", "Zoë"),
    Person("d4", "Zoë 2"),
    Person("e5", "李小龍"),
    Person("f6", "Anabel"),
    Person("g7", "Studio 54"),
]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("a1", "a1"),
        ("Ana", "a1"),
        ("ana", "a1"),
        ("tomás", "b2"),
        ("Zoë 2", "d4"),
        ("Zoe\u0308 2", "d4"),
        ("李", "e5"),
        ("studio 54", "g7"),
        ("Studio", "g7"),
    ],
)
def test_one_person_fits(wanted: str, found: str) -> None:
    assert pick(wanted, PEOPLE).id == found


def test_an_id_is_stronger_than_a_name() -> None:
    assert pick("x", [Person("x", "Ana"), Person("y", "x")]).name == "Ana"


@pytest.mark.parametrize(
    ("wanted", "ids"), [("Zoë", ("c3", "d4")), ("zoë", ("c3", "d4")), ("an", ("a1", "f6"))]
)
def test_a_name_that_fits_two_is_refused_with_their_ids(wanted: str, ids: tuple[str, ...]) -> None:
    with pytest.raises(Refusal, match="fits 2 people; use the id") as caught:
        pick(wanted, PEOPLE)
    assert all(id_ in str(caught.value) for id_ in ids)


@pytest.mark.parametrize("wanted", ["Bob", "", "5"])
def test_nobody_fits(wanted: str) -> None:
    with pytest.raises(Refusal, match="To choose from: Ana, Tomás Oliveira"):
        pick(wanted, PEOPLE)


def test_nobody_is_there() -> None:
    with pytest.raises(Refusal, match="To choose from: nobody"):
        pick("Ana", [])
