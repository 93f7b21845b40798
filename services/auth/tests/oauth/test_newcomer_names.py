from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth.accounts import usernames
from auth.oauth.registration import username_candidates


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
def test_a_name_is_changed_as_little_as_possible(suggested: str, name: str) -> None:
    assert next(username_candidates(suggested)) == name


def test_a_reserved_name_gets_digits() -> None:
    name = next(username_candidates("Admin"))
    assert name.startswith("Admin")
    assert name.removeprefix("Admin").isdigit()


@pytest.mark.parametrize("suggested", ["", "-", "😀", "\x00", "aлise"])
def test_an_unusable_name_becomes_player(suggested: str) -> None:
    assert next(username_candidates(suggested)).startswith("player")


@given(st.text(max_size=100))
def test_every_suggested_name_is_allowed(suggested: str) -> None:
    names = list(islice(username_candidates(suggested), 12))
    assert [usernames.problem_with_username(name) for name in names] == [None] * 12
    assert [usernames.as_shown_username(name) for name in names] == names


def test_a_free_name_is_found_in_a_few_tries() -> None:
    """With nine digits, this holds even for a billion players with the same name."""
    *_, last = islice(username_candidates("alice"), 20)
    assert len(last.removeprefix("alice")) == 9


def test_digits_are_separated_from_digits_of_the_name() -> None:
    _, second = islice(username_candidates("agent-007"), 2)
    assert second.startswith("agent-007-")
