"""The sprite in place of a picture, which is drawn from the name alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.avatars import SIDE_SQUARES, sprite_path

RECTANGLE = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")
NAMES = [f"player-{number}" for number in range(200)]


def squares(path: str) -> set[tuple[int, int]]:
    assert RECTANGLE.sub("", path) == ""
    return {
        (column, int(row))
        for start, row, length, back in RECTANGLE.findall(path)
        if length == back
        for column in range(int(start), int(start) + int(length))
    }


@given(st.text(max_size=64))
def test_a_sprite_is_symmetric_and_within_its_square(name: str) -> None:
    lit = squares(sprite_path(name))
    assert lit == {(SIDE_SQUARES - 1 - column, row) for column, row in lit}
    assert all(0 <= column < SIDE_SQUARES and 0 <= row < SIDE_SQUARES for column, row in lit)


@given(st.text(max_size=64))
def test_a_sprite_depends_on_the_name_only(name: str) -> None:
    assert sprite_path(name) == sprite_path(name)


@pytest.mark.parametrize(("one", "other"), [("Alice", "alice"), ("BOB", "bob")])
def test_spellings_of_one_name_have_one_sprite(one: str, other: str) -> None:
    assert sprite_path(one) == sprite_path(other)


def test_two_players_rarely_have_the_same_sprite() -> None:
    assert len({sprite_path(name) for name in NAMES}) == len(NAMES)


def test_a_sprite_is_neither_empty_nor_full() -> None:
    for name in NAMES:
        assert 12 <= len(squares(sprite_path(name))) <= 58


def test_a_sprite_never_changes() -> None:
    """Players recognise their sprites; another drawing rule would change all of them."""
    assert sprite_path("Alice") == (
        "M0 0h1v1h-1zM2 0h1v1h-1zM5 0h1v1h-1zM7 0h1v1h-1zM1 1h6v1h-6zM0 2h2v1h-2zM3 2h2v1h-2z"
        "M6 2h2v1h-2zM2 3h4v1h-4zM0 4h1v1h-1zM2 4h4v1h-4zM7 4h1v1h-1zM2 5h4v1h-4zM2 6h4v1h-4z"
        "M0 7h2v1h-2zM6 7h2v1h-2z"
    )
