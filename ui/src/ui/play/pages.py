"""Contexts of the play page before a match."""

from typing import ClassVar

from contracts.history.modes import PlayersMode
from transcendence_common.identity import Player
from ui.pages import Page
from ui.play.choices import (
    DEFAULT_LEVEL,
    DEFAULT_OPPONENT,
    DEFAULT_POINTS,
    LEVELS,
    LONGEST_OPPONENT_NAME,
    POINTS_CHOICES,
)


class PlayPage(Page, frozen=True, kw_only=True):
    template: ClassVar[str] = "play/play.html"

    player: Player
    mode: PlayersMode
    level: str
    points: int
    opponent_name: str
    levels: tuple[str, ...] = LEVELS
    points_choices: tuple[int, ...] = POINTS_CHOICES
    longest_name: int = LONGEST_OPPONENT_NAME


def computer_play_page(player: Player, level: str, points: int) -> PlayPage:
    return PlayPage(
        player=player,
        mode="ai",
        level=level if level in LEVELS else DEFAULT_LEVEL,
        points=_valid_points(points),
        opponent_name="",
    )


def local_play_page(player: Player, opponent_name: str, points: int) -> PlayPage:
    return PlayPage(
        player=player,
        mode="local",
        level="",
        points=_valid_points(points),
        opponent_name=opponent_name.strip()[:LONGEST_OPPONENT_NAME] or DEFAULT_OPPONENT,
    )


def _valid_points(points: int) -> int:
    """Return a valid number of points, so that an old bookmark still works; history checks the settings of a match."""
    return points if points in POINTS_CHOICES else DEFAULT_POINTS
