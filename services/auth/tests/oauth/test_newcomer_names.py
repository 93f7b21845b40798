from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.accounts import usernames
from auth.oauth.newcomers import names_near


@pytest.mark.parametrize(
    ("suggested", "name"),
    [
        ("alice", "alice"),
        ("Alice Example", "Alice-Example"),
        ("alice.b+c", "alice-b-c"),
        ("--alice--", "alice"),
        ("Zoë", "Zoë"),
        ("a" * 40, "a" * 20),
        ("alice-of-wonderland--", "alice-of-wonderland"),
        ("Ａｌｉｃｅ", "Alice"),
    ],
)
def test_name_stays_as_close_as_it_can(suggested: str, name: str) -> None:
    assert next(names_near(suggested)) == name


def test_reserved_name_gets_digits() -> None:
    name = next(names_near("Admin"))
    assert name.startswith("Admin")
    assert name.removeprefix("Admin").isdigit()


@pytest.mark.parametrize("suggested", ["", "-", "😀", "\x00", "aлise"])
def test_what_cannot_be_a_name_becomes_a_player(suggested: str) -> None:
    assert next(names_near(suggested)).startswith("player")


@given(st.text(max_size=100))
def test_every_name_may_be_taken(suggested: str) -> None:
    names = list(islice(names_near(suggested), 12))
    assert [usernames.problem_with(name) for name in names] == [None] * 12
    assert [usernames.as_shown(name) for name in names] == names


def test_names_are_soon_free() -> None:
    """With nine digits, a platform of a billion players of one name would still find one."""
    *_, last = islice(names_near("alice"), 20)
    assert len(last.removeprefix("alice")) == 9


def test_digits_are_told_from_digits() -> None:
    _, second = islice(names_near("agent-007"), 2)
    assert second.startswith("agent-007-")
